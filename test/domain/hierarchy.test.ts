// Relay before inverter: what is noted when, until when inverters are passed over, and what a clock that was ahead leaves behind.
import { describe, expect, test } from "vitest";
import { noteWatch, release } from "../../src/domain/hierarchy.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import type { InverterSection, PlantState } from "../../src/domain/plant.ts";
import { passOverNoFurther } from "../../src/domain/relay-detector.ts";
import { instant } from "../support/plant-rules.ts";
import { sketchPlant as plant, type Sketch } from "../support/plant-sketch.ts";

const now = instant("12:00");
const having = (sketch: Sketch, more: Partial<InverterSection>): PlantState => {
  const made = plant(sketch);
  return { ...made, inverter: { ...made.inverter, ...more } };
};

describe("what is noted", () => {
  test.each<[string, Sketch, Partial<InverterSection>, [unwatchedSince: number | null, releasedAt: number | null]]>([
    ["an alert: unwatched since now", { relays: { 7: ["11:55", "A"] } }, {}, [now, null]],
    ["an alert that lasts: since it was noted first", { relays: { 7: ["11:55", "A"] } }, { unwatchedSince: now - HOUR_MS }, [now - HOUR_MS, null]],
    ["a relay that talks again: no longer released", { relays: { 7: ["11:55", "A"] } }, { releasedAt: now - HOUR_MS }, [now, null]],
    ["a relay that went silent: as it was", { relays: { 7: ["10:00", "A"] } }, { unwatchedSince: now - HOUR_MS }, [now - HOUR_MS, null]],
    ["a release that lasts: as it was", { relays: { 7: ["10:00", "A"] } }, { releasedAt: now - HOUR_MS }, [null, now - HOUR_MS]],
    ["no alert any more: watched", { relays: { 7: ["11:55"] } }, { unwatchedSince: now - HOUR_MS, releasedAt: now - HOUR_MS }, [null, null]],
  ])("of %s", (_, sketch, more, noted) => {
    const { inverter } = noteWatch(having(sketch, more), now);
    expect([inverter.unwatchedSince, inverter.releasedAt]).toEqual(noted);
  });

  test("of a release: since when, and that what came before is passed over; every run starts anew", () => {
    const run = { sign: "zero", count: 2, since: instant("07:50") } as const;
    const silent = having({ relays: { 7: ["08:00", "A"] }, inverters: { 1: ["07:55"] } }, { unwatchedSince: now - HOUR_MS });
    const running: PlantState = { ...silent, inverter: { ...silent.inverter, devices: new Map([...silent.inverter.devices].map(([id, device]) => [id, { ...device, run }])) } };
    const { plant: released, isNew } = release(running, now);
    expect(isNew).toBe(true);
    expect(released.inverter).toEqual({ ...silent.inverter, passOverUntil: now, unwatchedSince: null, releasedAt: now });
    expect(release(released, now + HOUR_MS)).toEqual({ plant: released, isNew: false });
  });
});

// A reading up to 10 minutes ahead of the clock is usable, and may end an alert: only as far may inverters be passed over beyond now.
describe("passed over beyond now", () => {
  const soon = now + 8 * MINUTE_MS;

  test.each<[string, Sketch, number | null, number | null]>([
    ["nothing", {}, null, null],
    ["up to now", { relays: { 7: ["11:00"] } }, now, now],
    ["no longer than a relay's newest reading", { relays: { 7: ["12:08"], 8: ["11:00"] } }, soon, soon],
    ["further than any relay's reading: up to that", { relays: { 7: ["12:05"], 8: ["11:00"] } }, soon, now + 5 * MINUTE_MS],
    ["no relay that is ahead: up to now", { relays: { 7: ["11:00"] } }, now + 6 * HOUR_MS, now],
    ["no relay at all: up to now", {}, now + 1, now],
  ])("%s", (_, sketch, passOverUntil, bounded) => {
    const given = having(sketch, { passOverUntil, unwatchedSince: 5 });
    const result = passOverNoFurther(given, now);
    expect(result).toEqual({ ...given, inverter: { ...given.inverter, passOverUntil: bounded } });
    if (passOverUntil === bounded) expect(result).toBe(given);
  });
});
