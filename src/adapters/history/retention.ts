// What is too old goes, a slice with each batch that is written: nothing ever waits for a great clean-up, and the file reuses the space.
import type { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "../../domain/local-time.ts";
import { agesAt, createRounds, SLICE, type Ages } from "../../history-core/retention-rules.ts";
import { dayOfKey, powerKey } from "./power-keys.ts";

/** Takes a slice away in the transaction of the caller, when it is time to. */
export function createRetention(db: DatabaseSync, days: number): (now: EpochMs) => void {
  const rules: readonly { readonly sql: string; readonly before: (ages: Ages) => number }[] = [
    { sql: sliceOf("power", "key", "key < ?"), before: ({ powerDay }) => powerKey(powerDay, 0) },
    { sql: sliceOf("device", "ref", "last_day < ?"), before: ({ powerDay }) => powerDay },
    { sql: sliceOf("incident", "id, first_at", "ended_at < ?"), before: ({ incident }) => incident },
    { sql: sliceOf("incident", "id, first_at", "ended_at IS NULL AND last_at < ?"), before: ({ incident }) => incident },
    { sql: sliceOf("told", "incident_id, event, at", "at < ?"), before: ({ incident }) => incident },
    { sql: sliceOf("gone", "plant_id, whole_plant, device, at", "at < ?"), before: ({ incident }) => incident },
    { sql: sliceOf("scan", "at, kind", "at < ?"), before: ({ own }) => own },
    { sql: sliceOf("card", "at, title, outcome, attempt", "at < ?"), before: ({ own }) => own },
    { sql: sliceOf("outage", "topic, since", "coalesce(until, since) < ?"), before: ({ own }) => own },
  ];
  const statements = rules.map(({ sql, before }) => ({ statement: db.prepare(sql), before }));
  const newest = db.prepare("SELECT (SELECT max(key) FROM power) AS key, (SELECT max(first_at) FROM incident) AS incident");
  const rounds = createRounds();
  return (now) => {
    if (!rounds.isDue(now)) return;
    const { key, incident } = newest.get() ?? {};
    const ages = agesAt(now, days, { powerDay: typeof key === "number" ? dayOfKey(key) : null, incident: typeof incident === "number" ? incident : null });
    rounds.done(now, ages === null ? [] : statements.map(({ statement, before }) => Number(statement.run(before(ages)).changes)));
  };
}

function sliceOf(table: string, key: string, condition: string): string {
  return `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${SLICE})`;
}
