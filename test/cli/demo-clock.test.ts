import { stat } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setImmediate as immediately } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createPacer } from "../../src/cli/demo/pacer.ts";
import { watchWork } from "../../src/cli/demo/work-watch.ts";
import type { HttpResult } from "../../src/ports/transport.ts";
import { createHurriedClock, type Pace } from "../../src/simulator/hurried-clock.ts";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";

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
  it("is slow while the monitor starts and works, and fast while it waits", () => {
    const clock = createHurriedClock({ virtual: START, factor: 1 });
    const paces: Pace[] = [];
    const pacer = createPacer({ clock, end: START + 10 * HOUR_MS, seconds: 60, onPace: (pace) => { paces.push(pace); } });
    pacer.starting();
    pacer.hear(true, START + 1_000);
    pacer.hear(false, START + 2_000);
    pacer.starting();
    pacer.rest();
    pacer.hear(true, START + 3_000);
    const factors = paces.map(({ factor }) => factor);
    expect(factors.toSpliced(2, 1)).toEqual([10, 50, 10, 1]);
    // 10 h in a minute, of which half is work: some 1200 times as fast.
    expect(factors[2]).toBeGreaterThan(600);
    expect(factors[2]).toBeLessThan(2_400);
    expect(paces[1]?.virtual).toBe(START + 1_000);
  });

  it("is the monitor's own: where this process was faster, it waits", async () => {
    const clock = createHurriedClock({ virtual: START, factor: 100_000 });
    const pacer = createPacer({ clock, end: START + 10 * HOUR_MS, seconds: 60, onPace: () => undefined });
    await clock.sleepUntil(START + HOUR_MS, never);
    const ahead = clock.now();
    pacer.hear(true, START + HOUR_MS / 2);
    block(20);
    expect(clock.now()).toBe(ahead);
  });
});

describe("the watch over the monitor's work", () => {
  it("hears of work at once, and of its end only when nothing follows", async () => {
    const heard: boolean[] = [];
    const { promise: idle, resolve } = Promise.withResolvers<unknown>();
    const watch = watchWork((isWorking) => {
      heard.push(isWorking);
      if (!isWorking) resolve(null);
    });
    const calls: PromiseWithResolvers<HttpResult>[] = [];
    const transport = watch.overTransport({ exchange: () => {
      const call = Promise.withResolvers<HttpResult>();
      calls.push(call);
      return call.promise;
    } });
    const disk = watch.overDisk(createMemoryDisk());
    const call = transport.exchange({ method: "GET", url: "http://127.0.0.1/", headers: {}, body: null, timeoutMs: 1, maxBytes: 1 }, never);
    expect([heard, watch.isWorking]).toEqual([[true], true]);
    calls[0]?.resolve({ kind: "failed", reason: "connection", detail: "" });
    await call;
    // What comes next has come long before the wait for the end is over; the process was only held up.
    await immediately(); // timers are the next that the event loop looks at, answers come behind them
    const looked = stat(import.meta.filename);
    block(60);
    await looked;
    await disk.writeDurably("a", "b");
    await disk.rename("a", "c");
    expect(heard).toEqual([true]);
    await idle;
    expect([heard, watch.isWorking]).toEqual([[true, false], false]);
  });
});
