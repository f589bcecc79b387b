import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { createPacer } from "../../src/cli/demo/pacer.ts";
import { createHurriedClock, type Pace } from "../../src/simulator/hurried-clock.ts";

const never = new AbortController().signal;
const START = Date.UTC(2025, 11, 1, 8);
const HOUR_MS = 3_600_000;

/** Holds the event loop, as a busy machine does. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("the hurried clock", () => {
  it("runs as many times faster as it is told", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 100_000 });
    const begun = performance.now();
    await clock.sleep(HOUR_MS, never);
    const realMs = performance.now() - begun;
    expect(realMs).toBeGreaterThanOrEqual(35);
    expect(realMs).toBeLessThan(2_000);
    expect(clock.now()).toBeGreaterThanOrEqual(START + HOUR_MS);
  });

  it("stands still at a sleeper's moment until it was woken, however late the timer is", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 10_000 });
    const shown: number[] = [];
    const sleepers = [600_000, 300_000, 300_001].map(async (ms) => {
      await clock.sleepUntil(START + ms, never);
      shown.push(clock.monotonicMs());
    });
    block(120); // 20 minutes by that clock
    expect(clock.monotonicMs()).toBe(300_000);
    await Promise.all(sleepers);
    expect(shown).toEqual([300_000, 300_001, 600_000]);
  });

  it("follows another's pace, and never steps back", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 1 });
    clock.follow({ virtual: START + HOUR_MS, factor: 1 });
    expect(clock.now()).toBeGreaterThanOrEqual(START + HOUR_MS);
    const before = clock.now();
    clock.follow({ virtual: START, factor: 1_000_000 });
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    await clock.sleepUntil(START + 2 * HOUR_MS, never);
    expect(clock.now()).toBeGreaterThanOrEqual(START + 2 * HOUR_MS);
  });

  it("slows down, and is not sped up by that", () => {
    const clock = createHurriedClock({ virtual: START, factor: 100_000 });
    clock.slowDown(1);
    const at = clock.now();
    block(20);
    expect(clock.now() - at).toBeLessThan(2_000);
    clock.slowDown(1_000_000);
    block(5);
    expect(clock.now() - at).toBeLessThan(4_000);
  });

  it("shows whole milliseconds, and ends a sleep when it is aborted", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 0.77 });
    const stop = new AbortController();
    const sleeping = clock.sleepUntil(Infinity, stop.signal);
    stop.abort();
    await sleeping;
    await clock.sleepUntil(START - 1, never);
    await clock.sleep(HOUR_MS, stop.signal);
    expect(Number.isInteger(clock.now())).toBe(true);
    expect(clock.now() - START).toBeLessThan(HOUR_MS);
  });
});

describe("the pace of the demo", () => {
  it("is slow while the monitor works, and fast once it has been still for a while", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 1 });
    const paces: Pace[] = [];
    const { promise: idle, resolve } = Promise.withResolvers<unknown>();
    const pacer = createPacer({ clock, end: START + 10 * HOUR_MS, seconds: 60, onPace: (pace) => {
      paces.push(pace);
      if (pace.factor > 50) resolve(pace);
    } });
    pacer.wait();
    pacer.touched(); // a request of a monitor that is not up: nothing to slow down for
    pacer.go();
    await idle;
    pacer.touched();
    pacer.rest();
    pacer.close();
    const factors = paces.map(({ factor }) => factor);
    expect(factors.toSpliced(2, 1)).toEqual([10, 50, 50, 1]);
    // 10 h in a minute, of which half is work: some 1200 times as fast.
    expect(factors[2]).toBeGreaterThan(600);
    expect(factors[2]).toBeLessThan(2_400);
  });
});
