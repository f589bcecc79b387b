// What was, for the page and the reports: a projection beside the state. Losing it loses no alert; a disk that is full delays no scan.
import type { EpochMs } from "../domain/local-time.ts";
import type { Severity } from "../domain/notification.ts";
import type { DeviceKind } from "../domain/plant.ts";
import type { InverterReading } from "../domain/reading.ts";
import type { Reason } from "./plant-api.ts";

/** The story of one device, as far as it is known. Identity: `id`. Its normalization never comes from silence. */
export interface HistoryIncident {
  readonly id: string;
  readonly plantId: string;
  readonly plantName: string;
  readonly kind: DeviceKind;
  readonly device: string;
  readonly deviceName: string;
  /** Class of a relay alert; null for inverters. */
  readonly type: string | null;
  readonly parameters: readonly string[];
  /** First failing reading, and the newest known one. */
  readonly first: EpochMs;
  readonly last: EpochMs;
  /** First reading of the proof that it is back; null while it lasts, or where nobody will ever know (`goneAt`). */
  readonly end: EpochMs | null;
  readonly goneAt: EpochMs | null;
  /** When Teams took the card with its failure, and the one with its normalization. */
  readonly notifiedAt: EpochMs | null;
  readonly endNotifiedAt: EpochMs | null;
  /** Why it was not sent: the reason of the mute, or that the settings mute the plant. */
  readonly mutedReason: string | null;
}

export interface HistoryScan {
  readonly at: EpochMs;
  readonly kind: DeviceKind;
  readonly durationMs: number;
  readonly plants: number;
  readonly complete: number;
  readonly unavailable: number;
  readonly unwatched: number;
  readonly readings: number;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly endedEarly: boolean;
  /** Requests to PVOperation since the scan before (of any kind), those that failed, and how long they took (null: none). */
  readonly calls: number;
  readonly failedCalls: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/** A card that Teams took, or a try that failed. */
export interface HistoryCard {
  readonly at: EpochMs;
  readonly title: string;
  readonly severity: Severity | null;
  readonly plantId: string | null;
  readonly events: number;
  readonly attempt: number;
  readonly outcome: "delivered" | "shadow" | "failed" | "refused";
  /** Why it was not taken. */
  readonly reason: string | null;
}

/** When the monitor itself could not see, tell or save; or was not running. */
export interface HistoryOutage {
  readonly topic: "api" | "teams" | "state" | "no-data" | "down";
  readonly since: EpochMs;
  /** Null while it lasts. */
  readonly until: EpochMs | null;
  readonly detail: string;
}

/** What is recorded; each may come twice, and changes nothing then. Later knowledge of an incident completes the earlier. */
export type HistoryRecord =
  | { readonly kind: "incident"; readonly incident: HistoryIncident }
  | { readonly kind: "told"; readonly incidentId: string; readonly event: "failure" | "normal"; readonly at: EpochMs }
  /** A device (null: the whole plant) left the active lists: its open incidents end unproven. */
  | { readonly kind: "gone"; readonly plantId: string; readonly device: string | null; readonly at: EpochMs }
  | { readonly kind: "scan"; readonly scan: HistoryScan }
  | { readonly kind: "card"; readonly card: HistoryCard }
  | { readonly kind: "outage"; readonly outage: HistoryOutage }
  | { readonly kind: "power"; readonly plantId: string; readonly readings: readonly InverterReading[] };

/** An answer, or why there is none, in words for operators. */
export type FromHistory<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface Period {
  readonly from: EpochMs;
  /** Not included. */
  readonly to: EpochMs;
}

export interface IncidentQuery extends Period {
  readonly plantId?: string;
  readonly kind?: DeviceKind;
  readonly type?: string;
  /** At most so many, the newest first. */
  readonly limit: number;
}

/** Power of one inverter, in order of time; kW, null where the reading had none. */
export interface PowerSeries {
  readonly device: string;
  readonly at: readonly EpochMs[];
  readonly powerKw: readonly (number | null)[];
}

export interface History {
  /** Never waits and never throws: what cannot be written in time is counted as lost, and said by `trouble`. */
  record(records: readonly HistoryRecord[]): void;
  /** Incidents that overlap the period, by their times. */
  incidents(query: IncidentQuery): Promise<FromHistory<readonly HistoryIncident[]>>;
  /** The open ones of the whole history, for whoever sets them right against the state. */
  openIncidents(): Promise<FromHistory<readonly HistoryIncident[]>>;
  scans(period: Period): Promise<FromHistory<readonly HistoryScan[]>>;
  cards(period: Period & { readonly limit: number }): Promise<FromHistory<readonly HistoryCard[]>>;
  outages(period: Period): Promise<FromHistory<readonly HistoryOutage[]>>;
  power(plantId: string, period: Period): Promise<FromHistory<readonly PowerSeries[]>>;
  /** Not null while something is missing or wrong: since when, what, and how many records were lost. */
  readonly trouble: { readonly since: EpochMs; readonly reason: string; readonly lost: number } | null;
  /** Resolves when what was recorded so far is written, or cannot be written now. */
  flush(): Promise<void>;
  /** Writes what waits, then ends. */
  close(): Promise<void>;
}
