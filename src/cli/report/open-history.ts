// Where the commands get the history from.
import type { Config } from "../../config/config.ts";
import type { History } from "../../ports/history.ts";

export type ReportHistory = Pick<History, "incidents" | "outages" | "trouble" | "close">;

/** Not part of this version: whoever asks is told so, and reports say what they lack. */
export function openHistory(config: Config): ReportHistory {
  const answer = Promise.resolve({ ok: false, reason: `não há histórico em ${config.stateDir}` } as const);
  return { incidents: () => answer, outages: () => answer, trouble: null, close: () => Promise.resolve() };
}
