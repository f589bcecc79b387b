// A heartbeat whole: each reason for ATENÇÃO with its numbers and since when, and each list with what it must and must not hold.
import { describe, expect, test } from "vitest";
import type { Attention } from "../../src/domain/heartbeat.ts";
import { gatherHeartbeat, plantsWithoutData, type Surroundings } from "../../src/domain/heartbeat-facts.ts";
import { noteWatch } from "../../src/domain/hierarchy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, owe, withMonitor, withPlant, type MonitorRecord, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Mute } from "../../src/domain/mute.ts";
import type { NotifiedPlant } from "../../src/domain/notification.ts";
import type { PlantState } from "../../src/domain/plant.ts";
import { instant, plantRules, ZONE } from "../support/plant-rules.ts";
import { sketchInfo, sketchPlant as plant } from "../support/plant-sketch.ts";

const now = instant("12:00");
const MANAUS = "America/Manaus";
/** Plant 102 is muted, and of another zone. */
const rulesOf: Surroundings["rulesOf"] = ({ id }) => plantRules(id === "102" ? { zone: MANAUS, muted: true } : {});
const around: Surroundings = {
  now, zone: ZONE, rulesOf, intervalMs: { relay: 600_000, inverter: 900_000 }, relayPlants: new Set(["101"]),
  startedAt: now - DAY_MS, host: "sala", pid: 7, version: "1.2.3", stateTrouble: null,
};
const shown = (id: number): NotifiedPlant => ({ ...sketchInfo(id), zone: id === 102 ? MANAUS : ZONE });
const scanned: Partial<MonitorRecord> = { lastCycle: { relay: now - MINUTE_MS, inverter: now - 2 * MINUTE_MS } };
const having = (...plants: readonly PlantState[]): MonitorState => withMonitor(plants.reduce(withPlant, emptyState), scanned);
const attention = (state: MonitorState, more: Partial<Surroundings> = {}): readonly Attention[] => gatherHeartbeat(state, { ...around, ...more }).attention;

describe("all is well", () => {
  test("the whole of it", () => {
    expect(gatherHeartbeat(having(plant({ inverters: { 1: ["11:55"] }, relays: { 7: ["11:55"] } }), plant({ id: 102, inverters: { 1: ["11:55"], 2: ["10:00"], 3: ["10:00"] } })), around)).toEqual({
      at: now, zone: ZONE, status: "OK", attention: [], lastRelayScan: now - MINUTE_MS, lastInverterScan: now - 2 * MINUTE_MS, relayPlants: 1, inverterPlants: 2,
      relayAlerts: [], failedInverters: [], withoutData: [], silentInverters: 2, unwatched: [], gone: [], muted: ["UFV 102"], mutes: [],
      host: "sala", pid: 7, version: "1.2.3", startedAt: now - DAY_MS,
    });
  });

  test("a plant that is gone is in none of its numbers, only among what is gone", () => {
    const gone: PlantState = { ...plant({ inverters: { 1: ["11:55", "11:00"] } }), gone: [{ device: null, kind: null, type: null, at: now - HOUR_MS }] };
    expect(gatherHeartbeat(having(gone), around)).toMatchObject({ relayPlants: 0, inverterPlants: 0, failedInverters: [], gone: [{ plant: shown(101), device: null, type: null }] });
  });

  test("what is gone is called by the name that operators know", () => {
    const made = plant({ id: 102 });
    const named: PlantState = { ...made, deviceList: { ...made.deviceList, names: new Map([["7", "Relé geral"]]) }, gone: [{ device: "7", kind: "relay", type: "OUTROS", at: now - HOUR_MS }] };
    expect(gatherHeartbeat(having(named), around).gone).toEqual([{ plant: shown(102), device: "Relé geral", type: "OUTROS" }]);
  });

  test("what operators silenced: the soonest over first, whole plants and named devices; none that is over or of a plant that nobody knows", () => {
    const made = plant({ id: 102 });
    const named: PlantState = { ...made, deviceList: { ...made.deviceList, names: new Map([["7", "Relé geral"]]) } };
    const mute = (plantId: string, device: string | null, until: number): Mute => ({ id: `${plantId} ${device ?? ""}`, plantId, device, since: now - HOUR_MS, until, reason: `obra ${until - now}`, by: "ana" });
    const mutes = [mute("102", "7", now + 3), mute("101", null, now + 1), mute("101", "9", now + 2), mute("102", null, now), mute("999", null, now + 1)];
    expect(gatherHeartbeat(withMonitor(having(plant({}), named), { mutes }), around).mutes).toEqual([
      { plant: shown(101), device: null, until: now + 1, reason: "obra 1" }, { plant: shown(101), device: "9", until: now + 2, reason: "obra 2" },
      { plant: shown(102), device: "Relé geral", until: now + 3, reason: "obra 3" },
    ]);
  });
});

