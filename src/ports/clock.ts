// Time comes in from outside, so that a simulated day runs the same code as a real one.
import type { EpochMs } from "../domain/local-time.ts";

export interface Clock {
  /** Wall clock; an operator or NTP may step it, forward or back. */
  now(): EpochMs;
  /** Milliseconds that only grow; for durations and intervals. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted: the caller looks at the signal. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the wall clock shows `at` or later, also when it is stepped; or when `signal` is aborted. */
  sleepUntil(at: EpochMs, signal: AbortSignal): Promise<void>;
}
