// What is watched and what is silent: hierarchy, lists of plants and devices, silence, and the facts of a heartbeat.
import { beforeEach, describe, expect, test } from "vitest";
import { gatherHeartbeat, type Surroundings } from "../../src/domain/heartbeat-facts.ts";
import { inverterWatch, noteWatch, release } from "../../src/domain/hierarchy.ts";
import { dropGoneDevices, isGone, knownDevices } from "../../src/domain/gone.ts";
import { applyDeviceList, applyPlantList, isDeviceListDue, isScannedForRelays, mayHaveRelay } from "../../src/domain/listing.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, owe, withMonitor, withPlant, type MonitorRecord, type MonitorState } from "../../src/domain/monitor-state.ts";
import { activeAlerts, deviceName, failedInverters, newPlant, type PlantState } from "../../src/domain/plant.ts";
import { countSilentInverters, invertersSilentSince, relaysSilentSince } from "../../src/domain/silence.ts";
import { instant, plantRules } from "../support/plant-rules.ts";
import { sketchInfo as info, sketchPlant as plant, type Sketch } from "../support/plant-sketch.ts";

const rules = plantRules({});
const now = instant("12:00");

describe("relay before inverter", () => {
  test.each([
    ["no alert", { relays: { 7: ["11:55"] } }, "watched"],
    ["an alerted relay that talks", { relays: { 7: ["11:55", "SOBRETENSÃO"] } }, "unwatched"],
    ["… less than 2 h ago", { relays: { 7: ["10:00:01", "SOBRETENSÃO"] } }, "unwatched"],
    ["… 2 h ago", { relays: { 7: ["10:00", "SOBRETENSÃO"] } }, "relay-silent"],
    ["one silent, one talking, both alerted", { relays: { 7: ["08:00", "A"], 8: ["11:55", "B"] } }, "unwatched"],
    ["one silent and alerted, the other talking and quiet", { relays: { 7: ["08:00", "A"], 8: ["11:55"] } }, "relay-silent"],
  ] as const)("%s", (_, sketch, watch) => {
    expect(inverterWatch(plant(sketch), now)).toBe(watch);
  });

  test("since when the inverters are not watched is noted once, and forgotten when they are", () => {
    const alerted = plant({ relays: { 7: ["11:55", "A"] } });
    const noted = noteWatch(noteWatch(alerted, now), now + HOUR_MS / 2);
    expect(noted.inverter.unwatchedSince).toBe(now);
    expect(noteWatch({ ...noted, relay: plant({ relays: { 7: ["11:55"] } }).relay }, now).inverter.unwatchedSince).toBeNull();
  });

  test("a release is new once, and passes over what came before", () => {
    const silent = plant({ relays: { 7: ["08:00", "A"] }, inverters: { 1: ["07:55"] } });
    const first = release(silent, now);
    expect(first.isNew).toBe(true);
    expect(first.plant.inverter).toMatchObject({ passOverUntil: now, unwatchedSince: null });
    expect(release(first.plant, now + HOUR_MS)).toMatchObject({ isNew: false, plant: { inverter: { passOverUntil: now } } });
  });
});

describe("the plant list", () => {
  let listed = emptyState;
  beforeEach(() => { listed = applyPlantList(emptyState, [info(101), info(102)], now); });

  test("without plants changes nothing", () => {
    expect(applyPlantList(listed, [], now)).toBe(listed);
  });

  test("takes over names, keeps what is known, and nobody leaves before seven days", () => {
    const state = withPlant(listed, plant({ id: 101, inverters: { 1: ["11:55", "11:00"] } }));
    const renamed = applyPlantList(state, [{ ...info(101), name: "Nova" }], now);
    expect(renamed.plants.get("101")?.info.name).toBe("Nova");
    expect(renamed.plants.get("101")?.inverter.devices.size).toBe(1);
    const after = (ms: number): boolean | undefined => {
      const again = applyPlantList(renamed, [info(101)], now + ms).plants.get("102");
      return again === undefined ? undefined : isGone(again);
    };
    expect([after(7 * DAY_MS - 1), after(7 * DAY_MS)]).toEqual([false, true]);
  });

  test("only a list that lacks a plant says that it is gone, never the clock alone", () => {
    const [away] = [...applyPlantList(listed, [info(101)], now).plants.values()].filter(({ missingSince }) => missingSince !== null);
    expect(away === undefined ? null : isGone(away)).toBe(false);
    const goneByNow = applyPlantList(applyPlantList(listed, [info(101)], now), [info(101)], now + 8 * DAY_MS);
    const back = applyPlantList(goneByNow, [info(101), info(102)], now + 9 * DAY_MS).plants.get("102") ?? newPlant(info(102));
    expect([isGone(back), back.gone]).toEqual([false, []]);
  });

  test("a plant that is back begins its seven days anew", () => {
    const away = applyPlantList(listed, [info(101)], now);
    const back = applyPlantList(away, [info(101), info(102)], now + DAY_MS);
    expect(back.plants.get("102")?.missingSince).toBeNull();
  });

  test("a plant that is gone has nothing active any more, and says so once", () => {
    let state = withPlant(listed, plant({ id: 102, inverters: { 1: ["11:55", "11:00"] }, relays: { 7: ["11:55", "A"] } }));
    for (const day of [0, 3, 7, 8, 9]) state = applyPlantList(state, [info(101)], now + day * DAY_MS);
    const gone = state.plants.get("102") ?? newPlant(info(102));
    expect([activeAlerts(gone), failedInverters(gone)]).toEqual([[], []]);
    expect(gone.gone).toHaveLength(1);
  });
});

