// How fast the demo's day goes by: slowly while the monitor works, so that a slow machine changes nothing of what is told,
// and between its scans as fast as the time that is left asks for.
import { performance } from "node:perf_hooks";
import { SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { HurriedClock, Pace } from "../../simulator/hurried-clock.ts";

const REAL_FACTOR = 1;
/** While no monitor is up: its start takes a real second. */
const WAITING_FACTOR = 10;
export const WORKING_FACTOR = 50;
/** Between scans; the upper bound keeps a millisecond shorter than a retry's wait. */
const [SLOWEST, FASTEST] = [200, 4_000];
/** No request for this long, in real time: the monitor is through with its work. */
const IDLE_AFTER_MS = 50;
/** A young process compiles as it goes: it is given this long before its first pause counts as one. */
const WARM_UP_MS = 400;

export interface Pacer {
  /** The monitor has asked for something. */
  touched(): void;
  /** No monitor is up. */
  wait(): void;
  /** A monitor is up. */
  go(): void;
  /** From now on as slowly as the real clock. */
  rest(): void;
  pace(): Pace;
  close(): void;
}

export interface PacerParts {
  readonly clock: HurriedClock;
  readonly end: EpochMs;
  /** Real seconds that all of it is to take. */
  readonly seconds: number;
  readonly onPace: (pace: Pace) => void;
}

type Mode = "waiting" | "working" | "idle" | "resting";

export function createPacer({ clock, end, seconds, onPace }: PacerParts): Pacer {
  const begunMs = performance.now();
  let mode: Mode = "waiting";
  let since = begunMs;
  let factor = WAITING_FACTOR;
  // As if the first second had been half work: a share to begin with.
  let spent = { idleMs: SECOND_MS / 2, allMs: SECOND_MS };
  let warmMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function idleFactor(): number {
    const leftMs = Math.max(begunMs + seconds * SECOND_MS - performance.now(), SECOND_MS);
    return Math.min(Math.max((end - clock.now()) / (leftMs * (spent.idleMs / spent.allMs)), SLOWEST), FASTEST);
  }

  function change(next: Mode): void {
    const nowMs = performance.now();
    if (mode === "idle" || mode === "working") {
      spent = { idleMs: spent.idleMs + (mode === "idle" ? nowMs - since : 0), allMs: spent.allMs + nowMs - since };
    }
    since = nowMs;
    mode = next;
    factor = { waiting: () => WAITING_FACTOR, working: () => WORKING_FACTOR, resting: () => REAL_FACTOR, idle: idleFactor }[next]();
    const pace = { virtual: clock.now(), factor };
    clock.follow(pace);
    onPace(pace);
  }

  function idleAfter(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (mode === "working") change("idle");
    }, ms);
  }

  return {
    touched() {
      if (mode === "idle") change("working");
      if (mode === "working" && performance.now() >= warmMs) idleAfter(IDLE_AFTER_MS);
    },
    wait() {
      change("waiting");
    },
    go() {
      change("working");
      warmMs = performance.now() + WARM_UP_MS;
      idleAfter(WARM_UP_MS);
    },
    rest() {
      change("resting");
    },
    pace: () => ({ virtual: clock.now(), factor }),
    close() {
      clearTimeout(timer);
    },
  };
}
