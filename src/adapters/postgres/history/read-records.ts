// Questions to rows, and rows to what the port promises.
import { z } from "zod";
import type { EpochMs } from "../../../domain/local-time.ts";
import { dayOf, unpack } from "../../../history-core/power-rows.ts";
import { rowSchemas } from "../../../history-core/row-schemas.ts";
import type { HistoryCard, HistoryIncident, HistoryOutage, HistoryScan, IncidentQuery, Period, PowerSeries } from "../../../ports/history.ts";
import type { Query } from "../database.ts";
import { keyOf, textOf } from "../row-keys.ts";

/** A page shows what its request bounds; this bounds what none does (scans, outages, open incidents): months of them. */
const MOST_ROWS = 50_000;

const text = z.string().transform(textOf);
const schemas = rowSchemas({ text, list: z.array(text), json: z.unknown(), flag: z.boolean() });

const GONE = `CASE WHEN i.ended_at IS NULL THEN least(CASE WHEN i.gone_at >= i.last_at THEN i.gone_at END, (
  SELECT min(at) FROM pvmonitor.history_gone AS gone
  WHERE gone.tenant = $1 AND gone.plant_id = i.plant_id AND (gone.whole_plant OR gone.device = i.device) AND gone.at >= i.last_at)) END`;
/** An id may have been another incident's years ago. */
const toldAt = (event: string): string => `(SELECT min(at) FROM pvmonitor.history_told AS told
  WHERE told.tenant = $1 AND told.incident_id = i.id AND told.event = '${event}' AND told.at > i.first_at - 86400000)`;
const INCIDENT = `i.id, i.plant_id AS "plantId", i.plant_name AS "plantName", i.kind, i.device, i.device_name AS "deviceName", i.type, i.parameters,
  i.first_at::float8 AS first, i.last_at::float8 AS last, i.ended_at::float8 AS "end", (${GONE})::float8 AS "goneAt",
  least(i.notified_at, ${toldAt("failure")})::float8 AS "notifiedAt", least(i.end_notified_at, ${toldAt("normal")})::float8 AS "endNotifiedAt", i.muted_reason AS "mutedReason"`;

const OPEN = `SELECT ${INCIDENT} FROM pvmonitor.history_incident AS i
  WHERE i.tenant = $1 AND i.ended_at IS NULL AND (${GONE}) IS NULL ORDER BY i.first_at, i.id LIMIT ${MOST_ROWS}`;
const SCANS = `SELECT at::float8 AS at, kind, duration_ms AS "durationMs", plants::float8 AS plants, complete::float8 AS complete, unavailable::float8 AS unavailable,
  unwatched::float8 AS unwatched, readings::float8 AS readings, reasons, ended_early AS "endedEarly", calls::float8 AS calls, failed_calls::float8 AS "failedCalls",
  median_ms AS "medianMs", p95_ms AS "p95Ms"
  FROM pvmonitor.history_scan AS scan WHERE tenant = $1 AND scan.at >= $2::bigint AND scan.at < $3::bigint ORDER BY scan.at DESC, kind LIMIT ${MOST_ROWS}`;
const CARDS = `SELECT at::float8 AS at, title, outcome, attempt::float8 AS attempt, severity, plant_id AS "plantId", events::float8 AS events, reason
  FROM pvmonitor.history_card AS card WHERE tenant = $1 AND card.at >= $2::bigint AND card.at < $3::bigint ORDER BY card.at DESC, title LIMIT $4::bigint`;
const OUTAGES = `SELECT topic, since::float8 AS since, until::float8 AS until, detail FROM pvmonitor.history_outage AS own
  WHERE tenant = $1 AND own.since < $3::bigint AND (own.until IS NULL OR own.until > $2::bigint OR own.since >= $2::bigint) ORDER BY own.since DESC, topic LIMIT ${MOST_ROWS}`;
