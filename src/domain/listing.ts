// What the plant list and the device lists change: which plants are watched, and which of them for relays.
import { DAY_MS, HOUR_MS, type EpochMs } from "./local-time.ts";
import { noteListed, noteMissing } from "./gone.ts";
import { activeAlerts, newPlant, type PlantInfo, type PlantState } from "./plant.ts";
import type { MonitorState } from "./monitor-state.ts";

const DEVICE_LIST_AGE_MS = DAY_MS;
/** Two lists without a relay, this far apart, and the plant is no longer scanned for relays. */
const WITHOUT_RELAY_MS = HOUR_MS;
const MOST_NAMES = 2_000;

/** A list without plants changes nothing; plants that a list lacks stay watched until they are gone. */
export function applyPlantList(state: MonitorState, listed: readonly PlantInfo[], now: EpochMs): MonitorState {
  if (listed.length === 0) return state;
  const plants = new Map(state.plants);
  for (const info of listed) plants.set(info.id, withInfo(noteListed(plants.get(info.id) ?? newPlant(info)), info));
  const present = new Set(listed.map(({ id }) => id));
  for (const [id, plant] of plants) {
    if (!present.has(id)) plants.set(id, noteMissing(plant, now));
  }
  return { ...state, plants };
}

/** The same plant where nothing changed: what is the same is not written again. */
function withInfo(plant: PlantState, info: PlantInfo): PlantState {
  const { name, capacityKwp } = plant.info;
  return name === info.name && capacityKwp === info.capacityKwp ? plant : { ...plant, info };
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
  // A relay that was once listed is not forgotten because a later list lacks it.
  const hasRelay = plant.deviceList.hasRelay || devices.some(({ type }) => type.toUpperCase() === "RELE");
  const { withoutRelay } = plant.deviceList;
  const names = new Map<string, string>();
  for (const { id, serial, name } of devices.slice(0, MOST_NAMES)) {
    if (name === null || name === "") continue;
    if (name !== id) names.set(id, name);
    if (serial !== null && name !== serial) names.set(serial, name);
  }
  const deviceList = { askedAt: now, hasRelay, names, withoutRelay: hasRelay ? null : { first: Math.min(withoutRelay?.first ?? now, now), latest: now } };
  return { ...plant, deviceList };
}

/** Whether relays are asked for at this plant. `auto`: unless two device lists, an hour or more apart, had no relay;
 *  a plant where one was ever seen stays scanned. */
export function isScannedForRelays(plant: PlantState, setting: "auto" | "all" | ReadonlySet<string>): boolean {
  if (setting === "all" || activeAlerts(plant).length > 0) return true;
  if (setting !== "auto") return setting.has(plant.info.id);
  const { withoutRelay } = plant.deviceList;
  return plant.relay.devices.size > 0 || plant.deviceList.hasRelay || withoutRelay === null || withoutRelay.latest - withoutRelay.first < WITHOUT_RELAY_MS;
}

/** Whether this plant is known, or may well turn out, to have a relay: then nobody who cannot ask it should keep silent about that. */
export function mayHaveRelay({ relay, deviceList }: PlantState): boolean {
  return relay.devices.size > 0 || deviceList.hasRelay || deviceList.askedAt === null;
}
