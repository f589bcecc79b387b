// Mutes as values: whom they cover, when they are over, and what their end owes.
import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, withMonitor, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import { incidentId } from "../../src/domain/incident-id.ts";
import { isOver, LONGEST_MUTE_MS, muteId, muteOf, type Mute } from "../../src/domain/mute.ts";
import { addMute, endMutes, overMutes } from "../../src/domain/mute-changes.ts";
import type { MuteEndedNotice } from "../../src/domain/notification.ts";
import { newPlant, type GoneEntry, type PlantState } from "../../src/domain/plant.ts";
import { plantRules } from "../support/plant-rules.ts";

const NOW = Date.UTC(2025, 11, 1, 15);
const rules = plantRules({});
const mute = (plantId: string, device: string | null, more: Partial<Mute> = {}): Mute =>
  ({ id: muteId(plantId, device, NOW), plantId, device, since: NOW, until: NOW + 4 * HOUR_MS, reason: "manutenção", by: "teste", ...more });

/** Relay 7 (SOBRETENSÃO or, `mild`, OUTROS) tripped an hour ago, inverter 9 failed two hours ago; inverter 10 is well. */
function plantOf(id: string, failing: readonly ("relay" | "mild" | "inverter")[] = []): PlantState {
  const plant = newPlant({ id, name: `UFV ${id}`, capacityKwp: null });
  const [first, last] = [NOW - HOUR_MS, NOW - MINUTE_MS];
  const type = failing.includes("mild") ? "OUTROS" : "SOBRETENSÃO";
  const alert = { incidentId: "RELE", type, parameters: [type === "OUTROS" ? "r81U" : "r59N"], first, last };
  const inverter = { mark: last, lastInWindow: last, intervalsS: [], run: null, failure: null, recentFailures: [] };
  return {
    ...plant,
    relay: { ...plant.relay, devices: new Map([["7", { mark: last, recentFailures: [], alerts: new Map(failing.some((what) => what !== "inverter") ? [[type, alert]] : []) }]]) },
    inverter: { ...plant.inverter, devices: new Map([
      ["9", { ...inverter, failure: failing.includes("inverter") ? { incidentId: "INV", first: first - HOUR_MS, last } : null }], ["10", inverter],
    ]) },
  };
}

function stateOf(plants: readonly PlantState[], mutes: readonly Mute[]): MonitorState {
  return withMonitor(plants.reduce(withPlant, emptyState), { mutes });
}
const owedBy = ({ outbox }: MonitorState): MuteEndedNotice[] => outbox.map(({ notice }) => {
  if (notice.kind !== "mute-ended") throw new Error(notice.kind);
  return notice;
});

describe("whom a mute covers", () => {
  test.each([
    ["101", "7", "the whole plant", "A"], ["101", "anything", "the whole plant", "A"],
    ["102", "9", "the device", "B"], ["102", "10", "another device", undefined], ["104", "9", "another plant", undefined],
    ["103", "9", "both: the plant's is named", "WHOLE"], ["103", "7", "the plant's", "WHOLE"],
  ])("%s/%s: %s", (plantId, device, _why, id) => {
    const mutes = [mute("101", null, { id: "A" }), mute("102", "9", { id: "B" }), mute("103", "9"), mute("103", null, { id: "WHOLE" })];
    expect(muteOf(mutes, plantId, device, NOW)?.id).toBe(id);
  });

  test.each([
    ["just before its end", 4 * HOUR_MS - 1, false], ["at its end", 4 * HOUR_MS, true], ["long after", 400 * DAY_MS, true],
    ["before it began: the clock was set back", -HOUR_MS, false], ["a day before the longest one could have begun", 4 * HOUR_MS - LONGEST_MUTE_MS - DAY_MS, false],
    ["a bit more: the clock was ahead when it began", 4 * HOUR_MS - LONGEST_MUTE_MS - DAY_MS - 1, true],
  ])("%s", (_when, offsetMs, over) => {
    const one = mute("101", null);
    expect(isOver(one, NOW + offsetMs)).toBe(over);
    expect(muteOf([one], "101", "7", NOW + offsetMs)).toBe(over ? null : one);
    expect(overMutes(stateOf([], [one]), NOW + offsetMs)).toEqual(over ? [one] : []);
  });

  test("one of the longest kind, 90 days, outlives a clock that is set back by hours", () => {
    expect(isOver(mute("101", null, { until: NOW + 90 * 24 * HOUR_MS }), NOW - 23 * HOUR_MS)).toBe(false);
  });

  test("a second mute of the same target takes the place of the first", () => {
    const second = mute("101", null, { id: "SECOND", reason: "outra" });
    const others = [mute("101", "9"), mute("102", null)];
    const state = [mute("101", null), ...others, second].reduce(addMute, emptyState);
    expect(state.monitor.mutes).toEqual([...others, second]);
    expect(state.outbox).toEqual([]);
  });

  test("an id is no plant's: it has a letter in front", () => {
    expect(muteId("101", null, NOW)).toMatch(/^S[0-9A-Z]{6}$/);
    expect(muteId("101", null, NOW)).toBe(`S${incidentId("101", "", "mute", NOW)}`); // the command line and the page hold it
    expect(new Set([muteId("101", null, NOW), muteId("101", "9", NOW), muteId("101", null, NOW + 1), muteId("102", null, NOW)]).size).toBe(4);
  });
});

