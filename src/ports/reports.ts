// Where a weekly report goes as a file: to the shelf beside the state, and by e-mail.
import type { WeeklyReport } from "../domain/weekly-report.ts";

export interface ReportFile {
  /** `pvmonitor-2025-W48.xlsx` */
  readonly name: string;
  readonly content: Uint8Array;
}

export type Done<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** What goes by e-mail. */
export interface ReportMail {
  readonly week: string;
  /** Null after a restart, which leaves the file alone. */
  readonly report: WeeklyReport | null;
  readonly file: ReportFile;
}

export interface ReportDesk {
  compose(report: WeeklyReport): Promise<ReportFile>;
  /** Puts it on the shelf, whole or not at all, and takes the oldest of more than 60 off it. Resolves to its name below STATE_DIR. */
  keep(file: ReportFile): Promise<Done<string>>;
  /** The week's file from the shelf; null where it is not there, or cannot be read. */
  find(week: string): Promise<ReportFile | null>;
}

export interface Mailer {
  readonly to: readonly string[];
  /** One try; ends early with the signal. Never rejects; the reason holds no secret. */
  send(mail: ReportMail, signal: AbortSignal): Promise<Done<null>>;
}
