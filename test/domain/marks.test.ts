// Which dates are asked for, and from which reading on a device is judged.
import { describe, expect, test } from "vitest";
import { beginOfDay, datesToAsk, earlierDatesToAsk, effectiveMark, type Marks } from "../../src/domain/marks.ts";
import { instant, ZONE } from "../support/plant-rules.ts";

const marks = (devices: Readonly<Record<string, string>>, more: { beginsAfter?: string; passOver?: string } = {}): Marks => ({
  devices: new Map(Object.entries(devices).map(([id, at]) => [id, { mark: instant(at) }])),
  beginsAfter: instant(more.beginsAfter ?? "00:00") - 1,
  passOverUntil: more.passOver === undefined ? null : instant(more.passOver),
});

describe("dates to ask for", () => {
  test.each([
    ["no mark: the first day", marks({}), "10:00", ["2025-12-01"]],
    ["no mark, first day of three days ago", marks({}, { beginsAfter: "11-28 00:00" }), "10:00", ["2025-11-28", "2025-11-29", "2025-11-30", "2025-12-01"]],
    ["no mark, first day of ten days ago: today and seven", marks({}, { beginsAfter: "11-21 00:00" }), "10:00", ["2025-11-24", "2025-11-25", "2025-11-26", "2025-11-27", "2025-11-28", "2025-11-29", "2025-11-30", "2025-12-01"]],
    ["a mark of this morning", marks({ a: "09:00" }), "10:00", ["2025-12-01"]],
    ["a mark of 00:59: yesterday too", marks({ a: "00:59" }), "10:00", ["2025-11-30", "2025-12-01"]],
    ["a mark of 01:00: today only", marks({ a: "01:00" }), "10:00", ["2025-12-01"]],
    ["the newest mark counts", marks({ a: "11-25 09:00", b: "09:00" }), "10:00", ["2025-12-01"]],
    ["… whichever device has it", marks({ a: "09:00", b: "11-25 09:00" }), "10:00", ["2025-12-01"]],
    ["a mark of years ago", marks({ a: "2015-01-01 09:00" }), "00:00", ["2025-11-24", "2025-11-25", "2025-11-26", "2025-11-27", "2025-11-28", "2025-11-29", "2025-11-30", "2025-12-01"]],
    ["an older mark, but a trip that passed over today's: today only", marks({ a: "11-25 09:00" }, { passOver: "09:00" }), "10:00", ["2025-12-01"]],
    ["a mark that is newer than the trip", marks({ a: "09:00" }, { passOver: "11-25 09:00" }), "10:00", ["2025-12-01"]],
    ["no mark, whatever was passed over: the first day", marks({}, { beginsAfter: "11-30 00:00", passOver: "09:00" }), "10:00", ["2025-11-30", "2025-12-01"]],
    ["a mark ahead of the clock", marks({ a: "12-02 00:05" }), "23:59", ["2025-12-01"]],
    ["… by hours: a clock was stepped back", marks({ a: "12-02 05:00" }), "23:59", ["2025-12-01"]],
  ])("%s", (_, given, now, dates) => {
    expect(datesToAsk(given, instant(now), ZONE)).toEqual(dates);
  });
});

describe("a device that reports again", () => {
  const reading = (device: string, at: string): { device: string; at: number } => ({ device, at: instant(at) });

  test.each([
    ["has its own mark in the dates asked for", marks({ a: "09:00", b: "08:00" }), [reading("b", "09:30")], []],
    ["was last heard two days before", marks({ a: "09:00", b: "11-29 12:00" }), [reading("b", "09:30")], ["2025-11-29", "2025-11-30"]],
    ["was last heard weeks before: at most seven dates", marks({ a: "09:00", b: "10-01 12:00" }), [reading("b", "09:30")], ["2025-11-24", "2025-11-25", "2025-11-26", "2025-11-27", "2025-11-28", "2025-11-29", "2025-11-30"]],
    ["was never heard: from the first day on", marks({ a: "09:00" }, { beginsAfter: "11-30 00:00" }), [reading("b", "09:30")], ["2025-11-30"]],
    ["was last heard at the end of the day before yesterday: yesterday", marks({ a: "09:00", b: "11-29 23:59:59.999" }), [reading("b", "09:30")], ["2025-11-30"]],
    ["was last heard before another that reports again too: from the oldest on", marks({ a: "09:00", b: "11-29 12:00", c: "11-30 12:00" }), [reading("c", "09:20"), reading("b", "09:30"), reading("a", "09:40")], ["2025-11-29", "2025-11-30"]],
    ["gives old news before what is new", marks({ a: "09:00", b: "11-29 12:00" }), [reading("b", "11-29 12:00"), reading("b", "09:30")], ["2025-11-29", "2025-11-30"]],
    ["gives old news only", marks({ a: "09:00", b: "11-29 12:00" }), [reading("b", "11-29 12:00")], []],
    ["is older than what a trip passed over", marks({ a: "09:00", b: "11-29 12:00" }, { passOver: "08:00" }), [reading("b", "09:30")], []],
  ])("and %s", (_, given, readings, dates) => {
    expect(earlierDatesToAsk(given, readings, "2025-12-01", instant("10:00"), ZONE)).toEqual(dates);
  });
});

test("a device without a mark begins at 00:00 of the first day, that moment included", () => {
  const given = { ...marks({}), beginsAfter: beginOfDay(instant("15:40"), ZONE) };
  expect(effectiveMark(given, "a")).toBe(instant("00:00") - 1);
});

test("old news is what lies at or before the device's own mark, or before what a trip passed over", () => {
  const given = marks({ a: "09:00", b: "07:00" }, { passOver: "08:00" });
  expect(["a", "b", "c"].map((device) => effectiveMark(given, device))).toEqual([instant("09:00"), instant("08:00"), instant("08:00")]);
});
