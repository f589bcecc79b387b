import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, parseRetryAfterMs } from "../../src/domain/retry.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const BOUNDS = { baseMs: 1_000, maxMs: 60_000 };

describe("backoff", () => {
  test("doubles with each attempt, a quarter more or less", () => {
    const middle = [2, 3, 4, 5, 6].map((attempt) => backoffMs(attempt, BOUNDS, () => 0.5));
    expect(middle).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
    expect([0, 1].map((chance) => backoffMs(2, BOUNDS, () => chance))).toEqual([1_500, 2_500]);
  });

  test("is never under the base nor over the bound, whatever the attempt and the chance", () => {
    const attempts = fc.oneof(fc.integer(), fc.double(), fc.constant(1e9));
    fc.assert(fc.property(attempts, fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      fc.pre(!Number.isNaN(attempt));
      const ms = backoffMs(attempt, BOUNDS, () => chance);
      expect(ms).toBeGreaterThanOrEqual(1_000);
      expect(ms).toBeLessThanOrEqual(60_000);
    }));
  });

  test.each([[1, 0, 1_000], [1, 1, 1_250], [2.9, 0.5, 2_000], [0, 0.5, 1_125], [6, 1, 40_000], [7, 0, 45_000], [7, 1, 60_000], [Infinity, 1, 60_000]])("attempt %d, chance %d: %d ms", (attempt, chance, ms) => {
    expect(backoffMs(attempt, BOUNDS, () => chance)).toBe(ms);
  });

  test("of a base over its bound is the bound", () => {
    expect([0, 1].map((chance) => backoffMs(1, { baseMs: 9_000, maxMs: 4_000 }, () => chance))).toEqual([4_000, 4_000]);
  });

  test("is spread also where the bound is reached", () => {
    expect(backoffMs(20, BOUNDS, () => 0)).toBe(45_000);
    expect(backoffMs(20, BOUNDS, () => 1)).toBe(60_000);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2025-12-01T12:00:00Z");

  test.each([
    ["7", 7_000], [" 120 ", 120_000], ["0", 0], ["1.5", 1_500], ["1.25", 1_250], ["0.0001", 1],
    ["mon, 01 dec 2025 12:01:00 gmt", 60_000], ["Mon 01 Dec 2025 12:01:00 UTC", 60_000], ["Wednesday, 03-Dec-25 12:00:00 GMT", 172_800_000],
    ["Mon, 01 Dec 2025 12:01:00 GMT", 60_000], ["Monday, 01-Dec-25 12:01:00 GMT", 60_000],
    ["Mon, 01 Dec 2025 11:00:00 GMT", 0],
  ])("%s", (header, ms) => {
    expect(parseRetryAfterMs(header, now)).toBe(ms);
  });

  test.each([undefined, null, "", "x7", "7s", "7.", "7.x", ".5", "01 Dec 2025 12:01:00 GMT", "2025-12-01T12:01:00Z", "Mon, 01 Dec 2025 12:01:00 GMT+0100", "M, 01 Dec 2025 12:01:00 GMT", "-5", "soon", "NaN", "1e3", "Mon, 99 Foo 2025 12:00:00 GMT", "Mon, 01 Dec 2025 12:01:00"])(
    "%s says nothing", (header) => { expect(parseRetryAfterMs(header, now)).toBeNull(); });

  test("an absurd one is a number that a caller can bound", () => {
    expect(parseRetryAfterMs("9".repeat(400), now)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("never throws, never negative", () => {
    fc.assert(fc.property(fc.string(), (header) => {
      const ms = parseRetryAfterMs(header, now);
      expect(ms === null || (ms >= 0 && Number.isFinite(ms))).toBe(true);
    }));
  });
});
