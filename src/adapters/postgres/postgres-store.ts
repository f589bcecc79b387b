// The state in PostgreSQL: a plant a row, what is owed a row each, the rest in one, all changed in one transaction. The version of that
// one is the fence: whoever read an older one writes nothing.
import { z } from "zod";
import type { EpochMs } from "../../domain/local-time.ts";
import { emptyState, type MonitorState } from "../../domain/monitor-state.ts";
import type { Saved as SaveResult } from "../../ports/ledger.ts";
import { StateUnreadableError, type Loaded, type Store } from "../../ports/store.ts";
import { decodeRows } from "../../state-codec/decode-rows.ts";
import { createRowEncoder, type RowEncoder } from "../../state-codec/encode-state.ts";
import { CommitUnknownError, type Database, type Query } from "./database.ts";
import { failureWord, isConnectionLost } from "./failures.ts";
import { rowChanges, type Saved } from "./row-changes.ts";
import { chunks, keyOf } from "./row-keys.ts";

export interface PostgresStoreParts {
  readonly database: Database;
  /** Whose state: in the key of every row, and in every statement. */
  readonly tenant: string;
  /** IANA zone in which times are written. */
  readonly zone: string;
  /** Another process saved this tenant's state since: this one must not send one more card. */
  readonly onTaken: () => void;
}

const NOTHING: Saved = { version: 0, state: emptyState, positions: [] };
const QUICK_TRIES = 2;

/** The fence stopped it: nothing was written. */
class FencedError extends Error {}

interface Attempt {
  readonly stamp: string;
  readonly result: Saved;
}

const head = z.array(z.object({ version: z.string().transform(Number), record: z.unknown() })).max(1);
const plantRows = z.array(z.object({ state: z.unknown() }));
const outboxRows = z.array(z.object({ position: z.string().transform(Number), entry: z.unknown() }));
const written = z.array(z.object({ version: z.string().transform(Number) }));

export function createPostgresStore({ database, tenant, zone, onTaken }: PostgresStoreParts): Store {
  const encode = createRowEncoder(zone);
  /** What the rows hold as far as this process knows; null before it has read or written any. */
  let saved: Saved | null = null;
  /** Commits whose answer was lost. */
  let doubts: Attempt[] = [];

  /** One transaction, all or nothing. */
  async function write(state: MonitorState, before: Saved | null): Promise<Saved> {
    const stamp = crypto.randomUUID();
    const attempts: Attempt[] = [];
    try {
      const result = await database.transaction(async (query) => {
        const version = await writeHead(query, { tenant, record: encode.rest(state), stamp, version: before?.version ?? null });
        if (before === null) await clear(query, tenant);
        const changes = rowChanges(before ?? NOTHING, state);
        await writeRows(query, tenant, changes, encode);
        // Workers draw their numbers from here on.
        await query("SELECT setval('pvmonitor.notification', greatest((SELECT last_value FROM pvmonitor.notification), $1))", [Math.max(state.monitor.nextNotification, ...changes.positions)]);
        const attempt = { stamp, result: { version, state, positions: changes.positions } };
        attempts.push(attempt);
        return attempt.result;
      });
      doubts = [];
      return result;
    } catch (error) {
      if (error instanceof CommitUnknownError) doubts = [...doubts, ...attempts];
      throw error;
    }
  }

  /** After the fence stopped a save: null unless what is there was written by a commit of our own whose answer was lost. */
  async function ownCommit(): Promise<Saved | null> {
    const [row] = z.array(z.object({ stamp: z.string() })).parse(await database.query("SELECT stamp FROM pvmonitor.monitor WHERE tenant = $1", [tenant]));
    return doubts.find(({ stamp }) => stamp === row?.stamp)?.result ?? null;
  }

  async function saveOnce(state: MonitorState): Promise<void> {
    try {
      saved = await write(state, saved);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      const own = await ownCommit();
      if (own === null) throw error;
      saved = await write(state, own);
    }
  }

  return {
    async load(): Promise<Loaded> {
      const rows = await readRows(database, tenant).catch((error: unknown) => {
        throw new StateUnreadableError(`o estado no PostgreSQL não pôde ser lido (${failureWord(error)})`, { cause: error });
      });
      if (rows === null) {
        saved = NOTHING;
        return { state: emptyState, origin: "none", corrupt: null };
      }
      const decoded = decodeRows(rows);
      if (!decoded.ok) throw new StateUnreadableError(`o estado no PostgreSQL ${decoded.reason}; restaure uma cópia do banco, ou importe um arquivo de estado com "pvmonitor import-state"`);
      saved = { version: rows.version, state: decoded.state, positions: rows.positions };
      return { state: decoded.state, origin: "own", corrupt: null };
    },

    async save(state): Promise<SaveResult> {
      for (let tries = 1; ; tries += 1) {
        try {
          await saveOnce(state);
          return { ok: true };
        } catch (error) {
          if (error instanceof FencedError) {
            onTaken();
            return { ok: false, detail: "ESTALE" };
          }
          const cause = error instanceof CommitUnknownError ? error.cause : error;
          // A connection that ended while nobody used it says so only now: the next one may do.
          if (tries === QUICK_TRIES || !isConnectionLost(cause)) return { ok: false, detail: failureWord(cause) };
        }
      }
    },
  };
}

