// The state as the use cases have it: changed at once in memory, saved by whoever stands behind it.
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";

export type Change = (state: MonitorState) => MonitorState;

export interface SaveTrouble {
  readonly since: EpochMs;
  readonly detail: string;
  readonly times: number;
}

export interface Ledger {
  readonly state: MonitorState;
  /** What it owes may be sent: it is saved, or (on a disk that refuses) cannot be. */
  readonly sendable: MonitorState;
  /** Not null while the newest saves failed. */
  readonly trouble: SaveTrouble | null;
  /** Applies a change at once; resolves when a save that holds it has ended, well or not: a full disk stops no card. */
  commit(change: Change): Promise<void>;
  /** Applies a change at once; it is saved with the next commit, or within 2 s; where saves take long, within 30 s. */
  stage(change: Change): void;
  /** Saves what is not saved yet. */
  flush(): Promise<void>;
}

export type Saved = { readonly ok: true } | { readonly ok: false; readonly detail: string };

/** A state that takes changes and is saved when asked to; when that is, its ledger says. */
export interface OpenState {
  /** With all changes so far. */
  readonly state: MonitorState;
  readonly sendable: MonitorState;
  readonly isSaved: boolean;
  apply(change: Change): void;
  /** Saves the changes so far; never two at a time. */
  save(): Promise<Saved>;
}
