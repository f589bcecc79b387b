// What the page asks of the monitor: views of now and of what was, and the few things that an operator may do.
import type { ActionAnswer, IncidentList, MonitorView, MuteList, MuteRequest, Overview, PlantDay, TestCardRequest } from "../api/schemas.ts";
import type { EpochMs, LocalDate } from "../domain/local-time.ts";
import type { FromHistory, IncidentQuery } from "./history.ts";

/** Whether the monitor does what it is there for; `reason` in Portuguese where it does not. */
export type Readiness = { readonly isReady: true } | { readonly isReady: false; readonly reason: string };

export interface OperatorDesk {
  now(): EpochMs;
  /** Grows whenever a view may have changed. */
  revision(): number;
  overview(): Overview;
  /** Null: no such plant. `date` null: today, by the plant's zone. */
  plantDay(plantId: string, date: LocalDate | null): Promise<PlantDay | null>;
  incidents(query: IncidentQuery): Promise<IncidentList>;
  /** The same as CSV for a spreadsheet (`;`, decimal comma, BOM). */
  incidentsCsv(query: IncidentQuery): Promise<FromHistory<string>>;
  monitor(): Promise<MonitorView>;
  mutes(): MuteList;
  /** `by`: who asks, for the log (`página, 10.0.0.7`). */
  mute(request: MuteRequest, by: string): Promise<ActionAnswer>;
  unmute(muteId: string, by: string): Promise<ActionAnswer>;
  sendTestCard(request: TestCardRequest, by: string): Promise<ActionAnswer>;
  /** Scans on time, state writable. */
  readiness(): Readiness;
  /** Calls back whenever a view may have changed, until the signal; at most once a second. */
  onChange(callback: () => void, signal: AbortSignal): void;
}
