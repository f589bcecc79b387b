// What is known of one plant between scans. Values are never changed in place: a scan makes a new PlantState,
// and one commit of it, with what it owes to the operators, is the transaction.
import type { EpochMs } from "./local-time.ts";

export type DeviceKind = "relay" | "inverter";

export interface PlantInfo {
  readonly id: string;
  /** As operators know it: cleaned of stray blanks and control characters, at most 200 characters. */
  readonly name: string;
  readonly capacityKwp: number | null;
}

/** An open story of one device: from its first failing reading to the proof that it is back. */
export interface RelayAlert {
  readonly incidentId: string;
  readonly type: string;
  /** Canonical names of every parameter that was active since the alert began. */
  readonly parameters: readonly string[];
  readonly first: EpochMs;
  readonly last: EpochMs;
}

export interface RelayState {
  /** Time of the newest usable reading. */
  readonly mark: EpochMs;
  readonly alerts: ReadonlyMap<string, RelayAlert>;
  /** First readings of the failures of the last hour, for "3ª vez em 1 h". */
  readonly recentFailures: readonly EpochMs[];
}

/** Consecutive readings of one sign. */
export interface Run {
  readonly sign: "zero" | "positive";
  readonly count: number;
  readonly since: EpochMs;
}

export interface InverterFailure {
  readonly incidentId: string;
  /** First zero of the run that proved it. */
  readonly first: EpochMs;
  /** Newest zero so far. */
  readonly last: EpochMs;
}

export interface InverterState {
  readonly mark: EpochMs;
  /** Newest reading inside the generation window, readable power or not. */
  readonly lastInWindow: EpochMs | null;
  /** Last 12 intervals between readings inside the window, in seconds, those over 3 h left out. */
  readonly intervalsS: readonly number[];
  readonly run: Run | null;
  readonly failure: InverterFailure | null;
  readonly recentFailures: readonly EpochMs[];
}

interface Section<D> {
  /** Where a device without a mark begins: just before 00:00 of the day on which this kind was first asked for (a failed
   *  call counts), or where the predecessor left off. Null until then. */
  readonly beginsAfter: EpochMs | null;
  /** When this kind was last read to the end. */
  readonly lastScan: EpochMs | null;
  readonly devices: ReadonlyMap<string, D>;
}

export type RelaySection = Section<RelayState>;

export interface InverterSection extends Section<InverterState> {
  /** Readings up to here are not judged: they belong to a relay trip. */
  readonly passOverUntil: EpochMs | null;
  /** Since when the inverters are not watched because of an alerted relay. */
  readonly unwatchedSince: EpochMs | null;
  /** The alerted relay went silent for 2 h, which was told, and the inverters are judged again. */
  readonly releasedAt: EpochMs | null;
}

/** What `plant_devices` told, asked daily. */
export interface DeviceList {
  readonly askedAt: EpochMs | null;
  /** First and latest of an unbroken series of lists without a relay. */
  readonly withoutRelay: { readonly first: EpochMs; readonly latest: EpochMs } | null;
  readonly hasRelay: boolean;
  /** Names by device id and by serial number, where they say more than the id. */
  readonly names: ReadonlyMap<string, string>;
}

/** A device or plant that left the active lists after 7 days without a sign, for the heartbeat of the days after. */
export interface GoneEntry {
  readonly device: string | null;
  readonly kind: DeviceKind | null;
  readonly type: string | null;
  readonly at: EpochMs;
}

export interface PlantState {
  readonly info: PlantInfo;
  /** First complete plant list that lacked it; null while it is listed. */
  readonly missingSince: EpochMs | null;
  readonly relay: RelaySection;
  readonly inverter: InverterSection;
  readonly deviceList: DeviceList;
  readonly gone: readonly GoneEntry[];
}

export function newPlant(info: PlantInfo): PlantState {
  return {
    info,
    missingSince: null,
    relay: { beginsAfter: null, lastScan: null, devices: new Map() },
    inverter: {
      beginsAfter: null, lastScan: null, devices: new Map(),
      passOverUntil: null, unwatchedSince: null, releasedAt: null,
    },
    deviceList: { askedAt: null, withoutRelay: null, hasRelay: false, names: new Map() },
    gone: [],
  };
}

/** Name of a device as operators know it: from the device list, else its id. */
export function deviceName(plant: PlantState, device: string): string {
  return plant.deviceList.names.get(device) ?? device;
}

export function activeAlerts(plant: PlantState): { device: string; relay: RelayState; alert: RelayAlert }[] {
  return [...plant.relay.devices].flatMap(([device, relay]) =>
    [...relay.alerts.values()].map((alert) => ({ device, relay, alert })),
  );
}

export function failedInverters(plant: PlantState): { device: string; failure: InverterFailure }[] {
  return [...plant.inverter.devices].flatMap(([device, { failure }]) => (failure === null ? [] : [{ device, failure }]));
}
