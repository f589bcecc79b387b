// The schema, as numbered steps: a step that was released is never changed, only followed by another. `user_version` says how many were taken.
import type { DatabaseSync } from "node:sqlite";
import { BrokenFileError } from "./failures.ts";

/** Written into the file's header ("pvmh"), so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x70766d68;

/** Times are epoch milliseconds. `told` and `gone` are facts of their own, because they may arrive before the incident that they complete;
 *  the view puts the three together. Power: one row a device and UTC day, see power-rows.ts. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE incident (
     id TEXT NOT NULL, first_at INTEGER NOT NULL, plant_id TEXT NOT NULL, plant_name TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL,
     device_name TEXT NOT NULL, type TEXT, parameters TEXT NOT NULL, last_at INTEGER NOT NULL, ended_at INTEGER, gone_at INTEGER,
     notified_at INTEGER, end_notified_at INTEGER, muted_reason TEXT,
     PRIMARY KEY (id, first_at) -- ids are short hashes: in two years two incidents may share one
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX incident_by_first ON incident (first_at);
   CREATE INDEX incident_by_end ON incident (ended_at, first_at) WHERE ended_at IS NOT NULL;
   CREATE INDEX incident_unended ON incident (first_at) WHERE ended_at IS NULL;
   CREATE TABLE told (
     incident_id TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (incident_id, event, at)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE gone (
     plant_id TEXT NOT NULL, whole_plant INTEGER NOT NULL, device TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (plant_id, whole_plant, device, at)
   ) STRICT, WITHOUT ROWID;
   CREATE VIEW known_incident AS
     SELECT id, plant_id, plant_name, kind, device, device_name, type, parameters, first_at, last_at, ended_at, muted_reason,
       CASE WHEN ended_at IS NULL THEN (SELECT min(at) FROM (
         SELECT i.gone_at AS at WHERE i.gone_at >= i.last_at
         UNION ALL SELECT at FROM gone WHERE gone.plant_id = i.plant_id AND (whole_plant = 1 OR gone.device = i.device) AND at >= i.last_at
       )) END AS gone_at,
       (SELECT min(at) FROM (
         SELECT i.notified_at AS at
         UNION ALL SELECT at FROM told WHERE incident_id = i.id AND event = 'failure' AND at > i.first_at - 86400000
       )) AS notified_at,
       (SELECT min(at) FROM (
         SELECT i.end_notified_at AS at
         UNION ALL SELECT at FROM told WHERE incident_id = i.id AND event = 'normal' AND at > i.first_at - 86400000
       )) AS end_notified_at
     FROM incident AS i;
   CREATE TABLE scan (
     at INTEGER NOT NULL, kind TEXT NOT NULL, duration_ms REAL NOT NULL, plants INTEGER NOT NULL, complete INTEGER NOT NULL, unavailable INTEGER NOT NULL,
     unwatched INTEGER NOT NULL, readings INTEGER NOT NULL, reasons TEXT NOT NULL, ended_early INTEGER NOT NULL, calls INTEGER NOT NULL,
     failed_calls INTEGER NOT NULL, median_ms REAL, p95_ms REAL, PRIMARY KEY (at, kind)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE card (
     at INTEGER NOT NULL, title TEXT NOT NULL, outcome TEXT NOT NULL, attempt INTEGER NOT NULL, severity TEXT, plant_id TEXT, events INTEGER NOT NULL,
     reason TEXT, PRIMARY KEY (at, title, outcome, attempt)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE outage (
     topic TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, detail TEXT NOT NULL, PRIMARY KEY (topic, since)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE device (
     ref INTEGER PRIMARY KEY, plant_id TEXT NOT NULL, device TEXT NOT NULL, last_day INTEGER NOT NULL, UNIQUE (plant_id, device)
   ) STRICT;
   CREATE TABLE power (key INTEGER PRIMARY KEY, readings BLOB NOT NULL) STRICT;`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the file up to this program's schema; each step is a transaction.
 *  @throws BrokenFileError where it is a newer program's, or not a history at all */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const version = numberOf(db, "user_version");
  if (version > migrations.length) throw new BrokenFileError(`de uma versão mais nova do programa (esquema ${version})`);
  if (version === 0 ? db.prepare("SELECT 1 FROM sqlite_schema").get() !== undefined : numberOf(db, "application_id") !== APPLICATION_ID) {
    throw new BrokenFileError("banco de dados de outro programa");
  }
  for (const [i, step] of migrations.entries()) {
    if (i < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${i + 1}; COMMIT`);
  }
}

function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}
