// Where a weekly report goes as a file: to the shelf beside the state, and by e-mail.
import type { WeeklyReport } from "../domain/weekly-report.ts";

export interface ReportFile {
  /** `pvmonitor-2025-W48.xlsx` */
  readonly name: string;
  readonly content: Uint8Array;
}

export type Done<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface ReportDesk {
  compose(report: WeeklyReport): Promise<ReportFile>;
  /** Puts it on the shelf, whole or not at all, and takes the oldest of more than 60 off it. Resolves to its name below STATE_DIR. */
  keep(file: ReportFile): Promise<Done<string>>;
}

export interface Mailer {
  readonly to: readonly string[];
  /** One try; ends early with the signal. Never rejects; the reason holds no secret. */
  send(report: WeeklyReport, file: ReportFile, signal: AbortSignal): Promise<Done<null>>;
}
