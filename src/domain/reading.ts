// Readings as the detectors take them, whatever the API's record looked like.
import { MINUTE_MS, type EpochMs } from "./local-time.ts";

export interface RelayReading {
  readonly device: string;
  readonly at: EpochMs;
  /** Canonical names of the active watched parameters (`r59N`), unknown `r50…`, `r51…`, `r79…` among them. */
  readonly active: readonly string[];
  /** At least one watched parameter says something; without one the record is as good as silence. */
  readonly hasWatched: boolean;
}

export interface InverterReading {
  readonly device: string;
  readonly at: EpochMs;
  /** kW; null where it is missing or cannot be read. */
  readonly powerKw: number | null;
}

/** Records that could not be used, with one of them as an example for the log. */
export interface Unusable {
  readonly count: number;
  readonly example: string | null;
}

export interface DecodedDay<R> {
  readonly readings: readonly R[];
  readonly records: number;
  readonly unusable: Unusable;
  /** Active `r…` parameters that nobody knows. */
  readonly unknownActive: readonly string[];
}

/** A reading further ahead of the clock than this is garbage. */
export const FUTURE_TOLERANCE_MS = 10 * MINUTE_MS;

/** Readings in order of time, one for each device and time (the last of the input wins), those from the future apart. */
export function orderReadings<R extends { readonly device: string; readonly at: EpochMs }>(
  readings: readonly R[],
  now: EpochMs,
): { readonly ordered: readonly R[]; readonly fromFuture: readonly R[] } {
  const isFuture = ({ at }: R): boolean => at > now + FUTURE_TOLERANCE_MS;
  // The sort is stable: of those that are alike, the last of the input comes last.
  const sorted = readings.filter((reading) => !isFuture(reading)).sort(byTime);
  const ordered = sorted.filter((reading, i) => {
    const next = sorted[i + 1];
    return next === undefined || byTime(reading, next) !== 0;
  });
  return { ordered, fromFuture: readings.filter(isFuture) };
}

function byTime(a: { readonly device: string; readonly at: EpochMs }, b: { readonly device: string; readonly at: EpochMs }): number {
  return a.at - b.at || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0);
}
