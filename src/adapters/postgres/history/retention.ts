// What is too old goes, a slice with each batch that is written. Whoever of several workers comes first takes it; nobody waits for another.
import { z } from "zod";
import type { EpochMs } from "../../../domain/local-time.ts";
import { agesAt, createRounds, SLICE, type Ages } from "../../../history-core/retention-rules.ts";
import type { Query } from "../database.ts";

const RULES: readonly { readonly table: string; readonly condition: string; readonly before: (ages: Ages) => number }[] = [
  { table: "power", condition: "day < $2::bigint", before: ({ powerDay }) => powerDay },
  { table: "incident", condition: "ended_at < $2::bigint", before: ({ incident }) => incident },
  { table: "incident", condition: "ended_at IS NULL AND last_at < $2::bigint", before: ({ incident }) => incident },
  { table: "told", condition: "at < $2::bigint", before: ({ incident }) => incident },
  { table: "gone", condition: "at < $2::bigint", before: ({ incident }) => incident },
  { table: "scan", condition: "at < $2::bigint", before: ({ own }) => own },
  { table: "card", condition: "at < $2::bigint", before: ({ own }) => own },
  { table: "outage", condition: "coalesce(until, since) < $2::bigint", before: ({ own }) => own },
];

const NEWEST = `SELECT (SELECT max(day)::float8 FROM pvmonitor.history_power WHERE tenant = $1) AS "powerDay",
  (SELECT max(first_at)::float8 FROM pvmonitor.history_incident WHERE tenant = $1) AS incident`;
const newest = z.tuple([z.object({ powerDay: z.number().nullable(), incident: z.number().nullable() })]);
const taken = z.tuple([z.object({ rows: z.number() })]);

/** `days`: of power that are kept. In the transaction of the caller, after what it writes. */
export function createRetention(tenant: string, days: number): (query: Query, now: EpochMs) => Promise<void> {
  const rounds = createRounds();
  return async (query, now) => {
    if (!rounds.isDue(now)) return;
    const ages = agesAt(now, days, newest.parse(await query(NEWEST, [tenant]))[0]);
    const counts: number[] = [];
    for (const { table, condition, before } of ages === null ? [] : RULES) {
      if (ages !== null) counts.push(taken.parse(await query(sliceOf(table, condition), [tenant, before(ages)]))[0].rows);
    }
    rounds.done(now, counts);
  };
}

/** Rows that another transaction has at hand are left for the next time. */
function sliceOf(table: string, condition: string): string {
  return `WITH old AS (
      DELETE FROM pvmonitor.history_${table} WHERE tenant = $1 AND ctid = ANY(ARRAY(
        SELECT ctid FROM pvmonitor.history_${table} WHERE tenant = $1 AND ${condition} LIMIT ${SLICE} FOR UPDATE SKIP LOCKED))
      RETURNING 1)
    SELECT count(*)::int AS rows FROM old`;
}
