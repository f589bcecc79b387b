// What `status` shows of the state: what is failing, what waits, how fresh it all is. Pure; times are epoch milliseconds.
import type { MuteView } from "../api/schemas.ts";
import { gatherHeartbeat, type Surroundings } from "../domain/heartbeat-facts.ts";
import type { Heartbeat } from "../domain/heartbeat.ts";
import { isGone } from "../domain/gone.ts";
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState, TeamsTrouble, Trouble } from "../domain/monitor-state.ts";
import { eventsOf, laneOf, plantOf, type Notice } from "../domain/notification.ts";
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type PlantState } from "../domain/plant.ts";
import { listMutes } from "./mute-list.ts";

export interface NamedPlant {
  readonly id: string;
  readonly name: string;
}

interface OpenIncident {
  readonly plant: NamedPlant;
  readonly device: string;
  readonly name: string;
  readonly incident: string;
  readonly since: EpochMs;
  /** Newest failing reading. */
  readonly last: EpochMs;
}

/** Why a notification has not gone out: Teams refused it; it goes out in parts of a digest; an older one of its plant goes
 *  first; it is next. */
export type WaitReason = "refused" | "digest" | "behind" | "next";

export interface Waiting {
  readonly id: string;
  readonly notice: Notice;
  /** Null: the monitor itself. */
  readonly plant: NamedPlant | null;
  readonly events: number;
  readonly since: EpochMs;
  readonly reason: WaitReason;
  readonly nextTry: EpochMs | null;
}

export interface StatusView {
  readonly at: EpochMs;
  readonly plants: number;
  readonly relayPlants: number;
  readonly lastCycle: Readonly<Record<DeviceKind, EpochMs | null>>;
  /** A cycle ended more than two intervals ago, or never. */
  readonly isLate: Readonly<Record<DeviceKind, boolean>>;
  readonly relayAlerts: readonly (OpenIncident & { readonly type: string; readonly parameters: readonly string[] })[];
  readonly failedInverters: readonly OpenIncident[];
  readonly unwatched: readonly { readonly plant: NamedPlant; readonly since: EpochMs }[];
  readonly withoutData: readonly { readonly plant: NamedPlant; readonly kinds: readonly DeviceKind[]; readonly since: EpochMs | null }[];
  readonly silentInverters: number;
  /** Known, but absent from the newest plant list. */
  readonly unlisted: readonly { readonly plant: NamedPlant; readonly since: EpochMs }[];
  readonly gone: readonly { readonly plant: NamedPlant; readonly device: string | null; readonly type: string | null }[];
  /** By the settings. */
  readonly muted: readonly string[];
  /** By operators. */
  readonly mutes: readonly MuteView[];
  readonly outbox: readonly Waiting[];
  readonly api: Trouble | null;
  readonly teams: TeamsTrouble | null;
  readonly noData: Trouble | null;
  /** Readings that came behind newer ones of their device, since the state began. */
  readonly oldNews: Readonly<Record<DeviceKind, number>>;
}

export type StatusSettings = Pick<Surroundings, "now" | "zone" | "rulesOf" | "intervalMs" | "relayPlants">;

export function statusView(state: MonitorState, settings: StatusSettings): StatusView {
  const { now, intervalMs } = settings;
  const { lastCycle, api, teams, noData, oldNews } = state.monitor;
  const plants = [...state.plants.values()].filter((plant) => !isGone(plant));
  const beat = gatherHeartbeat(state, {
    ...settings, startedAt: -Infinity, host: "", pid: 0, version: "", stateTrouble: null,
  });
  const isLate = (kind: DeviceKind): boolean => now - (lastCycle[kind] ?? -Infinity) > 2 * intervalMs[kind];
  return {
    at: now,
    plants: plants.length,
    relayPlants: beat.relayPlants,
    lastCycle,
    isLate: { relay: isLate("relay"), inverter: isLate("inverter") },
    relayAlerts: oldestFirst(plants.flatMap((plant) => activeAlerts(plant).map(({ device, alert }) => ({
      ...openIncident(plant, device, alert), type: alert.type, parameters: alert.parameters,
    })))),
    failedInverters: oldestFirst(plants.flatMap((plant) => failedInverters(plant).map(({ device, failure }) => openIncident(plant, device, failure)))),
    ...named(beat),
    silentInverters: beat.silentInverters,
    unlisted: plants.flatMap(({ info, missingSince }) => (missingSince === null ? [] : [{ plant: idAndName(info), since: missingSince }])),
    muted: beat.muted,
    mutes: listMutes(state, now),
    outbox: waitingOf(state),
    api, teams, noData, oldNews,
  };
}

const idAndName = ({ id, name }: NamedPlant): NamedPlant => ({ id, name });

function named({ unwatched, withoutData, gone }: Heartbeat): Pick<StatusView, "unwatched" | "withoutData" | "gone"> {
  return {
    unwatched: unwatched.map((row) => ({ ...row, plant: idAndName(row.plant) })),
    withoutData: withoutData.map((row) => ({ ...row, plant: idAndName(row.plant) })),
    gone: gone.map((row) => ({ ...row, plant: idAndName(row.plant) })),
  };
}

function openIncident(plant: PlantState, device: string, { incidentId, first, last }: { readonly incidentId: string; readonly first: EpochMs; readonly last: EpochMs }): OpenIncident {
  return { plant: idAndName(plant.info), device, name: deviceName(plant, device), incident: incidentId, since: first, last };
}

function oldestFirst<T extends { readonly since: EpochMs }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => a.since - b.since);
}

/** In the order of the outbox. A refused card lets the later ones of its plant pass. */
function waitingOf({ outbox, digests }: MonitorState): Waiting[] {
  const begun = new Set([...digests.values()].flatMap(({ notificationIds }) => notificationIds));
  const lanes = new Set<string>();
  return outbox.map((notification): Waiting => {
    const { id, notice, committedAt, refusedUntil } = notification;
    const lane = laneOf(notification);
    const reason = refusedUntil !== null ? "refused" : begun.has(id) ? "digest" : lanes.has(lane) ? "behind" : "next";
    if (refusedUntil === null) lanes.add(lane);
    const about = plantOf(notice);
    return {
      id, notice, reason, nextTry: refusedUntil, since: committedAt, events: eventsOf(notice).length,
      plant: about === null ? null : idAndName(about),
    };
  });
}
