// What PostgreSQL, or the way to it, refuses: as a system's word for the log, as whether it is worth waiting, and as words for whoever set it up.
import { DatabaseError } from "pg";
import { ZodError } from "zod";
import { StateUnreadableError } from "../../ports/store.ts";

/** The system's words that operators know from a disk, for what a server says in codes (SQLSTATE) of its own. */
const WORDS: Readonly<Record<string, string>> = {
  "53100": "ENOSPC", "53200": "ENOMEM", "53300": "EAGAIN", "53400": "EAGAIN", "25006": "EROFS", "42501": "EACCES", "28000": "EACCES", "28P01": "EACCES",
  "57014": "ETIMEDOUT", "25P03": "ETIMEDOUT", "57P03": "ECONNREFUSED", "57P01": "ECONNRESET", "57P02": "ECONNRESET", "58030": "EIO", "58P01": "EIO",
};

/** One word for the log: `ECONNREFUSED`, `ENOSPC`, or the server's own code. Never the message: it may quote an address or data. */
export function failureWord(error: unknown): string {
  if (error instanceof CommitUnknownError) return failureWord(error.cause);
  if (error instanceof DatabaseError) return WORDS[error.code ?? ""] ?? `SQLSTATE ${error.code ?? "?"}`;
  const code = systemCode(error);
  if (code !== null) return code;
  // What the driver says of a connection that it lost has no code.
  return error instanceof Error && /timeout/i.test(error.message) ? "ETIMEDOUT" : "ECONNRESET";
}

/** Our own refusal to write: somebody else did. The connection is as it was. */
export class RefusedWriteError extends Error {}

/** The connection was lost at the commit, with its cause. The server may have committed, or not: whoever cares looks before anything is done again. */
export class CommitUnknownError extends Error {}

/** Two transactions waited for each other, and the server ended this one. */
export function isCrossed(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === "40P01" || error.code === "40001");
}

/** The connection ended, or the server ends it: what was under way has an unknown outcome. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof RefusedWriteError || error instanceof StateUnreadableError || error instanceof ZodError) return false;
  if (!(error instanceof DatabaseError)) return true;
  return /^(?:08|57P0)/.test(error.code ?? "");
}

/** Null where it may pass by itself (a server that is down, starts, or is full of connections); else what the operator has to do. */
export function adviceFor(error: unknown): string | null {
  if (error instanceof DatabaseError) {
    switch (error.code) {
      case "28P01": return "o PostgreSQL recusou o usuário ou a senha; confira DATABASE_URL (ou DATABASE_URL_FILE)";
      case "28000": return "o PostgreSQL não deixa este usuário entrar deste endereço; confira o pg_hba.conf do servidor e DATABASE_URL";
      case "3D000": return "o banco de dados de DATABASE_URL não existe no servidor; crie-o (createdb) ou corrija o nome";
      case "42501": return "o usuário de DATABASE_URL não tem permissão neste banco de dados; dê-lhe o banco (ALTER DATABASE … OWNER TO …) e rode \"pvmonitor migrate\"";
      default: return /^(?:08|53|57P0)/.test(error.code ?? "") ? null : `o PostgreSQL respondeu com um erro que não se esperava (SQLSTATE ${error.code ?? "?"}); veja o log do servidor`;
    }
  }
  const code = systemCode(error);
  if (code !== null && /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code)) {
    return `o certificado do PostgreSQL não é de confiança (${code}); informe a CA em VERIFY_CA e use em DATABASE_URL o nome que está no certificado`;
  }
  if (error instanceof Error && error.message.includes("does not support SSL")) {
    return "o PostgreSQL não aceita TLS; ligue-o no servidor (ssl = on) ou, só em rede de confiança, acrescente ?sslmode=disable a DATABASE_URL";
  }
  return null;
}

/** Of Node's errors; those that tried several addresses hold one for each. */
function systemCode(error: unknown): string | null {
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
