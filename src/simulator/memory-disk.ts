// A folder in memory that tells what would survive: a name counts for ever only once its folder was synced.
import type { FileContent, Disk } from "../ports/disk.ts";

export type DiskFault = "ENOSPC" | "EROFS" | "EACCES";

export interface MemoryDisk extends Disk {
  /** Null where there is no such file. */
  text(name: string): string | null;
  names(): readonly string[];
  /** Puts a file there, durably, whatever faults are on. */
  put(name: string, content: string | Uint8Array): void;
  /** From now on every change fails so; null ends that. */
  failWrites(code: DiskFault | null): void;
  /** What was not synced is gone. A killed process loses nothing of what it wrote; a machine without power does. */
  losePower(): void;
}

interface Inode {
  content: Uint8Array;
}

const WORDS: Readonly<Record<DiskFault, string>> = {
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
  EACCES: "permission denied",
};

function systemError(code: DiskFault | "ENOENT", call: string, name: string): Error {
  const words = code === "ENOENT" ? "no such file or directory" : WORDS[code];
  return Object.assign(new Error(`${code}: ${words}, ${call} '${name}'`), { code });
}

/** A content as it stands on a disk once it is written. */
export function wholeOf(content: FileContent): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  return new Uint8Array(Buffer.concat(Array.from(content, (part) => new Uint8Array(part))));
}

export function createMemoryDisk(): MemoryDisk {
  let folder = new Map<string, Inode>();
  let durableFolder = new Map<string, Inode>();
  let fault: DiskFault | null = null;

  function write(name: string, content: Uint8Array): void {
    const inode = folder.get(name);
    if (inode === undefined) folder.set(name, { content });
    else inode.content = content;
  }

  return {
    read: (name) => Promise.resolve(folder.get(name)?.content.slice() ?? null),
    writeDurably(name, content) {
      const bytes = wholeOf(content);
      // A disk fills up in the middle of a file.
      if (fault === null || fault === "ENOSPC") write(name, fault === null ? bytes : bytes.slice(0, bytes.length >> 1));
      return fault === null ? Promise.resolve() : Promise.reject(systemError(fault, fault === "ENOSPC" ? "write" : "open", name));
    },
    rename(from, to) {
      const inode = folder.get(from);
      if (fault === "EROFS" || fault === "EACCES") return Promise.reject(systemError(fault, "rename", from));
      if (inode === undefined) return Promise.reject(systemError("ENOENT", "rename", from));
      folder.delete(from);
      folder.set(to, inode);
      return Promise.resolve();
    },
    syncFolder() {
      durableFolder = new Map(folder);
      return Promise.resolve();
    },
    text(name) {
      const inode = folder.get(name);
      return inode === undefined ? null : new TextDecoder().decode(inode.content);
    },
    names: () => [...folder.keys()].sort(),
    put(name, content) {
      write(name, wholeOf(typeof content === "string" ? content : [content]));
      durableFolder = new Map(folder);
    },
    failWrites(code) {
      fault = code;
    },
    losePower() {
      folder = new Map(durableFolder);
    },
  };
}