describe("devices that are silent for seven days while their plant reports", () => {
  test.each([
    ["an inverter beside one that reports", { inverters: { 1: ["12-01 08:00"], 9: ["11-24 08:00", "11-24 07:00"] } }, ["9"]],
    ["… a second less", { inverters: { 1: ["12-01 07:59:59"], 9: ["11-24 08:00", "11-24 07:00"] } }, []],
    ["a whole plant", { inverters: { 9: ["11-10 08:00", "11-10 07:00"] } }, []],
    ["one that did not fail", { inverters: { 1: ["12-01 08:00"], 9: ["11-10 08:00"] } }, []],
    ["a relay beside one that reports", { relays: { 7: ["11-20 08:00", "A"], 8: ["12-01 08:00"] } }, ["7"]],
    ["an inverter whose plant's relay reports", { relays: { 7: ["12-01 08:00"] }, inverters: { 9: ["11-20 08:00", "11-20 07:00"] } }, ["9"]],
    ["a relay whose plant's inverters report", { relays: { 7: ["11-20 08:00", "A"] }, inverters: { 1: ["12-01 08:00"] } }, ["7"]],
  ] as const)("%s", (_, sketch, dropped) => {
    const result = dropGoneDevices(plant(sketch), plant(sketch), now);
    expect(result.dropped.map(({ device }) => device)).toEqual(dropped);
    expect(activeAlerts(result.plant).map(({ device }) => device).filter((device) => dropped.some((gone) => gone === device))).toEqual([]);
  });
});

test("a device that goes without having failed is said to be gone once, and no longer counted", () => {
  const before = plant({ inverters: { 1: ["12-01 07:00"], 9: ["11-24 07:30"] } });
  const after = plant({ inverters: { 1: ["12-01 08:00"], 9: ["11-24 07:30"] } });
  const { plant: left, dropped } = dropGoneDevices(before, after, now);
  expect(dropped.map(({ device }) => device)).toEqual(["9"]);
  expect(knownDevices(left, "inverter")).toBe(1);
  expect(dropGoneDevices(left, left, now).dropped).toEqual([]);
});

test("inverters that an alerted relay keeps from being asked are not gone, nor right after it", () => {
  const hidden = plant({ relays: { 7: ["12-01 08:00", "A"] }, inverters: { 9: ["11-20 08:00", "11-20 07:00"] } });
  const unwatched = { ...hidden, inverter: { ...hidden.inverter, unwatchedSince: now } };
  const released = { ...hidden, inverter: { ...hidden.inverter, passOverUntil: now } };
  expect(dropGoneDevices(unwatched, unwatched, now).dropped).toEqual([]);
  expect(dropGoneDevices(released, released, now).dropped).toEqual([]);
});

