// A log file that never stops its writer: one file a local day, some kept, and where the disk refuses, said once and tried again.
// Written synchronously: a line is with the system before what it tells of goes on, and a dying process loses none.
import {
  appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { localDate, type EpochMs, type LocalDate } from "../../domain/local-time.ts";

export interface DailyFileOptions {
  readonly path: string;
  readonly zone: string;
  readonly now: () => EpochMs;
  /** Files of days past that are kept. */
  readonly keep: number;
  /** The file cannot be written (system code), or can again (null). Told once each. */
  readonly onTrouble: (code: string | null) => void;
}

export interface DailyFile {
  write(line: string): void;
  close(): void;
}

const RETRY_MS = 10_000;

interface OpenFile {
  readonly fd: number;
  readonly inode: bigint;
  /** Local date of the lines in it. */
  readonly day: LocalDate;
}

export function createDailyFile({ path, zone, now, keep, onTrouble }: DailyFileOptions): DailyFile {
  let open: OpenFile | null = null;
  let failedAt: EpochMs | null = null;

  const close = (): void => {
    const fd = open?.fd;
    open = null;
    try {
      if (fd !== undefined) closeSync(fd);
    } catch {
      // The descriptor is gone either way; what failed was told by the write before.
    }
  };

  /** The file of today: another day's is put aside, one that was removed or moved under us is made anew. */
  const ready = (today: LocalDate): OpenFile => {
    if (open?.day === today && inodeOf(path) === open.inode) return open;
    const lastDay = open?.day ?? dayOf(path, zone);
    close();
    // Where it cannot be put aside (Windows, while someone reads it) its lines go on in it, and the next one tries again.
    const day = lastDay === null || lastDay === today || putAside(path, lastDay, keep) ? today : lastDay;
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    const fd = openSync(path, "a+", 0o640);
    open = { fd, inode: fstatSync(fd, { bigint: true }).ino, day };
    endTornLine(fd);
    return open;
  };

  return {
    write(line) {
      const at = now();
      if (failedAt !== null && at >= failedAt && at - failedAt < RETRY_MS) return;
      try {
        const { fd } = ready(localDate(at, zone));
        appendFileSync(fd, `${line}\n`);
      } catch (error) {
        close();
        const first = failedAt === null;
        failedAt = at;
        if (first) onTrouble(codeOf(error));
        return;
      }
      if (failedAt !== null) {
        failedAt = null;
        onTrouble(null);
      }
    },
    close,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** A full disk, or a machine that lost power, leaves half a line: the next must not stand behind it. */
function endTornLine(fd: number): void {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString("latin1") !== "\n") appendFileSync(fd, "\n");
}

function inodeOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** The day of a file that an earlier process left; null where there is none, or nothing in it. */
function dayOf(path: string, zone: string): LocalDate | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || stats.size === 0 ? null : localDate(Math.trunc(stats.mtimeMs), zone);
}

function putAside(path: string, day: LocalDate, keep: number): boolean {
  try {
    let free = `${path}.${day}`;
    for (let n = 1; existsSync(free); n++) free = `${path}.${day}.${n}`; // the clock went back, or the predecessor left one
    if (existsSync(path)) renameSync(path, free);
    const aside = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`) && /\.\d{4}-\d\d-\d\d(?:\.\d+)?$/.test(name));
    const tooOld = aside.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).slice(0, -keep);
    for (const name of tooOld) rmSync(join(dirname(path), name), { force: true });
    return true;
  } catch {
    return false;
  }
}
