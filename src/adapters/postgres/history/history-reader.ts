// The history in the database, for whoever only asks: nothing is written, and nothing goes because it is old.
import { setTimeout as pause } from "node:timers/promises";
import { SECOND_MS } from "../../../domain/local-time.ts";
import { createQuestions } from "../../../history-core/questions.ts";
import type { FromHistory, History } from "../../../ports/history.ts";
import type { Database, Query } from "../database.ts";
import { historyWords } from "./failures.ts";
import { readCards, readIncidents, readOpenIncidents, readOutages, readPower, readScans } from "./read-records.ts";

export const QUERY_MS = 5 * SECOND_MS;

export interface ReaderParts {
  /** Whoever opened it closes it. */
  readonly database: Pick<Database, "query">;
  readonly tenant: string;
  /** A question is not waited for any longer. */
  readonly queryMs?: number;
  readonly isClosed?: () => boolean;
}

export type HistoryReader = Pick<History, "incidents" | "openIncidents" | "scans" | "cards" | "outages" | "power">;

export function createPostgresHistoryReader({ database, tenant, queryMs = QUERY_MS, isClosed = () => false }: ReaderParts): HistoryReader {
  const questions = createQuestions(isClosed);

  async function ask<T>(read: (query: Query) => Promise<T>): Promise<FromHistory<T>> {
    const enough = new AbortController();
    const answered = questions(async (): Promise<FromHistory<T>> => {
      try {
        return { ok: true, value: await read(database.query) };
      } catch (error) {
        return { ok: false, reason: historyWords(error) };
      } finally {
        enough.abort();
      }
    });
    const late: FromHistory<T> = { ok: false, reason: "o PostgreSQL não respondeu a tempo" };
    return Promise.race([answered, pause(queryMs, late, { signal: enough.signal }).catch(() => answered)]);
  }

  return {
    incidents: (incidents) => ask((query) => readIncidents(query, tenant, incidents)),
    openIncidents: () => ask((query) => readOpenIncidents(query, tenant)),
    scans: (period) => ask((query) => readScans(query, tenant, period)),
    cards: (cards) => ask((query) => readCards(query, tenant, cards)),
    outages: (period) => ask((query) => readOutages(query, tenant, period)),
    power: (plantId, period) => ask((query) => readPower(query, tenant, plantId, period)),
  };
}
