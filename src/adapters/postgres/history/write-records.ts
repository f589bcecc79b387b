// Records into rows, in a transaction of the caller. Everything may come twice and in any order: the rows are the same, whatever the order.
import type { HistoryCard, HistoryIncident, HistoryRecord, HistoryScan } from "../../../ports/history.ts";
import type { Query } from "../database.ts";
import { keyOf } from "../row-keys.ts";
import { CARD, GONE, INCIDENT, OUTAGE, SCAN, TOLD, type Table } from "./tables.ts";
import { writePower } from "./write-power.ts";

type Row = Readonly<Record<string, string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>>>;

const ROWS_PER_STATEMENT = 500;
/** The server's index takes 2,704 bytes a key. Nothing that a plant has is of this length. */
const MOST_KEY_BYTES = 2_000;

/** Once a transaction: rows are locked in one order (table by table, by key), so that two who write at the same time never wait for each other
 *  crosswise. Resolves to how many records (readings, where it is power) could not be rows and were left out. */
export async function writeRecords(query: Query, tenant: string, records: readonly HistoryRecord[]): Promise<number> {
  const of = <Kind extends HistoryRecord["kind"]>(kind: Kind): Extract<HistoryRecord, { readonly kind: Kind }>[] =>
    records.filter((record): record is Extract<HistoryRecord, { readonly kind: Kind }> => record.kind === kind);
  let lost = 0;
  for (const [table, rows] of [
    [INCIDENT, of("incident").map(({ incident }) => incidentRow(incident))],
    [TOLD, of("told").map(({ incidentId, event, at }) => ({ incident_id: keyOf(incidentId), event, at }))],
    [GONE, of("gone").map(({ plantId, device, at }) => ({ plant_id: keyOf(plantId), whole_plant: device === null, device: keyOf(device ?? ""), at }))],
    [SCAN, of("scan").map(({ scan }) => scanRow(scan))],
    [CARD, of("card").map(({ card }) => cardRow(card))],
    [OUTAGE, of("outage").map(({ outage: { topic, since, until, detail } }) => ({ topic, since, until, detail: keyOf(detail) }))],
  ] satisfies readonly (readonly [Table, readonly Row[]])[]) lost += await put(query, tenant, table, rows);
  return lost + await writePower(query, tenant, of("power"));
}

async function put(query: Query, tenant: string, { insert, key }: Table, rows: readonly Row[]): Promise<number> {
  const good = rows.map((row) => ({ row, key: JSON.stringify(key.map((column) => row[column])) })).filter((each) => isRow(each.row) && Buffer.byteLength(each.key) <= MOST_KEY_BYTES);
  for (const round of rounds(good)) {
    for (let from = 0; from < round.length; from += ROWS_PER_STATEMENT) await query(insert, [tenant, JSON.stringify(round.slice(from, from + ROWS_PER_STATEMENT))]);
  }
  return rows.length - good.length;
}

/** A statement changes no row twice: the second record of a key goes with the second round. In the order of their keys. */
function rounds(rows: readonly { readonly row: Row; readonly key: string }[]): readonly (readonly Row[])[] {
  const byKey = [...Map.groupBy(rows, ({ key }) => key)].sort(([a], [b]) => (a < b ? -1 : 1));
  const most = byKey.reduce((longest, [, own]) => Math.max(longest, own.length), 0);
  return Array.from({ length: most }, (_, i) => byKey.flatMap(([, own]) => own.slice(i, i + 1).map(({ row }) => row)));
}

/** JSON would make null of a number that is none. Durations have fractions, times and counts have not. */
function isRow(row: Row): boolean {
  return Object.entries(row).every(([column, value]) => typeof value !== "number" || (column.endsWith("_ms") ? Number.isFinite(value) : Number.isSafeInteger(value)));
}

function nullable(text: string | null): string | null {
  return text === null ? null : keyOf(text);
}

function incidentRow(incident: HistoryIncident): Row {
  const { id, first, plantId, plantName, kind, device, deviceName, type, parameters, last, end, goneAt, notifiedAt, endNotifiedAt, mutedReason } = incident;
  return {
    id: keyOf(id), first_at: first, plant_id: keyOf(plantId), plant_name: keyOf(plantName), kind, device: keyOf(device), device_name: keyOf(deviceName), type: nullable(type),
    parameters: [...new Set(parameters)].map(keyOf).sort(), last_at: last, ended_at: end, gone_at: goneAt, notified_at: notifiedAt, end_notified_at: endNotifiedAt,
    muted_reason: nullable(mutedReason),
  };
}

function scanRow(scan: HistoryScan): Row {
  const { at, kind, durationMs, plants, complete, unavailable, unwatched, readings, reasons, endedEarly, calls, failedCalls, medianMs, p95Ms } = scan;
  return {
    at, kind, duration_ms: durationMs, plants, complete, unavailable, unwatched, readings, reasons, ended_early: endedEarly, calls, failed_calls: failedCalls,
    median_ms: medianMs, p95_ms: p95Ms,
  };
}

function cardRow({ at, title, outcome, attempt, severity, plantId, events, reason }: HistoryCard): Row {
  return { at, title: keyOf(title), outcome, attempt, severity, plant_id: nullable(plantId), events, reason: nullable(reason) };
}
