// How many calls are under way at once: few at first, fewer when the API suffers, one more after a good while.
import PQueue from "p-queue";

const FIRST = 2;
const GOOD_CALLS_TO_GROW = 20;

export interface Limiter {
  /** Runs the task in its turn; null where `signal` ended the wait for it. A task that has begun is left to end by itself. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
  /** A call was answered as it should be. */
  readonly succeeded: () => void;
  /** 429, 5xx or a time-out: half as many from now on. */
  readonly suffered: () => void;
  /** Calls that may be under way at once, now. */
  limit(): number;
}

export function createLimiter(most: number): Limiter {
  const queue = new PQueue({ concurrency: Math.min(FIRST, most) });
  let good = 0;
  return {
    run: async (task, signal) => {
      if (signal.aborted) return null;
      const waiting = new AbortController();
      const leave = (): void => { waiting.abort(); };
      signal.addEventListener("abort", leave, { once: true });
      try {
        return await queue.add(() => {
          signal.removeEventListener("abort", leave);
          return task();
        }, { signal: waiting.signal });
      } catch (error) {
        if (waiting.signal.aborted) return null;
        throw error;
      }
    },
    succeeded: () => {
      good += 1;
      if (good < GOOD_CALLS_TO_GROW) return;
      good = 0;
      queue.concurrency = Math.min(queue.concurrency + 1, most);
    },
    suffered: () => {
      good = 0;
      queue.concurrency = Math.max(Math.floor(queue.concurrency / 2), 1);
    },
    limit: () => queue.concurrency,
  };
}
