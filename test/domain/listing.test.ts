// What lists of plants and devices tell, and how often they are asked for.
import { describe, expect, test } from "vitest";
import { applyDeviceList, applyPlantList, isDeviceListDue, isScannedForRelays, mayHaveRelay, type NamedDevice } from "../../src/domain/listing.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState } from "../../src/domain/monitor-state.ts";
import { deviceName, newPlant, type DeviceList, type PlantState } from "../../src/domain/plant.ts";
import { instant } from "../support/plant-rules.ts";
import { sketchInfo as info, sketchPlant as plant } from "../support/plant-sketch.ts";

const now = instant("12:00");
const device = (more: Partial<NamedDevice> = {}): NamedDevice => ({ id: "5", serial: "SN5", name: "Inv 5", type: "INVERTER", ...more });
const listed = (...devices: readonly NamedDevice[]): PlantState => applyDeviceList(plant({}), devices, now);
const having = (more: Partial<DeviceList>): PlantState => ({ ...plant({}), deviceList: { ...plant({}).deviceList, ...more } });

test("a plant that is new begins blank, and one that a list lacks is noted since then, the rest of it kept", () => {
  const state = applyPlantList(emptyState, [info(101), info(102)], now);
  expect([...state.plants.values()]).toEqual([newPlant(info(101)), newPlant(info(102))]);
  const lacking = applyPlantList(state, [info(101)], now + HOUR_MS);
  expect([...lacking.plants.values()]).toEqual([newPlant(info(101)), { ...newPlant(info(102)), missingSince: now + HOUR_MS }]);
});

describe("a device list", () => {
  test("that is empty tells only that it was asked for", () => {
    const before = listed(device());
    expect(applyDeviceList(before, [], now + DAY_MS)).toEqual({ ...before, deviceList: { ...before.deviceList, askedAt: now + DAY_MS } });
  });

  test("without a relay: first and latest of them", () => {
    const twice = applyDeviceList(listed(device()), [device()], now + HOUR_MS);
    expect(twice.deviceList).toMatchObject({ askedAt: now + HOUR_MS, hasRelay: false, withoutRelay: { first: now, latest: now + HOUR_MS } });
  });

  test("noted by a clock that was ahead, it counts from now on", () => {
    expect(applyDeviceList(having({ withoutRelay: { first: now + DAY_MS, latest: now + DAY_MS } }), [device()], now).deviceList.withoutRelay).toEqual({ first: now, latest: now });
  });

  test("with a relay, in any letter case; later lists that lack it take nothing back", () => {
    const found = listed(device(), device({ type: "rele" }));
    expect(found.deviceList).toMatchObject({ hasRelay: true, withoutRelay: null });
    expect(applyDeviceList(found, [device()], now + DAY_MS).deviceList).toMatchObject({ hasRelay: true, withoutRelay: null });
  });

  test.each<[string, Partial<NamedDevice>, [string, string][]]>([
    ["by id and serial number", {}, [["5", "Inv 5"], ["SN5", "Inv 5"]]],
    ["by id where there is no serial number", { serial: null }, [["5", "Inv 5"]]],
    ["not where it says no more than the id", { name: "5" }, [["SN5", "5"]]],
    ["not where it says no more than the serial number", { name: "SN5" }, [["5", "SN5"]]],
    ["not where there is none", { name: null }, []],
    ["not where it is empty", { name: "" }, []],
  ])("names a device %s", (_, more, names) => {
    expect([...listed(device(more)).deviceList.names]).toEqual(names);
  });

  test("names at most 2000 devices, and those that it lacks no longer", () => {
    const many = Array.from({ length: 2_001 }, (_, i) => device({ id: String(i), serial: null, name: `Inv ${i}` }));
    const state = listed(...many);
    expect([deviceName(state, "1999"), deviceName(state, "2000")]).toEqual(["Inv 1999", "2000"]);
    expect(applyDeviceList(state, [device()], now).deviceList.names.size).toBe(2);
  });
});

test.each<[string, Partial<DeviceList>, number, boolean]>([
  ["never asked for", {}, 0, true],
  ["asked for by a clock that was ahead", { askedAt: now + 1 }, 0, true],
  ["just now", { askedAt: now }, 0, false],
  ["a day ago", { askedAt: now - DAY_MS }, 0, true],
  ["less", { askedAt: now - DAY_MS + 1 }, 0, false],
  ["without a relay, unconfirmed, an hour ago", { askedAt: now, withoutRelay: { first: now - HOUR_MS + 1, latest: now } }, HOUR_MS, true],
  ["… less", { askedAt: now, withoutRelay: { first: now, latest: now } }, HOUR_MS - 1, false],
  ["… confirmed", { askedAt: now, withoutRelay: { first: now - HOUR_MS, latest: now } }, HOUR_MS, false],
])("whether a list is due that was %s", (_, deviceList, later, isDue) => {
  expect(isDeviceListDue(having(deviceList), now + later)).toBe(isDue);
});

test.each<[string, Partial<DeviceList>, boolean, boolean]>([
  ["nobody could say", {}, true, true],
  ["no relay was listed, once", { askedAt: now, withoutRelay: { first: now, latest: now } }, true, false],
  ["… for less than an hour", { askedAt: now, withoutRelay: { first: now, latest: now + 59 * MINUTE_MS } }, true, false],
  ["… for an hour", { askedAt: now, withoutRelay: { first: now, latest: now + HOUR_MS } }, false, false],
  ["a relay was listed", { askedAt: now, hasRelay: true, withoutRelay: { first: now, latest: now + HOUR_MS } }, true, true],
])("auto, where %s: scanned, and may have one", (_, deviceList, isScanned, mayHave) => {
  expect([isScannedForRelays(having(deviceList), "auto"), mayHaveRelay(having(deviceList))]).toEqual([isScanned, mayHave]);
});

test("a plant where a relay was seen may have one, whatever its lists say", () => {
  expect(mayHaveRelay(applyDeviceList(plant({ relays: { 7: ["08:00"] } }), [device()], now))).toBe(true);
});
