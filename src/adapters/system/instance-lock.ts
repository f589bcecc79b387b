// One monitor a state folder: an operating-system lock, freed by the kernel however the process ends.
// On Linux an OFD lock of the whole file, which excludes fcntl.lockf of the Python monitor both ways.
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, constants, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tryLock } from "fs-native-extensions";

export interface InstanceLock {
  readonly path: string;
  /** False once the path is no longer the file that is held: someone deleted or replaced it, and another instance could start. */
  stillHeld(): boolean;
  /** Frees the lock; the file stays, so that whoever waits on it and whoever comes later lock the same one. */
  release(): void;
}

export type LockResult =
  | { readonly ok: true; readonly lock: InstanceLock }
  | { readonly ok: false; readonly reason: "taken"; readonly pid: number | null }
  /** The system's word for what failed: EACCES, EROFS, ENOLCK … */
  | { readonly ok: false; readonly reason: "error"; readonly path: string; readonly code: string };

export const LOCK_FILE = ".monitor_lock";
/** Windows keeps others from reading locked bytes, so a byte far behind the PID is locked there. */
const [OFFSET, LENGTH] = process.platform === "win32" ? [2 ** 30, 1] : [0, 0];

export function acquireLock(folder: string): LockResult {
  const path = join(folder, LOCK_FILE);
  let fd: number | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      if (!tryLock(fd, OFFSET, LENGTH)) {
        closeSync(fd);
        return { ok: false, reason: "taken", pid: pidIn(path) };
      }
      if (isSameFile(path, fd)) break;
      closeSync(fd); // deleted between opening and locking: what is held is nobody's file
    }
    writePid(fd);
    return { ok: true, lock: lockOf(path, fd) };
  } catch (error) {
    if (fd !== null) closeQuietly(fd);
    return { ok: false, reason: "error", path, code: codeOf(error) };
  }
}

/** For whoever is refused. A full disk keeps nobody from starting: the lock holds without it. */
function writePid(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    // the file is empty then, and names nobody
  }
}

function lockOf(path: string, fd: number): InstanceLock {
  let released = false;
  return {
    path,
    stillHeld: () => !released && isSameFile(path, fd),
    release: () => {
      if (!released) closeQuietly(fd);
      released = true;
    },
  };
}

/** A path that cannot be looked at (a network disk that hangs up) is not taken for a deleted one. */
function isSameFile(path: string, fd: number): boolean {
  try {
    const [here, held] = [statSync(path, { bigint: true, throwIfNoEntry: false }), fstatSync(fd, { bigint: true })];
    return here?.ino === held.ino && here.dev === held.dev;
  } catch {
    return true;
  }
}

function pidIn(path: string): number | null {
  try {
    const pid = /^\s*(\d{1,10})\b/.exec(readFileSync(path, "utf8"))?.[1];
    return pid === undefined ? null : Number(pid);
  } catch {
    return null;
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // already closed: nothing is held any more
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
