// The history on STATE_DIR/history.db. SQLite works in threads of its own: whoever records or asks never waits for a disk.
import type { z } from "zod";
import { MINUTE_MS, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import { createQuestions } from "../../history-core/questions.ts";
import { createTroubleBook, type HistoryNews } from "../../history-core/trouble.ts";
import { createWriteBehind, within, type Outcome } from "../../history-core/write-behind.ts";
import type { FromHistory, History } from "../../ports/history.ts";
import { cardRows, incidentRows, outageRows, powerRows, scanRows, written } from "./answers.ts";
import { failureWords } from "./failures.ts";
import { checkFile } from "./file-check.ts";
import type { Failure, Query, Role, Setup, Task } from "./messages.ts";
import { createThread, type Answer, type Thread } from "./thread.ts";

export interface HistoryParts {
  /** STATE_DIR */
  readonly folder: string;
  /** HISTORY_DAYS: days of power that are kept. */
  readonly days: number;
  /** IANA zone of the time in the name of a file that is moved aside. */
  readonly zone: string;
  readonly now: () => EpochMs;
  /** For the log. */
  readonly say: (news: HistoryNews) => void;
  /** Others than the usual ones, for tests. */
  readonly limits?: Partial<Limits>;
}

interface Limits {
  /** Records of this long share a transaction. */
  readonly lingerMs: number;
  /** A disk that is full, or a file that another program holds, is tried again this often. */
  readonly retryMs: number;
  /** How long a statement waits for another program. */
  readonly busyMs: number;
  readonly queryMs: number;
  /** So long without a question, and the thread that answers ends until the next one. */
  readonly idleMs: number;
  readonly closeMs: number;
}

const LIMITS: Limits = { lingerMs: 200, retryMs: 5 * SECOND_MS, busyMs: 2 * SECOND_MS, queryMs: 5 * SECOND_MS, idleMs: 5 * MINUTE_MS, closeMs: 5 * SECOND_MS };
/** A write is some milliseconds; a disk that hangs (a network drive) must not hold the writer for ever. */
const WRITE_MS = 60 * SECOND_MS;


export function createHistory({ folder, days, zone, now, say, limits: given }: HistoryParts): History {
  const limits = { ...LIMITS, ...given };
  const book = createTroubleBook(now, say);
  const threadOf = (role: Role, idleMs?: number): Thread => createThread({ role, folder, zone, days, busyMs: limits.busyMs } satisfies Setup, idleMs);
  const [writer, reader] = [threadOf("writer"), threadOf("reader", limits.idleMs)];
  const stopChecking = new AbortController();
  let isChecked = false;
  const behind = createWriteBehind({ book, say, ...limits, write: (records) => perform({ kind: "write", records, now: now() }) });
  const questions = createQuestions(() => behind.isClosed);

  async function perform(task: Extract<Task, { readonly kind: "write" | "replace" }>): Promise<Outcome> {
    const answered = parse(await writer.ask(task, WRITE_MS), written);
    // What the thread could not even take is not tried again: it would end it once more.
    if (!answered.ok) return { ok: false, reason: failureWords(answered.failure), isHopeless: answered.failure.cause === "unexpected" };
    if (!isChecked) void check();
    return { ok: true, ...answered.value };
  }

  async function replace(failure: Failure): Promise<void> {
    if (failure.file === null || behind.isClosed) return;
    reader.end();
    behind.settle(await perform({ kind: "replace", file: failure.file, reason: failure.detail, now: now() }));
  }

  function ask<T>(task: Query, schema: z.ZodType<T>): Promise<FromHistory<T>> {
    return questions(async () => {
      // Before the first write there may be no file, or one of an older schema.
      await within(limits.queryMs, behind.opened);
      const answered = parse(await reader.ask(task, limits.queryMs), schema);
      if (answered.ok) return answered;
      void replace(answered.failure);
      return { ok: false, reason: book.trouble?.reason ?? failureWords(answered.failure) };
    });
  }

  /** Whole files are looked over once, beside everything else. */
  async function check(): Promise<void> {
    isChecked = true;
    const broken = await checkFile(folder, stopChecking.signal);
    if (broken !== null) await replace(broken);
  }

  return {
    record: behind.add,
    incidents: (query) => ask({ kind: "incidents", query }, incidentRows),
    openIncidents: () => ask({ kind: "open-incidents" }, incidentRows),
    scans: (period) => ask({ kind: "scans", period }, scanRows),
    cards: ({ limit, ...period }) => ask({ kind: "cards", period, limit }, cardRows),
    outages: (period) => ask({ kind: "outages", period }, outageRows),
    power: (plantId, period) => ask({ kind: "power", plantId, period }, powerRows),
    get trouble() {
      return book.trouble;
    },
    flush: behind.flush,
    async close() {
      if (behind.isClosed) return;
      stopChecking.abort();
      const deadline = performance.now() + limits.closeMs;
      await behind.close();
      const leftMs = Math.max(0, deadline - performance.now());
      await reader.close(leftMs);
      await writer.close(leftMs);
    },
  };
}

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An answer that is not what it should be comes from a file that was tampered with. */
export function parse<T>(answered: Answer, schema: z.ZodType<T>): Parsed<T> {
  if (!answered.ok) return answered;
  const parsed = schema.safeParse(answered.value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, failure: { cause: "unexpected", detail: "linhas de forma desconhecida", file: null } };
}
