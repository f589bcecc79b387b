// Wall clock ↔ instant: what counts as a time, whose zone it is of, and the days on which daylight saving begins and ends.
import { describe, expect, test } from "vitest";
import { addDays, isoLocal, isoWithOffset, localDate, parseWallClock, secondsOfDay, startOfDay, timeOfDay } from "../../src/domain/local-time.ts";

const SAO_PAULO = "America/Sao_Paulo"; // UTC-3 all the year
const SANTIAGO = "America/Santiago"; // UTC-3; UTC-4 from 2025-04-06 00:00 (it is 23:00 again) to 2025-09-07 00:00 (it is 01:00 at once)

describe("a wall clock is read in its plant's zone", () => {
  const INSTANT = "2025-07-06T03:05:49Z";

  test.each([
    ["2025-07-06 00:05:49", INSTANT], ["2025-07-06T00:05:49", INSTANT], ["2025-07-06t00:05:49", INSTANT], ["  2025-07-06 00:05:49\n", INSTANT],
    ["2025-07-06 00:05", "2025-07-06T03:05:00Z"], ["2025-07-06 23:59:59", "2025-07-07T02:59:59Z"], ["2024-02-29 12:00:00", "2024-02-29T15:00:00Z"],
    ["2025-07-06 00:05:49.5", "2025-07-06T03:05:49.500Z"], ["2025-07-06 00:05:49,123456789", "2025-07-06T03:05:49.123Z"],
  ])("%j", (text, instant) => {
    expect(parseWallClock(text, SAO_PAULO)).toBe(Date.parse(instant));
  });

  test.each([
    ["2025-07-06T00:05:49Z", "2025-07-06T00:05:49Z"], ["2025-07-06 00:05:49z", "2025-07-06T00:05:49Z"], ["2025-07-06 00:05:49  Z", "2025-07-06T00:05:49Z"],
    ["2025-07-06T00:05:49+02:00", "2025-07-05T22:05:49Z"], ["2025-07-06T00:05:49+0530", "2025-07-05T18:35:49Z"], ["2025-07-06 00:05:49 -03:30", "2025-07-06T03:35:49Z"],
    ["2025-07-06T00:05-03:00", "2025-07-06T03:05:00Z"],
  ])("%j carries its own offset, and that counts", (text, instant) => {
    expect(parseWallClock(text, SAO_PAULO)).toBe(Date.parse(instant));
  });

  test.each([
    "Sun, 06 Jul 2025 00:05:49 GMT", "Sun, 6 Jul 2025 00:05:49 GMT", "Sun 06 Jul 2025 00:05:49 UTC", "Sun, 06-Jul-2025 00:05:49 GMT", "sun, 06 jul 2025 00:05:49 gmt",
    "Sun, 06 Jul 2025 00:05:49", "Sun,  06 Jul 2025  00:05:49  GMT",
  ])("%j is plant time, whatever its GMT says", (text) => {
    expect(parseWallClock(text, SAO_PAULO)).toBe(Date.parse(INSTANT));
  });

  test.each(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map((name, i) => [name, String(i + 1).padStart(2, "0")]))("%s is month %s", (name, month) => {
    expect(parseWallClock(`Mon, 28 ${name} 2025 10:20:30 GMT`, SAO_PAULO)).toBe(Date.parse(`2025-${month}-28T13:20:30Z`));
  });

  test.each([
    "", "-", "hoje", "2025-07-06", "00:05:49", "2025-07-06 0:05:49", "25-07-06 00:05:49", "x2025-07-06 00:05:49", "2025-07-06 00:05:49 h", "2025-07-06 00:05:49.",
    "2025-07-06 00:05:49+2", "2025-07-06 00:05:49.1234567890", "2025-07-06 00:05:4x",
    "2025-02-29 10:00:00", "2025-04-31 10:00:00", "2025-13-01 10:00:00", "2025-00-01 10:00:00", "2025-01-00 10:00:00", "0025-07-06 10:00:00",
    "2025-07-06 24:00:00", "2025-07-06 23:60:00", "2025-07-06 23:59:60", "2025-07-06 10:60:00", "2025-07-06 10:59:60",
    "Sun, 06 Foo 2025 00:05:49 GMT", "Sun, 32 Jul 2025 00:05:49 GMT", "Sun, 06 Jul 2025 24:05:49 GMT", "Sun, 06 Jul 2025 00:05:49 EST", "Sun, 06 Jul 2025 00:05 GMT",
    "06 Jul 2025 00:05:49 GMT", "Sunday, 06 Jul 2025 00:05:49 GMT", "Sun, 06 Jul 25 00:05:49 GMT", "Sun, 06 Jul 2025 00:05:49 GMT x", "x Sun, 06 Jul 2025 00:05:49 GMT", "Sun, 06/Jul/2025 00:05:49 GMT",
  ])("%j is no time", (text) => {
    expect(parseWallClock(text, SAO_PAULO)).toBeNull();
  });

  test("the same wall clock is another instant in another zone", () => {
    expect(parseWallClock("2025-07-06 10:00:00", "America/Manaus")).toBe(Date.parse("2025-07-06T14:00:00Z"));
    expect(parseWallClock("2025-07-06 10:00:00", "Asia/Kathmandu")).toBe(Date.parse("2025-07-06T04:15:00Z"));
  });

  test.each([
    ["before the clock is put back", "2025-04-05 22:59:59", "2025-04-06T01:59:59Z"],
    ["an hour that comes twice is its first one", "2025-04-05 23:30:00", "2025-04-06T02:30:00Z"],
    ["after it was put back", "2025-04-06 00:00:00", "2025-04-06T04:00:00Z"],
    ["before the clock is put forward", "2025-09-06 23:59:59", "2025-09-07T03:59:59Z"],
    ["an hour that does not exist is the one after it", "2025-09-07 00:30:00", "2025-09-07T04:30:00Z"],
    ["after it was put forward", "2025-09-07 01:00:00", "2025-09-07T04:00:00Z"],
  ])("daylight saving: %s", (_, text, instant) => {
    expect(parseWallClock(text, SANTIAGO)).toBe(Date.parse(instant));
  });
});

