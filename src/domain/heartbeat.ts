// The facts of a heartbeat: what the monitor watches, what is failing, and whether it can be believed.
import type { EpochMs } from "./local-time.ts";
import type { NotifiedPlant } from "./notification.ts";

/** Why a heartbeat says ATENÇÃO; each with since when, where that is known. */
export type Attention =
  | { readonly kind: "scan-late"; readonly scan: "relay" | "inverter"; readonly since: EpochMs | null }
  | { readonly kind: "api-failing"; readonly reason: string; readonly since: EpochMs }
  | { readonly kind: "teams-failing"; readonly reason: string; readonly since: EpochMs }
  | { readonly kind: "webhook-gone"; readonly status: number; readonly since: EpochMs }
  | { readonly kind: "cards-refused"; readonly count: number; readonly since: EpochMs }
  | { readonly kind: "notifications-waiting"; readonly count: number; readonly since: EpochMs }
  | { readonly kind: "plants-without-data"; readonly count: number }
  | { readonly kind: "inverters-unwatched"; readonly plants: readonly string[]; readonly since: EpochMs }
  | { readonly kind: "state-not-saved"; readonly detail: string; readonly since: EpochMs };

export interface Heartbeat {
  readonly at: EpochMs;
  readonly zone: string;
  readonly status: "OK" | "ATENÇÃO";
  readonly attention: readonly Attention[];
  readonly lastRelayScan: EpochMs | null;
  readonly lastInverterScan: EpochMs | null;
  readonly relayPlants: number;
  readonly inverterPlants: number;
  /** Active relay alerts, one row a plant. */
  readonly relayAlerts: readonly { readonly plant: NotifiedPlant; readonly alerts: number; readonly types: readonly string[]; readonly since: EpochMs }[];
  readonly failedInverters: readonly { readonly plant: NotifiedPlant; readonly inverters: number; readonly since: EpochMs }[];
  readonly withoutData: readonly { readonly plant: NotifiedPlant; readonly kinds: readonly ("relay" | "inverter")[]; readonly since: EpochMs | null }[];
  /** Inverters that are silent while others of their plant report. */
  readonly silentInverters: number;
  readonly unwatched: readonly { readonly plant: NotifiedPlant; readonly since: EpochMs }[];
  /** Left the active lists in the last 24 h, after 7 days without a sign. */
  readonly gone: readonly { readonly plant: NotifiedPlant; readonly device: string | null; readonly type: string | null }[];
  /** By the settings. */
  readonly muted: readonly string[];
  /** By operators; those that end first, first. `device`: its name; null: the whole plant. */
  readonly mutes: readonly { readonly plant: NotifiedPlant; readonly device: string | null; readonly until: EpochMs; readonly reason: string }[];
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: EpochMs;
}
