// Three zeros in a row are a failure, three positives the way back: runs, window, gaps, old news, and what the events say.
import { describe, expect, test } from "vitest";
import { isInWindow, judgeInverters, usualIntervalS } from "../../src/domain/inverter-detector.ts";
import type { DeviceEvent } from "../../src/domain/notification.ts";
import { newPlant, type InverterState, type PlantState } from "../../src/domain/plant.ts";
import type { InverterReading } from "../../src/domain/reading.ts";
import type { PlantRules } from "../../src/domain/rules.ts";
import { plantRules, ZONE } from "../support/plant-rules.ts";

const START = Date.parse("2025-12-01T10:00:00-03:00");
const FIVE_MIN_S = 300;
const rules = plantRules({});
const blank = newPlant({ id: "101", name: "UFV", capacityKwp: null });

type Power = number | null;
const every = (stepS: number, powers: readonly Power[], from = START): InverterReading[] => powers.map((powerKw, i) => ({ device: "1", at: from + i * stepS * 1000, powerKw }));
/** The last three stand still. */
const withGaps = (...gapsS: readonly number[]): InverterReading[] => {
  let at = START;
  return [0, ...gapsS].map((gap, i) => ({ device: "1", at: (at += gap * 1000), powerKw: gapsS.length - i < 3 ? 0 : 5 }));
};
const judge = (readings: readonly InverterReading[], more: Partial<PlantRules> = {}, plant = blank): ReturnType<typeof judgeInverters> => judgeInverters(plant, readings, { ...rules, ...more });
/** Events by the number of the reading that proved them, counted from START in steps of five minutes. */
const told = (readings: readonly InverterReading[], more: Partial<PlantRules> = {}): string[] =>
  judge(readings, more).events.map(({ kind, reading }) => `${kind} ${(reading - START) / 300_000}`);
const deviceOf = (plant: PlantState): InverterState => {
  const device = plant.inverter.devices.get("1");
  if (device === undefined) throw new Error("never heard");
  return device;
};
const withDevice = (more: Partial<InverterState>): PlantState => {
  const device: InverterState = { mark: START - 1, lastInWindow: null, intervalsS: [], run: null, failure: null, recentFailures: [], ...more };
  return { ...blank, inverter: { ...blank.inverter, devices: new Map([["1", device]]) } };
};

describe("three in a row", () => {
  test.each<[string, Power[], string[]]>([
    ["two zeros are no failure", [5, 0, 0], []],
    ["the third zero is one", [0, 0, 0], ["failure 2"]],
    ["a longer standstill is told once", [0, 0, 0, 0, 0, 0, 0], ["failure 2"]],
    ["a positive between begins the count anew", [0, 0, 5, 0, 0, 0], ["failure 5"]],
    ["consumption at night's end is zero too", [-1, 0, -0.02], ["failure 2"]],
    ["power that cannot be read neither counts nor breaks", [0, null, 0, null, null, 0], ["failure 5"]],
    ["two positives are not back", [0, 0, 0, 5, 5], ["failure 2"]],
    ["the third positive is", [0, 0, 0, 5, 5, 5], ["failure 2", "normal 5"]],
    ["a zero between begins that count anew too", [0, 0, 0, 5, 5, 0, 5, 5, 5], ["failure 2", "normal 8"]],
    ["a steady one says nothing", [5, 5, 5, 5, 5, 5], []],
    ["down again needs three zeros again", [0, 0, 0, 5, 5, 5, 0, 0, 0], ["failure 2", "normal 5", "failure 8"]],
  ])("%s", (_, powers, events) => {
    expect(told(every(FIVE_MIN_S, powers))).toEqual(events);
  });

  test("how many it takes, and what counts as zero, can be set", () => {
    expect(told(every(FIVE_MIN_S, [0, 0, 0, 0, 5, 5]), { failureReadings: 4, recoveryReadings: 2 })).toEqual(["failure 3", "normal 5"]);
    expect(told(every(FIVE_MIN_S, [0.02, 0.01, 0.02]), { zeroKw: 0.02 })).toEqual(["failure 2"]);
    expect(told(every(FIVE_MIN_S, [0.03, 0.03, 0.03]), { zeroKw: 0.02 })).toEqual([]);
  });

  test("each device for itself, in the order of the readings", () => {
    const readings = every(FIVE_MIN_S, [0, 0, 0, 0]).flatMap((reading, i) => [reading, { ...reading, device: "2", powerKw: i === 0 ? 5 : 0 }]);
    expect(judge(readings).events.map(({ device, reading }) => [device, (reading - START) / 300_000])).toEqual([["1", 2], ["2", 3]]);
  });
});

