import { describe, expect, it, vi } from "vitest";
import { createSystemClock } from "../../../src/adapters/system/system-clock.ts";

const never = new AbortController().signal;

describe("the system clock", () => {
  it("sleeps as long as asked, by the monotonic clock", async () => {
    const clock = createSystemClock();
    const start = clock.monotonicMs();
    await clock.sleep(20, never);
    expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(20);
  });

  it("ends a sleep at once on abort, and leaves no timer or listener behind", async () => {
    const clock = createSystemClock();
    const stop = new AbortController();
    const added = vi.spyOn(stop.signal, "addEventListener");
    const removed = vi.spyOn(stop.signal, "removeEventListener");
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const sleeps = [clock.sleep(3_600_000, stop.signal), clock.sleepUntil(clock.now() + 3_600_000, stop.signal), clock.sleep(1e12, stop.signal)];
    stop.abort();
    await Promise.all(sleeps);
    await clock.sleep(3_600_000, stop.signal);
    await clock.sleepUntil(clock.now() + 3_600_000, stop.signal);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout")).toHaveLength(before);
    expect(removed.mock.calls).toHaveLength(added.mock.calls.length);
    expect(added).toHaveBeenCalledTimes(3);
  });

  it("does not wait for a time that is past", async () => {
    const clock = createSystemClock();
    await clock.sleepUntil(clock.now() - 1, never);
    await clock.sleep(0, never);
    await clock.sleep(-5, never);
  });

  it("sleeps as long as asked, wherever the wall clock is set meanwhile", async () => {
    vi.useFakeTimers({ now: 0, toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    try {
      const clock = createSystemClock();
      let isOver = false;
      const sleep = clock.sleep(600_000, never).then(() => { isOver = true; });
      for (const wallMs of [86_400_000, -86_400_000]) {
        await vi.advanceTimersByTimeAsync(299_000);
        vi.setSystemTime(wallMs);
      }
      await vi.advanceTimersByTimeAsync(1_999);
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(isOver).toBe(true);
      await sleep;
    } finally {
      vi.useRealTimers();
    }
  });

  it("waits for a time that never comes until it is told to stop", async () => {
    const clock = createSystemClock();
    const stop = new AbortController();
    const wait = clock.sleepUntil(Infinity, stop.signal);
    stop.abort();
    await wait;
  });

  it("notices within 30 s that the wall clock was stepped, forward or back", async () => {
    vi.useFakeTimers({ now: 0, toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const clock = createSystemClock();
      let isOver = false;
      const wait = clock.sleepUntil(3_600_000, never).then(() => { isOver = true; });
      await vi.advanceTimersByTimeAsync(60_000);
      vi.setSystemTime(0); // back one minute
      await vi.advanceTimersByTimeAsync(60_000);
      expect(isOver).toBe(false);
      vi.setSystemTime(3_600_000); // the machine was suspended for the rest of the hour
      await vi.advanceTimersByTimeAsync(30_000);
      expect(isOver).toBe(true);
      await wait;
    } finally {
      vi.useRealTimers();
    }
  });
});
