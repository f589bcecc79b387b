// Waiting for a time of day, whatever the clock does meanwhile.
import { HOUR_MS, type EpochMs } from "../domain/local-time.ts";
import type { Context } from "./context.ts";

/** The wall clock is looked at again this often: one that was far ahead and was set right must not be waited for. */
const LOOK_AGAIN_MS = HOUR_MS;

/** Resolves when the wall clock shows `at`, after an hour, or when the monitor stops: whoever waits looks at the clock again. */
export async function waitUntilWallClock(at: EpochMs, { clock, stop }: Pick<Context, "clock" | "stop">): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  await Promise.race([clock.sleepUntil(at, signal), clock.sleep(LOOK_AGAIN_MS, signal)]);
  over.abort();
}
