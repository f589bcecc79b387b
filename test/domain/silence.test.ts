// Silence is no event, but it is counted: by plant and kind, from when on it was due, those that are gone left out.
import { describe, expect, test } from "vitest";
import { noteWatch } from "../../src/domain/hierarchy.ts";
import type { PlantState } from "../../src/domain/plant.ts";
import { countSilentInverters, invertersReport, invertersSilentSince, relaysSilentSince } from "../../src/domain/silence.ts";
import { instant, plantRules } from "../support/plant-rules.ts";
import { sketchPlant as plant, type Sketch } from "../support/plant-sketch.ts";

const rules = plantRules({});
const after = (told: string, sketch: Sketch): PlantState => {
  const made = plant(sketch);
  return { ...made, inverter: { ...made.inverter, passOverUntil: instant(told) } };
};

describe("a trip of the relay", () => {
  test("silence counts from its end on", () => {
    const tripped = after("11:00", { inverters: { 1: ["09:00"] } });
    expect([invertersSilentSince(tripped, rules, instant("12:00")), invertersSilentSince(tripped, rules, instant("12:00:01"))]).toEqual([null, instant("09:00")]);
  });

  test("while it lasts no single inverter is silent either", () => {
    const sketch: Sketch = { relays: { 7: ["11:55", "A"] }, inverters: { 1: ["11:55"], 2: ["09:00"] } };
    expect(countSilentInverters(plant(sketch), rules, instant("12:00"))).toBe(1);
    expect(countSilentInverters(noteWatch(plant(sketch), instant("12:00")), rules, instant("12:00"))).toBe(0);
  });
});

describe("single inverters", () => {
  test.each<[string, Sketch, string, number]>([
    ["60 min are not silent", { inverters: { 1: ["11:55"], 2: ["11:00"] } }, "12:00", 0],
    ["a second more is", { inverters: { 1: ["11:55"], 2: ["10:59:59"] } }, "12:00", 1],
    ["nobody is outside the window", { inverters: { 1: ["17:40"], 2: ["15:00"] } }, "17:41", 0],
    ["one that is gone is not counted", { inverters: { 1: ["11:55"], 2: ["10:00"], 3: ["11-20 10:00"] } }, "12:00", 1],
  ])("%s", (_, sketch, now, silent) => {
    expect(countSilentInverters(plant(sketch), rules, instant(now))).toBe(silent);
  });
});

describe("a plant whose devices are gone", () => {
  const sketch: Sketch = { relays: { 7: ["11-20 08:00"] }, inverters: { 1: ["10:00"] } };

  test("is not silent because of them", () => {
    expect(relaysSilentSince(plant(sketch), instant("12:00"))).toBeNull();
    expect(invertersSilentSince(plant({ relays: { 7: ["11:55"] }, inverters: { 1: ["11-20 08:00"] } }), rules, instant("12:00"))).toBeNull();
  });

  test("one without relays neither", () => {
    expect(relaysSilentSince(plant({ inverters: { 1: ["10:00"] } }), instant("12:00"))).toBeNull();
  });
});

test.each<[string, Sketch, string, boolean]>([
  ["a reading of 60 min ago", { inverters: { 1: ["11:00"], 2: ["08:00"] } }, "12:00", true],
  ["of a second more", { inverters: { 1: ["10:59:59"] } }, "12:00", false],
  ["at night as well", { inverters: { 1: ["21:30"] } }, "22:00", true],
  ["no inverter", { relays: { 7: ["11:55"] } }, "12:00", false],
])("whether inverters report: %s", (_, sketch, now, isReporting) => {
  expect(invertersReport(plant(sketch), instant(now))).toBe(isReporting);
});
