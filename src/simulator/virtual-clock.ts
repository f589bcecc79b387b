// Time that passes only when it is told to: the same code, a day in a second, the same every time.
import type { EpochMs } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";

export interface VirtualClock extends Clock {
  /** Lets the system run until the wall clock shows `at` (what is due at `at` included), or until `alive` says no. */
  runUntil(at: EpochMs, alive?: () => boolean): Promise<void>;
  /** Everything that can run without time passing has run. */
  settle(): Promise<void>;
  /** Steps the wall clock, as an operator or NTP would; monotonic time does not notice. */
  step(ms: number): void;
  /** Those who sleep never wake: what a killed process leaves behind. */
  abandonSleepers(): void;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  /** In monotonic time, or by the wall clock, which may be stepped meanwhile. */
  readonly due: { readonly monotonic: number } | { readonly wall: EpochMs };
  readonly wake: () => void;
}

/** Wakes at one instant before the clock calls it a loop that never lets time pass. */
const MOST_WAKES_AT_ONCE = 100_000;
const MOST_TURNS = 10_000;

/** A turn of immediates drains chains of promises of any length; code that yields by immediates gets as many turns as it takes. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (!process.getActiveResourcesInfo().includes("Immediate")) return;
  }
}

export function createVirtualClock(start: EpochMs): VirtualClock {
  let elapsed = 0;
  let wallAtZero = start;
  // In order of insertion, which decides between sleepers of the same time.
  const sleepers = new Set<Sleeper>();

  const dueOf = ({ due }: Sleeper): number => ("wall" in due ? due.wall - wallAtZero : due.monotonic);

  function next(): Sleeper | null {
    let first: Sleeper | null = null;
    for (const sleeper of sleepers) if (first === null || dueOf(sleeper) < dueOf(first)) first = sleeper;
    return first;
  }

  function sleepOn(due: Sleeper["due"], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        if (sleepers.delete(sleeper)) resolve();
      };
      const sleeper: Sleeper = { due, wake };
      sleepers.add(sleeper);
      signal.addEventListener("abort", wake);
    });
  }

  async function runUntil(at: EpochMs, alive: () => boolean = () => true): Promise<void> {
    let wakesAtOnce = 0;
    await settle();
    while (alive()) {
      const sleeper = next();
      const goal = at - wallAtZero;
      if (sleeper === null || dueOf(sleeper) > goal) {
        elapsed = Math.max(elapsed, goal);
        return;
      }
      wakesAtOnce = dueOf(sleeper) > elapsed ? 0 : wakesAtOnce + 1;
      if (wakesAtOnce > MOST_WAKES_AT_ONCE) throw new Error(`relógio virtual parado em ${new Date(wallAtZero + elapsed).toISOString()}: alguém espera 0 ms sem fim`);
      elapsed = Math.max(elapsed, dueOf(sleeper));
      sleeper.wake();
      await settle();
    }
  }

  return {
    now: () => wallAtZero + elapsed,
    monotonicMs: () => elapsed,
    sleep: (ms, signal) => sleepOn({ monotonic: elapsed + Math.max(0, ms) }, signal),
    sleepUntil: (at, signal) => sleepOn({ wall: at }, signal),
    runUntil,
    settle,
    step(ms) {
      wallAtZero += ms;
    },
    abandonSleepers() {
      sleepers.clear();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
