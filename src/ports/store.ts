// Where the state survives. One save is the old state or the new one, whole.
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";

export interface Loaded {
  readonly state: MonitorState;
  readonly origin: "own" | "predecessor" | "none";
  /** A file that could not be read as state was moved aside. */
  readonly corrupt: { readonly movedTo: string; readonly reason: string } | null;
}

export type Saved = { readonly ok: true } | { readonly ok: false; readonly detail: string };

/** A state that is there but that cannot be had (no permission, no connection, not of our making) is no broken state: the monitor ends, and says what to do. */
export class StateUnreadableError extends Error {}

export interface Store {
  /** `now` names a file that is moved aside. Rejects, with StateUnreadableError, only where there is no way to tell what is there. */
  load(now: EpochMs): Promise<Loaded>;
  save(state: MonitorState): Promise<Saved>;
}
