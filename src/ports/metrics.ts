// What a scrape tells of now: counts and moments, never a name. What happened until now, the metrics count by themselves.
import type { EpochMs } from "../domain/local-time.ts";
import type { DeviceKind } from "../domain/plant.ts";

/** In order of urgency: a plant counts once, in the first that is true of it. `muted`: something would be said of it, but for a mute. */
export const PLANT_STATES = ["relay", "inverters", "no-data", "muted", "normal"] as const;
export type PlantStateName = (typeof PLANT_STATES)[number];

/** Of those on the active lists, each in the first that is true of it. `unwatched`: an alerted relay stands before the inverter. */
export const DEVICE_STATES = { relay: ["alert", "no-data", "normal"], inverter: ["failed", "unwatched", "no-data", "normal"] } as const;

/** What may be wrong with the monitor's own world. */
export const TROUBLES = ["api", "teams", "state", "no-data"] as const;
export type TroubleTopic = (typeof TROUBLES)[number];

export interface MetricsFacts {
  readonly plants: Readonly<Record<PlantStateName, number>>;
  readonly devices: { readonly [K in DeviceKind]: Readonly<Record<(typeof DEVICE_STATES)[K][number], number>> };
  /** Active relay alerts by class: each class of the settings, and `OUTROS` for whatever is of none of them. */
  readonly relayAlerts: ReadonlyMap<string, number>;
  /** End of the last whole cycle; null: never yet. */
  readonly lastScan: Readonly<Record<DeviceKind, EpochMs | null>>;
  readonly intervalMs: Readonly<Record<DeviceKind, number>>;
  readonly outbox: { readonly waiting: number; readonly refused: number; readonly oldestAgeMs: number };
  readonly troubles: Readonly<Record<TroubleTopic, boolean>>;
  readonly mutes: number;
  /** Records that the history could not keep, in its present trouble. */
  readonly historyLost: number;
}
