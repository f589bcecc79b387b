// Writes what is recorded behind the back of whoever records it: bounded, one batch after the other, again and again until it succeeds.
import { setTimeout as pause } from "node:timers/promises";
import type { HistoryRecord } from "../ports/history.ts";
import { createQueue, weightOf } from "./queue.ts";
import type { HistoryNews, MovedAside, TroubleBook } from "./trouble.ts";

/** What a try to write came to. */
export type Outcome =
  /** `lost`: records that could not be rows. */
  | { readonly ok: true; readonly lost: number; readonly movedAside: MovedAside | null }
  /** `reason`: for operators. `isHopeless`: the same records would fail again. */
  | { readonly ok: false; readonly reason: string; readonly isHopeless: boolean };

export interface WriteBehindParts {
  readonly book: TroubleBook;
  readonly say: (news: HistoryNews) => void;
  /** Records of so long share a batch. */
  readonly lingerMs: number;
  /** After a try that failed. */
  readonly retryMs: number;
  readonly closeMs: number;
  /** All or nothing. An empty batch shows whether anything can be written. Never rejects. */
  readonly write: (records: readonly HistoryRecord[]) => Promise<Outcome>;
}

export interface WriteBehind {
  /** Never waits; what finds no room is lost. */
  readonly add: (records: readonly HistoryRecord[]) => void;
  /** Books the outcome of a try that was none of its own. */
  readonly settle: (outcome: Outcome) => void;
  /** Resolves when what was added so far is written, or cannot be written now. */
  readonly flush: () => Promise<void>;
  /** Writes what waits, as far as that goes in the time left; then nothing more is taken. */
  readonly close: () => Promise<void>;
  /** The first try, which is made at once. */
  readonly opened: Promise<void>;
  readonly isClosed: boolean;
}

const OVERFLOW = "há mais registros do que o histórico consegue gravar";
const UNUSABLE = "registros que não puderam ser gravados";

export function createWriteBehind({ book, say, lingerMs, retryMs, closeMs, write }: WriteBehindParts): WriteBehind {
  const queue = createQueue();
  let isClosed = false;
  let nextTry: NodeJS.Timeout | null = null;
  let underWay: Promise<void> | null = null;

  function settle(outcome: Outcome): void {
    if (!outcome.ok) {
      book.failing(outcome.reason);
      return;
    }
    book.written();
    book.lost(outcome.lost, UNUSABLE);
    if (outcome.movedAside !== null) book.movedAside(outcome.movedAside);
  }

  async function writeBatch(): Promise<boolean> {
    const batch = queue.batch();
    const outcome = await write(batch);
    if (outcome.ok || outcome.isHopeless) queue.drop(batch);
    settle(outcome);
    if (!outcome.ok && outcome.isHopeless) book.lost(batch.reduce((sum, record) => sum + weightOf(record), 0), outcome.reason);
    return outcome.ok;
  }

  /** Writes all that waits, batch after batch, until it fails. */
  async function drain(): Promise<void> {
    let goesOn = true;
    do goesOn = await writeBatch(); while (goesOn && !queue.isEmpty);
    if (!goesOn) later(retryMs);
  }

  /** One writes at a time; who comes during it finds its records written by it. */
  function pump(): Promise<void> {
    underWay ??= drain().finally(() => {
      underWay = null;
      if (!queue.isEmpty) later(lingerMs);
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

  const opened = pump();

  return {
    settle, opened,
    get isClosed() {
      return isClosed;
    },
    add(records) {
      if (isClosed) return;
      const lost = queue.add(records);
      if (lost > 0) book.lost(lost, book.trouble?.reason ?? OVERFLOW);
      if (!queue.isEmpty && underWay === null) later(lingerMs);
    },
    async flush() {
      if (underWay !== null) await underWay;
      await pump();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      if (nextTry !== null) clearTimeout(nextTry);
      await within(closeMs, opened.then(() => pump()));
      if (!queue.isEmpty) say({ kind: "history.not-written", reason: `encerrado com ${queue.size} registros por gravar` });
    },
  };
}

/** Waits for it, but no longer than this. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work.finally(() => { enough.abort(); }), pause(ms, null, { signal: enough.signal }).catch(() => null)]);
}
