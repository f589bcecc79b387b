// Why a file could not be read or written, sorted by what can be done about it.
import type { Cause, Failure } from "./messages.ts";

/** The file is no history of ours; `message` says why, for operators. */
export class BrokenFileError extends Error {}

/** SQLite's primary result codes (the low byte), https://sqlite.org/rescode.html. */
const CAUSES: ReadonlyMap<number, Cause> = new Map([
  [3, "unwritable"], [8, "unwritable"], [14, "unwritable"], [23, "unwritable"], // PERM, READONLY, CANTOPEN, AUTH
  [5, "busy"], [6, "busy"], [13, "full"], [11, "broken"], [26, "broken"], // BUSY, LOCKED, FULL, CORRUPT, NOTADB
  [10, "unwritable"], // IOERR: a disk that fails, or is full in its own way
]);
const SYSTEM_CAUSES: ReadonlyMap<string, Cause> = new Map([["ENOSPC", "full"], ["EDQUOT", "full"]]);

export function failureOf(error: unknown, file: string | null = null): Failure {
  if (error instanceof BrokenFileError) return { cause: "broken", detail: error.message, file };
  if (!(error instanceof Error)) return { cause: "unexpected", detail: String(error), file: null };
  if ("errcode" in error && typeof error.errcode === "number") {
    const cause = CAUSES.get(error.errcode & 0xff) ?? "unexpected";
    return { cause, detail: cause === "broken" ? "arquivo danificado" : error.message, file: cause === "broken" ? file : null };
  }
  if ("code" in error && typeof error.code === "string" && "syscall" in error) {
    return { cause: SYSTEM_CAUSES.get(error.code) ?? "unwritable", detail: error.code, file: null };
  }
  return { cause: "unexpected", detail: error.message, file: null };
}

/** For operators: what is wrong, in a few words. */
export function failureWords({ cause, detail }: Failure): string {
  if (cause === "full") return "disco cheio: o histórico não pode ser gravado";
  if (cause === "busy") return "history.db está em uso por outro programa";
  if (cause === "unwritable") return `a pasta do histórico não pode ser lida ou gravada (${detail})`;
  if (cause === "broken") return `history.db está ilegível (${detail})`;
  return `o histórico falhou (${detail})`;
}
