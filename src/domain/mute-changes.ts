// How mutes begin and end in the state. A mute's end is owed like any card: committed with the change, in the plant's order.
import { GONE_AFTER_MS, goneDevices } from "./gone.ts";
import { isOver, type Mute } from "./mute.ts";
import type { EpochMs } from "./local-time.ts";
import { owe, withMonitor, withPlant, type MonitorState } from "./monitor-state.ts";
import type { FailingDevice, GoneDevice, MuteEndedNotice } from "./notification.ts";
import { failureSeverity } from "./plan-notices.ts";
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type GoneEntry, type PlantState } from "./plant.ts";
import type { RulesOf } from "./rules.ts";

export function isSameTarget(a: Pick<Mute, "plantId" | "device">, b: Pick<Mute, "plantId" | "device">): boolean {
  return a.plantId === b.plantId && a.device === b.device;
}

/** A second mute of the same plant or device takes the place of the first, whose end is not told. */
export function addMute(state: MonitorState, mute: Mute): MonitorState {
  return withMonitor(state, { mutes: [...state.monitor.mutes.filter((other) => !isSameTarget(other, mute)), mute] });
}

export function overMutes({ monitor }: MonitorState, now: EpochMs): readonly Mute[] {
  return monitor.mutes.filter((mute) => isOver(mute, now));
}

/** Takes mutes out; each owes a card that says what is failing now. None where the device stays silent with its plant, or the plant's end
 *  tells of it at the same time, or the settings silence the plant. `endedBy` null: their time has come. */
export function endMutes(state: MonitorState, ended: readonly Mute[], endedBy: string | null, now: EpochMs, rulesOf: RulesOf): MonitorState {
  const ids = new Set(ended.map(({ id }) => id));
  const wholePlants = new Set(state.monitor.mutes.filter((mute) => mute.device === null && (ids.has(mute.id) || !isOver(mute, now))).map(({ plantId }) => plantId));
  const left = state.monitor.mutes.filter(({ id }) => !ids.has(id));
  const notices = state.monitor.mutes.filter(({ id }) => ids.has(id)).flatMap((mute): MuteEndedNotice[] => {
    const plant = state.plants.get(mute.plantId);
    if (plant === undefined || (mute.device !== null && wholePlants.has(mute.plantId)) || rulesOf(plant.info).muted) return [];
    const silent = left.filter((other) => other.plantId === mute.plantId && !isOver(other, now)).flatMap(({ device }) => device ?? []);
    return [muteEnded(plant, mute, { silent: new Set(silent), endedBy, now, zone: rulesOf(plant.info).zone })];
  });
  // Each plant is one that changed: a scan that began under the mute, and is not written yet, is to find it so and be done again, as it took its failures for silent.
  const changed = [...ids].flatMap((id) => state.monitor.mutes.find((mute) => mute.id === id) ?? []).flatMap(({ plantId }) => state.plants.get(plantId) ?? []);
  return owe(withMonitor(changed.reduce((all, plant) => withPlant(all, { ...plant }), state), { mutes: left }), notices, now);
}

interface End {
  /** Devices of the plant with a mute of their own that lasts. */
  readonly silent: ReadonlySet<string>;
  readonly endedBy: string | null;
  readonly now: EpochMs;
  readonly zone: string;
}

function muteEnded(plant: PlantState, mute: Mute, { silent, endedBy, now, zone }: End): MuteEndedNotice {
  const isTold = (device: string | null): boolean => device === null || (!silent.has(device) && (mute.device === null || device === mute.device));
  const failing = failingDevices(plant, mute.device).filter((own) => isTold(own.device));
  const gone = stillGone(plant).filter((entry) => isTold(entry.device));
  const { device, since, until, reason, by } = mute;
  return {
    kind: "mute-ended", plant: { ...plant.info, zone }, device: device === null ? null : { device, name: deviceName(plant, device), subject: subjectOf(plant, device) },
    since, until, reason, by, endedBy, at: now, severity: failing.length > 0 ? failureSeverity(failing) : gone.length > 0 ? "warning" : "good", failing, gone,
    stillSilent: mute.device === null ? silent.size : 0,
    invertersUnwatched: plant.inverter.unwatchedSince !== null,
    relaySilent: plant.inverter.releasedAt !== null && failing.some(({ subject }) => subject === "relay"),
  };
}

/** Who has left the lists and has not reported since, each alert once. One that reports again is judged by what it says. */
function stillGone(plant: PlantState): readonly GoneDevice[] {
  const now = { relay: goneDevices(plant, "relay"), inverter: goneDevices(plant, "inverter") };
  const isStill = ({ device, kind, at }: GoneEntry): boolean =>
    device === null || kind === null || now[kind].has(device) || (plant[kind].devices.get(device)?.mark ?? -Infinity) <= at - GONE_AFTER_MS;
  const entries = new Map(plant.gone.filter(isStill).map((entry) => [JSON.stringify([entry.kind, entry.device, entry.type]), entry]));
  return [...entries.values()].map((entry) => ({ ...entry, name: entry.device === null ? plant.info.name : deviceName(plant, entry.device) }));
}

/** Null where neither kind has such a device any more, or both have. */
function subjectOf({ relay, inverter }: PlantState, device: string): DeviceKind | null {
  const kinds = [...(relay.devices.has(device) ? ["relay" as const] : []), ...(inverter.devices.has(device) ? ["inverter" as const] : [])];
  return kinds.length === 1 ? kinds[0] ?? null : null;
}

/** What is failing at the plant, or of one device; longest first. */
export function failingDevices(plant: PlantState, device: string | null): readonly FailingDevice[] {
  const relays = activeAlerts(plant).map(({ device: id, alert: { type, parameters, incidentId, first, last } }): FailingDevice =>
    ({ subject: "relay", device: id, name: deviceName(plant, id), type, parameters, incidentId, first, last }));
  const inverters = failedInverters(plant).map(({ device: id, failure }): FailingDevice =>
    ({ subject: "inverter", device: id, name: deviceName(plant, id), type: null, parameters: [], ...failure }));
  return [...relays, ...inverters].filter((failing) => device === null || failing.device === device).toSorted((a, b) => a.first - b.first);
}
