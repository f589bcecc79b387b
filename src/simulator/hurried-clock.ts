// A clock that runs many times faster than the real one, in step between processes: one of them sets the pace, the others follow.
import { performance } from "node:perf_hooks";
import type { EpochMs } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";

export interface Pace {
  /** What the clock shows at this moment. */
  readonly virtual: EpochMs;
  /** Virtual milliseconds to a real one; above 0. */
  readonly factor: number;
}

export interface HurriedClock extends Clock {
  /** Goes on from there at that speed. It never steps back: where it was ahead it waits until the pace has caught up. */
  follow(pace: Pace): void;
  /** Goes on from here at that speed, where it was faster. */
  slowDown(factor: number): void;
}

interface Sleeper {
  readonly due: EpochMs;
  readonly wake: () => void;
}

/** setTimeout takes no more than 2³¹−1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Time stands still at a sleeper's moment until it was woken, however late the timer is: a millisecond of delay would else be a
 *  second, and intervals would drift apart over the day. */
export function createHurriedClock(first: Pace): HurriedClock {
  let anchor = { ...first, realMs: performance.now() };
  let shown = first.virtual;
  let timer: NodeJS.Timeout | undefined;
  let isWaking = false;
  const sleepers = new Set<Sleeper>();

  const running = (): number => anchor.virtual + (performance.now() - anchor.realMs) * anchor.factor;

  function earliest(): Sleeper | null {
    let found: Sleeper | null = null;
    for (const sleeper of sleepers) if (found === null || sleeper.due < found.due) found = sleeper;
    return found;
  }

  function now(): EpochMs {
    if (!isWaking) shown = Math.max(shown, Math.floor(Math.min(running(), earliest()?.due ?? Infinity)));
    return shown;
  }

  function arm(): void {
    clearTimeout(timer);
    const next = earliest();
    if (next === null || isWaking) return;
    timer = setTimeout(wakeNext, Math.min(Math.max((next.due - running()) / anchor.factor, 0), LONGEST_TIMER_MS));
  }

  /** One at a time, in order: what the first one does may come before the second one's moment. */
  function wakeNext(): void {
    const next = earliest();
    if (next !== null && next.due <= running()) {
      shown = Math.max(shown, next.due);
      isWaking = true;
      next.wake();
      setImmediate(() => {
        isWaking = false;
        wakeNext();
      });
    } else arm();
  }

  function sleepUntil(at: EpochMs, signal: AbortSignal): Promise<void> {
    if (signal.aborted || at <= now()) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        sleepers.delete(sleeper);
        resolve();
        arm();
      };
      const sleeper: Sleeper = { due: Math.ceil(at), wake };
      sleepers.add(sleeper);
      signal.addEventListener("abort", wake);
      arm();
    });
  }

  function follow(pace: Pace): void {
    now();
    anchor = { ...pace, realMs: performance.now() };
    arm();
  }

  return {
    now,
    monotonicMs: () => now() - first.virtual,
    sleep: (ms, signal) => sleepUntil(now() + ms, signal),
    sleepUntil,
    follow,
    slowDown(factor) {
      if (factor < anchor.factor) follow({ virtual: now(), factor });
    },
  };
}
