// Stretches of time: their length, their union, and what of them lies inside a generation window, day by day.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lengthOf, unitedSpans, windowMs, type Span } from "../../src/domain/time-spans.ts";
import { instant, plantRules } from "../support/plant-rules.ts";

const HOUR = 3_600_000;
const span = (from: number, to: number): Span => ({ from, to });

test.each([[3, 5, 2], [3, 3, 0], [5, 3, 0], [-5, 3, 8]])("from %d to %d is %d long", (from, to, length) => {
  expect(lengthOf(span(from, to))).toBe(length);
});

describe("united", () => {
  test.each<readonly [string, readonly Span[], readonly Span[]]>([
    ["none", [], []],
    ["one", [span(1, 2)], [span(1, 2)]],
    ["apart, in order of time", [span(5, 6), span(1, 2)], [span(1, 2), span(5, 6)]],
    ["touching", [span(2, 3), span(1, 2)], [span(1, 3)]],
    ["overlapping", [span(1, 3), span(2, 4)], [span(1, 4)]],
    ["one inside the other", [span(1, 9), span(2, 4)], [span(1, 9)]],
    ["alike", [span(1, 2), span(1, 2)], [span(1, 2)]],
    ["a third that bridges two", [span(1, 3), span(5, 7), span(2, 6), span(8, 9)], [span(1, 7), span(8, 9)]],
  ])("%s", (_, spans, united) => {
    expect(unitedSpans(spans)).toEqual(united);
  });

  test("the same moments, each once", () => {
    const moments = (spans: readonly Span[]): number[] => spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
    const anySpan = fc.tuple(fc.nat(40), fc.nat(8)).map(([from, length]) => span(from, from + length));
    fc.assert(fc.property(fc.array(anySpan, { maxLength: 8 }), (spans) => {
      expect(moments(unitedSpans(spans))).toEqual([...new Set(moments(spans))].sort((a, b) => a - b));
    }), { seed: 42, numRuns: 200 });
  });
});

describe("inside the window, 06:30 to 17:30", () => {
  test.each([
    ["all of it", "11-25 10:00", "11-25 12:00", 2],
    ["from before it", "11-25 05:00", "11-25 07:00", 0.5],
    ["to after it", "11-25 17:00", "11-25 23:00", 0.5],
    ["the night between", "11-25 17:30", "11-26 06:30", 0],
    ["over a night", "11-25 17:00", "11-26 07:00", 1],
    ["three whole days and a morning", "11-25 00:00", "11-28 07:00", 33.5],
    ["to midnight", "11-25 00:00", "11-26 00:00", 11],
    ["no time at all", "11-25 10:00", "11-25 10:00", 0],
    ["one that ends before it begins", "11-26 10:00", "11-25 10:00", 0],
    ["one that ends before it begins, within a day", "11-25 12:00", "11-25 10:00", 0],
  ])("%s", (_, from, to, hours) => {
    expect(windowMs(span(instant(`2025-${from}`), instant(`2025-${to}`)), plantRules({})) / HOUR).toBe(hours);
  });
});