describe("RELAY_PLANTS", () => {
  const device = (type: string, id = "5"): Parameters<typeof applyDeviceList>[1][number] => ({ id, serial: "SN5", name: "Inv 5", type });
  type Asked = readonly [minute: number, types: readonly string[]];
  const asked = (...lists: readonly Asked[]): PlantState =>
    lists.reduce((state, [minute, types]) => applyDeviceList(state, types.map((type) => device(type)), now + minute * MINUTE_MS), plant({}));

  test.each<[string, Asked[], boolean]>([
    ["never asked", [], true],
    ["one list without a relay", [[0, ["INVERTER"]]], true],
    ["two, less than an hour apart", [[0, ["INVERTER"]], [59, ["METER"]]], true],
    ["two, an hour apart", [[0, ["INVERTER"]], [60, ["INVERTER"]]], false],
    ["RELETEMP is no RELE", [[0, ["RELETEMP"]], [60, ["RELETEMP"]]], false],
    ["empty lists", [[0, []], [60, []], [120, []]], true],
    ["an empty one between", [[0, ["INVERTER"]], [60, []], [120, ["INVERTER"]]], false],
    ["a relay between", [[0, ["INVERTER"]], [30, ["RELE"]], [60, ["INVERTER"]]], true],
    ["a relay at last", [[0, ["INVERTER"]], [60, ["INVERTER"]], [1500, ["INVERTER", "RELE"]]], true],
  ])("auto: %s", (_, lists, isScanned) => {
    expect(isScannedForRelays(asked(...lists), "auto")).toBe(isScanned);
  });

  test("a relay that was ever seen, or an active alert, keeps the plant scanned", () => {
    const without = asked([0, ["INVERTER"]], [60, ["INVERTER"]]);
    const seen = { ...without, relay: plant({ relays: { 7: ["08:00"] } }).relay };
    const alerted = { ...without, relay: plant({ relays: { 7: ["08:00", "A"] } }).relay };
    expect([isScannedForRelays(seen, "auto"), isScannedForRelays(alerted, new Set<string>())]).toEqual([true, true]);
    expect([isScannedForRelays(without, "all"), isScannedForRelays(without, new Set(["101"])), isScannedForRelays(seen, new Set(["102"]))]).toEqual([true, true, false]);
  });

  test("lists are asked for daily, and once more after an hour where a relay is in doubt", () => {
    const due = (state: PlantState, minutes: number): boolean => isDeviceListDue(state, now + minutes * MINUTE_MS);
    expect(due(asked(), 0)).toBe(true);
    expect([due(asked([0, ["RELE"]]), 23 * 60), due(asked([0, ["RELE"]]), 24 * 60)]).toEqual([false, true]);
    expect([due(asked([0, ["INVERTER"]]), 59), due(asked([0, ["INVERTER"]]), 60)]).toEqual([false, true]);
    expect(due(asked([0, ["INVERTER"]], [60, ["INVERTER"]]), 180)).toBe(false);
  });

  test("names are found by device id and by serial number", () => {
    const named = asked([0, ["INVERTER"]]);
    expect([deviceName(named, "5"), deviceName(named, "SN5"), deviceName(named, "6")]).toEqual(["Inv 5", "Inv 5", "6"]);
  });

  test("a plant may have a relay while nobody could say", () => {
    expect([mayHaveRelay(asked()), mayHaveRelay(asked([0, ["INVERTER"]])), mayHaveRelay(asked([0, ["RELE"]])), mayHaveRelay(plant({ relays: { 7: ["08:00"] } }))]).toEqual([true, false, true, true]);
  });
});

describe("silence", () => {
  const since = (sketch: Sketch, at: string): number | null => invertersSilentSince(plant(sketch), rules, instant(at));

  test.each([
    ["60 min is not without data", { inverters: { 1: ["11:00"] } }, "12:00", null],
    ["a second more is", { inverters: { 1: ["10:59:59"] } }, "12:00", "10:59:59"],
    ["one that reports is enough", { inverters: { 1: ["06:40"], 2: ["11:30"] } }, "12:00", null],
    ["at night nobody is", { inverters: { 1: ["11-29 11:00"] } }, "22:00", null],
    ["an hour after the window opened", { inverters: { 1: ["11-30 17:00"] } }, "07:30", null],
    ["and a second", { inverters: { 1: ["11-30 17:00"] } }, "07:30:01", "11-30 17:00"],
    ["a plant without inverters", {}, "12:00", null],
  ] as const)("%s", (_, sketch, at, expected) => {
    expect(since(sketch, at)).toBe(expected === null ? null : instant(expected));
  });

  test("relays are silent at any hour", () => {
    expect(relaysSilentSince(plant({ relays: { 7: ["21:59:59"] } }), instant("23:00"))).toBe(instant("21:59:59"));
    expect(relaysSilentSince(plant({ relays: { 7: ["22:00"] } }), instant("23:00"))).toBeNull();
  });

  test("single inverters are counted while their plant reports", () => {
    expect(countSilentInverters(plant({ inverters: { 1: ["11:55"], 2: ["10:00"], 3: ["09:00"] } }), rules, now)).toBe(2);
    expect(countSilentInverters(plant({ inverters: { 1: ["09:55"], 2: ["09:00"] } }), rules, now)).toBe(0);
  });

  test("under an alerted relay no inverter is", () => {
    const hidden = noteWatch(plant({ inverters: { 1: ["09:00"] }, relays: { 7: ["11:55", "A"] } }), now);
    expect(invertersSilentSince(hidden, rules, now)).toBeNull();
  });
});

