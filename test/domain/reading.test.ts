// Readings in the order in which they are judged, whatever the order in which they came.
import { expect, test } from "vitest";
import { FUTURE_TOLERANCE_MS, orderReadings } from "../../src/domain/reading.ts";

const NOW = 1_000_000;
const reading = (told: string): { device: string; at: number; told: string } => {
  const [device = "", at = ""] = told.split("@");
  return { device, at: Number.parseInt(at, 10), told };
};
const ordered = (...told: readonly string[]): string[] => orderReadings(told.map(reading), NOW).ordered.map((row) => row.told);

test.each<[string, string[], string[]]>([
  ["by time, not as text", ["a@100", "a@20", "a@3"], ["a@3", "a@20", "a@100"]],
  ["of one time by device", ["c@1", "a@1", "b@1"], ["a@1", "b@1", "c@1"]],
  ["of one device and time the last that came, also where others came between", ["a@1 first", "b@1 first", "a@1 last", "b@1 last", "a@2"], ["a@1 last", "b@1 last", "a@2"]],
  ["one time of two devices is two readings, one device at two times as well", ["a@1", "b@1", "a@2"], ["a@1", "b@1", "a@2"]],
  ["nothing of nothing", [], []],
])("%s", (_, told, expected) => {
  expect(ordered(...told)).toEqual(expected);
});

test("what came is not changed; the future is kept apart as it came, repetitions too", () => {
  const rows = ["b@2000000", "a@2", "a@2000000", "b@2000000", "a@1"].map(reading);
  const { ordered: usable, fromFuture } = orderReadings(rows, NOW);
  expect(rows.map(({ told }) => told)).toEqual(["b@2000000", "a@2", "a@2000000", "b@2000000", "a@1"]);
  expect([usable.map(({ told }) => told), fromFuture.map(({ told }) => told)]).toEqual([["a@1", "a@2"], ["b@2000000", "a@2000000", "b@2000000"]]);
});

test("up to 10 minutes ahead of the clock is usable, more is the future", () => {
  const [just, future] = [reading(`a@${NOW + 600_000}`), reading(`a@${NOW + 600_001}`)];
  expect(orderReadings([future, just], NOW)).toEqual({ ordered: [just], fromFuture: [future] });
  expect(FUTURE_TOLERANCE_MS).toBe(600_000);
});