describe("an event says", () => {
  const minute = (n: number): number => START + n * 60_000;
  const told = (): readonly DeviceEvent[] => judge(every(FIVE_MIN_S, [5, 0, 0, 0, 0, null, 5, 0, 5, 5, 5])).events;

  test("of a failure: the third zero proved it, the first began it", () => {
    const incident = { id: expect.stringMatching(/^[0-9A-Z]{6}$/), first: minute(5), last: minute(15), end: null, parameters: [], nth: 1 };
    expect(told()[0]).toEqual({ kind: "failure", subject: "inverter", device: "1", type: null, reading: minute(15), incident });
  });

  test("of a normalization: the same incident, its newest zero, and the first of the three positives as its end", () => {
    const events = told();
    const incident = { id: events[0]?.incident.id, first: minute(5), last: minute(35), end: minute(40), parameters: [], nth: 1 };
    expect(events[1]).toEqual({ kind: "normal", subject: "inverter", device: "1", type: null, reading: minute(50), incident });
  });

  test("the how-manieth failure within one hour it is", () => {
    const nth = (steady: number): (number | undefined)[] =>
      judge(every(FIVE_MIN_S, [0, 0, 0, 5, 5, 5, ...Array.from({ length: steady }, () => 5), 0, 0, 0])).events.filter(({ kind }) => kind === "failure").map(({ incident }) => incident.nth);
    expect(nth(0)).toEqual([1, 2]);
    expect(nth(5)).toEqual([1, 2]); // 55 minutes later
    expect(nth(6)).toEqual([1, 1]); // an hour later
  });

  test("and those of more than an hour ago are forgotten", () => {
    const { plant } = judge(every(FIVE_MIN_S, [0, 0, 0]), {}, withDevice({ recentFailures: [START + 600_000 - 3_600_000, START + 600_000 - 3_599_999] }));
    expect(deviceOf(plant).recentFailures).toEqual([START + 600_000 - 3_599_999, START + 600_000]);
  });
});

describe("the generation window", () => {
  test.each([["06:29:59", false], ["06:30:00", true], ["12:00:00", true], ["17:30:00", true], ["17:30:01", false], ["23:00:00", false]])("%s: inside is %s", (clock, isInside) => {
    expect(isInWindow(Date.parse(`2025-12-01T${clock}-03:00`), rules)).toBe(isInside);
  });

  test("is of the plant's own zone", () => {
    expect(isInWindow(Date.parse("2025-12-01T06:30:00-03:00"), { ...rules, zone: "America/Manaus" })).toBe(false);
  });

  test("a reading outside is not judged: it moves the mark, nothing else", () => {
    const evening = Date.parse("2025-12-01T17:30:01-03:00");
    const { plant, events, oldNews } = judge(every(FIVE_MIN_S, [0, 0, 0, 0], evening));
    expect({ events, oldNews }).toEqual({ events: [], oldNews: 0 });
    expect(deviceOf(plant)).toEqual({ mark: evening + 900_000, lastInWindow: null, intervalsS: [], run: null, failure: null, recentFailures: [] });
  });

  test("the first reading inside begins run and rhythm", () => {
    const { plant } = judge(every(FIVE_MIN_S, [0]));
    expect(deviceOf(plant)).toEqual({ mark: START, lastInWindow: START, intervalsS: [], run: { sign: "zero", count: 1, since: START }, failure: null, recentFailures: [] });
    expect(deviceOf(judge(every(FIVE_MIN_S, [7, 8])).plant).run).toEqual({ sign: "positive", count: 2, since: START });
  });
});

