// How mutes begin and end in the state. A mute's end is owed like any card: committed with the change, in the plant's order.
import { isOver, type Mute } from "./mute.ts";
import type { EpochMs } from "./local-time.ts";
import { owe, withMonitor, type MonitorState } from "./monitor-state.ts";
import type { FailingDevice, MuteEndedNotice } from "./notification.ts";
import { failureSeverity } from "./plan-notices.ts";
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type PlantState } from "./plant.ts";
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
  const notices = state.monitor.mutes.filter(({ id }) => ids.has(id)).flatMap((mute): MuteEndedNotice[] => {
    const plant = state.plants.get(mute.plantId);
    if (plant === undefined || (mute.device !== null && wholePlants.has(mute.plantId)) || rulesOf(plant.info).muted) return [];
    return [muteEnded(plant, mute, endedBy, now, rulesOf(plant.info).zone)];
  });
  return owe(withMonitor(state, { mutes: state.monitor.mutes.filter(({ id }) => !ids.has(id)) }), notices, now);
}

function muteEnded(plant: PlantState, mute: Mute, endedBy: string | null, now: EpochMs, zone: string): MuteEndedNotice {
  const failing = failingDevices(plant, mute.device);
  const { device, since, until, reason, by } = mute;
  return {
    kind: "mute-ended", plant: { ...plant.info, zone }, device: device === null ? null : { device, name: deviceName(plant, device), subject: subjectOf(plant, device) },
    since, until, reason, by, endedBy, at: now, severity: failing.length === 0 ? "good" : failureSeverity(failing), failing,
    invertersUnwatched: plant.inverter.unwatchedSince !== null,
  };
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