/** When this tenant's state was saved last, by the server's clock; null: never. */
export async function lastSaved({ query }: Pick<Database, "query">, tenant: string): Promise<EpochMs | null> {
  const rows = await query("SELECT (extract(epoch FROM saved_at) * 1000)::float8 AS at FROM pvmonitor.monitor WHERE tenant = $1", [tenant]);
  return z.array(z.object({ at: z.number() })).parse(rows)[0]?.at ?? null;
}

interface Head {
  readonly tenant: string;
  readonly record: string;
  readonly stamp: string;
  /** That was read, 0 where there was no row; null: whatever is there is replaced. */
  readonly version: number | null;
}

async function writeHead(query: Query, { tenant, record, stamp, version }: Head): Promise<number> {
  const returning = "RETURNING version::text";
  const insert = "INSERT INTO pvmonitor.monitor AS own (tenant, version, stamp, record) VALUES ($1, 1, $2, $3) ON CONFLICT (tenant)";
  const rows = version === null
    ? await query(`${insert} DO UPDATE SET version = own.version + 1, stamp = $2, saved_at = now(), record = $3, conductor = NULL ${returning}`, [tenant, stamp, record])
    : version === 0
      ? await query(`${insert} DO NOTHING ${returning}`, [tenant, stamp, record])
      : await query(`UPDATE pvmonitor.monitor SET version = version + 1, stamp = $2, saved_at = now(), record = $3 WHERE tenant = $1 AND version = $4 ${returning}`, [tenant, stamp, record, version]);
  const [row] = written.parse(rows);
  if (row === undefined) throw new FencedError("another process has saved this state");
  return row.version;
}

async function clear(query: Query, tenant: string): Promise<void> {
  await query("DELETE FROM pvmonitor.plant WHERE tenant = $1", [tenant]);
  await query("DELETE FROM pvmonitor.outbox WHERE tenant = $1", [tenant]);
}

async function writeRows(query: Query, tenant: string, { plants, plantsGone, entries, positionsGone }: ReturnType<typeof rowChanges>, encode: RowEncoder): Promise<void> {
  if (plantsGone.length > 0) await query("DELETE FROM pvmonitor.plant WHERE tenant = $1 AND id = ANY($2::text[])", [tenant, plantsGone.map(keyOf)]);
  for (const some of chunks(plants)) {
    await query(
      `INSERT INTO pvmonitor.plant AS own (tenant, id, position, version, state)
       SELECT $1, new.id, new.position, 1, new.state::json FROM unnest($2::text[], $3::int[], $4::text[]) AS new (id, position, state)
       ON CONFLICT (tenant, id) DO UPDATE SET position = excluded.position, version = own.version + 1, state = excluded.state`,
      [tenant, some.map(({ plant }) => keyOf(plant.info.id)), some.map(({ position }) => position), some.map(({ plant }) => encode.plant(plant))],
    );
  }
  if (positionsGone.length > 0) await query("DELETE FROM pvmonitor.outbox WHERE tenant = $1 AND position = ANY($2::bigint[])", [tenant, positionsGone]);
  for (const some of chunks(entries)) {
    await query(
      `INSERT INTO pvmonitor.outbox (tenant, position, entry)
       SELECT $1, new.position, new.entry::json FROM unnest($2::bigint[], $3::text[]) AS new (position, entry)
       ON CONFLICT (tenant, position) DO UPDATE SET entry = excluded.entry`,
      [tenant, some.map(({ position }) => position), some.map(({ entry }) => JSON.stringify(entry))],
    );
  }
}

interface Rows {
  readonly version: number;
  readonly rest: unknown;
  readonly plants: readonly unknown[];
  readonly outbox: readonly unknown[];
  readonly positions: readonly number[];
}

/** All of one moment; null where there is none. */
async function readRows(database: Database, tenant: string): Promise<Rows | null> {
  return database.transaction(async (query) => {
    const [monitor] = head.parse(await query("SELECT version::text, record FROM pvmonitor.monitor WHERE tenant = $1", [tenant]));
    if (monitor === undefined) return null;
    const plants = plantRows.parse(await query("SELECT state FROM pvmonitor.plant WHERE tenant = $1 ORDER BY position", [tenant]));
    const outbox = outboxRows.parse(await query("SELECT position::text, entry FROM pvmonitor.outbox WHERE tenant = $1 ORDER BY outbox.position", [tenant]));
    return {
      version: monitor.version, rest: monitor.record, plants: plants.map(({ state }) => state),
      outbox: outbox.map(({ entry }) => entry), positions: outbox.map(({ position }) => position),
    };
  }, "read");
}
