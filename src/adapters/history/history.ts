// The history on STATE_DIR/history.db. SQLite works in threads of its own: whoever records or asks never waits for a disk.
import { setTimeout as pause } from "node:timers/promises";
import type { z } from "zod";
import { MINUTE_MS, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { FromHistory, History } from "../../ports/history.ts";
import { cardRows, incidentRows, outageRows, powerRows, scanRows, written } from "./answers.ts";
import { failureWords } from "./failures.ts";
import { checkFile } from "./file-check.ts";
import type { Failure, Query, Role, Setup, Task } from "./messages.ts";
import { createQueue, weightOf } from "./queue.ts";
import { createThread, type Answer, type Thread } from "./thread.ts";
import { createTroubleBook, type HistoryNews } from "./trouble.ts";

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
/** A page asks for a handful; more than this at once means that the answers do not come. */
const MOST_QUERIES = 64;

const OVERFLOW = "há mais registros do que o histórico consegue gravar";
const UNUSABLE = "registros que não puderam ser gravados";

export interface SqliteHistory extends History {
  /** Resolves when what was recorded so far is written, or cannot be written now. */
  flush(): Promise<void>;
}

export function createHistory({ folder, days, zone, now, say, limits: given }: HistoryParts): SqliteHistory {
  const limits = { ...LIMITS, ...given };
  const book = createTroubleBook(now, say);
  const queue = createQueue();
  const threadOf = (role: Role, idleMs?: number): Thread => createThread({ role, folder, zone, days, busyMs: limits.busyMs } satisfies Setup, idleMs);
  const [writer, reader] = [threadOf("writer"), threadOf("reader", limits.idleMs)];
  const stopChecking = new AbortController();
  let isClosed = false;
  let isChecked = false;
  let queries = 0;
  let nextTry: NodeJS.Timeout | null = null;
  let underWay: Promise<void> | null = null;

  async function write(task: Extract<Task, { readonly kind: "write" | "replace" }>, timeoutMs: number): Promise<boolean> {
    const answered = parse(await writer.ask(task, timeoutMs), written);
    if (!answered.ok) {
      const { failure } = answered;
      book.failing(failureWords(failure));
      // What the thread could not even take is not tried again: it would end it once more.
      if (failure.cause === "unexpected" && task.kind === "write") giveUp(task, failureWords(failure));
      return false;
    }
    const { movedAside, lost } = answered.value;
    if (task.kind === "write") queue.drop(task.records);
    book.written();
    book.lost(lost, UNUSABLE);
    if (movedAside !== null) book.movedAside(movedAside);
    if (!isChecked) void check();
    return true;
  }

  function giveUp({ records }: Extract<Task, { readonly kind: "write" }>, reason: string): void {
    queue.drop(records);
    book.lost(records.reduce((sum, record) => sum + weightOf(record), 0), reason);
  }

  /** Writes all that waits, batch after batch, until it fails. An empty one opens the file, and shows whether it can be written again. */
  async function drain(): Promise<void> {
    let goesOn = true;
    do {
      goesOn = await write({ kind: "write", records: queue.batch(), now: now() }, WRITE_MS);
    } while (goesOn && !queue.isEmpty);
    if (!goesOn) later(limits.retryMs);
  }

  /** One writes at a time; who comes during it finds its records written by it. */
  function pump(): Promise<void> {
    underWay ??= drain().finally(() => {
      underWay = null;
      if (!queue.isEmpty) later(limits.lingerMs);
    });
    return underWay;
  }

  function later(ms: number): void {
    if (isClosed || nextTry !== null) return;
    nextTry = setTimeout(() => {
      nextTry = null;
      void pump();
    }, ms);
  }

  async function replace(failure: Failure): Promise<void> {
    if (failure.file === null || isClosed) return;
    reader.end();
    await write({ kind: "replace", file: failure.file, reason: failure.detail, now: now() }, WRITE_MS);
  }

  async function ask<T>(task: Query, schema: z.ZodType<T>): Promise<FromHistory<T>> {
    if (isClosed) return { ok: false, reason: "o histórico foi encerrado" };
    if (queries >= MOST_QUERIES) return { ok: false, reason: "consultas demais ao mesmo tempo" };
    queries += 1;
    try {
      // Before the first write there may be no file, or one of an older schema.
      await within(limits.queryMs, opened);
      const answered = parse(await reader.ask(task, limits.queryMs), schema);
      if (answered.ok) return answered;
      void replace(answered.failure);
      return { ok: false, reason: book.trouble?.reason ?? failureWords(answered.failure) };
    } finally {
      queries -= 1;
    }
  }

  /** Whole files are looked over once, beside everything else. */
  async function check(): Promise<void> {
    isChecked = true;
    const broken = await checkFile(folder, stopChecking.signal);
    if (broken !== null) await replace(broken);
  }

  const opened = pump();

  return {
    record(records) {
      if (isClosed) return;
      const lost = queue.add(records);
      if (lost > 0) book.lost(lost, book.trouble?.reason ?? OVERFLOW);
      if (!queue.isEmpty && underWay === null) later(limits.lingerMs);
    },
    incidents: (query) => ask({ kind: "incidents", query }, incidentRows),
    openIncidents: () => ask({ kind: "open-incidents" }, incidentRows),
    scans: (period) => ask({ kind: "scans", period }, scanRows),
    cards: ({ limit, ...period }) => ask({ kind: "cards", period, limit }, cardRows),
    outages: (period) => ask({ kind: "outages", period }, outageRows),
    power: (plantId, period) => ask({ kind: "power", plantId, period }, powerRows),
    get trouble() {
      return book.trouble;
    },
    async flush() {
      if (underWay !== null) await underWay;
      await pump();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      if (nextTry !== null) clearTimeout(nextTry);
      stopChecking.abort();
      const deadline = performance.now() + limits.closeMs;
      await within(limits.closeMs, opened.then(() => pump()));
      if (!queue.isEmpty) say({ kind: "history.not-written", reason: `encerrado com ${queue.size} registros por gravar` });
      const leftMs = Math.max(0, deadline - performance.now());
      await reader.close(leftMs);
      await writer.close(leftMs);
    },
  };
}

/** Waits for it, but no longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work.finally(() => { enough.abort(); }), pause(ms, null, { signal: enough.signal }).catch(() => null)]);
}

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An answer that is not what it should be comes from a file that was tampered with. */
export function parse<T>(answered: Answer, schema: z.ZodType<T>): Parsed<T> {
  if (!answered.ok) return answered;
  const parsed = schema.safeParse(answered.value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, failure: { cause: "unexpected", detail: "linhas de forma desconhecida", file: null } };
}
