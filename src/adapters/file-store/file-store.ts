// The state as one file, replaced whole: temporary file, fsync, rename, fsync of the folder.
import { isoLocal, type EpochMs } from "../../domain/local-time.ts";
import { emptyState } from "../../domain/monitor-state.ts";
import type { Disk } from "../../ports/disk.ts";
import type { Loaded, Saved, Store } from "../../ports/store.ts";
import { createEncoder } from "./encode-state.ts";
import { decodeState } from "./decode-state.ts";
import { isPredecessorFile, takeOver } from "./predecessor.ts";

export const STATE_FILE = "monitor_state.json";
const TEMPORARY_FILE = `${STATE_FILE}.tmp`;
const PREDECESSOR_COPY = `${STATE_FILE}.v1.bak`;

export interface FileStoreParts {
  readonly disk: Disk;
  /** IANA zone in which the file's times are written, and the predecessor's are read. */
  readonly zone: string;
}

export function createFileStore({ disk, zone }: FileStoreParts): Store {
  const encode = createEncoder(zone);

  async function replace(name: string, content: string): Promise<void> {
    await disk.writeDurably(TEMPORARY_FILE, content);
    await disk.rename(TEMPORARY_FILE, name);
    await disk.syncFolder();
  }

  return {
    async load(now): Promise<Loaded> {
      const bytes = await disk.read(STATE_FILE);
      if (bytes === null) return { state: emptyState, origin: "none", corrupt: null };
      const read = readState(bytes, zone, now);
      if (read.kind === "corrupt") {
        const movedTo = `${STATE_FILE}.corrupt.${isoLocal(now, zone).replaceAll(/[-:]/g, "").replace("T", "_")}`;
        await disk.rename(STATE_FILE, movedTo);
        await disk.syncFolder();
        return { state: emptyState, origin: "none", corrupt: { movedTo, reason: read.reason } };
      }
      if (read.kind === "predecessor") await replace(PREDECESSOR_COPY, new TextDecoder().decode(bytes));
      return { state: read.state, origin: read.kind, corrupt: null };
    },

    async save(state): Promise<Saved> {
      try {
        await replace(STATE_FILE, encode(state));
        return { ok: true };
      } catch (error) {
        return { ok: false, detail: systemWord(error) };
      }
    },
  };
}

type Read =
  | { readonly kind: "own" | "predecessor"; readonly state: Loaded["state"] }
  | { readonly kind: "corrupt"; readonly reason: string };

/** The state in the bytes of a file, whoever wrote it; `corrupt` says in Portuguese why it cannot be one. */
export function readState(bytes: Uint8Array, zone: string, now: EpochMs): Read {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { kind: "corrupt", reason: bytes.length === 0 ? "arquivo vazio" : "não é JSON em UTF-8 (arquivo cortado?)" };
  }
  if (isPredecessorFile(json)) {
    const taken = takeOver(json, zone, now);
    return taken.ok ? { kind: "predecessor", state: taken.state } : { kind: "corrupt", reason: taken.reason };
  }
  const decoded = decodeState(json);
  return decoded.ok ? { kind: "own", state: decoded.state } : { kind: "corrupt", reason: decoded.reason };
}

function systemWord(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
