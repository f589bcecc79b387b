// The monitor's state as a value: what is owed is numbered in order, and a change of one part leaves the others alone.
import { describe, expect, test } from "vitest";
import { emptyState, monitorNotice, owe, withMonitor, withPlant } from "../../src/domain/monitor-state.ts";
import { eventsOf, laneOf, type DeviceEvent, type DevicesNotice, type Notice } from "../../src/domain/notification.ts";
import { instant, ZONE } from "../support/plant-rules.ts";
import { sketchInfo, sketchPlant as plant } from "../support/plant-sketch.ts";

const now = instant("12:00");
const lost = { since: now - 1_000, detail: "timeout", told: true };
const silent: Notice = { kind: "relay-silent", plant: { ...sketchInfo(101), zone: ZONE }, relays: [], at: now };
const own: Notice = { kind: "monitor", topic: "api", phase: "lost", since: now, at: now, zone: ZONE, detail: null, plants: null };
const event: DeviceEvent = { kind: "failure", subject: "inverter", device: "1", type: null, reading: now, incident: { id: "A", first: now, last: now, end: null, parameters: [], nth: 1 } };
const devices: DevicesNotice = {
  kind: "devices", plant: { ...sketchInfo(102), zone: ZONE }, subject: "inverter", outcome: "failure", severity: "danger",
  devices: [{ device: "1", name: "1", events: [event] }, { device: "2", name: "2", events: [{ ...event, device: "2" }, { ...event, device: "2", kind: "normal" }] }],
  situation: { readAt: now, invertersDown: 2, invertersKnown: 2, relayAlerts: 0, invertersUnwatched: false, relayUnasked: false },
};

test("a new state knows nothing, owes nothing, and numbers from 1", () => {
  const none = { relay: null, inverter: null };
  expect(emptyState).toEqual({
    plants: new Map(), outbox: [], digests: new Map(),
    monitor: { lastCycle: none, nextNotification: 1, api: null, apiBackAt: null, teams: null, noData: null, takenOverUntil: none, oldNews: { relay: 0, inverter: 0 }, mutes: [], lastReport: null, mailsOwed: [] },
  });
});

test("what is owed joins the end of the outbox, numbered on; nothing changes nothing", () => {
  const owing = owe(owe(emptyState, [own, silent], now), [devices], now + 1);
  expect(owing.outbox).toEqual([
    { id: "1", committedAt: now, notice: own, refusedUntil: null }, { id: "2", committedAt: now, notice: silent, refusedUntil: null }, { id: "3", committedAt: now + 1, notice: devices, refusedUntil: null },
  ]);
  expect(owing.monitor).toEqual({ ...emptyState.monitor, nextNotification: 4 });
  expect(owing.outbox.map(laneOf)).toEqual(["monitor", "101", "102"]);
  expect(owe(owing, [], now)).toBe(owing);
});

test("a plant replaces only itself, and a change of the monitor leaves what it does not name", () => {
  const [a, b, changed] = [plant({ id: 101 }), plant({ id: 102 }), plant({ id: 101, inverters: { 1: ["11:55"] } })];
  const state = withMonitor([a, b, changed].reduce(withPlant, emptyState), { api: lost });
  expect([...state.plants]).toEqual([["101", changed], ["102", b]]);
  expect(withMonitor(state, { apiBackAt: now }).monitor).toEqual({ ...emptyState.monitor, api: lost, apiBackAt: now });
  expect(emptyState.plants.size).toBe(0);
});

describe("a notice", () => {
  test("of the monitor says since when, and leaves out a detail that says nothing", () => {
    const whole = { kind: "monitor", topic: "no-data", phase: "back", since: now - 1_000, at: now, zone: ZONE, detail: "timeout", plants: { affected: 3, total: 4 } };
    expect(monitorNotice("no-data", "back", lost, now, ZONE, { affected: 3, total: 4 })).toEqual(whole);
    expect(monitorNotice("no-data", "back", { ...lost, detail: "" }, now, ZONE)).toEqual({ ...whole, detail: null, plants: null });
  });

  test("of devices holds all their events, every other none", () => {
    expect(eventsOf(devices).map(({ device, kind }) => `${device} ${kind}`)).toEqual(["1 failure", "2 failure", "2 normal"]);
    expect([eventsOf(silent), eventsOf(own)]).toEqual([[], []]);
  });
});