/** Each day by itself, so that the index leads to this plant's rows of it. Days that nobody has are not looked for (without any, `oldest` is null). */
const POWER = `SELECT day, device, readings FROM pvmonitor.history_power WHERE tenant = $1 AND plant_id = $2 AND day = ANY(ARRAY(
    SELECT generate_series(oldest + greatest($3 - oldest, 0), newest - greatest(newest - $4, 0))
    FROM (SELECT min(day) AS oldest, max(day) AS newest FROM pvmonitor.history_power WHERE tenant = $1) AS kept))
  ORDER BY device, day`;

export async function readIncidents(query: Query, tenant: string, { plantId, kind, type, limit, ...period }: IncidentQuery): Promise<readonly HistoryIncident[]> {
  const filters = Object.entries({ plant_id: plantId, kind, type }).filter((filter): filter is [string, string] => filter[1] !== undefined);
  return schemas.incidents.parse(await query(incidentsSql(filters.map(([column]) => column)), [tenant, ...ends(period), limit, ...filters.map(([, value]) => keyOf(value))]));
}

/** Three parts that do not overlap, each with its own index: begun in the period; begun before and ended in it or after; begun before and not
 *  ended. The `+ 0` keeps the server from the index of beginnings in the second: it would look at everything that ever was before the period. */
function incidentsSql(columns: readonly string[]): string {
  const narrowed = columns.map((column, i) => ` AND i.${column} = $${5 + i}`).join("");
  const parts = [
    ["i.first_at >= $2::bigint AND i.first_at < $3::bigint", "i.first_at"],
    ["i.ended_at > $2::bigint AND i.first_at + 0 < least($2::bigint, $3::bigint)", "i.first_at + 0"],
    [`i.ended_at IS NULL AND i.first_at < least($2::bigint, $3::bigint) AND ((${GONE}) IS NULL OR (${GONE}) > $2::bigint)`, "i.first_at"],
  ].map(([part = "", order = ""]) => `(SELECT i.* FROM pvmonitor.history_incident AS i WHERE i.tenant = $1 AND ${part}${narrowed} ORDER BY ${order} DESC LIMIT $4::bigint)`);
  return `SELECT ${INCIDENT} FROM (SELECT * FROM (${parts.join(" UNION ALL ")}) AS found ORDER BY first_at DESC, id LIMIT $4::bigint) AS i ORDER BY i.first_at DESC, i.id`;
}

export async function readOpenIncidents(query: Query, tenant: string): Promise<readonly HistoryIncident[]> {
  return schemas.incidents.parse(await query(OPEN, [tenant]));
}

export async function readScans(query: Query, tenant: string, period: Period): Promise<readonly HistoryScan[]> {
  return schemas.scans.parse(await query(SCANS, [tenant, ...ends(period)]));
}

export async function readCards(query: Query, tenant: string, { limit, ...period }: Period & { readonly limit: number }): Promise<readonly HistoryCard[]> {
  return schemas.cards.parse(await query(CARDS, [tenant, ...ends(period), limit]));
}

export async function readOutages(query: Query, tenant: string, period: Period): Promise<readonly HistoryOutage[]> {
  return schemas.outages.parse(await query(OUTAGES, [tenant, ...ends(period)]));
}

const powerRows = z.array(z.object({ day: z.number(), device: text, readings: z.instanceof(Uint8Array) }));

export async function readPower(query: Query, tenant: string, plantId: string, period: Period): Promise<readonly PowerSeries[]> {
  const [from, to] = ends(period);
  const rows = powerRows.parse(await query(POWER, [tenant, keyOf(plantId), dayOf(from), dayOf(to)]));
  return [...Map.groupBy(rows, ({ device }) => device)].flatMap(([device, days]) => {
    const readings = days.flatMap(({ day, readings: bytes }) => unpack(day, bytes)).filter(({ at }) => at >= from && at < to);
    return readings.length === 0 ? [] : [{ device, at: readings.map(({ at }) => at), powerKw: readings.map(({ powerKw }) => powerKw) }];
  });
}

/** The server has no infinite integers. */
function ends({ from, to }: Period): [EpochMs, EpochMs] {
  return [bounded(from), bounded(to)];
}

function bounded(at: EpochMs): EpochMs {
  return Math.max(-8.64e15, Math.min(8.64e15, at));
}
