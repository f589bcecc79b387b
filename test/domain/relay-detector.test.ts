// Alerts of relays: what begins one, what ends it, what never does, and what that means for the plant's inverters.
import { describe, expect, test } from "vitest";
import { newPlant, type InverterState, type PlantState, type RelayState } from "../../src/domain/plant.ts";
import type { RelayReading } from "../../src/domain/reading.ts";
import { judgeRelays, passOverInverters } from "../../src/domain/relay-detector.ts";
import type { PlantRules } from "../../src/domain/rules.ts";
import { plantRules } from "../support/plant-rules.ts";

const START = Date.parse("2025-12-01T10:00:00-03:00");
const minute = (n: number): number => START + n * 60_000;
const rules = plantRules({});
const blank = newPlant({ id: "101", name: "UFV", capacityKwp: null });

/** `59N 86` is active, `-` is clean, `?` says nothing of any watched parameter. */
const reading = (at: number, told: string, device = "7"): RelayReading => {
  const active = told === "-" || told === "?" ? [] : told.split(" ").map((name) => `r${name}`);
  return { device, at: minute(at), active, hasWatched: told !== "?" };
};
const readings = (...rows: readonly string[]): RelayReading[] => rows.map((told, i) => reading(i * 5, told));
const judge = (given: readonly RelayReading[], more: Partial<PlantRules> = {}, plant = blank): ReturnType<typeof judgeRelays> => judgeRelays(plant, given, { ...rules, ...more });
const told = (given: readonly RelayReading[], more: Partial<PlantRules> = {}): string[] =>
  judge(given, more).events.map(({ kind, type, reading: at }) => `${kind} ${String(type)} ${(at - START) / 60_000}`);
const relayOf = (plant: PlantState): RelayState => {
  const relay = plant.relay.devices.get("7");
  if (relay === undefined) throw new Error("never heard");
  return relay;
};

describe("an alert", () => {
  test.each<[string, string[], string[]]>([
    ["begins with the first active reading", ["-", "59N", "59N", "59A"], ["failure SOBRETENSÃO 5"]],
    ["ends with the first clean one", ["59N", "-", "-"], ["failure SOBRETENSÃO 0", "normal SOBRETENSÃO 5"]],
    ["never ends because a reading says nothing", ["59N", "?", "?"], ["failure SOBRETENSÃO 0"]],
    ["comes back as a new one", ["59N", "-", "59N"], ["failure SOBRETENSÃO 0", "normal SOBRETENSÃO 5", "failure SOBRETENSÃO 10"]],
    ["of one class ends where another's begins, told in that order", ["59N", "27A"], ["failure SOBRETENSÃO 0", "normal SOBRETENSÃO 5", "failure SUBTENSÃO 5"]],
    ["stays while its class is active beside one that goes before it", ["27A", "59N 27A", "27A"], ["failure SUBTENSÃO 0", "failure SOBRETENSÃO 5", "normal SOBRETENSÃO 10"]],
    ["of no listed class stays as well", ["86", "59N 86", "86"], ["failure OUTROS 0", "failure SOBRETENSÃO 5", "normal SOBRETENSÃO 10"]],
    ["of no listed class ends when only listed ones are active", ["86", "59N"], ["failure OUTROS 0", "normal OUTROS 5", "failure SOBRETENSÃO 5"]],
  ])("%s", (_, rows, events) => {
    expect(told(readings(...rows))).toEqual(events);
  });

  test.each([
    ["59A", "SOBRETENSÃO"], ["59B", "SOBRETENSÃO"], ["59C", "SOBRETENSÃO"], ["59N", "SOBRETENSÃO"], ["27A", "SUBTENSÃO"], ["27B", "SUBTENSÃO"], ["27C", "SUBTENSÃO"], ["27_0", "SUBTENSÃO"],
    ["81O", "FREQUÊNCIA"], ["81U", "FREQUÊNCIA"], ["49", "TÉRMICO"], ["49_2", "TÉRMICO"], ["AR", "BLOQUEIO"], ["BA", "BLOQUEIO"], ["DO", "BLOQUEIO"],
    ["86", "OUTROS"], ["50N", "OUTROS"], ["RL1", "OUTROS"],
    ["86 27A", "SUBTENSÃO"], ["AR 49", "TÉRMICO"], ["49 81U", "FREQUÊNCIA"], ["81U 27_0", "SUBTENSÃO"], ["27A 59N", "SOBRETENSÃO"], ["86 DO", "BLOQUEIO"],
  ])("of r%s is of type %s: the first class that has an active parameter", (active, type) => {
    expect(told(readings(active))).toEqual([`failure ${type} 0`]);
  });

  test("classes and their order can be set", () => {
    const relayClasses = [{ type: "RELIGAMENTO", parameters: ["r79"] }, { type: "SOBRETENSÃO", parameters: ["r59N"] }];
    expect(told(readings("59N 79", "59N", "27A"), { relayClasses })).toEqual(["failure RELIGAMENTO 0", "normal RELIGAMENTO 5", "failure SOBRETENSÃO 5", "normal SOBRETENSÃO 10", "failure OUTROS 10"]);
  });

  test("a parameter that is to be ignored is never active, and its reading is clean", () => {
    const ignoredParameters = new Set(["rRL1"]);
    expect(told(readings("RL1", "RL1 59N", "RL1"), { ignoredParameters })).toEqual(["failure SOBRETENSÃO 5", "normal SOBRETENSÃO 10"]);
    expect(judge(readings("RL1 59N"), { ignoredParameters }).events[0]?.incident.parameters).toEqual(["r59N"]);
  });

  test("is of its relay alone", () => {
    expect(judge([reading(0, "59N", "7"), reading(1, "-", "8"), reading(2, "59N", "8"), reading(3, "-", "7")]).events.map(({ kind, device }) => `${kind} ${device}`))
      .toEqual(["failure 7", "failure 8", "normal 7"]);
  });
});

