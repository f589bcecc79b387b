// The schema, step by step. Steps are only ever added at the end: a database that ran one will not run it again.
import { z } from "zod";
import type { Database, Query } from "./database.ts";

interface Migration {
  readonly version: number;
  readonly about: string;
  readonly sql: string;
}

/** `json`, not `jsonb`: that changes the order of keys, and has no room for every text that an API may send. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    about: "state: the monitor, a plant a row, what is owed",
    sql: `
      CREATE TABLE pvmonitor.monitor (
        tenant text PRIMARY KEY,
        version bigint NOT NULL,
        -- of the transaction that wrote it: whoever lost the answer to a commit finds out here whether it took place
        stamp uuid NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        record json NOT NULL
      );
      CREATE TABLE pvmonitor.plant (
        tenant text NOT NULL REFERENCES pvmonitor.monitor ON DELETE CASCADE,
        id text NOT NULL,
        position integer NOT NULL,
        version bigint NOT NULL,
        state json NOT NULL,
        PRIMARY KEY (tenant, id)
      );
      CREATE TABLE pvmonitor.outbox (
        tenant text NOT NULL REFERENCES pvmonitor.monitor ON DELETE CASCADE,
        position bigint NOT NULL,
        entry json NOT NULL,
        PRIMARY KEY (tenant, position)
      );`,
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** Any of the numbers of a lock that all pvmonitors of a database share. */
const MIGRATION_LOCK = 7_086_001;

export interface SchemaState {
  readonly kind: "usable" | "older" | "newer";
  /** 0: none yet. */
  readonly version: number;
}

const versionRow = z.tuple([z.object({ version: z.number().int() })]);

/** Each schema serves the version before it too, for as long as an update takes: newer by one is usable. */
export async function schemaState(query: Query): Promise<SchemaState> {
  const version = await versionOf(query);
  if (version < SCHEMA_VERSION) return { kind: "older", version };
  return { kind: version > SCHEMA_VERSION + 1 ? "newer" : "usable", version };
}

async function versionOf(query: Query): Promise<number> {
  const [found] = z.array(z.object({ found: z.boolean() })).parse(await query("SELECT to_regclass('pvmonitor.migration') IS NOT NULL AS found"));
  if (found?.found !== true) return 0;
  return versionRow.parse(await query("SELECT coalesce(max(version), 0)::int AS version FROM pvmonitor.migration"))[0].version;
}

const OLDEST_SERVER = 150_000;

/** Null where the server is one that serves; else its version (`14.9`). */
export async function tooOldServer(query: Query): Promise<string | null> {
  const [row] = z.array(z.object({ number: z.string().transform(Number), name: z.string() }))
    .parse(await query("SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name"));
  return row === undefined || row.number >= OLDEST_SERVER ? null : row.name;
}

export interface Migrated {
  readonly from: number;
  readonly to: number;
}

/** Runs what was not run yet, all of it or nothing. Whoever comes at the same time waits, and then finds it done. */
export async function migrate(database: Database): Promise<Migrated> {
  return database.transaction(async (query) => {
    await query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    const from = await versionOf(query);
    await query("CREATE SCHEMA IF NOT EXISTS pvmonitor");
    await query("CREATE TABLE IF NOT EXISTS pvmonitor.migration (version integer PRIMARY KEY, about text NOT NULL, run_at timestamptz NOT NULL DEFAULT now())");
    for (const { version, about, sql } of MIGRATIONS.filter((migration) => migration.version > from)) {
      await query(sql);
      await query("INSERT INTO pvmonitor.migration (version, about) VALUES ($1, $2)", [version, about]);
    }
    return { from, to: Math.max(from, SCHEMA_VERSION) };
  });
}
