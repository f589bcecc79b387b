// PVOperation as the use cases see it: typed readings or the reason why there are none. Never rejects.
import type { LocalDate } from "../domain/local-time.ts";
import type { PlantInfo } from "../domain/plant.ts";
import type { DecodedDay, InverterReading, RelayReading, Unusable } from "../domain/reading.ts";

/** Why a call gave nothing; also the word in the log and the label of a metric. `nobody`: no worker of the cluster brought the scan to its end. */
export type Reason = (typeof REASONS)[number];

export const REASONS = [
  "timeout", "connection", "throttled", "server-error", "http-status",
  "login-refused", "login-unavailable", "unauthorized",
  "invalid-id", "plant-error", "bad-json", "wrong-shape", "too-large", "stopped", "nobody",
] as const;

/** By which the API knows an answer of its own again: the header that asks for it, and what it says there. */
export interface Version { readonly name: "if-none-match" | "if-modified-since"; readonly value: string }

export type Fetched<T> =
  /** `version`: of a day, where the API names one; `same`: it is the one that was known, and `value` holds none of its records. */
  | { readonly kind: "complete"; readonly value: T; readonly version?: Version | "same" | null }
  | { readonly kind: "unavailable"; readonly reason: Reason; readonly detail: string };

export interface ListedPlants { readonly plants: readonly PlantInfo[]; readonly unusable: Unusable }

export interface ListedDevice { readonly id: string; readonly serial: string | null; readonly name: string | null; readonly type: string }

export interface CallOptions {
  /** Tries of one call: 3 as a rule, 1 for the probe of an API that is down. */
  readonly tries: number;
  readonly signal: AbortSignal;
  /** Of a day: the version whose records need not be sent again. */
  readonly known?: Version | null;
}

export interface PlantApi {
  login(options: CallOptions): Promise<Fetched<null>>;
  plants(options: CallOptions): Promise<Fetched<ListedPlants>>;
  plantDevices(plantId: string, options: CallOptions): Promise<Fetched<readonly ListedDevice[]>>;
  dayRelay(plantId: string, date: LocalDate, zone: string, options: CallOptions): Promise<Fetched<DecodedDay<RelayReading>>>;
  dayInverter(plantId: string, date: LocalDate, zone: string, options: CallOptions): Promise<Fetched<DecodedDay<InverterReading>>>;
}

/** True where the reason concerns the service as a whole rather than one plant of it. */
export function isServiceReason(reason: Reason): boolean {
  return reason !== "invalid-id" && reason !== "plant-error" && reason !== "stopped" && reason !== "nobody";
}
