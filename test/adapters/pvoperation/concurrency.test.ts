import { describe, expect, test } from "vitest";
import { createLimiter } from "../../../src/adapters/pvoperation/limiter.ts";
import type { CallOptions } from "../../../src/ports/plant-api.ts";
import { loggingIn, world, type Reply } from "./api-server.ts";

const signal = new AbortController().signal;
const options: CallOptions = { tries: 1, signal };
const repeat = (times: number, act: () => void): void => { for (let n = 0; n < times; n += 1) act(); };

describe("the limit", () => {
  test.each([[1, 1], [2, 2], [3, 2], [16, 2]])("of at most %i begins at %i", (most, first) => {
    expect(createLimiter(most).limit()).toBe(first);
  });

  test("grows by one after 20 good calls, to the most that is allowed", () => {
    const limiter = createLimiter(4);
    const seen: number[] = [];
    for (const calls of [19, 1, 19, 1, 100]) {
      repeat(calls, limiter.succeeded);
      seen.push(limiter.limit());
    }
    expect(seen).toEqual([2, 3, 3, 4, 4]);
  });

  test("halves, but never under one, and good calls count anew from there", () => {
    const limiter = createLimiter(5);
    repeat(79, limiter.succeeded);
    expect(limiter.limit()).toBe(5);
    limiter.suffered();
    expect(limiter.limit()).toBe(2);
    repeat(19, limiter.succeeded);
    limiter.suffered();
    limiter.suffered();
    expect(limiter.limit()).toBe(1);
    repeat(19, limiter.succeeded);
    expect(limiter.limit()).toBe(1);
    limiter.succeeded();
    expect(limiter.limit()).toBe(2);
  });

  test("a task that throws leaves its slot", async () => {
    const limiter = createLimiter(1);
    await expect(limiter.run(() => Promise.reject(new Error("x")), signal)).rejects.toThrow("x");
    expect(await limiter.run(() => Promise.resolve(5), signal)).toBe(5);
  });
});

/** Answers only when as many calls are under way as are expected, so that more would show. */
function together(size: () => number): () => Promise<Reply> {
  let waiting: (() => void)[] = [];
  return () => new Promise<Reply>((resolve) => {
    waiting.push(() => { resolve({ body: [] }); });
    if (waiting.length < size()) return;
    const ready = waiting;
    waiting = [];
    for (const answer of ready) answer();
  });
}

describe("calls under way", () => {
  test("are two at first, and three after 20 good ones", async () => {
    const all = (count: number): Promise<unknown> => Promise.all(Array.from({ length: count }, (_, n) => api.dayInverter(String(n + 1), "2025-07-06", "UTC", options)));
    let size = 2;
    const { api, most } = await world(loggingIn(together(() => size)), { concurrency: 3 });
    await all(18);
    expect(most()).toBe(2);
    size = 1;
    await all(1);
    size = 3;
    await all(12);
    expect(most()).toBe(3);
  });

  test.each<[Reply, number]>([[{ status: 429 }, 1], [{ status: 500 }, 1], [{ status: 408 }, 1], [{ status: 404 }, 2], [{ reset: true }, 2]])(
    "after %j are at most %i", async (reply, expected) => {
      let fails = true;
      const answer = together(() => expected);
      const { api, most } = await world(loggingIn(({ path }) => (path === "/plants" && fails ? reply : answer())), { concurrency: 3 });
      await api.plants(options);
      fails = false;
      await Promise.all(Array.from({ length: 6 }, () => api.plants(options)));
      expect(most()).toBe(expected);
    });
});
