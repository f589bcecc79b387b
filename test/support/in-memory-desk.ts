// An operator's desk with one plant in memory: answers that the schemas take, and a record of what was asked.
import type { MonitorView, MuteView, Overview, PlantDay, PlantTile } from "../../src/api/schemas.ts";
import type { OperatorDesk, Readiness } from "../../src/ports/operator-desk.ts";

export const NOON = Date.parse("2025-11-20T15:00:00Z");
const ZONE = "America/Sao_Paulo";

export interface InMemoryDesk extends OperatorDesk {
  /** Calls of what changes or asks with parameters, as `name(json)`. */
  readonly asked: string[];
  /** As after a commit: one more revision, and all who listen are told. */
  change(): void;
  readiness: () => Readiness;
}

/** `name`: of the one plant, hostile where a test wants that. */
export function createInMemoryDesk(name = "UFV Um", now: () => number = () => NOON): InMemoryDesk {
  const asked: string[] = [];
  const listeners = new Set<() => void>();
  let revision = 1;
  let mutes: MuteView[] = [];
  const tile = (): PlantTile => ({
    id: "101", name, capacityKwp: 75.5, status: "inverters", what: "1 inversor parado", since: now() - 3_600_000, invertersDown: 1, inverters: 2, relayAlerts: 0, types: [],
    isUnwatched: false, mutedUntil: mutes[0]?.until ?? null,
  });
  const told = (what: string, ...values: unknown[]): void => { asked.push(`${what}${JSON.stringify(values)}`); };
  const overview = (): Overview => ({
    at: now(), zone: ZONE, version: "1.0.0", revision, headline: { status: "attention", text: "1 usina precisa de alguém", since: now() - 3_600_000 },
    counts: { plants: 1, relay: 0, inverters: 1, noData: 0, muted: 0, normal: 0 }, plants: [tile()], attention: [], history: null,
  });
  const plantDay = (date: string | null): PlantDay => ({
    at: now(), zone: ZONE, date: date ?? "2025-11-20", today: "2025-11-20", earliest: "2025-10-21", plant: tile(), window: { from: now(), to: now() + 1 }, day: { from: now(), to: now() + 1 },
    inverters: [{ id: "9", name, isDown: true, down: now(), at: [now()], powerKw: [null] }], relays: [], incidents: [], missing: null,
  });
  return {
    asked,
    now,
    revision: () => revision,
    overview,
    change() {
      revision++;
      for (const callback of listeners) callback();
    },
    plantDay(plantId, date) {
      told("plantDay", plantId, date);
      return Promise.resolve(plantId === "101" ? plantDay(date) : null);
    },
    incidents(query) {
      told("incidents", query);
      return Promise.resolve({ at: now(), zone: ZONE, from: query.from, to: query.to, incidents: [], isCut: false, offenders: [], missing: null });
    },
    incidentsCsv(query) {
      told("incidentsCsv", query);
      return Promise.resolve({ ok: true, value: "\ufeffUsina;Início\r\n" });
    },
    monitor: () => Promise.resolve(monitorView(now())),
    mutes: () => ({ at: now(), zone: ZONE, mutes }),
    mute(request, by) {
      told("mute", request, by);
      mutes = [{ id: "m1", plantName: name, deviceName: null, since: now(), by, ...request }];
      return Promise.resolve({ ok: true, text: `Silenciada: ${name}` });
    },
    unmute(muteId, by) {
      told("unmute", muteId, by);
      return Promise.resolve({ ok: mutes.some(({ id }) => id === muteId), text: "O silêncio acabou" });
    },
    sendTestCard(request, by) {
      told("sendTestCard", request, by);
      return Promise.resolve({ ok: true, text: "O Teams aceitou o cartão" });
    },
    readiness: () => ({ isReady: true }),
    onChange(callback, signal) {
      listeners.add(callback);
      signal.addEventListener("abort", () => listeners.delete(callback));
    },
  };
}

function monitorView(at: number): MonitorView {
  return {
    at, zone: ZONE, identity: { host: "servidor", pid: 1, version: "1.0.0", startedAt: at }, attention: [], lastCycle: { relay: at, inverter: null }, scans: [], outbox: [], outboxTotal: 0, cards: [], outages: [],
    settings: [{ name: "WEB_TOKEN", value: "•••", about: "Senha da página", isDefault: false }], mutes: [], missing: null,
  };
}
