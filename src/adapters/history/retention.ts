// What is too old goes, a slice with each batch that is written: nothing ever waits for a great clean-up, and the file reuses the space.
import type { DatabaseSync } from "node:sqlite";
import { DAY_MS, HOUR_MS, type EpochMs } from "../../domain/local-time.ts";
import { dayOf, dayOfKey, powerKey } from "./power-rows.ts";

/** Incidents: this year can be compared with the last, whenever one looks. A stale open one goes too: the state knows the real ones. */
const INCIDENT_DAYS = 730;
/** Scans, cards, outages: a quarter is what a fault of the monitor itself, or of Teams, is looked for in. */
const OWN_DAYS = 90;
/** Rows a table and slice: some milliseconds. 5,000 inverters are through in ten slices. */
const SLICE = 500;
const EVERY_MS = HOUR_MS;

/** Takes a slice away in the transaction of the caller, while there is something to take, else looks again in an hour. Old is what is old
 *  beside the newest reading, not by the clock alone: one that is years ahead for an hour would leave nothing. Without a reading nothing goes. */
export function createRetention(db: DatabaseSync, days: number): (now: EpochMs) => void {
  const rules: readonly { readonly sql: string; readonly before: (now: EpochMs) => number }[] = [
    { sql: sliceOf("power", "key", "key < ?"), before: (now) => powerKey(dayOf(now - days * DAY_MS), 0) },
    { sql: sliceOf("device", "ref", "last_day < ?"), before: (now) => dayOf(now - days * DAY_MS) },
    { sql: sliceOf("incident", "id, first_at", "ended_at < ?"), before: since(INCIDENT_DAYS) },
    { sql: sliceOf("incident", "id, first_at", "ended_at IS NULL AND last_at < ?"), before: since(INCIDENT_DAYS) },
    { sql: sliceOf("told", "incident_id, event, at", "at < ?"), before: since(INCIDENT_DAYS) },
    { sql: sliceOf("gone", "plant_id, whole_plant, device, at", "at < ?"), before: since(INCIDENT_DAYS) },
    { sql: sliceOf("scan", "at, kind", "at < ?"), before: since(OWN_DAYS) },
    { sql: sliceOf("card", "at, title, outcome, attempt", "at < ?"), before: since(OWN_DAYS) },
    { sql: sliceOf("outage", "topic, since", "coalesce(until, since) < ?"), before: since(OWN_DAYS) },
  ];
  const statements = rules.map(({ sql, before }) => ({ statement: db.prepare(sql), before }));
  const newest = db.prepare("SELECT (SELECT max(key) FROM power) AS key, (SELECT max(first_at) FROM incident) AS incident");
  /** By PVOperation's clock: begin of the newest day of power, or the newest failure. */
  function newestReading(): EpochMs {
    const { key, incident } = newest.get() ?? {};
    return Math.max(typeof key === "number" ? dayOfKey(key) * DAY_MS : -Infinity, typeof incident === "number" ? incident : -Infinity);
  }
  let restUntil = -Infinity;
  return (now) => {
    if (now < restUntil && restUntil - now <= EVERY_MS) return; // a clock that was ahead puts nothing off
    const today = Math.min(now, newestReading());
    const taken = today === -Infinity ? [] : statements.map(({ statement, before }) => Number(statement.run(before(today)).changes));
    restUntil = taken.includes(SLICE) ? -Infinity : now + EVERY_MS;
  };
}

function since(days: number): (now: EpochMs) => EpochMs {
  return (now) => now - days * DAY_MS;
}

function sliceOf(table: string, key: string, condition: string): string {
  return `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${SLICE})`;
}
