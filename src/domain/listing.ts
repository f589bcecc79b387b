// What the plant list and the device lists change: which plants are watched, and which of them for relays.
import { DAY_MS, HOUR_MS, type EpochMs } from "./local-time.ts";
import { activeAlerts, failedInverters, GONE_AFTER_MS, newPlant, type GoneEntry, type PlantInfo, type PlantState } from "./plant.ts";
import type { MonitorState } from "./monitor-state.ts";

const GONE_SHOWN_MS = DAY_MS;
const DEVICE_LIST_AGE_MS = DAY_MS;
/** Two lists without a relay, this far apart, and the plant is no longer scanned for relays. */
const WITHOUT_RELAY_MS = HOUR_MS;
const MOST_NAMES = 2_000;

/** A list without plants changes nothing; plants that a list lacks stay watched until they are gone. */
export function applyPlantList(state: MonitorState, listed: readonly PlantInfo[], now: EpochMs): MonitorState {
  if (listed.length === 0) return state;
  const plants = new Map(state.plants);
  for (const info of listed) plants.set(info.id, { ...(plants.get(info.id) ?? newPlant(info)), info, missingSince: null });
  const present = new Set(listed.map(({ id }) => id));
  for (const [id, plant] of plants) {
    if (!present.has(id)) plants.set(id, dropGonePlant({ ...plant, missingSince: plant.missingSince ?? now }, now));
  }
  return { ...state, plants };
}

export function isGone({ missingSince }: PlantState, now: EpochMs): boolean {
  return missingSince !== null && now - missingSince >= GONE_AFTER_MS;
}

function dropGonePlant(plant: PlantState, now: EpochMs): PlantState {
  const hasActive = activeAlerts(plant).length + failedInverters(plant).length > 0;
  const isNew = isGone(plant, now) && (hasActive || plant.gone.every(({ device }) => device !== null));
  if (!isNew) return plant;
  const devices = (kind: "relay" | "inverter"): string[] => [...plant[kind].devices.keys()];
  const entry: GoneEntry = { device: null, kind: null, type: null, at: now };
  return withoutDevices({ ...plant, gone: [...plant.gone, entry] }, devices("relay"), devices("inverter"));
}

/** Devices in failure that were silent for 7 days while their plant reported leave the active lists, without a normalization. */
export function dropGoneDevices(plant: PlantState, now: EpochMs): { readonly plant: PlantState; readonly dropped: readonly GoneEntry[] } {
  const newestInverter = Math.max(-Infinity, ...[...plant.inverter.devices.values()].map(({ mark }) => mark));
  const newestRelay = Math.max(-Infinity, ...[...plant.relay.devices.values()].map(({ mark }) => mark));
  const relays = activeAlerts(plant).filter(({ relay }) => Math.max(newestRelay, newestInverter) - relay.mark >= GONE_AFTER_MS);
  const inverters = failedInverters(plant).filter(({ device }) => newestInverter - (plant.inverter.devices.get(device)?.mark ?? 0) >= GONE_AFTER_MS);
  const dropped: GoneEntry[] = [
    ...relays.map(({ device, alert }): GoneEntry => ({ device, kind: "relay", type: alert.type, at: now })),
    ...inverters.map(({ device }): GoneEntry => ({ device, kind: "inverter", type: null, at: now })),
  ];
  const gone = plant.gone.filter(({ device, at }) => device === null || now - at < GONE_SHOWN_MS);
  if (dropped.length === 0) return { plant: gone.length === plant.gone.length ? plant : { ...plant, gone }, dropped };
  const left = withoutDevices(plant, relays.map(({ device }) => device), inverters.map(({ device }) => device));
  return { plant: { ...left, gone: [...gone, ...dropped] }, dropped };
}

function withoutDevices(plant: PlantState, relays: readonly string[], inverters: readonly string[]): PlantState {
  const relay = new Map(plant.relay.devices);
  for (const id of relays) {
    const known = relay.get(id);
    if (known !== undefined) relay.set(id, { ...known, alerts: new Map() });
  }
  const inverter = new Map(plant.inverter.devices);
  for (const id of inverters) {
    const known = inverter.get(id);
    if (known !== undefined) inverter.set(id, { ...known, failure: null, run: null });
  }
  return { ...plant, relay: { ...plant.relay, devices: relay }, inverter: { ...plant.inverter, devices: inverter } };
}

/** Gone entries of the last 24 h, for the heartbeat. */
export function recentlyGone(plant: PlantState, now: EpochMs): readonly GoneEntry[] {
  return plant.gone.filter(({ at }) => now - at < GONE_SHOWN_MS);
}

export interface NamedDevice { readonly id: string; readonly serial: string | null; readonly name: string | null; readonly type: string }

/** Asked daily; again after an hour where the first list without a relay waits for its confirmation. */
export function isDeviceListDue({ deviceList }: PlantState, now: EpochMs): boolean {
  const { askedAt, withoutRelay } = deviceList;
  if (askedAt === null || now < askedAt) return true;
  const isUnconfirmed = withoutRelay !== null && withoutRelay.latest - withoutRelay.first < WITHOUT_RELAY_MS;
  return now - askedAt >= (isUnconfirmed ? WITHOUT_RELAY_MS : DEVICE_LIST_AGE_MS);
}

/** Takes over what `plant_devices` told; an empty list tells nothing about relays. */
export function applyDeviceList(plant: PlantState, devices: readonly NamedDevice[], now: EpochMs): PlantState {
  if (devices.length === 0) return { ...plant, deviceList: { ...plant.deviceList, askedAt: now } };
  const hasRelay = devices.some(({ type }) => type.toUpperCase() === "RELE");
  const { withoutRelay } = plant.deviceList;
  const names = new Map<string, string>();
  for (const { id, serial, name } of devices.slice(0, MOST_NAMES)) {
    if (name === null || name === "") continue;
    if (name !== id) names.set(id, name);
    if (serial !== null && name !== serial) names.set(serial, name);
  }
  const deviceList = { askedAt: now, hasRelay, names, withoutRelay: hasRelay ? null : { first: withoutRelay?.first ?? now, latest: now } };
  return { ...plant, deviceList };
}

/** Whether relays are asked for at this plant. `auto`: unless two device lists, an hour or more apart, had no relay;
 *  a plant where one was ever seen stays scanned. */
export function isScannedForRelays(plant: PlantState, setting: "auto" | "all" | ReadonlySet<string>): boolean {
  if (setting === "all" || activeAlerts(plant).length > 0) return true;
  if (setting !== "auto") return setting.has(plant.info.id);
  const { withoutRelay } = plant.deviceList;
  return plant.relay.devices.size > 0 || withoutRelay === null || withoutRelay.latest - withoutRelay.first < WITHOUT_RELAY_MS;
}

/** Whether this plant is known, or may well turn out, to have a relay: then nobody who cannot ask it should keep silent about that. */
export function mayHaveRelay({ relay, deviceList }: PlantState): boolean {
  return relay.devices.size > 0 || deviceList.hasRelay || deviceList.askedAt === null;
}
