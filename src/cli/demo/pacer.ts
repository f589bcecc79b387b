// How fast the demo's day goes by: slowly while the monitor works, so that a slow machine changes nothing of what is told,
// and while it waits as fast as the time that is left asks for.
import { performance } from "node:perf_hooks";
import { SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { HurriedClock, Pace } from "../../simulator/hurried-clock.ts";

const REAL_FACTOR = 1;
/** While no monitor is up: its start takes a real second. */
const STARTING_FACTOR = 10;
export const WORKING_FACTOR = 50;
/** While it waits; the upper bound keeps a millisecond shorter than the wait between two tries. */
const [SLOWEST, FASTEST] = [200, 4_000];

export interface Pacer {
  /** The monitor begins to work or to wait at this moment of its own clock, which this process's may have passed: it waits for it. */
  hear(isWorking: boolean, at: EpochMs): void;
  /** No monitor is up, until one is heard. */
  starting(): void;
  /** The worker that conducts is gone: as slowly as the real clock, until another one is heard. */
  leaderless(): void;
  /** From now on as slowly as the real clock. */
  rest(): void;
  pace(): Pace;
}

export interface PacerParts {
  readonly clock: HurriedClock;
  readonly end: EpochMs;
  /** Real seconds that all of it is to take. */
  readonly seconds: number;
  readonly onPace: (pace: Pace) => void;
}

type Mode = "starting" | "leaderless" | "working" | "waiting" | "resting";

export function createPacer({ clock, end, seconds, onPace }: PacerParts): Pacer {
  const begunMs = performance.now();
  let mode: Mode = "starting";
  let since = begunMs;
  let factor = STARTING_FACTOR;
  // As if the first second had been half work: a share to begin with.
  let spent = { waitingMs: SECOND_MS / 2, allMs: SECOND_MS };

  function waitingFactor(): number {
    const leftMs = Math.max(begunMs + seconds * SECOND_MS - performance.now(), SECOND_MS);
    return Math.min(Math.max((end - clock.now()) / (leftMs * (spent.waitingMs / spent.allMs)), SLOWEST), FASTEST);
  }

  function change(next: Mode, at: EpochMs): void {
    const nowMs = performance.now();
    if (mode === "waiting" || mode === "working") {
      spent = { waitingMs: spent.waitingMs + (mode === "waiting" ? nowMs - since : 0), allMs: spent.allMs + nowMs - since };
    }
    since = nowMs;
    mode = next;
    factor = { starting: () => STARTING_FACTOR, working: () => WORKING_FACTOR, leaderless: () => REAL_FACTOR, resting: () => REAL_FACTOR, waiting: waitingFactor }[next]();
    clock.follow({ virtual: at, factor });
    onPace({ virtual: at, factor });
  }

  return {
    hear(isWorking, at) {
      if (mode !== "resting") change(isWorking ? "working" : "waiting", at);
    },
    starting() {
      change("starting", clock.now());
    },
    leaderless() {
      change("leaderless", clock.now());
    },
    rest() {
      change("resting", clock.now());
    },
    pace: () => ({ virtual: clock.now(), factor }),
  };
}
