// ISO weeks by the wall clock of a zone, those of 167 and 169 hours too.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { nextWeek, reportDueAt, weekAt, weekBefore, weekNamed } from "../../src/domain/iso-week.ts";
import { HOUR_MS, isoLocal, parseWallClock } from "../../src/domain/local-time.ts";

describe("a week by its name", () => {
  test.each([
    ["2025-W48", "America/Sao_Paulo", "2025-11-24T00:00:00", "2025-12-01T00:00:00", 168],
    ["2025-W01", "America/Sao_Paulo", "2024-12-30T00:00:00", "2025-01-06T00:00:00", 168],
    ["2020-W53", "America/Sao_Paulo", "2020-12-28T00:00:00", "2021-01-04T00:00:00", 168],
    ["1971-W01", "UTC", "1971-01-04T00:00:00", "1971-01-11T00:00:00", 168],
    ["2100-W52", "UTC", "2100-12-27T00:00:00", "2101-01-03T00:00:00", 168],
    // Chile: on Sunday 7 September 2025 the day begins at 01:00; in the night to Sunday 6 April, 23:00 comes twice.
    ["2025-W36", "America/Santiago", "2025-09-01T00:00:00", "2025-09-08T00:00:00", 167],
    ["2025-W14", "America/Santiago", "2025-03-31T00:00:00", "2025-04-07T00:00:00", 169],
    ["2025-W13", "Europe/Lisbon", "2025-03-24T00:00:00", "2025-03-31T00:00:00", 167],
  ])("%s in %s", (name, zone, from, to, hours) => {
    const week = weekNamed(name, zone);
    if (week === null) throw new Error(name);
    expect([isoLocal(week.from, zone), isoLocal(week.to, zone), (week.to - week.from) / HOUR_MS]).toEqual([from, to, hours]);
  });

  test.each(["2025-W53", "2025-W00", "2025-W54", "2025-W99", "2025-48", "2025W48", "2025-W4", "", "2025-w48", "0000-W01", "1970-W02", "2101-W01", "9999-W01", "9999-W52", "9999-W99", " 2025-W48", "2025-W48 ", "12025-W48", "2025-W481"])("%j is none", (name) => {
    expect(weekNamed(name, "UTC")).toBeNull();
  });
});

it("holds every moment in just one week, which its name leads back to", () => {
  const zones = fc.constantFrom("America/Sao_Paulo", "America/Santiago", "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/Noronha");
  fc.assert(fc.property(fc.integer({ min: Date.UTC(1972, 0), max: Date.UTC(2070, 0) }), zones, (at, zone) => {
    const week = weekAt(at, zone);
    expect(week.from <= at && at < week.to).toBe(true);
    expect(weekNamed(week.name, zone)).toEqual(week);
    expect(nextWeek(weekBefore(week))).toEqual(week);
    expect(weekBefore(week).to).toBe(week.from);
  }));
});

test.each([
  ["2025-W48", "America/Sao_Paulo", "2025-12-01T00:05:00"],
  ["2025-W35", "America/Santiago", "2025-09-01T00:05:00"],
])("the report of %s is made at 00:05 on the Monday after it (%s)", (name, zone, due) => {
  const week = weekNamed(name, zone);
  expect(week === null ? null : isoLocal(reportDueAt(week), zone)).toBe(due);
});

it("begins on Monday by the zone, not by UTC", () => {
  const sundayNight = parseWallClock("2025-11-30 22:00", "America/Sao_Paulo") ?? NaN; // 01:00 on Monday in UTC
  expect([weekAt(sundayNight, "America/Sao_Paulo").name, weekAt(sundayNight, "UTC").name]).toEqual(["2025-W48", "2025-W49"]);
});
