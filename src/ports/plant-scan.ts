// One scan of one plant, as whoever keeps the rhythm of the cycles sees it.
import type { DeviceKind } from "../domain/plant.ts";
import type { Reason } from "./plant-api.ts";

export interface PlantScan {
  /** `unwatched`: an alerted relay stands before the inverters; `without-relay`: there is no relay to ask. */
  readonly outcome: "complete" | "unavailable" | "unwatched" | "without-relay";
  readonly reason: Reason | null;
  readonly records: number;
  readonly oldNews: number;
  readonly unusable: number;
}

/** `tries` of each call: 3 as a rule, 1 for the probe of an API that is down. */
export type ScanPlant = (kind: DeviceKind, plantId: string, tries: number) => Promise<PlantScan>;

export interface ApiCall {
  readonly call: string;
  readonly outcome: "ok" | Reason;
  readonly durationMs: number;
}

/** A scan that somebody else did. */
export interface EndedScan {
  /** No two have the same. */
  readonly id: string;
  readonly plantId: string;
  readonly kind: DeviceKind;
  readonly scan: PlantScan;
  /** Notifications that it put into the outbox. */
  readonly owes: number;
  readonly calls: readonly ApiCall[];
}
