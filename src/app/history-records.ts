// What the history keeps of each fact, and of the state: values in, records out.
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorRecord, MonitorState } from "../domain/monitor-state.ts";
import type { DeviceEvent, NotifiedPlant } from "../domain/notification.ts";
import type { PlantState } from "../domain/plant.ts";
import type { HistoryCard, HistoryIncident, HistoryOutage, HistoryRecord } from "../ports/history.ts";
import type { DeliveredCard, Happening } from "../ports/telemetry.ts";
import { openIncidents, placeOf, UNTOLD } from "./open-incidents.ts";

/** Records of one fact by itself. Scans, heartbeats and outages also need what happened before: keep-history.ts. */
export function recordsOf(happening: Happening, now: EpochMs): HistoryRecord[] {
  switch (happening.kind) {
    case "event.detected": return [incidentRecord(incidentOf(happening.plant, happening.event, happening.name, happening.mutedReason))];
    case "events.delivered": return happening.events.map((event) => ({ kind: "told", incidentId: event.incident.id, event: event.kind, at: now }));
    case "failures.delivered": return happening.failing.map(({ incidentId }) => ({ kind: "told", incidentId, event: "failure", at: now }));
    case "device.gone": return [{ kind: "gone", plantId: happening.plant.id, device: happening.device, at: now }];
    case "card.delivered": return [cardRecord(happening.card, "delivered", null, now)];
    case "card.shadow": return [cardRecord({ ...UNKNOWN, title: happening.title }, "shadow", null, now)];
    case "card.failed": return [cardRecord({ ...UNKNOWN, title: happening.title, attempt: happening.attempt }, "failed", happening.reason, now)];
    case "card.refused": return [cardRecord({ ...UNKNOWN, title: happening.title, attempt: happening.attempt }, "refused", `HTTP ${happening.status}`, now)];
    case "inverters.read": return [{ kind: "power", plantId: happening.plant.id, readings: happening.readings }];
    default: return [];
  }
}

const UNKNOWN = { severity: null, plantId: null, events: 0, attempt: 1 };

export function cardRecord(card: Omit<DeliveredCard, "severity"> & Pick<HistoryCard, "severity">, outcome: HistoryCard["outcome"], reason: string | null, at: EpochMs): HistoryRecord {
  const { title, severity, plantId, events, attempt } = card;
  return { kind: "card", card: { at, title, severity, plantId, events, attempt, outcome, reason } };
}

function incidentRecord(incident: HistoryIncident): HistoryRecord {
  return { kind: "incident", incident };
}

function incidentOf(plant: NotifiedPlant, { subject, device, type, incident }: DeviceEvent, name: string, mutedReason: string | null): HistoryIncident {
  const { id, first, last, end, parameters } = incident;
  return { ...UNTOLD, ...placeOf(plant, subject, device, name), id, type, parameters, first, last, end, mutedReason };
}

/** What the outbox still has to tell: it was found, whether or not the history heard of it. */
export function owedIncidents({ outbox }: MonitorState): HistoryIncident[] {
  return outbox.flatMap(({ notice }) => notice.kind !== "devices" ? []
    : notice.devices.flatMap(({ name, events }) => events.map((event) => incidentOf(notice.plant, event, name, null))));
}

/** Incidents that the history has open and the state has not: ended, and nobody will know how. One that the state has not read up to
 *  yet (the monitor died before it was saved) is left: its readings will be judged again. */
export function closedUnseen(open: readonly HistoryIncident[], state: MonitorState, now: EpochMs): HistoryIncident[] {
  const known = new Set([...state.plants.values()].flatMap(openIncidents).map(({ id }) => id));
  const ended = new Set(owedIncidents(state).flatMap(({ id, end }) => (end === null ? [] : [id])));
  return open
    .filter((incident) => !known.has(incident.id) && !ended.has(incident.id) && !isUnread(incident, state.plants.get(incident.plantId)))
    .map((incident) => ({ ...incident, goneAt: Math.max(now, incident.last) }));
}

function isUnread({ kind, device, last }: HistoryIncident, plant: PlantState | undefined): boolean {
  const mark = plant?.[kind].devices.get(device)?.mark;
  return mark !== undefined && mark < last;
}

interface Wrong {
  readonly since: EpochMs;
  readonly detail: string;
}

type MonitorTroubles = Pick<MonitorRecord, "api" | "noData" | "teams">;
const NOTHING_WRONG: MonitorTroubles = { api: null, noData: null, teams: null };

/** What is wrong with the monitor's own sight and voice. An API that fails for less than two intervals is nobody's outage yet. */
function wrongs({ api, noData, teams }: MonitorTroubles): ReadonlyMap<HistoryOutage["topic"], Wrong> {
  const now = new Map<HistoryOutage["topic"], Wrong>();
  if (api?.told === true) now.set("api", api);
  if (noData !== null) now.set("no-data", noData);
  if (teams !== null) now.set("teams", { since: teams.since, detail: teams.reason });
  return now;
}

/** Outages that began, or ended, between the two. */
export function outagesBetween(before: MonitorTroubles | null, after: MonitorRecord, now: EpochMs): HistoryOutage[] {
  if (before?.api === after.api && before.noData === after.noData && before.teams === after.teams) return [];
  const old = wrongs(before ?? NOTHING_WRONG);
  const current = wrongs(after);
  const begun = [...current].filter(([topic, { since, detail }]) => old.get(topic)?.since !== since || old.get(topic)?.detail !== detail)
    .map(([topic, { since, detail }]): HistoryOutage => ({ topic, since, until: null, detail }));
  const over = [...old].filter(([topic, { since }]) => current.get(topic)?.since !== since)
    .map(([topic, { since, detail }]): HistoryOutage => ({ topic, since, until: endOf(topic, since, after, now), detail }));
  return [...over, ...begun];
}

function endOf(topic: HistoryOutage["topic"], since: EpochMs, { apiBackAt }: MonitorRecord, now: EpochMs): EpochMs {
  const end = topic === "api" && apiBackAt !== null && apiBackAt >= since ? apiBackAt : now;
  return Math.max(since, end); // a clock that was stepped back
}

/** Outages that the history has open and that are not so any more: they ended while the monitor was not running. */
export function outagesOver(open: readonly HistoryOutage[], monitor: MonitorRecord, now: EpochMs): HistoryOutage[] {
  const current = wrongs(monitor);
  return open.filter(({ topic, since, until }) => until === null && current.get(topic)?.since !== since)
    .map((outage) => ({ ...outage, until: endOf(outage.topic, outage.since, monitor, now) }));
}