describe("a heartbeat's reasons", () => {
  const around: Surroundings = {
    now, zone: rules.zone, rulesOf: () => rules, intervalMs: { relay: 600_000, inverter: 900_000 }, relayPlants: "auto",
    startedAt: now - DAY_MS, host: "h", pid: 1, version: "v", stateTrouble: null,
  };
  const well = (): MonitorState => withMonitor(withPlant(emptyState, plant({ inverters: { 1: ["11:55"] }, relays: { 7: ["11:55"] } })), { lastCycle: { relay: now - 60_000, inverter: now - 60_000 } });
  const monitor = (change: Partial<MonitorRecord>): MonitorState => withMonitor(well(), change);
  const reasons = (state: MonitorState, more: Partial<Surroundings> = {}): string[] => gatherHeartbeat(state, { ...around, ...more }).attention.map(({ kind }) => kind);

  test("none: OK", () => {
    expect(gatherHeartbeat(well(), around)).toMatchObject({ status: "OK", attention: [] });
  });

  test.each<[string, () => MonitorState, string[]]>([
    ["a relay scan two intervals old", () => monitor({ lastCycle: { relay: now - 1_200_000, inverter: now } }), []],
    ["more than two", () => monitor({ lastCycle: { relay: now - 1_200_001, inverter: now } }), ["scan-late"]],
    ["an inverter scan more than two", () => monitor({ lastCycle: { relay: now, inverter: now - 1_800_001 } }), ["scan-late"]],
    ["an API that fails", () => monitor({ api: { since: now - HOUR_MS, detail: "timeout", told: true } }), ["api-failing"]],
    ["Teams that fails", () => monitor({ teams: { since: now, reason: "HTTP 503", goneStatus: null } }), ["teams-failing"]],
    ["a webhook that is gone", () => monitor({ teams: { since: now, reason: "HTTP 410", goneStatus: 410 } }), ["webhook-gone"]],
    ["a card that waits", () => owe(well(), [{ kind: "relay-silent", plant: { ...info(101), zone: rules.zone }, relays: [], at: now }], now - HOUR_MS), ["notifications-waiting"]],
    ["a plant without data", () => withPlant(well(), plant({ id: 102, inverters: { 1: ["09:00"] } })), ["plants-without-data"]],
    ["12 h unwatched", () => withPlant(well(), noteWatch(plant({ id: 102, relays: { 7: ["11:55", "A"] } }), now - 12 * HOUR_MS)), []],
    ["more than 12 h unwatched", () => withPlant(well(), noteWatch(plant({ id: 102, relays: { 7: ["11:55", "A"] } }), now - 12 * HOUR_MS - 1)), ["inverters-unwatched"]],
  ])("%s", (_, given, kinds) => {
    expect(reasons(given())).toEqual(kinds);
  });

  test("a state that is not saved", () => {
    expect(reasons(well(), { stateTrouble: { since: now, detail: "ENOSPC" } })).toEqual(["state-not-saved"]);
  });

  test("right after the start no scan is late", () => {
    expect(reasons(emptyState, { startedAt: now - 60_000 })).toEqual([]);
  });

  test("it lists alerts, failures and the unwatched by plant, the oldest first", () => {
    const state = [
      plant({ id: 103, inverters: { 1: ["11:55", "11:00"], 2: ["11:55", "09:00"] } }),
      plant({ id: 104, inverters: { 1: ["11:55", "08:00"] } }),
      noteWatch(plant({ id: 105, relays: { 7: ["11:55", "A"], 8: ["11:50", "B"] } }), now),
    ].reduce(withPlant, well());
    const heartbeat = gatherHeartbeat(state, around);
    expect(heartbeat.failedInverters.map(({ plant: { id }, inverters, since }) => [id, inverters, since])).toEqual([["104", 1, instant("08:00")], ["103", 2, instant("09:00")]]);
    expect(heartbeat.relayAlerts).toMatchObject([{ plant: { id: "105" }, alerts: 2, types: ["A", "B"] }]);
    expect(heartbeat.unwatched).toMatchObject([{ plant: { id: "105" }, since: now }]);
    expect(heartbeat.status).toBe("OK");
  });
});
