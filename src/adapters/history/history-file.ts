// STATE_DIR/history.db: opened, brought up to date, and moved aside where it is broken. Synchronous: only the history's own threads come here.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isoLocal, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { MovedAside } from "../../history-core/trouble.ts";
import type { Setup } from "./messages.ts";
import { migrate } from "./migrations.ts";

export const HISTORY_FILE = "history.db";
const WITH_IT = ["-wal", "-shm"];
/** Of those that were moved aside: enough to look into, and no disk filled by one that breaks files. */
const MOST_ASIDE = 3;
const ASIDE = /^(history\.db\.corrupt\.\d{8}_\d{6})(?:-wal|-shm)?$/;
/** 4 GB: more than 5,000 inverters for a year take. Beyond it something is wrong, and the disk is not ours alone. */
const MOST_PAGES = 524_288;
const PRAGMAS = `
  PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA max_page_count = ${MOST_PAGES};
  PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8000; PRAGMA trusted_schema = OFF`;

export interface HistoryFile {
  readonly db: DatabaseSync;
  /** Which file it is: another one may take its name while it is open. */
  readonly file: string;
}

export function pathOf(folder: string): string {
  return join(folder, HISTORY_FILE);
}

/** Identity of the file that has the name now; null where there is none. */
export function fileNow(folder: string): string | null {
  const found = statSync(pathOf(folder), { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** A connection to the file, which is made where there is none; `prepare` makes it a history.
 *  @throws what SQLite and the system throw, see failures.ts */
export function openForWriting({ folder, busyMs }: Setup): HistoryFile {
  const path = pathOf(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What a file that is gone left beside it would be taken for the new one's.
  if (!existsSync(path)) for (const end of WITH_IT) rmSync(path + end, { force: true });
  closeSync(openSync(path, "a", 0o600));
  for (const end of ["", ...WITH_IT]) if (existsSync(path + end)) chmodSync(path + end, 0o600);
  const db = new DatabaseSync(path, { timeout: busyMs, defensive: true });
  return { db, file: fileNow(folder) ?? "" };
}

export function prepare(db: DatabaseSync): void {
  db.exec(PRAGMAS);
  migrate(db);
}

/** @throws where there is no file, or none that can be read */
export function openForReading({ folder, busyMs }: Setup): HistoryFile {
  const file = fileNow(folder);
  const db = new DatabaseSync(pathOf(folder), { readOnly: true, timeout: busyMs });
  return { db, file: file ?? "" };
}

/** Renames the file, and what SQLite keeps beside it, out of the way; only the newest of those that lie there already are kept. */
export function moveAside({ folder, zone }: Setup, reason: string, now: EpochMs): MovedAside {
  const path = pathOf(folder);
  const name = freeName(path, zone, now);
  for (const end of ["", ...WITH_IT]) if (existsSync(path + end)) renameSync(path + end, name + end);
  dropOldest(folder, basename(name));
  return { movedTo: basename(name), reason };
}

function dropOldest(folder: string, kept: string): void {
  const aside = new Set(readdirSync(folder).map((name) => ASIDE.exec(name)?.[1]).filter((name): name is string => name !== undefined && name !== kept));
  for (const name of [...aside].sort().slice(0, -(MOST_ASIDE - 1))) for (const end of ["", ...WITH_IT]) rmSync(join(folder, name + end), { force: true });
}

/** As the state's: `….corrupt.YYYYMMDD_HHMMSS`, and never over another one. */
function freeName(path: string, zone: string, now: EpochMs): string {
  for (let at = now; ; at += SECOND_MS) {
    const name = `${path}.corrupt.${isoLocal(at, zone).replaceAll(/[-:]/g, "").replace("T", "_")}`;
    if (!existsSync(name)) return name;
  }
}