describe("an instant is shown by the clock of its zone", () => {
  test.each([
    ["2025-12-01T13:15:00.999Z", SAO_PAULO, "2025-12-01T10:15:00"], ["2025-12-01T02:59:59Z", SAO_PAULO, "2025-11-30T23:59:59"], ["2025-12-01T02:59:59Z", "UTC", "2025-12-01T02:59:59"],
    ["2025-04-06T02:59:59Z", SANTIAGO, "2025-04-05T23:59:59"], ["2025-04-06T03:00:00Z", SANTIAGO, "2025-04-05T23:00:00"],
    ["2025-09-07T03:59:59Z", SANTIAGO, "2025-09-06T23:59:59"], ["2025-09-07T04:00:00Z", SANTIAGO, "2025-09-07T01:00:00"],
  ])("%s in %s is %s", (instant, zone, shown) => {
    expect(isoLocal(Date.parse(instant), zone)).toBe(shown);
    expect(localDate(Date.parse(instant), zone)).toBe(shown.slice(0, 10));
  });

  test.each([
    ["2025-12-01T13:15:00Z", SAO_PAULO, "2025-12-01T10:15:00-03:00"], ["2025-12-01T13:15:00.120Z", SAO_PAULO, "2025-12-01T10:15:00.120-03:00"], ["2025-12-01T13:15:00Z", "UTC", "2025-12-01T13:15:00+00:00"],
    ["2025-12-01T13:15:00Z", "Asia/Kathmandu", "2025-12-01T19:00:00+05:45"], ["2025-12-01T13:15:00Z", "America/St_Johns", "2025-12-01T09:45:00-03:30"],
    ["2025-12-01T13:15:00Z", "Pacific/Kiritimati", "2025-12-02T03:15:00+14:00"],
  ])("%s in %s is %s, which can be read back", (instant, zone, shown) => {
    expect(isoWithOffset(Date.parse(instant), zone)).toBe(shown);
    expect(parseWallClock(shown, SANTIAGO)).toBe(Date.parse(instant));
  });
});

describe("days", () => {
  test.each([
    ["2025-12-01", SAO_PAULO, "2025-12-01T03:00:00Z"], ["2025-12-01", "UTC", "2025-12-01T00:00:00Z"],
    ["2025-09-07", SANTIAGO, "2025-09-07T04:00:00Z"], // there is no 00:00 that day
  ])("%s of %s begins at %s", (date, zone, instant) => {
    expect(startOfDay(date, zone)).toBe(Date.parse(instant));
  });

  test.each([
    ["2025-12-01", 23_400, SAO_PAULO, "2025-12-01T09:30:00Z"], ["2025-12-01", 0, "UTC", "2025-12-01T00:00:00Z"], ["2025-12-01", 86_399, SAO_PAULO, "2025-12-02T02:59:59Z"],
    ["2025-09-07", 23_400, SANTIAGO, "2025-09-07T09:30:00Z"], // a day of 23 h: 5:30 h after its start
    ["2025-04-06", 23_400, SANTIAGO, "2025-04-06T10:30:00Z"],
  ])("on %s second %d of the clock of %s is %s", (date, seconds, zone, instant) => {
    expect(timeOfDay(date, seconds, zone)).toBe(Date.parse(instant));
  });

  test("are counted over months, leap days and years", () => {
    expect([addDays("2025-12-31", 1), addDays("2024-03-01", -1), addDays("2025-12-01", -7)]).toEqual(["2026-01-01", "2024-02-29", "2025-11-24"]);
  });

  test.each([
    ["2025-12-01T03:00:00Z", SAO_PAULO, 0], ["2025-12-01T02:59:59.500Z", SAO_PAULO, 86_399.5], ["2025-12-01T20:30:01Z", SAO_PAULO, 63_001],
    ["1969-12-31T23:59:59Z", "UTC", 86_399], ["2025-09-07T04:00:00Z", SANTIAGO, 3_600],
  ])("%s in %s is second %d of its day by the wall clock", (instant, zone, second) => {
    expect(secondsOfDay(Date.parse(instant), zone)).toBe(second);
  });
});
