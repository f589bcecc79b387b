// The history in the database of the state: for workers on several machines, who write and read the same rows.
import { SECOND_MS, type EpochMs } from "../../../domain/local-time.ts";
import { createTroubleBook, type HistoryNews } from "../../../history-core/trouble.ts";
import { createWriteBehind, type Outcome } from "../../../history-core/write-behind.ts";
import type { History, HistoryRecord } from "../../../ports/history.ts";
import type { Database } from "../database.ts";
import { isConnectionLost } from "../failures.ts";
import { historyWords, isHopeless } from "./failures.ts";
import { createPostgresHistoryReader, QUERY_MS } from "./history-reader.ts";
import { createRetention } from "./retention.ts";
import { writeRecords } from "./write-records.ts";

export interface PostgresHistoryParts {
  /** Whoever opened it closes it, after the history. */
  readonly database: Database;
  /** Whose history: in the key of every row, and in every statement. */
  readonly tenant: string;
  /** HISTORY_DAYS: days of power that are kept. */
  readonly days: number;
  readonly now: () => EpochMs;
  /** For the log. */
  readonly say: (news: HistoryNews) => void;
  /** Others than the usual ones, for tests. */
  readonly limits?: Partial<typeof LIMITS>;
}

const LIMITS = {
  /** Records of this long share a transaction. */
  lingerMs: 200,
  /** A database that is away is tried again this often. */
  retryMs: 5 * SECOND_MS,
  queryMs: QUERY_MS,
  closeMs: 5 * SECOND_MS,
};
const QUICK_TRIES = 2;

export function createPostgresHistory({ database, tenant, days, now, say, limits: given }: PostgresHistoryParts): History {
  const limits = { ...LIMITS, ...given };
  const book = createTroubleBook(now, say);
  const retain = createRetention(tenant, days);
  const behind = createWriteBehind({ book, say, ...limits, write });
  const reader = createPostgresHistoryReader({ database, tenant, queryMs: limits.queryMs, isClosed: () => behind.isClosed });

  /** One transaction. Whether one whose answer was lost took place does not matter: written again, it changes nothing. */
  async function write(records: readonly HistoryRecord[]): Promise<Outcome> {
    for (let tries = 1; ; tries += 1) {
      try {
        const lost = await database.transaction(async (query) => {
          const left = await writeRecords(query, tenant, records);
          await retain(query, now());
          return left;
        });
        return { ok: true, lost, movedAside: null };
      } catch (error) {
        // A connection that ended while nobody used it says so only now: the next one may do.
        if (tries === QUICK_TRIES || !isConnectionLost(error)) return { ok: false, reason: historyWords(error), isHopeless: isHopeless(error) };
      }
    }
  }

  return {
    ...reader,
    record: behind.add,
    get trouble() {
      return book.trouble;
    },
    flush: behind.flush,
    close: behind.close,
  };
}
