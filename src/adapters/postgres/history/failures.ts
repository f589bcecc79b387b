// Why the history could not be written or read, for operators; and whether the same records would fail again.
import { DatabaseError } from "pg";
import { z } from "zod";
import { failureWord, isConnectionLost } from "../failures.ts";

export function historyWords(error: unknown): string {
  // Of our own readers: rows that nobody of ours wrote.
  if (error instanceof z.ZodError || error instanceof SyntaxError) return "o histórico no PostgreSQL tem linhas de forma desconhecida";
  if (isConnectionLost(error)) return "o PostgreSQL não responde";
  const word = failureWord(error);
  if (word === "ENOSPC") return "disco do PostgreSQL cheio: o histórico não pode ser gravado";
  if (word === "SQLSTATE 42P01") return 'o banco ainda não tem as tabelas do histórico; rode "pvmonitor migrate"';
  return `o PostgreSQL recusou o histórico (${word})`;
}

/** Faults of the data (SQLSTATE classes 22, 23 and 54): no later try would end otherwise, and what comes after must not wait for them. */
export function isHopeless(error: unknown): boolean {
  return error instanceof DatabaseError && /^(?:22|23|54)/.test(error.code ?? "");
}
