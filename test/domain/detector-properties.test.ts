// However readings are split into scans, repeated or shuffled, the detectors see the same story; and their two safety rules always hold.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeInverters } from "../../src/domain/inverter-detector.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/domain/local-time.ts";
import type { DeviceEvent } from "../../src/domain/notification.ts";
import { newPlant, type PlantState } from "../../src/domain/plant.ts";
import { orderReadings, type InverterReading, type RelayReading } from "../../src/domain/reading.ts";
import { judgeRelays } from "../../src/domain/relay-detector.ts";
import { plantRules } from "../support/plant-rules.ts";

const START = Date.parse("2025-12-01T09:00:00-03:00");
const LATER = START + 10 * 24 * 60 * MINUTE_MS;
const rules = plantRules({});
const assert = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>): void => { fc.assert(property, { seed: 42, numRuns: 150 }); };

const gapS = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(300, 315, 320) }, { weight: 2, arbitrary: fc.constantFrom(630, 640) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }) });
function timed<T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ at: number; value: T }[]> {
  return fc.array(fc.record({ gap: gapS, value }), { minLength: 1, maxLength: 60 }).map((rows) => {
    let at = START;
    return rows.map(({ gap, value: own }) => ({ at: (at += gap * SECOND_MS), value: own }));
  });
}
const device = fc.constantFrom("1", "2", "3");
const inverterReadings = timed(fc.record({ device, powerKw: fc.constantFrom(0, 0, 0, 50, 50, -1, null) }))
  .map((rows) => rows.map(({ at, value }): InverterReading => ({ at, ...value })));
const relayReadings = timed(fc.record({ device, active: fc.subarray(["r59N", "r59A", "r27A", "r86", "r49"], { maxLength: 2 }), hasWatched: fc.boolean() }))
  .map((rows) => rows.map(({ at, value }): RelayReading => ({ at, ...value, hasWatched: value.hasWatched || value.active.length > 0 })));

type Judge<R> = (plant: PlantState, readings: readonly R[]) => { readonly plant: PlantState; readonly events: readonly DeviceEvent[] };
const inverters: Judge<InverterReading> = (plant, readings) => judgeInverters(plant, readings, rules);
const relays: Judge<RelayReading> = (plant, readings) => judgeRelays(plant, readings, rules);
const blank = newPlant({ id: "101", name: "UFV", capacityKwp: null });

/** Scans that end after the given numbers of readings; `again` readings before the cut are served once more. */
function scanned<R>(judge: Judge<R>, readings: readonly R[], cuts: readonly number[], again = 0): { plant: PlantState; events: DeviceEvent[] } {
  const ends = [...cuts.map((cut) => cut % (readings.length + 1)), readings.length].sort((a, b) => a - b);
  let plant = blank;
  const events: DeviceEvent[] = [];
  let from = 0;
  for (const end of ends) {
    const judged = judge(plant, readings.slice(Math.max(0, from - again), end));
    plant = judged.plant;
    events.push(...judged.events);
    from = end;
  }
  return { plant, events };
}

const sameStory = (a: { events: readonly DeviceEvent[] }, b: { events: readonly DeviceEvent[] }): void => { expect(b.events).toEqual(a.events); };

test("inverters: any split into scans tells the same, and leaves the same state", () => {
  assert(fc.property(inverterReadings, fc.array(fc.nat(), { maxLength: 12 }), fc.nat(20), (readings, cuts, again) => {
    const [whole, parts] = [scanned(inverters, readings, []), scanned(inverters, readings, cuts, again)];
    sameStory(whole, parts);
    expect(parts.plant.inverter.devices).toEqual(whole.plant.inverter.devices);
  }));
});

test("relays: any split into scans tells the same, and leaves the same state", () => {
  assert(fc.property(relayReadings, fc.array(fc.nat(), { maxLength: 12 }), fc.nat(20), (readings, cuts, again) => {
    const [whole, parts] = [scanned(relays, readings, []), scanned(relays, readings, cuts, again)];
    sameStory(whole, parts);
    expect(parts.plant.relay.devices).toEqual(whole.plant.relay.devices);
    expect(parts.plant.inverter.passOverUntil).toBe(whole.plant.inverter.passOverUntil);
  }));
});

describe("inside a scan", () => {
  const disordered = <R>(arbitrary: fc.Arbitrary<R[]>): fc.Arbitrary<{ readings: R[]; served: R[] }> =>
    arbitrary.chain((readings) => fc.tuple(fc.shuffledSubarray(readings, { minLength: readings.length }), fc.subarray(readings)).map(([shuffled, twice]) => ({ readings, served: [...twice, ...shuffled] })));

  test("duplicates and any order of inverter readings change nothing", () => {
    assert(fc.property(disordered(inverterReadings), ({ readings, served }) => {
      sameStory(inverters(blank, readings), inverters(blank, orderReadings(served, LATER).ordered));
    }));
  });

  test("duplicates and any order of relay readings change nothing", () => {
    assert(fc.property(disordered(relayReadings), ({ readings, served }) => {
      sameStory(relays(blank, readings), relays(blank, orderReadings(served, LATER).ordered));
    }));
  });
});

describe("a normalization", () => {
  test("of a relay comes from a reading with a watched parameter and none of that class, after its failure", () => {
    const classOf = new Map(rules.relayClasses.flatMap(({ type, parameters }) => parameters.map((name) => [name, type] as const)));
    assert(fc.property(relayReadings, (readings) => {
      const active = new Set<string>();
      for (const { kind, device: id, type, reading } of relays(blank, readings).events) {
        const key = `${id}:${String(type)}`;
        expect(active.has(key)).toBe(kind === "normal");
        if (kind === "failure") active.add(key);
        else active.delete(key);
        if (kind === "failure") continue;
        const proof = readings.find((own) => own.device === id && own.at === reading);
        expect(proof?.hasWatched).toBe(true);
        expect(proof?.active.map((name) => classOf.get(name) ?? "OUTROS")).not.toContain(type);
      }
    }));
  });

  test("of an inverter comes with three positives in a row, a failure with three zeros, and they alternate", () => {
    assert(fc.property(inverterReadings, (readings) => {
      const failed = new Set<string>();
      for (const { kind, device: id, reading } of inverters(blank, readings).events) {
        expect(failed.has(id)).toBe(kind === "normal");
        if (kind === "failure") failed.add(id);
        else failed.delete(id);
        const readable = readings.filter((own) => own.device === id && own.at <= reading && own.powerKw !== null).slice(-3);
        expect(readable.map(({ powerKw }) => (powerKw ?? 0) > 0)).toEqual([kind === "normal", kind === "normal", kind === "normal"]);
      }
    }));
  });
});

test("a mark never moves back, and what lies at or before it is only counted", () => {
  assert(fc.property(inverterReadings, inverterReadings, (first, second) => {
    const { plant } = inverters(blank, first);
    const judged = judgeInverters(plant, first, rules);
    expect(judged).toMatchObject({ events: [], oldNews: first.length });
    const after = inverters(plant, second).plant;
    for (const [id, { mark }] of plant.inverter.devices) expect(after.inverter.devices.get(id)?.mark).toBeGreaterThanOrEqual(mark);
  }));
});
