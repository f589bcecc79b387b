// Workers whose clock is wrong judge readings by the database server's.
import { expect, it } from "vitest";
import { followServer } from "../../src/cli/database/clock-skew.ts";
import { MINUTE_MS } from "../../src/domain/local-time.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";

const SERVER = Date.UTC(2025, 11, 1, 12);
const NEVER = new AbortController().signal;

it.each([[10, "adiantado"], [-10, "atrasado"]] as const)("a clock that is %i minutes off follows the server's, says so once, and once when it is right again", async (minutes, word) => {
  const own = createVirtualClock(SERVER + minutes * MINUTE_MS);
  const { clock, heed } = followServer(own);
  expect(heed(SERVER)).toContain(`10 min ${word}`);
  expect(heed(SERVER)).toBeNull();
  expect(clock.now()).toBe(SERVER);
  let wokenAt: number | null = null;
  void clock.sleepUntil(SERVER + 5 * MINUTE_MS, NEVER).then(() => { wokenAt = own.monotonicMs(); });
  await own.runUntil(own.now() + 5 * MINUTE_MS - 1);
  expect(wokenAt).toBeNull();
  await own.runUntil(own.now() + 1);
  expect(wokenAt).toBe(5 * MINUTE_MS);
  own.step(-minutes * MINUTE_MS);
  expect(heed(SERVER + 5 * MINUTE_MS)).toContain("voltaram a concordar");
  expect(heed(SERVER + 5 * MINUTE_MS)).toBeNull();
  expect(clock.now()).toBe(SERVER + 5 * MINUTE_MS);
});

it.each([MINUTE_MS, -MINUTE_MS])("a clock that is %i ms off is its own", (ms) => {
  const { clock, heed } = followServer(createVirtualClock(SERVER + ms));
  expect(heed(SERVER)).toBeNull();
  expect(clock.now()).toBe(SERVER + ms);
});