describe("a gap of more than 2.5 times the usual interval starts the run anew", () => {
  test.each<[string, number[], number]>([
    ["while nothing is known 5 min are usual, so 12:30 min are within a run", [300, 750], 1],
    ["… a second more is not", [300, 751], 0],
    ["two intervals are not enough to know better, nor does the gap count for itself", [100, 100, 600], 1],
    ["three intervals of 100 s are: 4:10 min are within a run", [100, 100, 100, 250], 1],
    ["… and again a second more is not", [100, 100, 100, 251], 0],
    ["one reading missed of a logger at 315 s is no gap", [315, 315, 315, 630], 1],
    ["two missed are", [315, 315, 315, 945], 0],
  ])("%s", (_, gapsS, failures) => {
    expect(judge(withGaps(...gapsS)).events).toHaveLength(failures);
  });

  test("a gap of positives as well: no way back over it", () => {
    const readings = [...every(FIVE_MIN_S, [0, 0, 0, 5, 5]), ...every(FIVE_MIN_S, [5, 5], START + 3_600_000)];
    expect(told(readings)).toEqual(["failure 2"]);
    expect(told([...readings, { device: "1", at: START + 4_200_000, powerKw: 5 }])).toEqual(["failure 2", "normal 14"]);
  });

  test("a night breaks every run and ends no failure", () => {
    const evening = every(FIVE_MIN_S, [0, 0, 0], Date.parse("2025-12-01T17:20:00-03:00"));
    const short = every(FIVE_MIN_S, [0, 0], Date.parse("2025-12-01T17:25:00-03:00"));
    const morning = (powers: readonly Power[]): InverterReading[] => every(FIVE_MIN_S, powers, Date.parse("2025-12-02T06:30:00-03:00"));
    expect(judge([...short, ...morning([0, 0])]).events).toEqual([]);
    expect(judge([...evening, ...morning([0, 0, 0])]).events.map(({ kind }) => kind)).toEqual(["failure"]);
    expect(judge([...evening, ...morning([5, 5, 5])]).events.map(({ kind }) => kind)).toEqual(["failure", "normal"]);
  });

  test("a reading without readable power is one of the rhythm", () => {
    expect(judge(every(600, [0, null, 0, 0])).events).toHaveLength(1);
    expect(judge([...every(600, [0]), ...every(600, [0, 0], START + 1_200_000)]).events).toHaveLength(0);
  });

  test("the last 12 intervals are kept, those of more than 3 h left out", () => {
    const kept = (...gapsS: number[]): readonly number[] => deviceOf(judge(withGaps(...gapsS), { window: { fromS: 0, toS: 86_400 } }).plant).intervalsS;
    expect(kept(300, 10_800, 315)).toEqual([300, 10_800, 315]);
    expect(kept(300, 10_801, 315)).toEqual([300, 315]);
    expect(kept(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  test.each<[number[], number]>([
    [[], 300], [[60, 60], 300], [[60, 60, 60], 60], [[900, 100, 500], 500], [[1000, 90, 8], 90], [[100, 200, 300, 400], 250], [[400, 100, 300, 200], 250], [[5, 400, 1, 100, 2, 300], 52.5],
  ])("of %j the usual interval is %d s", (intervalsS, usual) => {
    expect(usualIntervalS(intervalsS)).toBe(usual);
  });
});

describe("old news", () => {
  test("what lies at or before the device's mark is counted, not judged", () => {
    const { plant } = judge(every(FIVE_MIN_S, [0, 0]));
    const again = judge(every(FIVE_MIN_S, [0, 0, 0]), {}, plant);
    expect(again.oldNews).toBe(2);
    expect(again.events).toHaveLength(1);
  });

  test.each<[string, number | null, number]>([
    ["what lies before its first day is", START, 1], ["what comes just after that is not", START - 1, 0], ["nothing is where no first day is known", null, 0],
  ])("of a device never heard: %s", (_, beginsAfter, oldNews) => {
    expect(judge(every(FIVE_MIN_S, [5]), {}, { ...blank, inverter: { ...blank.inverter, beginsAfter } }).oldNews).toBe(oldNews);
  });

  test("what belongs to a relay trip is passed over: the mark moves, the run starts anew after it", () => {
    const tripped = (plant: PlantState): PlantState => ({ ...plant, inverter: { ...plant.inverter, passOverUntil: START + 600_000 } });
    const passed = judge(every(FIVE_MIN_S, [0, 0, 0]), {}, tripped(withDevice({ run: { sign: "zero", count: 2, since: START - 600_000 } })));
    expect(passed).toMatchObject({ events: [], oldNews: 0 });
    expect(deviceOf(passed.plant)).toEqual({ mark: START + 600_000, lastInWindow: null, intervalsS: [], run: null, failure: null, recentFailures: [] });
    expect(told(every(FIVE_MIN_S, [0, 0, 0]))).toEqual(["failure 2"]);
    expect(judge(every(FIVE_MIN_S, [0, 0, 0, 0, 0, 0]), {}, tripped(blank)).events.map(({ reading, incident }) => [reading, incident.first])).toEqual([[START + 1_500_000, START + 900_000]]);
  });

  test("the rest of the plant stays as it is", () => {
    const before = { ...blank, inverter: { ...blank.inverter, lastScan: START, unwatchedSince: START } };
    const { plant } = judge(every(FIVE_MIN_S, [5]), { zone: ZONE }, before);
    expect({ ...plant, inverter: { ...plant.inverter, devices: before.inverter.devices } }).toEqual(before);
  });
});
