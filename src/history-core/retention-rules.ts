// What is too old, and when to look for it. Old is what is old beside the newest reading, not by the clock alone: one that is years ahead
// for an hour would leave nothing. Without a reading nothing goes.
import { DAY_MS, HOUR_MS, type EpochMs } from "../domain/local-time.ts";
import { dayOf } from "./power-rows.ts";

/** Incidents: this year can be compared with the last, whenever one looks. A stale open one goes too: the state knows the real ones. */
const INCIDENT_DAYS = 730;
/** Scans, cards, outages: a quarter is what a fault of the monitor itself, or of Teams, is looked for in. */
const OWN_DAYS = 90;
const EVERY_MS = HOUR_MS;

/** Rows a table and slice: some milliseconds. 5,000 inverters are through in ten slices. */
export const SLICE = 500;

/** What is older than these goes. */
export interface Ages {
  /** UTC day: of power, and of the names of its devices. */
  readonly powerDay: number;
  readonly incident: EpochMs;
  /** What the monitor did itself. */
  readonly own: EpochMs;
}

/** By PVOperation's clock: the newest day of power, and the newest failure; null: none. */
export interface Newest {
  readonly powerDay: number | null;
  readonly incident: EpochMs | null;
}

/** Null: nothing is known to be old. `days`: of power that are kept. */
export function agesAt(now: EpochMs, days: number, { powerDay, incident }: Newest): Ages | null {
  const readings = [...(powerDay === null ? [] : [powerDay * DAY_MS]), ...(incident === null ? [] : [incident])];
  if (readings.length === 0) return null;
  const today = Math.min(now, Math.max(...readings));
  return { powerDay: dayOf(today - days * DAY_MS), incident: today - INCIDENT_DAYS * DAY_MS, own: today - OWN_DAYS * DAY_MS };
}

/** Slice after slice with each write while there is something to take, else a look every hour. */
export function createRounds(): { isDue(now: EpochMs): boolean; done(now: EpochMs, taken: readonly number[]): void } {
  let restUntil = -Infinity;
  return {
    isDue: (now) => now >= restUntil || restUntil - now > EVERY_MS, // a clock that was ahead puts nothing off
    done(now, taken) {
      restUntil = taken.some((rows) => rows >= SLICE) ? -Infinity : now + EVERY_MS;
    },
  };
}
