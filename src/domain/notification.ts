// What is to be said, as facts; the words and the layout are the card module's.
import type { EpochMs } from "./local-time.ts";
import type { DeviceKind, GoneEntry, PlantInfo } from "./plant.ts";

export type Severity = "danger" | "warning" | "good" | "info";

/** What a detector saw: one device failed, or is proven back. */
export interface DeviceEvent {
  readonly kind: "failure" | "normal";
  readonly subject: DeviceKind;
  readonly device: string;
  /** Class of a relay alert; null for inverters. */
  readonly type: string | null;
  /** The reading that proved it: first active one (relay), third zero or third positive (inverter), first clean one. */
  readonly reading: EpochMs;
  readonly incident: Incident;
}

export interface Incident {
  readonly id: string;
  /** First failing reading. */
  readonly first: EpochMs;
  /** Newest failing reading known when it was told. */
  readonly last: EpochMs;
  /** First reading of the proof that it is back; null while it lasts. */
  readonly end: EpochMs | null;
  readonly parameters: readonly string[];
  /** How-manieth failure of this device within one hour (1: the first). */
  readonly nth: number;
}

/** `failure` and `normal` tell one event a device, `passed` both: it failed and came back within one scan. */
export type Outcome = "failure" | "normal" | "passed";

export interface NotifiedDevice {
  readonly device: string;
  readonly name: string;
  readonly events: readonly DeviceEvent[];
}

/** The plant of a card, with the zone in which its times are shown. */
export interface NotifiedPlant extends PlantInfo {
  readonly zone: string;
}

/** How the plant stood when the notification was committed. */
export interface Situation {
  readonly readAt: EpochMs;
  readonly invertersDown: number;
  readonly invertersKnown: number;
  readonly relayAlerts: number;
  /** The plant's inverters are not watched because of an alerted relay. */
  readonly invertersUnwatched: boolean;
  /** The relay could not be asked before an inverter failure was told. */
  readonly relayUnasked: boolean;
}

export interface DevicesNotice {
  readonly kind: "devices";
  readonly plant: NotifiedPlant;
  readonly subject: DeviceKind;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly devices: readonly NotifiedDevice[];
  readonly situation: Situation;
}

/** The alerted relay sent nothing for 2 h or more: its alert stays, the inverters are judged again. */
export interface RelaySilentNotice {
  readonly kind: "relay-silent";
  readonly plant: NotifiedPlant;
  readonly relays: readonly { readonly device: string; readonly name: string; readonly types: readonly string[]; readonly lastReading: EpochMs }[];
  readonly at: EpochMs;
}

/** What is failing at the end of a mute. */
export interface FailingDevice {
  readonly subject: DeviceKind;
  readonly device: string;
  readonly name: string;
  /** Class of a relay alert; null for inverters. */
  readonly type: string | null;
  readonly parameters: readonly string[];
  readonly incidentId: string;
  /** First failing reading, and the newest one. */
  readonly first: EpochMs;
  readonly last: EpochMs;
}

/** Left the active lists within a mute, after 7 days without a reading: nobody has seen how a failure of it ended. */
export interface GoneDevice extends GoneEntry {
  readonly name: string;
}

/** A silence that an operator asked for is over. What failed within it was not told, nor what came back: this says how things are. */
export interface MuteEndedNotice {
  readonly kind: "mute-ended";
  readonly plant: NotifiedPlant;
  /** Null: the whole plant was silent. */
  readonly device: { readonly device: string; readonly name: string; /** Null: no longer known. */ readonly subject: DeviceKind | null } | null;
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly reason: string;
  readonly by: string;
  /** Who ended it before its time; null: its time had come. */
  readonly endedBy: string | null;
  readonly at: EpochMs;
  readonly severity: Severity;
  /** Of the plant, or of the device; longest first. */
  readonly failing: readonly FailingDevice[];
  readonly gone: readonly GoneDevice[];
  /** How many devices of the plant have a mute of their own that lasts: nothing is told of them. */
  readonly stillSilent: number;
  /** The plant's inverters are not watched because of an alerted relay. */
  readonly invertersUnwatched: boolean;
  /** The alerted relay sends nothing any more, which may have happened within the mute. */
  readonly relaySilent: boolean;
}

/** The monitor about itself. */
export interface MonitorNotice {
  readonly kind: "monitor";
  readonly topic: "api" | "no-data" | "state";
  readonly phase: "lost" | "back";
  readonly since: EpochMs;
  readonly at: EpochMs;
  readonly zone: string;
  /** Reason word of the API outage, system error of the disk; null where there is nothing to add. */
  readonly detail: string | null;
  readonly plants: { readonly affected: number; readonly total: number } | null;
}

/** What a week was like for one kind of device, all plants together; times in milliseconds. */
export interface ReportTotals {
  readonly plants: number;
  readonly devices: number;
  readonly incidents: number;
  readonly open: number;
  readonly downMs: number;
  readonly downInWindowMs: number;
  readonly mttrMs: number | null;
  /** 0 … 1; null where the devices are not known. */
  readonly availability: number | null;
}

/** The week's report is made. Told in the monitor's own lane. */
export interface WeeklyReportNotice {
  readonly kind: "weekly-report";
  /** `2025-W48` */
  readonly week: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Up to when it tells: `to`, or before it while the week goes on. */
  readonly until: EpochMs;
  readonly at: EpochMs;
  readonly zone: string;
  readonly relay: ReportTotals;
  readonly inverter: ReportTotals;
  /** The longest down first. */
  readonly worst: readonly {
    readonly plant: string; readonly subject: DeviceKind; readonly incidents: number;
    readonly downMs: number; readonly downInWindowMs: number; readonly availability: number | null;
  }[];
  /** Rows like these that are not told here. */
  readonly others: number;
  /** How many things the report could not see. */
  readonly gaps: number;
  /** Name of the file; null where it could not be written. */
  readonly file: string | null;
}

export type Notice = DevicesNotice | RelaySilentNotice | MuteEndedNotice | MonitorNotice | WeeklyReportNotice;

/** One outbox entry: owed until Teams accepted it. */
export interface Notification {
  readonly id: string;
  readonly committedAt: EpochMs;
  readonly notice: Notice;
  /** Teams refused this very card (400, 413), also in its plain form: tried again at this time, others pass it. */
  readonly refusedUntil: EpochMs | null;
}

/** Order is kept within a lane: a plant, or the monitor itself. */
export function laneOf({ notice }: Notification): string {
  return plantOf(notice)?.id ?? "monitor";
}

/** The plant that a notice is about; null: the monitor speaks of itself, or of all plants. */
export function plantOf(notice: Notice): NotifiedPlant | null {
  return "plant" in notice ? notice.plant : null;
}

export function eventsOf(notice: Notice): readonly DeviceEvent[] {
  return notice.kind === "devices" ? notice.devices.flatMap(({ events }) => events) : [];
}
