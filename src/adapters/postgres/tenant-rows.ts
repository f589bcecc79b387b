// A tenant's rows as values: what is read of them, each with the version or place by which it is written again.
import { z } from "zod";
import type { EpochMs } from "../../domain/local-time.ts";
import { emptyState, type MonitorState } from "../../domain/monitor-state.ts";
import type { PlantState } from "../../domain/plant.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { decodeRows } from "../../state-codec/decode-rows.ts";
import { createRowEncoder, type RowEncoder } from "../../state-codec/encode-state.ts";
import type { Query } from "./database.ts";
import { chunks, keyOf } from "./row-keys.ts";

const number = z.string().transform(Number);
const headRow = z.object({ version: number, conductor: z.string().nullable(), record: z.unknown() });
const plantRow = z.object({ version: number, state: z.unknown(), scan: z.unknown() });
const entryRow = z.object({ position: number, entry: z.unknown() });

const NO_RECORD: unknown = JSON.parse(createRowEncoder("UTC").rest(emptyState));

export interface Head {
  readonly version: number;
  readonly conductor: string | null;
  /** The state without plants and outbox. */
  readonly state: MonitorState;
}

export interface PlantRow {
  readonly plant: PlantState;
  readonly version: number;
  /** What the worker of its last scan left for whoever conducts. */
  readonly scan: unknown;
}

export interface EntryRow {
  readonly position: number;
  readonly entry: MonitorState["outbox"][number];
}

/** When this tenant's state was saved last, by the server's clock; null: never. */
export async function lastSaved(query: Query, tenant: string): Promise<EpochMs | null> {
  const rows = await query("SELECT (extract(epoch FROM saved_at) * 1000)::float8 AS at FROM pvmonitor.monitor WHERE tenant = $1", [tenant]);
  return z.array(z.object({ at: z.number() })).parse(rows)[0]?.at ?? null;
}

/** Null: the tenant has no rows yet. Locked, where asked for, until the transaction ends. */
export async function readHead(query: Query, tenant: string, lock: "" | "FOR NO KEY UPDATE" = ""): Promise<Head | null> {
  const [row] = z.array(headRow).parse(await query(
    `SELECT version::text, conductor::text, record FROM pvmonitor.monitor WHERE tenant = $1 ${lock}`, [tenant]));
  return row === undefined ? null : { ...row, state: decoded({ rest: row.record, plants: [], outbox: [] }) };
}

/** In the order of the plant list. `where` may name further parameters, from $2 on. */
export async function readPlants(query: Query, tenant: string, where = "true", values: readonly unknown[] = []): Promise<PlantRow[]> {
  const rows = z.array(plantRow).parse(await query(`SELECT version::text, state, scan FROM pvmonitor.plant AS own WHERE tenant = $1 AND ${where} ORDER BY position`, [tenant, ...values]));
  const { plants } = decoded({ rest: NO_RECORD, plants: rows.map(({ state }) => state), outbox: [] });
  const states = [...plants.values()];
  if (states.length !== rows.length) throw unreadable("tem linhas que não são de uma usina cada");
  return states.map((plant, index) => ({ plant, version: rows[index]?.version ?? 0, scan: rows[index]?.scan ?? null }));
}

/** In the order of their commits, but for those at the positions that are known. */
export async function readEntries(query: Query, tenant: string, known: readonly number[] = []): Promise<EntryRow[]> {
  const rows = z.array(entryRow).parse(await query(
    "SELECT position::text, entry FROM pvmonitor.outbox WHERE tenant = $1 AND NOT (position = ANY($2::bigint[])) ORDER BY outbox.position", [tenant, known]));
  const { outbox } = decoded({ rest: NO_RECORD, plants: [], outbox: rows.map(({ entry }) => entry) });
  return outbox.map((entry, index) => ({ entry, position: rows[index]?.position ?? 0 }));
}

function decoded(rows: Parameters<typeof decodeRows>[0]): MonitorState {
  const result = decodeRows(rows);
  if (!result.ok) throw unreadable(result.reason);
  return result.state;
}

function unreadable(reason: string): StateUnreadableError {
  return new StateUnreadableError(`o estado no PostgreSQL ${reason}; restaure uma cópia do banco, ou importe um arquivo de estado com "pvmonitor import-state"`);
}

/** An advisory lock of all pvmonitors on the database; which number it has does not matter, as long as it stays. */
const NUMBERS_LOCK = 7_086_002;

/** Numbers of new notifications, which nobody else will draw. */
export async function drawNumbers(query: Query, count: number): Promise<number[]> {
  if (count === 0) return [];
  await query("SELECT pg_advisory_xact_lock_shared($1)", [NUMBERS_LOCK]);
  return z.array(z.object({ drawn: number })).parse(await query("SELECT nextval('pvmonitor.notification')::text AS drawn FROM generate_series(1, $1)", [count])).map(({ drawn }) => drawn);
}

/** From here on everybody, of whichever tenant, draws higher numbers than `highest`. Nobody draws between the look and the step: it could go back. */
export async function drawAfter(query: Query, highest: number): Promise<void> {
  await query("SELECT pg_advisory_xact_lock($1)", [NUMBERS_LOCK]);
  await query("SELECT setval('pvmonitor.notification', greatest((SELECT last_value FROM pvmonitor.notification), $1))", [highest]);
}

/** New ones only: a number that is taken is an error, as another card would be lost. */
export async function insertEntries(query: Query, tenant: string, rows: readonly EntryRow[]): Promise<void> {
  for (const some of chunks(rows)) {
    await query(
      "INSERT INTO pvmonitor.outbox (tenant, position, entry) SELECT $1, new.position, new.entry::json FROM unnest($2::bigint[], $3::text[]) AS new (position, entry)",
      [tenant, some.map(({ position }) => position), some.map(({ entry }) => JSON.stringify(entry))],
    );
  }
}

export interface NewPlants {
  readonly tenant: string;
  readonly plants: readonly PlantState[];
  readonly encode: RowEncoder;
  /** So many lie before them. */
  readonly after: number;
  readonly version: number;
}

export async function insertPlants(query: Query, { tenant, plants, encode, after, version }: NewPlants): Promise<void> {
  let position = after;
  for (const some of chunks(plants)) {
    await query(
      `INSERT INTO pvmonitor.plant (tenant, id, position, version, state) SELECT $1, new.id, $2::int + new.place, $3, new.state::json
       FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS new (id, state, place)`,
      [tenant, position, version, some.map(({ info }) => keyOf(info.id)), some.map((plant) => encode.plant(plant))]);
    position += some.length;
  }
}