describe("what is failing, by plant", () => {
  const unwatched = (id: number, since: number): PlantState => noteWatch(plant({ id, relays: { 7: ["11:50", "A", "B"], 8: ["11:40", "A"] } }), since);

  test("alerts: how many, of which types, since the first; the oldest plant first", () => {
    const later = plant({ id: 103, relays: { 7: ["11:55", "C"] } });
    expect(gatherHeartbeat(having(later, unwatched(102, now)), around).relayAlerts).toEqual([
      { plant: shown(102), alerts: 3, types: ["A", "B"], since: instant("10:40") }, { plant: shown(103), alerts: 1, types: ["C"], since: instant("10:55") },
    ]);
  });

  test("inverters: how many, since the first", () => {
    expect(gatherHeartbeat(having(plant({ id: 102, inverters: { 1: ["11:55", "11:20"], 2: ["11:55", "11:10"], 3: ["11:55"] } })), around).failedInverters)
      .toEqual([{ plant: shown(102), inverters: 2, since: instant("11:10") }]);
  });

  test("plants whose inverters are not watched: the longest first; more than 12 h are a reason, with their names", () => {
    const [some, tooLong, longest] = [unwatched(101, now - 12 * HOUR_MS), unwatched(102, now - 13 * HOUR_MS), unwatched(103, now - 20 * HOUR_MS)];
    const { unwatched: rows, attention: reasons, status } = gatherHeartbeat(having(tooLong, some, longest), around);
    expect(rows).toEqual([{ plant: shown(103), since: now - 20 * HOUR_MS }, { plant: shown(102), since: now - 13 * HOUR_MS }, { plant: shown(101), since: now - 12 * HOUR_MS }]);
    expect(reasons).toEqual([{ kind: "inverters-unwatched", plants: ["UFV 102", "UFV 103"], since: now - 20 * HOUR_MS }]);
    expect(status).toBe("ATENÇÃO");
  });

  test("without data: of which kinds, since the older of the two", () => {
    const plants = [plant({ id: 102, relays: { 7: ["10:30"] }, inverters: { 1: ["10:10"] } }), plant({ id: 103, relays: { 7: ["09:00"] }, inverters: { 1: ["11:55"] } }), plant({ id: 104, inverters: { 1: ["11:30"] } })];
    const rows = [{ plant: shown(102), kinds: ["relay", "inverter"], since: instant("10:10") }, { plant: shown(103), kinds: ["relay"], since: instant("09:00") }];
    expect(plantsWithoutData(plants, around)).toEqual(rows);
    expect(gatherHeartbeat(having(...plants), around)).toMatchObject({ withoutData: rows, attention: [{ kind: "plants-without-data", count: 2 }] });
  });
});

describe("a reason says since when, and how many", () => {
  const monitor = (change: Partial<MonitorRecord>): MonitorState => withMonitor(having(), change);
  const card = { kind: "relay-silent", plant: shown(101), relays: [], at: now } as const;
  const waiting = (...agesMs: readonly number[]): MonitorState => agesMs.reduce((state, ms) => owe(state, [card], now - ms), having());
  const refused = (state: MonitorState): MonitorState => ({ ...state, outbox: state.outbox.map((entry) => ({ ...entry, refusedUntil: now })) });

  test.each<[string, () => MonitorState, Attention[]]>([
    ["scans that are late, each kind for itself", () => monitor({ lastCycle: { relay: now - HOUR_MS, inverter: now - 2 * HOUR_MS } }),
      [{ kind: "scan-late", scan: "relay", since: now - HOUR_MS }, { kind: "scan-late", scan: "inverter", since: now - 2 * HOUR_MS }]],
    ["scans that never were", () => monitor({ lastCycle: { relay: null, inverter: null } }), [{ kind: "scan-late", scan: "relay", since: null }, { kind: "scan-late", scan: "inverter", since: null }]],
    ["an API down for one interval", () => monitor({ api: { since: now - 600_000, detail: "timeout", told: false } }), [{ kind: "api-failing", reason: "timeout", since: now - 600_000 }]],
    ["… for less", () => monitor({ api: { since: now - 599_999, detail: "timeout", told: false } }), []],
    ["Teams that fails", () => monitor({ teams: { since: now - 1, reason: "HTTP 503", goneStatus: null } }), [{ kind: "teams-failing", reason: "HTTP 503", since: now - 1 }]],
    ["a webhook that is gone", () => monitor({ teams: { since: now - 1, reason: "HTTP 410", goneStatus: 410 } }), [{ kind: "webhook-gone", status: 410, since: now - 1 }]],
    ["cards that wait for more than 5 minutes", () => waiting(8 * MINUTE_MS, 9 * MINUTE_MS, 5 * MINUTE_MS), [{ kind: "notifications-waiting", count: 2, since: now - 9 * MINUTE_MS }]],
    ["a card of just 5 minutes", () => waiting(5 * MINUTE_MS), []],
    ["refused cards, of whatever age, which do not count as waiting", () => refused(waiting(MINUTE_MS, HOUR_MS)), [{ kind: "cards-refused", count: 2, since: now - HOUR_MS }]],
  ])("%s", (_, given, reasons) => {
    expect(attention(given())).toEqual(reasons);
  });

  test("a state that is not saved", () => {
    expect(attention(having(), { stateTrouble: { since: now - 5, detail: "ENOSPC" } })).toEqual([{ kind: "state-not-saved", detail: "ENOSPC", since: now - 5 }]);
  });

  test("lateness counts from the start on, whatever a state from before says", () => {
    const old = monitor({ lastCycle: { relay: now - DAY_MS, inverter: now - DAY_MS } });
    expect(attention(old, { startedAt: now - 1_200_000 })).toEqual([]);
    expect(attention(old, { startedAt: now - 1_200_001 })).toEqual([{ kind: "scan-late", scan: "relay", since: now - DAY_MS }]);
  });
});
