// A plant as it begins, and what is active or failing at it.
import { expect, test } from "vitest";
import { activeAlerts, deviceName, failedInverters, newPlant, type PlantState } from "../../src/domain/plant.ts";
import { instant } from "../support/plant-rules.ts";
import { sketchInfo, sketchPlant } from "../support/plant-sketch.ts";

test("a new plant has no device, was never scanned or asked for, and is watched", () => {
  const section = { beginsAfter: null, lastScan: null, devices: new Map() };
  expect(newPlant(sketchInfo(101))).toEqual({
    info: sketchInfo(101), missingSince: null, relay: section, inverter: { ...section, passOverUntil: null, unwatchedSince: null, releasedAt: null },
    deviceList: { askedAt: null, withoutRelay: null, hasRelay: false, names: new Map() }, gone: [],
  });
});

test("active are all alerts of all relays, failing the inverters with a failure", () => {
  const plant = sketchPlant({ relays: { 7: ["09:00", "A", "B"], 8: ["09:00"], 9: ["09:00", "A"] }, inverters: { 1: ["09:00"], 2: ["09:00", "08:00"], 3: ["09:00", "07:00"] } });
  expect(activeAlerts(plant).map(({ device, relay, alert }) => [device, relay.mark, alert.type])).toEqual([["7", instant("09:00"), "A"], ["7", instant("09:00"), "B"], ["9", instant("09:00"), "A"]]);
  expect(failedInverters(plant).map(({ device, failure }) => [device, failure.first])).toEqual([["2", instant("08:00")], ["3", instant("07:00")]]);
});

test("a device is called by its listed name, else by its id", () => {
  const plant: PlantState = { ...newPlant(sketchInfo(101)), deviceList: { askedAt: null, withoutRelay: null, hasRelay: false, names: new Map([["1", "Inversor 1"]]) } };
  expect([deviceName(plant, "1"), deviceName(plant, "2")]).toEqual(["Inversor 1", "2"]);
});
