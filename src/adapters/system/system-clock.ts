// The real clock. Waits for a wall-clock time look at the clock again and again: it may be stepped, or the machine suspended.
import type { Clock } from "../../ports/clock.ts";

const LONGEST_WAIT_MS = 30_000;
/** setTimeout takes no more than 2³¹−1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

export function createSystemClock(): Clock {
  const now = (): number => Date.now();
  return {
    now,
    monotonicMs: () => performance.now(),
    sleep: async (ms, signal) => {
      const end = performance.now() + ms;
      for (let left = ms; left > 0 && !signal.aborted; left = end - performance.now()) await pause(left, signal);
    },
    sleepUntil: async (at, signal) => {
      while (now() < at && !signal.aborted) await pause(Math.min(at - now(), LONGEST_WAIT_MS), signal);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(ms, 1), LONGEST_TIMER_MS));
    signal.addEventListener("abort", done);
  });
}
