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
  {
    version: 2,
    about: "history: incidents, what was told, scans, cards, outages, power",
    // Times are epoch milliseconds. The order of texts is that of their bytes, on every server.
    sql: `
      CREATE TABLE pvmonitor.history_incident (
        tenant text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, first_at bigint NOT NULL, plant_id text COLLATE "C" NOT NULL,
        plant_name text COLLATE "C" NOT NULL, kind text NOT NULL, device text COLLATE "C" NOT NULL, device_name text COLLATE "C" NOT NULL, type text COLLATE "C",
        parameters text[] NOT NULL, last_at bigint NOT NULL, ended_at bigint, gone_at bigint, notified_at bigint, end_notified_at bigint, muted_reason text COLLATE "C",
        PRIMARY KEY (tenant, id, first_at) -- ids are short hashes: in two years two incidents may share one
      );
      CREATE INDEX history_incident_by_first ON pvmonitor.history_incident (tenant, first_at);
      CREATE INDEX history_incident_by_end ON pvmonitor.history_incident (tenant, ended_at, first_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX history_incident_unended ON pvmonitor.history_incident (tenant, first_at) WHERE ended_at IS NULL;
      -- facts of their own: they may arrive before the incident that they complete
      CREATE TABLE pvmonitor.history_told (
        tenant text COLLATE "C" NOT NULL, incident_id text COLLATE "C" NOT NULL, event text NOT NULL, at bigint NOT NULL,
        PRIMARY KEY (tenant, incident_id, event, at)
      );
      CREATE TABLE pvmonitor.history_gone (
        tenant text COLLATE "C" NOT NULL, plant_id text COLLATE "C" NOT NULL, whole_plant boolean NOT NULL, device text COLLATE "C" NOT NULL, at bigint NOT NULL,
        PRIMARY KEY (tenant, plant_id, whole_plant, device, at)
      );
      CREATE TABLE pvmonitor.history_scan (
        tenant text COLLATE "C" NOT NULL, at bigint NOT NULL, kind text NOT NULL, duration_ms float8 NOT NULL, plants bigint NOT NULL, complete bigint NOT NULL,
        unavailable bigint NOT NULL, unwatched bigint NOT NULL, readings bigint NOT NULL, reasons json NOT NULL, ended_early boolean NOT NULL, calls bigint NOT NULL,
        failed_calls bigint NOT NULL, median_ms float8, p95_ms float8,
        PRIMARY KEY (tenant, at, kind)
      );
      CREATE TABLE pvmonitor.history_card (
        tenant text COLLATE "C" NOT NULL, at bigint NOT NULL, title text COLLATE "C" NOT NULL, outcome text NOT NULL, attempt bigint NOT NULL, severity text,
        plant_id text COLLATE "C", events bigint NOT NULL, reason text COLLATE "C",
        PRIMARY KEY (tenant, at, title, outcome, attempt)
      );
      CREATE TABLE pvmonitor.history_outage (
        tenant text COLLATE "C" NOT NULL, topic text NOT NULL, since bigint NOT NULL, until bigint, detail text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant, topic, since)
      );
      -- a row a device and UTC day, eight bytes a reading; the day comes first in the key, so that what expires lies together
      CREATE TABLE pvmonitor.history_power (
        tenant text COLLATE "C" NOT NULL, day integer NOT NULL, plant_id text COLLATE "C" NOT NULL, device text COLLATE "C" NOT NULL,
        readings bytea NOT NULL CHECK (octet_length(readings) >= 8 AND octet_length(readings) % 8 = 0),
        PRIMARY KEY (tenant, day, plant_id, device)
      ) WITH (autovacuum_vacuum_scale_factor = 0.05);`,
  },
  {
    version: 3,
    about: "many workers: who conducts a tenant, how a plant's last scan went, numbers of notifications that everybody draws",
    sql: `
      -- drawn by whoever conducts; another one's writing on is refused
      ALTER TABLE pvmonitor.monitor ADD COLUMN conductor uuid;
      ALTER TABLE pvmonitor.plant ADD COLUMN scan json;
      CREATE SEQUENCE pvmonitor.notification;
      SELECT setval('pvmonitor.notification', greatest(1, (SELECT max(position) FROM pvmonitor.outbox), (SELECT max((record -> 'monitor' ->> 'nextNotification')::bigint) FROM pvmonitor.monitor)));`,
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
