import { describe, expect, test } from "vitest";
import { areBehind, createKnownDays, type DayAnswer, type KnownDays } from "../../src/app/known-days.ts";
import type { Version } from "../../src/ports/plant-api.ts";

const DATE = "2025-12-01";
const named = (value: string): Version => ({ name: "if-none-match", value: `"${value}"` });
const news = (value: string): DayAnswer => ({ date: DATE, version: named(value), hasNews: true });
const same: DayAnswer = { date: DATE, version: "same", hasNews: false };

/** Of which an API has shown that each news has a version of its own; the last one is `"3"`. */
function earned(): KnownDays {
  const days = createKnownDays();
  for (const version of ["0", "1", "2", "3"]) days.scanned("7", "relay", [news(version)], true);
  return days;
}

describe("a day that need not be sent again", () => {
  test("is asked for so only after three news with versions of their own", () => {
    const days = createKnownDays();
    for (const version of ["0", "1", "2"]) {
      days.scanned("7", "relay", [news(version)], true);
      expect(days.known("7", "relay", DATE)).toBeNull();
    }
    days.scanned("7", "relay", [news("3")], true);
    expect(days.known("7", "relay", DATE)).toEqual(named("3"));
    expect([days.known("8", "relay", DATE), days.known("7", "inverter", DATE), days.known("7", "relay", "2025-12-02")]).toEqual([null, null, null]);
  });

  test("is never asked for so again of an API whose version stayed while there was news", () => {
    const days = earned();
    days.scanned("7", "relay", [news("3")], true);
    for (const version of ["4", "5", "6", "7"]) days.scanned("7", "relay", [news(version)], true);
    expect(days.known("7", "relay", DATE)).toBeNull();
  });

  test("nor of one that names no version, or none any more", () => {
    const days = earned();
    days.scanned("7", "relay", [{ date: DATE, version: null, hasNews: true }], true);
    expect(days.known("7", "relay", DATE)).toBeNull();
  });

  test("keeps the version that was judged where a newer one was not: its readings are still missing", () => {
    const days = earned();
    days.scanned("7", "relay", [news("4")], false);
    expect(days.known("7", "relay", DATE)).toEqual(named("3"));
  });

  test("is read whole after five in a row", () => {
    const days = earned();
    for (let i = 0; i < 5; i += 1) {
      expect(days.known("7", "relay", DATE)).toEqual(named("3"));
      days.scanned("7", "relay", [same], true);
    }
    expect(days.known("7", "relay", DATE)).toBeNull();
    days.scanned("7", "relay", [{ date: DATE, version: named("3"), hasNews: false }], true);
    expect(days.known("7", "relay", DATE)).toEqual(named("3"));
  });

  test("is forgotten when its date is not asked for any more", () => {
    const days = earned();
    days.scanned("7", "relay", [{ date: "2025-12-02", version: named("a"), hasNews: true }], true);
    expect([days.known("7", "relay", DATE), days.known("7", "relay", "2025-12-02")]).toEqual([null, named("a")]);
  });
});

test("a reading is behind only its own device's mark", () => {
  const devices = new Map([["a", { mark: 10 }]]);
  expect([[{ device: "a", at: 10 }], [{ device: "a", at: 11 }], [{ device: "b", at: 1 }], []].map((readings) => areBehind(devices, readings))).toEqual([true, false, false, true]);
});
