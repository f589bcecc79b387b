// What a scrape tells of the state: each plant and device once, nothing that grows with what comes from outside.
import { describe, expect, it } from "vitest";
import { metricsFacts, type MetricsSurroundings } from "../../src/app/metrics-facts.ts";
import { parseWallClock } from "../../src/domain/local-time.ts";
import { emptyState, withMonitor, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Notification } from "../../src/domain/notification.ts";
import { newPlant, type InverterState, type PlantState, type RelayState } from "../../src/domain/plant.ts";
import { plantRules, ZONE } from "../support/plant-rules.ts";

const at = (clock: string): number => parseWallClock(`2025-12-01 ${clock}:00`, ZONE) ?? NaN;
const now = at("12:00");
const around: MetricsSurroundings = {
  now, settings: { rulesOf: () => plantRules({}), intervalMs: { relay: 600_000, inverter: 900_000 } },
  isStateSaved: true, isMuted: () => false, mutes: 0, historyLost: 0,
};

function inverter(mark: string, failedSince: string | null = null): InverterState {
  const failure = failedSince === null ? null : { incidentId: "A", first: at(failedSince), last: at(mark) };
  return { mark: at(mark), lastInWindow: at(mark), intervalsS: [], run: null, failure, recentFailures: [] };
}
function relay(mark: string, ...types: string[]): RelayState {
  const alert = (type: string): [string, { incidentId: string; type: string; parameters: string[]; first: number; last: number }] =>
    [type, { incidentId: "R", type, parameters: ["r59N"], first: at(mark), last: at(mark) }];
  return { mark: at(mark), alerts: new Map(types.map(alert)), recentFailures: [] };
}
function plant(id: string, relays: Record<string, RelayState>, inverters: Record<string, InverterState>, changes: Partial<PlantState> = {}): PlantState {
  const empty = newPlant({ id, name: `UFV ${id}`, capacityKwp: null });
  return {
    ...empty, relay: { ...empty.relay, devices: new Map(Object.entries(relays)) }, inverter: { ...empty.inverter, devices: new Map(Object.entries(inverters)) }, ...changes,
  };
}
const stateOf = (...plants: PlantState[]): MonitorState => plants.reduce(withPlant, emptyState);

describe("plants", () => {
  it("count once each, in the most urgent state", () => {
    const tripped = plant("1", { r: relay("11:55", "SOBRETENSÃO") }, { a: inverter("11:55", "10:00") });
    const stopped = plant("2", { r: relay("10:00") }, { a: inverter("11:55", "10:00") });
    const silent = plant("3", {}, { a: inverter("10:55") });
    const silentRelay = plant("4", { r: relay("10:59") }, { a: inverter("11:55") });
    const muted = plant("5", {}, { a: inverter("11:55", "10:00") });
    const well = plant("6", { r: relay("11:00") }, { a: inverter("11:00") });
    const mutedAndWell = plant("7", {}, { a: inverter("11:55") });
    const gone = plant("8", {}, { a: inverter("11:55", "10:00") }, { gone: [{ device: null, kind: null, type: null, at: now }] });
    const facts = metricsFacts(stateOf(tripped, stopped, silent, silentRelay, muted, well, mutedAndWell, gone), {
      ...around, isMuted: ({ info }) => info.id === "5" || info.id === "7",
    });
    expect(facts.plants).toEqual({ relay: 1, inverters: 1, "no-data": 2, muted: 1, normal: 2 });
  });
});

describe("devices", () => {
  it("count by state: failed before all, without data only in the window, those that are gone not at all", () => {
    const watched = plant("1", { r: relay("11:55"), silent: relay("10:59") }, { a: inverter("11:55"), b: inverter("10:59"), c: inverter("10:00", "09:00") });
    const under = plant("2", { r: relay("11:55", "TÉRMICO", "BLOQUEIO") }, { a: inverter("11:00"), b: inverter("11:00", "10:00") });
    const unwatched = { ...under, inverter: { ...under.inverter, unwatchedSince: at("11:00") } };
    const gone = plant("3", {}, { a: inverter("11:55"), old: { ...inverter("11:55"), mark: now - 8 * 86_400_000 } });
    const { devices } = metricsFacts(stateOf(watched, unwatched, gone), around);
    expect(devices).toEqual({ relay: { alert: 1, "no-data": 1, normal: 1 }, inverter: { failed: 2, unwatched: 1, "no-data": 1, normal: 2 } });
  });

  it("say nothing of silence at night, nor just after the window opened", () => {
    const state = stateOf(plant("1", {}, { a: inverter("03:00"), b: inverter("03:00") }));
    expect(metricsFacts(state, { ...around, now: at("23:00") }).devices.inverter).toMatchObject({ "no-data": 0, normal: 2 });
    expect(metricsFacts(state, { ...around, now: at("07:30") }).devices.inverter).toMatchObject({ "no-data": 0, normal: 2 });
    expect(metricsFacts(state, { ...around, now: at("07:31") }).devices.inverter).toMatchObject({ "no-data": 2, normal: 0 });
  });
});

it("active alerts are counted by the classes of the settings, whatever else the state holds is OUTROS", () => {
  const state = stateOf(plant("1", { r: relay("11:55", "SOBRETENSÃO", "CLASSE ANTIGA"), s: relay("11:55", "SOBRETENSÃO", "OUTROS") }, {}));
  const alerts = Object.fromEntries(metricsFacts(state, around).relayAlerts);
  expect(alerts).toMatchObject({ SOBRETENSÃO: 2, SUBTENSÃO: 0, OUTROS: 2 });
  expect(Object.keys(alerts)).not.toContain("CLASSE ANTIGA");
  expect([...metricsFacts(emptyState, around).relayAlerts]).toEqual([["OUTROS", 0]]);
});

it("the outbox has its size and the age of its oldest, which a clock that was set back does not make negative", () => {
  const notice = { kind: "monitor", topic: "api", phase: "lost", since: now, at: now, zone: ZONE, detail: null, plants: null } as const;
  const owed = (id: string, committedAt: number, refusedUntil: number | null = null): Notification => ({ id, committedAt, notice, refusedUntil });
  const outboxOf = (...outbox: Notification[]): unknown => metricsFacts({ ...emptyState, outbox }, around).outbox;
  expect(outboxOf()).toEqual({ waiting: 0, refused: 0, oldestAgeMs: 0 });
  expect(outboxOf(owed("1", now - 90_000, now), owed("2", now - 1_000))).toEqual({ waiting: 1, refused: 1, oldestAgeMs: 90_000 });
  expect(outboxOf(owed("1", now + 90_000))).toEqual({ waiting: 1, refused: 0, oldestAgeMs: 0 });
});

it("the monitor's own troubles", () => {
  const trouble = { since: now, detail: "timeout", told: false };
  expect(metricsFacts(emptyState, around).troubles).toEqual({ api: false, teams: false, state: false, "no-data": false });
  expect(metricsFacts(withMonitor(emptyState, { api: trouble }), { ...around, isStateSaved: false }).troubles).toMatchObject({ api: true, state: true });
  expect(metricsFacts(withMonitor(emptyState, { teams: { since: now, reason: "HTTP 503", goneStatus: null }, noData: trouble }), around).troubles)
    .toMatchObject({ teams: true, "no-data": true });
});
