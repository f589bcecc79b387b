// Whether an instance holds the lock, told without touching it: trying to take it would keep a monitor from starting.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LOCK_FILE } from "../../adapters/system/instance-lock.ts";

export interface LockHolder {
  /** `unknown`: this system does not list its locks (only Linux does). */
  readonly state: "held" | "free" | "unknown";
  /** As the file says; of the holder where the lock is held, else of the last one. */
  readonly pid: number | null;
}

export async function lockHolder(folder: string): Promise<LockHolder> {
  const path = join(folder, LOCK_FILE);
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    const pid = /^\s*(\d{1,10})\b/.exec(await readFile(path, "utf8"))?.[1];
    return { state: await stateOf(dev, ino), pid: pid === undefined ? null : Number(pid) };
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { state: isMissing ? "free" : "unknown", pid: null };
  }
}

/** Lines as `1: OFDLCK ADVISORY  WRITE -1 fe:00:2154694 0 EOF`: device (hexadecimal) and inode of the locked file. */
async function stateOf(dev: bigint, ino: bigint): Promise<LockHolder["state"]> {
  const locks = await readFile("/proc/locks", "utf8").catch(() => null);
  if (locks === null) return "unknown";
  const files = [...locks.matchAll(/ ([0-9a-f]+):([0-9a-f]+):(\d+) /g)].filter(([, , , inode]) => inode === String(ino));
  const [major, minor] = [((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn), (dev & 0xffn) | ((dev >> 12n) & ~0xffn)];
  if (files.some(([, a, b]) => BigInt(`0x${a ?? ""}`) === major && BigInt(`0x${b ?? ""}`) === minor)) return "held";
  // Some file systems (btrfs, overlay) show another device here: the same inode is a hint, and no proof.
  return files.length === 0 ? "free" : "unknown";
}