describe("what an end owes", () => {
  test.each([
    ["nothing is failing", [], null, "good", []],
    ["a relay and an inverter, longest first", ["relay", "inverter"], null, "danger", ["INV", "RELE"]],
    ["a relay alert that is not severe", ["mild"], null, "warning", ["RELE"]],
    ["the device alone", ["relay", "inverter"], "9", "danger", ["INV"]],
    ["a device that is well, whatever else fails", ["relay", "inverter"], "10", "good", []],
    ["a device that nobody knows any more", ["relay"], "77", "good", []],
  ] as const)("%s", (_name, failing, device, severity, incidents) => {
    const one = mute("101", device);
    const state = endMutes(stateOf([plantOf("101", failing)], [one, mute("102", null)]), [one], null, NOW, () => rules);
    expect(state.monitor.mutes).toEqual([mute("102", null)]);
    const [notice, ...others] = owedBy(state);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ severity, endedBy: null, reason: "manutenção", plant: { id: "101", zone: rules.zone }, at: NOW });
    expect(notice?.failing.map(({ incidentId }) => incidentId)).toEqual(incidents);
    expect(notice?.device?.device ?? null).toBe(device);
  });

  test.each([["7", "relay"], ["9", "inverter"], ["77", null]] as const)("device %s is told as %s", (device, subject) => {
    const one = mute("101", device);
    expect(owedBy(endMutes(stateOf([plantOf("101")], [one]), [one], "ana", NOW, () => rules))).toMatchObject([{ endedBy: "ana", device: { subject } }]);
  });

  const whole = (): Mute => mute("101", null);
  const own = (): Mute => mute("101", "9");
  test.each<readonly [string, () => readonly [mutes: readonly Mute[], ended: readonly Mute[]], readonly (string | null)[]]>([
    ["a device whose plant stays silent: nothing", () => [[whole(), own()], [own()]], []],
    ["a device together with its plant: the plant's card alone", () => [[whole(), own()], [own(), whole()]], [null]],
    ["a device together with its plant, whose time is over: likewise", () => [[mute("101", null, { until: NOW }), own()], [own(), whole()]], [null]],
    ["a plant of which a device stays silent", () => [[whole(), own()], [whole()]], [null]],
    ["two devices of one plant", () => [[mute("101", "7"), own()], [own(), mute("101", "7")]], ["7", "9"]],
    ["a device, while another plant stays silent", () => [[mute("102", null), own()], [own()]], ["9"]],
    ["a device whose plant's mute is over too, but not ended yet", () => [[mute("101", null, { until: NOW }), own()], [own()]], ["9"]],
    ["one that is not there", () => [[own()], [whole()]], []],
  ])("%s", (_name, made, devices) => {
    const [mutes, ended] = made();
    const state = endMutes(stateOf([plantOf("101", ["inverter"])], mutes), ended, null, NOW, () => rules);
    expect(owedBy(state).map(({ device }) => device?.device ?? null)).toEqual(devices);
    expect(state.monitor.mutes.map(({ id }) => id)).toEqual(mutes.map(({ id }) => id).filter((id) => !ended.some((one) => one.id === id)));
  });

  test("the whole of it: who asked for it, why and how long, who ended it, and what is failing since when and how", () => {
    const plant = plantOf("101", ["relay", "inverter"]);
    const named: PlantState = { ...plant, inverter: { ...plant.inverter, unwatchedSince: NOW }, deviceList: { ...plant.deviceList, names: new Map([["7", "Relé geral"], ["9", "Inversor 9"]]) } };
    const [alert, failure] = [{ first: NOW - HOUR_MS, last: NOW - MINUTE_MS }, { first: NOW - 2 * HOUR_MS, last: NOW - MINUTE_MS }];
    const common = { kind: "mute-ended", plant: { ...plant.info, zone: rules.zone }, since: NOW, until: NOW + 4 * HOUR_MS, reason: "manutenção", by: "teste", endedBy: "ana", at: NOW + 1, severity: "danger", gone: [], stillSilent: 0, relaySilent: false };
    const relay = { subject: "relay", device: "7", name: "Relé geral", type: "SOBRETENSÃO", parameters: ["r59N"], incidentId: "RELE", ...alert };
    const inverter = { subject: "inverter", device: "9", name: "Inversor 9", type: null, parameters: [], incidentId: "INV", ...failure };
    expect(owedBy(endMutes(stateOf([named], [whole()]), [whole()], "ana", NOW + 1, () => rules))).toEqual([{ ...common, device: null, failing: [inverter, relay], invertersUnwatched: true }]);
    expect(owedBy(endMutes(stateOf([named], [own()]), [own()], "ana", NOW + 1, () => rules))).toEqual([{ ...common, device: { device: "9", name: "Inversor 9", subject: "inverter" }, failing: [inverter], invertersUnwatched: true }]);
    expect(owedBy(endMutes(stateOf([plant], [whole()]), [whole()], null, NOW, () => rules))).toMatchObject([{ invertersUnwatched: false }]);
  });

  test("a number that a relay and an inverter share is told as neither", () => {
    const plant = plantOf("101");
    const shared: PlantState = { ...plant, relay: { ...plant.relay, devices: new Map([...plant.relay.devices.values()].map((relay) => ["9", relay])) } };
    expect(owedBy(endMutes(stateOf([shared], [own()]), [own()], null, NOW, () => rules))).toMatchObject([{ device: { device: "9", subject: null } }]);
  });

  const gone = (device: string | null, kind: GoneEntry["kind"], type: string | null, at = NOW): GoneEntry => ({ device, kind, type, at });
  const left = (plant: PlantState, ...entries: GoneEntry[]): PlantState => ({ ...plant, gone: entries });
  test.each([
    ["the plant's: all of it that left", null, [gone("11", "inverter", null), gone("8", "relay", "TÉRMICO"), gone(null, null, null)], ["11", "8", null]],
    ["a device's: its own, and the plant", "11", [gone("11", "inverter", null), gone("8", "relay", "TÉRMICO"), gone(null, null, null)], ["11", null]],
    ["none of one that reports again: its readings say how it is", null, [gone("9", "inverter", null), gone("7", "relay", "SOBRETENSÃO")], []],
    ["each once, however often it left", null, [gone("11", "inverter", null, NOW - 9 * DAY_MS), gone("11", "inverter", null)], ["11"]],
  ] as const)("whoever left the lists is no good news: %s", (_name, device, entries, told) => {
    const one = mute("101", device);
    const [notice] = owedBy(endMutes(stateOf([left(plantOf("101"), ...entries)], [one]), [one], null, NOW, () => rules));
    expect(notice?.gone.map((entry) => entry.device)).toEqual(told);
    expect([notice?.failing, notice?.severity]).toEqual([[], told.length === 0 ? "good" : "warning"]);
  });

  test("one that has been silent since it left stays gone while a trip hides it", () => {
    const plant = plantOf("101", ["relay"]);
    const nine = plant.inverter.devices.get("9");
    if (nine === undefined) throw new Error("no inverter 9");
    const hidden = { ...plant, inverter: { ...plant.inverter, unwatchedSince: NOW - HOUR_MS, devices: new Map([["9", { ...nine, mark: NOW - 9 * DAY_MS }]]) } };
    const [notice] = owedBy(endMutes(stateOf([left(hidden, gone("9", "inverter", null, NOW - DAY_MS))], [whole()]), [whole()], null, NOW, () => rules));
    expect(notice?.gone).toEqual([{ ...gone("9", "inverter", null, NOW - DAY_MS), name: "9" }]);
  });

  test.each([
    ["still silent", mute("101", "9"), [whole()], ["RELE"], 1],
    ["silent no longer", mute("101", "9", { until: NOW }), [whole()], ["INV", "RELE"], 0],
    ["ended with the plant", mute("101", "9"), [whole(), mute("101", "9")], ["INV", "RELE"], 0],
    ["of another plant", mute("102", "9"), [whole()], ["INV", "RELE"], 0],
  ] as const)("a device with a mute of its own, %s", (_name, other, ended, incidents, silent) => {
    const [notice] = owedBy(endMutes(stateOf([left(plantOf("101", ["relay", "inverter"]), gone("9", "inverter", null))], [whole(), other]), ended, null, NOW, () => rules));
    expect([notice?.failing.map(({ incidentId }) => incidentId), notice?.stillSilent]).toEqual([incidents, silent]);
  });

  test("an alerted relay that is silent is said to be, where it is told as failing", () => {
    const plant = plantOf("101", ["relay"]);
    const released = { ...plant, inverter: { ...plant.inverter, releasedAt: NOW - MINUTE_MS } };
    const endOf = (of: Mute): boolean | undefined => owedBy(endMutes(stateOf([released], [of]), [of], null, NOW, () => rules))[0]?.relaySilent;
    expect([endOf(whole()), endOf(mute("101", "7")), endOf(mute("101", "9"))]).toEqual([true, true, false]);
    expect(owedBy(endMutes(stateOf([plant], [whole()]), [whole()], null, NOW, () => rules))[0]?.relaySilent).toBe(false);
  });

  test("a plant that the settings silence, and one that is not known: nothing, and the mute is gone", () => {
    const state = stateOf([plantOf("101", ["relay"])], [whole()]);
    expect(endMutes(state, [whole()], null, NOW, () => ({ ...rules, muted: true }))).toMatchObject({ outbox: [], monitor: { mutes: [] } });
    expect(endMutes(stateOf([], [whole()]), [whole()], null, NOW, () => rules)).toMatchObject({ outbox: [], monitor: { mutes: [] } });
  });
});
