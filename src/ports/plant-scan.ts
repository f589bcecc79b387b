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
