// A row of power: in order, one reading a time, eight bytes each.
import { expect, test } from "vitest";
import { mergeRow, unpack } from "../../src/history-core/power-rows.ts";

test("a row takes eight bytes a reading", () => {
  const row = mergeRow(0, mergeRow(0, null, [{ at: 5, powerKw: 1 }]), [{ at: 4, powerKw: null }, { at: 9, powerKw: 2 }]);
  expect(row.byteLength).toBe(24);
  expect(unpack(0, row)).toEqual([{ at: 4, powerKw: null }, { at: 5, powerKw: 1 }, { at: 9, powerKw: 2 }]);
});

test("of readings that are alike in time the last one added counts", () => {
  const row = mergeRow(0, mergeRow(0, null, [{ at: 5, powerKw: 1 }, { at: 7, powerKw: 1 }]), [{ at: 7, powerKw: null }, { at: 5, powerKw: 0.05 }]);
  expect(unpack(0, row)).toEqual([{ at: 5, powerKw: 0.05 }, { at: 7, powerKw: null }]);
});