describe("an event says", () => {
  const story = (): ReturnType<typeof judge> => judge(readings("59N 86", "59A", "?", "59N", "-"));

  test("of a failure: its first reading and what was active", () => {
    const incident = { id: expect.stringMatching(/^[0-9A-Z]{6}$/), first: minute(0), last: minute(0), end: null, parameters: ["r59N", "r86"], nth: 1 };
    expect(story().events[0]).toEqual({ kind: "failure", subject: "relay", device: "7", type: "SOBRETENSÃO", reading: minute(0), incident });
  });

  test("of a normalization: the same incident, every parameter there was, its last active reading, and the clean one as its end", () => {
    const { events, plant } = story();
    const incident = { id: events[0]?.incident.id, first: minute(0), last: minute(15), end: minute(20), parameters: ["r59N", "r86", "r59A"], nth: 1 };
    expect(events[1]).toEqual({ kind: "normal", subject: "relay", device: "7", type: "SOBRETENSÃO", reading: minute(20), incident });
    expect(relayOf(plant)).toEqual({ mark: minute(20), alerts: new Map(), recentFailures: [minute(0)] });
  });

  test("an alert that lasts keeps its name and beginning", () => {
    const alert = { incidentId: story().events[0]?.incident.id, type: "SOBRETENSÃO", parameters: ["r59N", "r86", "r59A"], first: minute(0), last: minute(5) };
    expect(relayOf(judge(readings("59N 86", "59A", "?")).plant)).toEqual({ mark: minute(10), alerts: new Map([["SOBRETENSÃO", alert]]), recentFailures: [minute(0)] });
  });

  test("the how-manieth failure of this relay within one hour it is, of whatever type", () => {
    const nth = (at: number): number[] => judge([reading(0, "59N"), reading(5, "27A"), reading(6, "-"), reading(at, "59N")]).events.filter(({ kind }) => kind === "failure").map(({ incident }) => incident.nth);
    expect(nth(59)).toEqual([1, 2, 3]);
    expect(nth(60)).toEqual([1, 2, 2]);
    expect(nth(65)).toEqual([1, 2, 1]);
  });
});

describe("old news", () => {
  test("what lies at or before the relay's mark is counted, not judged", () => {
    const { plant } = judge(readings("59N", "-"));
    const again = judge(readings("59N", "-", "59N"), {}, plant);
    expect(again.oldNews).toBe(2);
    expect(again.events.map(({ kind, reading: at }) => [kind, at])).toEqual([["failure", minute(10)]]);
  });

  test.each<[string, number | null, number]>([
    ["what lies before its first day is", minute(0), 1], ["what comes just after that is not", minute(0) - 1, 0], ["nothing is where no first day is known", null, 0],
  ])("of a relay never heard: %s", (_, beginsAfter, oldNews) => {
    expect(judge(readings("-"), {}, { ...blank, relay: { ...blank.relay, beginsAfter } }).oldNews).toBe(oldNews);
  });
});

describe("a trip of the relay never shows as a wave of inverter events", () => {
  const inverter: InverterState = { mark: START, lastInWindow: START, intervalsS: [300], run: { sign: "zero", count: 2, since: START }, failure: null, recentFailures: [] };
  const plant: PlantState = { ...blank, inverter: { ...blank.inverter, devices: new Map([["1", inverter], ["2", { ...inverter, failure: { incidentId: "X", first: START, last: START } }]]) } };
  const passOver = (given: readonly RelayReading[], before = plant): number | null => judge(given, {}, before).plant.inverter.passOverUntil;

  test("readings up to what ended the alert are passed over; the newest such reading counts", () => {
    expect(passOver([reading(0, "59N", "7"), reading(1, "59N", "8"), reading(10, "-", "8"), reading(15, "-", "7"), reading(20, "59N", "8")])).toBe(minute(15));
  });

  test("all runs start anew, nothing else of an inverter changes", () => {
    const { devices } = judge(readings("59N", "-"), {}, plant).plant.inverter;
    expect([...devices]).toEqual([["1", { ...inverter, run: null }], ["2", { ...inverter, run: null, failure: { incidentId: "X", first: START, last: START } }]]);
  });

  test("an alert that only begins, or none, passes over nothing", () => {
    expect(judge(readings("-", "59N"), {}, plant).plant.inverter).toBe(plant.inverter);
    expect(judge(readings("-", "-"), {}, plant).plant.inverter).toBe(plant.inverter);
  });

  test("what was passed over already stays so", () => {
    const later = { ...plant, inverter: { ...plant.inverter, passOverUntil: minute(60) } };
    expect(passOver(readings("59N", "-"), later)).toBe(minute(60));
    expect([passOverInverters(later, minute(61)).inverter.passOverUntil, passOverInverters(plant, -5).inverter.passOverUntil]).toEqual([minute(61), -5]);
  });
});
