// Gathers a heartbeat from the state: what is watched, what is failing, and every reason not to believe that all is well.
import { HOUR_MS, MINUTE_MS, type EpochMs } from "./local-time.ts";
import type { Attention, Heartbeat } from "./heartbeat.ts";
import { isGone, recentlyGone } from "./gone.ts";
import { isScannedForRelays } from "./listing.ts";
import type { MonitorState } from "./monitor-state.ts";
import type { NotifiedPlant } from "./notification.ts";
import { isOver } from "./mute.ts";
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type PlantState } from "./plant.ts";
import type { RulesOf } from "./rules.ts";
import { countSilentInverters, invertersSilentSince, relaysSilentSince } from "./silence.ts";

/** Inverters unwatched for longer than this are a reason for ATENÇÃO. */
const UNWATCHED_TOO_LONG_MS = 12 * HOUR_MS;
/** A card on its way is no reason for alarm. */
const WAITING_TOO_LONG_MS = 5 * MINUTE_MS;

/** What the state alone does not know. */
export interface Surroundings {
  readonly now: EpochMs;
  readonly zone: string;
  readonly rulesOf: RulesOf;
  readonly intervalMs: Readonly<Record<DeviceKind, number>>;
  readonly relayPlants: "auto" | "all" | ReadonlySet<string>;
  readonly startedAt: EpochMs;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly stateTrouble: { readonly since: EpochMs; readonly detail: string } | null;
}

export function gatherHeartbeat(state: MonitorState, around: Surroundings): Heartbeat {
  const { now, zone, rulesOf } = around;
  const plants = [...state.plants.values()].filter((plant) => !isGone(plant));
  const shown = (plant: PlantState): NotifiedPlant => ({ ...plant.info, zone: rulesOf(plant.info).zone });
  const withoutData = plantsWithoutData(plants, around);
  const unwatched = plants.flatMap((plant) => (plant.inverter.unwatchedSince === null ? [] : [{ plant: shown(plant), since: plant.inverter.unwatchedSince }]));
  const attention = reasonsForAttention(state, around, withoutData.length, unwatched);
  return {
    at: now,
    zone,
    status: attention.length === 0 ? "OK" : "ATENÇÃO",
    attention,
    lastRelayScan: state.monitor.lastCycle.relay,
    lastInverterScan: state.monitor.lastCycle.inverter,
    relayPlants: plants.filter((plant) => isScannedForRelays(plant, around.relayPlants)).length,
    inverterPlants: plants.length,
    relayAlerts: oldestFirst(plants.flatMap((plant) => {
      const alerts = activeAlerts(plant).map(({ alert }) => alert);
      const types = [...new Set(alerts.map(({ type }) => type))];
      return alerts.length === 0 ? [] : [{ plant: shown(plant), alerts: alerts.length, types, since: Math.min(...alerts.map(({ first }) => first)) }];
    })),
    failedInverters: oldestFirst(plants.flatMap((plant) => {
      const failures = failedInverters(plant).map(({ failure }) => failure.first);
      return failures.length === 0 ? [] : [{ plant: shown(plant), inverters: failures.length, since: Math.min(...failures) }];
    })),
    withoutData,
    silentInverters: plants.reduce((sum, plant) => sum + countSilentInverters(plant, rulesOf(plant.info), now), 0),
    unwatched: oldestFirst(unwatched),
    gone: [...state.plants.values()].flatMap((plant) =>
      recentlyGone(plant, now).map(({ device, type }) => ({ plant: shown(plant), device: device === null ? null : deviceName(plant, device), type }))),
    muted: plants.filter(({ info }) => rulesOf(info).muted).map(({ info }) => info.name),
    mutes: state.monitor.mutes.filter((mute) => !isOver(mute, now)).toSorted((a, b) => a.until - b.until).flatMap(({ plantId, device, until, reason }) => {
      const plant = state.plants.get(plantId);
      return plant === undefined ? [] : [{ plant: shown(plant), device: device === null ? null : deviceName(plant, device), until, reason }];
    }),
    host: around.host,
    pid: around.pid,
    version: around.version,
    startedAt: around.startedAt,
  };
}

function oldestFirst<T extends { readonly since: EpochMs }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => a.since - b.since);
}

export function plantsWithoutData(plants: readonly PlantState[], { now, rulesOf }: Pick<Surroundings, "now" | "rulesOf">): Heartbeat["withoutData"] {
  return plants.flatMap((plant) => {
    const rules = rulesOf(plant.info);
    const silent: Record<DeviceKind, EpochMs | null> = { relay: relaysSilentSince(plant, now), inverter: invertersSilentSince(plant, rules, now) };
    const kinds = (["relay", "inverter"] as const).filter((kind) => silent[kind] !== null);
    const since = Math.min(...kinds.map((kind) => silent[kind] ?? Infinity));
    return kinds.length === 0 ? [] : [{ plant: { ...plant.info, zone: rules.zone }, kinds, since }];
  });
}

function reasonsForAttention(
  { monitor, outbox }: MonitorState,
  around: Surroundings,
  withoutData: number,
  unwatched: readonly { readonly plant: NotifiedPlant; readonly since: EpochMs }[],
): Attention[] {
  const { now, intervalMs, stateTrouble, startedAt } = around;
  const { teams } = monitor;
  const late = (["relay", "inverter"] as const).filter((scan) => now - Math.max(monitor.lastCycle[scan] ?? startedAt, startedAt) > 2 * intervalMs[scan]);
  const refused = outbox.filter(({ refusedUntil }) => refusedUntil !== null);
  const waiting = outbox.filter(({ refusedUntil, committedAt }) => refusedUntil === null && now - committedAt > WAITING_TOO_LONG_MS);
  const tooLong = unwatched.filter(({ since }) => now - since > UNWATCHED_TOO_LONG_MS);
  const oldest = (entries: readonly { readonly committedAt: EpochMs }[]): EpochMs => Math.min(...entries.map(({ committedAt }) => committedAt));
  const found: (Attention | null)[] = [
    ...late.map((scan): Attention => ({ kind: "scan-late", scan, since: monitor.lastCycle[scan] })),
    monitor.api === null || now - monitor.api.since < intervalMs.relay ? null : { kind: "api-failing", reason: monitor.api.detail, since: monitor.api.since },
    teams === null ? null
      : teams.goneStatus === null ? { kind: "teams-failing", reason: teams.reason, since: teams.since }
        : { kind: "webhook-gone", status: teams.goneStatus, since: teams.since },
    refused.length === 0 ? null : { kind: "cards-refused", count: refused.length, since: oldest(refused) },
    waiting.length === 0 ? null : { kind: "notifications-waiting", count: waiting.length, since: oldest(waiting) },
    withoutData === 0 ? null : { kind: "plants-without-data", count: withoutData },
    tooLong.length === 0 ? null : { kind: "inverters-unwatched", plants: tooLong.map(({ plant }) => plant.name), since: Math.min(...tooLong.map(({ since }) => since)) },
    stateTrouble === null ? null : { kind: "state-not-saved", ...stateTrouble },
  ];
  return found.filter((reason) => reason !== null);
}
