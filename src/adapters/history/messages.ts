// What the history's threads are asked, and what they answer. Tasks come from our own code; what comes back is parsed in answers.ts.
import type { EpochMs } from "../../domain/local-time.ts";
import type { MovedAside } from "../../history-core/trouble.ts";
import type { HistoryRecord, IncidentQuery, Period } from "../../ports/history.ts";

/** The one that writes, and the one that answers the page. */
export type Role = "writer" | "reader";

export interface Setup {
  readonly role: Role;
  readonly folder: string;
  /** IANA zone of the time in the name of a file that was moved aside. */
  readonly zone: string;
  /** Days of power that are kept. */
  readonly days: number;
  /** How long a statement waits for another program that holds the file. */
  readonly busyMs: number;
}

export type Query =
  | { readonly kind: "incidents"; readonly query: IncidentQuery }
  | { readonly kind: "open-incidents" }
  | { readonly kind: "scans"; readonly period: Period }
  | { readonly kind: "cards"; readonly period: Period; readonly limit: number }
  | { readonly kind: "outages"; readonly period: Period }
  | { readonly kind: "power"; readonly plantId: string; readonly period: Period };

export type Task =
  | Query
  /** In one transaction. */
  | { readonly kind: "write"; readonly records: readonly HistoryRecord[]; readonly now: EpochMs }
  /** The file was found broken by another thread; `file` says which, as it may be replaced already. */
  | { readonly kind: "replace"; readonly file: string; readonly reason: string; readonly now: EpochMs }
  | { readonly kind: "close" };

export interface Request {
  readonly id: number;
  readonly task: Task;
}

/** `full`: no space; `busy`: held by another program; `unwritable`: not ours to write; `broken`: no history in it; `unexpected`: the rest. */
export type Cause = "full" | "busy" | "unwritable" | "broken" | "unexpected";

export interface Failure {
  readonly cause: Cause;
  readonly detail: string;
  /** Which file was broken. */
  readonly file: string | null;
}

/** What a write or a replacement came to. */
export interface Written {
  readonly movedAside: MovedAside | null;
  /** Records that could not be rows. */
  readonly lost: number;
}
