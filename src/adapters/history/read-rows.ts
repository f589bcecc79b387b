// Queries to rows, as they lie in the file; answers.ts makes them what the port promises.
import type { DatabaseSync } from "node:sqlite";
import { dayOf, unpack } from "../../history-core/power-rows.ts";
import type { IncidentQuery, Period } from "../../ports/history.ts";
import type { Query } from "./messages.ts";
import { dayOfKey, powerKey } from "./power-keys.ts";

/** A page shows what its request bounds; this bounds what none does (scans, outages, open incidents): months of them. */
const MOST_ROWS = 50_000;

const INCIDENT = `SELECT id, plant_id AS plantId, plant_name AS plantName, kind, device, device_name AS deviceName, type, parameters, first_at AS first,
  last_at AS last, ended_at AS "end", gone_at AS goneAt, notified_at AS notifiedAt, end_notified_at AS endNotifiedAt, muted_reason AS mutedReason FROM known_incident`;

export function readRows(db: DatabaseSync, query: Query): unknown {
  switch (query.kind) {
    case "incidents": return incidentsOf(db, query.query);
    case "open-incidents": return db.prepare(`${INCIDENT} WHERE ended_at IS NULL AND gone_at IS NULL ORDER BY first_at LIMIT ${MOST_ROWS}`).all();
    case "scans": return db.prepare(`SELECT at, kind, duration_ms AS durationMs, plants, complete, unavailable, unwatched, readings, reasons, ended_early AS endedEarly,
      calls, failed_calls AS failedCalls, median_ms AS medianMs, p95_ms AS p95Ms FROM scan WHERE at >= ? AND at < ? ORDER BY at DESC, kind LIMIT ${MOST_ROWS}`).all(...ends(query.period));
    case "cards": return db.prepare(`SELECT at, title, outcome, attempt, severity, plant_id AS plantId, events, reason FROM card
      WHERE at >= ? AND at < ? ORDER BY at DESC, title LIMIT ?`).all(...ends(query.period), query.limit);
    case "outages": return db.prepare(`SELECT topic, since, until, detail FROM outage WHERE since < :to AND (until IS NULL OR until > :from OR since >= :from)
      ORDER BY since DESC, topic LIMIT ${MOST_ROWS}`).all({ ...bounds(query.period) });
    case "power": return powerOf(db, query.plantId, query.period);
  }
}

/** Three that do not overlap, each with its own index: begun in the period; begun before and ended in it or after; begun before and not ended.
 *  The `+` keeps SQLite from the index of beginnings in the second: it would look at everything that ever was before the period. */
function incidentsOf(db: DatabaseSync, { plantId, kind, type, limit, ...period }: IncidentQuery): unknown {
  const filters = Object.entries({ plant_id: plantId, kind, type }).filter(([, value]) => value !== undefined);
  const narrowed = filters.map(([column]) => ` AND ${column} = :${column}`).join("");
  const parts = [
    ["first_at >= :from AND first_at < :to", "first_at"],
    ["ended_at > :from AND +first_at < :from AND +first_at < :to", "+first_at"],
    ["ended_at IS NULL AND first_at < :from AND first_at < :to AND (gone_at IS NULL OR gone_at > :from)", "first_at"],
  ] as const;
  const sql = parts.map(([part, order]) => `SELECT * FROM (${INCIDENT} WHERE ${part}${narrowed} ORDER BY ${order} DESC LIMIT :limit)`).join(" UNION ALL ");
  return db.prepare(`${sql} ORDER BY first DESC, id LIMIT :limit`).all({ ...bounds(period), limit, ...Object.fromEntries(filters) });
}

function ends({ from, to }: Period): [number, number] {
  return [bounded(from), bounded(to)];
}

function bounds({ from, to }: Period): { from: number; to: number } {
  return { from: bounded(from), to: bounded(to) };
}

/** SQLite has no infinite integers. */
function bounded(at: number): number {
  return Math.max(-8.64e15, Math.min(8.64e15, at));
}

interface PackedSeries {
  readonly device: string;
  readonly at: Float64Array;
  /** NaN: none. */
  readonly powerKw: Float64Array;
}

function powerOf(db: DatabaseSync, plantId: string, { from, to }: Period): PackedSeries[] {
  // Two questions: asked as one, SQLite reads the whole table.
  const kept = db.prepare("SELECT (SELECT min(key) FROM power) AS oldest, (SELECT max(key) FROM power) AS newest").get();
  if (typeof kept?.["oldest"] !== "number" || typeof kept["newest"] !== "number") return [];
  const firstDay = Math.max(dayOf(from), dayOfKey(kept["oldest"]));
  const lastDay = Math.min(dayOf(to), dayOfKey(kept["newest"]));
  const find = db.prepare("SELECT readings FROM power WHERE key = ?");
  return db.prepare("SELECT ref, device FROM device WHERE plant_id = ? ORDER BY device").all(plantId).flatMap(({ ref, device }) => {
    const readings = [];
    for (let day = firstDay; day <= lastDay; day += 1) {
      const bytes = find.get(powerKey(day, Number(ref)))?.["readings"];
      if (bytes instanceof Uint8Array) readings.push(...unpack(day, bytes).filter(({ at }) => at >= from && at < to));
    }
    return readings.length === 0 ? []
      : [{ device: String(device), at: Float64Array.from(readings, ({ at }) => at), powerKw: Float64Array.from(readings, ({ powerKw }) => powerKw ?? NaN) }];
  });
}
