// The state as one file, replaced whole: temporary file, fsync, rename, fsync of the folder.
import { isoLocal, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import { emptyState } from "../../domain/monitor-state.ts";
import type { FileContent, Disk } from "../../ports/disk.ts";
import type { Saved } from "../../ports/ledger.ts";
import { StateUnreadableError, type Loaded, type Store } from "../../ports/store.ts";
import { createEncoder } from "../../state-codec/encode-state.ts";
import { readState } from "../../state-codec/read-state.ts";

export const STATE_FILE = "monitor_state.json";
const TEMPORARY_FILE = `${STATE_FILE}.tmp`;
const PREDECESSOR_COPY = `${STATE_FILE}.v1.bak`;

export interface FileStoreParts {
  readonly disk: Disk;
  /** IANA zone in which the file's times are written, and the predecessor's are read. */
  readonly zone: string;
  /** The file is written in parts of about this size; absent: as the encoder thinks best. */
  readonly partBytes?: number;
}

export function createFileStore({ disk, zone, partBytes }: FileStoreParts): Store {
  const encode = createEncoder(zone, partBytes);
  /** What must be in safety before the state file is replaced: the predecessor's file, or one that cannot be read. */
  let rescue: (() => Promise<void>) | null = null;

  async function replace(name: string, content: FileContent): Promise<void> {
    await disk.writeDurably(TEMPORARY_FILE, content);
    await disk.rename(TEMPORARY_FILE, name);
    await disk.syncFolder();
  }

  /** Null where it worked; else why not, and every save tries it again first: a full disk does not keep the monitor from starting. */
  async function rescued(work: () => Promise<void>): Promise<string | null> {
    rescue = work;
    try {
      await work();
      rescue = null;
      return null;
    } catch (error) {
      return systemWord(error);
    }
  }

  async function putAside(reason: string, now: EpochMs): Promise<NonNullable<Loaded["corrupt"]>> {
    const movedTo = await freeName(disk, now, zone);
    let isMoved = false;
    const failed = await rescued(async () => {
      if (!isMoved) await disk.rename(STATE_FILE, movedTo);
      isMoved = true;
      await disk.syncFolder();
    });
    return { movedTo, reason: failed === null ? reason : `${reason}; ainda não pôde ser movido: ${failed}` };
  }

  return {
    async load(now): Promise<Loaded> {
      const bytes = await readOrExplain(disk);
      if (bytes === null) return { state: emptyState, origin: "none", corrupt: null };
      const read = readState(bytes, zone, now);
      if (read.kind === "corrupt") return { state: emptyState, origin: "none", corrupt: await putAside(read.reason, now) };
      if (read.kind === "predecessor") await rescued(() => replace(PREDECESSOR_COPY, [bytes]));
      return { state: read.state, origin: read.kind, corrupt: null };
    },

    async save(state): Promise<Saved> {
      const failed = rescue === null ? null : await rescued(rescue);
      if (failed !== null) return { ok: false, detail: failed };
      try {
        await replace(STATE_FILE, await encode(state));
        return { ok: true };
      } catch (error) {
        return { ok: false, detail: systemWord(error) };
      }
    },
  };
}

/** `….corrupt.YYYYMMDD_HHMMSS`; two within one second, or in an hour that a clock showed twice, do not overwrite each other. */
async function freeName(disk: Disk, now: EpochMs, zone: string): Promise<string> {
  for (let at = now; ; at += SECOND_MS) {
    const name = `${STATE_FILE}.corrupt.${isoLocal(at, zone).replaceAll(/[-:]/g, "").replace("T", "_")}`;
    if ((await disk.read(name)) === null) return name;
  }
}

async function readOrExplain(disk: Disk): Promise<Uint8Array | null> {
  try {
    return await disk.read(STATE_FILE);
  } catch (error) {
    throw new StateUnreadableError(`o estado (${STATE_FILE}) não pôde ser lido: ${systemWord(error)}; dê o arquivo ao usuário do serviço (chown) e inicie de novo`, { cause: error });
  }
}

function systemWord(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
