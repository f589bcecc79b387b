// Who has left: a device that is silent for 7 days while its plant reports, a plant that complete lists lack as long.
// They leave the active lists, which is said, but nothing is told as normal: nobody has seen that.
import { DAY_MS, type EpochMs } from "./local-time.ts";
import type { DeviceKind, GoneEntry, PlantState } from "./plant.ts";

export const GONE_AFTER_MS = 7 * DAY_MS;
const GONE_SHOWN_MS = DAY_MS;
/** A gone device is remembered this long, so that it goes on where it left off; then it is forgotten, and the state stays bounded. */
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;

/** How far each device of a kind is behind the newest sign of its plant, of either kind. Inverters that an alerted relay keeps
 *  from being asked are behind nobody, nor is what was passed over after a trip. */
function silences(plant: PlantState, kind: DeviceKind): ReadonlyMap<string, number> {
  const { passOverUntil, unwatchedSince } = plant.inverter;
  let newest = -Infinity;
  for (const { mark } of plant.relay.devices.values()) newest = Math.max(newest, mark);
  for (const { mark } of plant.inverter.devices.values()) newest = Math.max(newest, mark);
  const since = kind === "relay" ? -Infinity : unwatchedSince === null ? passOverUntil ?? -Infinity : Infinity;
  return new Map([...plant[kind].devices].map(([device, { mark }]) => [device, newest - Math.max(mark, since)]));
}

/** Devices of a kind that are gone. */
export function goneDevices(plant: PlantState, kind: DeviceKind): ReadonlySet<string> {
  return new Set([...silences(plant, kind)].filter(([, silence]) => silence >= GONE_AFTER_MS).map(([device]) => device));
}

/** How many devices of a kind the plant has, those that are gone left out. */
export function knownDevices(plant: PlantState, kind: DeviceKind): number {
  return plant[kind].devices.size - goneDevices(plant, kind).size;
}

/** Takes devices that are gone by now off the active lists; `dropped` is what has to be said of it, once. `isMuted`: of the plant, or of a
 *  device of it, a mute's end will have to tell who has left, however long ago. */
export function dropGoneDevices(before: PlantState, plant: PlantState, now: EpochMs, isMuted = false): { readonly plant: PlantState; readonly dropped: readonly GoneEntry[] } {
  const relays = goneDevices(plant, "relay");
  const inverters = goneDevices(plant, "inverter");
  const dropped: GoneEntry[] = [];
  const known = { relay: goneDevices(before, "relay"), inverter: goneDevices(before, "inverter") };
  const isNew = (kind: DeviceKind, device: string): boolean => before[kind].devices.has(device) && !known[kind].has(device);
  for (const device of relays) {
    const types = [...(plant.relay.devices.get(device)?.alerts.keys() ?? [])];
    if (types.length > 0) dropped.push(...types.map((type): GoneEntry => ({ device, kind: "relay", type, at: now })));
    else if (isNew("relay", device)) dropped.push({ device, kind: "relay", type: null, at: now });
  }
  for (const device of inverters) {
    const hasFailed = plant.inverter.devices.get(device)?.failure !== null;
    if (hasFailed || isNew("inverter", device)) dropped.push({ device, kind: "inverter", type: null, at: now });
  }
  const gone = plant.gone.filter(({ device, at }) => isMuted || device === null || now - at < GONE_SHOWN_MS);
  if (relays.size + inverters.size === 0 && gone.length === plant.gone.length) return { plant, dropped };
  return { plant: { ...forgetLongGone(withoutFailures(plant, relays, inverters)), gone: [...gone, ...dropped] }, dropped };
}

function forgetLongGone(plant: PlantState): PlantState {
  const kept = <D>(kind: DeviceKind, devices: ReadonlyMap<string, D>): ReadonlyMap<string, D> => {
    const silence = silences(plant, kind);
    return new Map([...devices].filter(([device]) => (silence.get(device) ?? 0) < FORGOTTEN_AFTER_MS));
  };
  return {
    ...plant,
    relay: { ...plant.relay, devices: kept("relay", plant.relay.devices) },
    inverter: { ...plant.inverter, devices: kept("inverter", plant.inverter.devices) },
  };
}

function withoutFailures(plant: PlantState, relays: ReadonlySet<string>, inverters: ReadonlySet<string>): PlantState {
  const relay = new Map([...plant.relay.devices].map(([id, device]) => [id, relays.has(id) ? { ...device, alerts: new Map() } : device]));
  const inverter = new Map([...plant.inverter.devices].map(([id, device]) => [id, inverters.has(id) ? { ...device, failure: null, run: null } : device]));
  return { ...plant, relay: { ...plant.relay, devices: relay }, inverter: { ...plant.inverter, devices: inverter } };
}

/** Whether the plant was found gone: only a list that lacks it can say so, not the clock alone. */
export function isGone({ gone }: PlantState): boolean {
  return gone.some(({ device }) => device === null);
}

/** A complete plant list lacks this plant, not for the first time perhaps. */
export function noteMissing(plant: PlantState, now: EpochMs): PlantState {
  const missingSince = Math.min(plant.missingSince ?? now, now); // a clock that was ahead noted it in its future
  if (isGone(plant) || now - missingSince < GONE_AFTER_MS) return missingSince === plant.missingSince ? plant : { ...plant, missingSince };
  const left = withoutFailures(plant, new Set(plant.relay.devices.keys()), new Set(plant.inverter.devices.keys()));
  return { ...left, missingSince, gone: [...plant.gone, { device: null, kind: null, type: null, at: now }] };
}

/** A plant list holds this plant (again). */
export function noteListed(plant: PlantState): PlantState {
  if (plant.missingSince === null && !isGone(plant)) return plant;
  return { ...plant, missingSince: null, gone: plant.gone.filter(({ device }) => device !== null) };
}

/** Gone entries of the last 24 h, for the heartbeat. */
export function recentlyGone(plant: PlantState, now: EpochMs): readonly GoneEntry[] {
  return plant.gone.filter(({ at }) => now - at < GONE_SHOWN_MS);
}
