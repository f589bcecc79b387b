// What each thread of the history does with a task. A thrown error is the answer "no"; failures.ts sorts it.
import { failureOf } from "./failures.ts";
import { fileNow, moveAside, openForReading, openForWriting, prepare, type HistoryFile } from "./history-file.ts";
import type { MovedAside } from "../../history-core/trouble.ts";
import type { Failure, Setup, Task, Written } from "./messages.ts";
import { readRows } from "./read-rows.ts";
import { createRetention } from "./retention.ts";
import { createRecorder, type Recorder } from "./write-records.ts";
import type { HistoryRecord } from "../../ports/history.ts";
import type { EpochMs } from "../../domain/local-time.ts";

/** A task that failed, and on which file. */
export class TaskError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

export type Work = (task: Task) => unknown;

interface Statements {
  readonly record: Recorder;
  readonly retain: (now: EpochMs) => void;
}
type OpenFile = HistoryFile & Statements;

export function createWriter(setup: Setup): Work {
  let connected: HistoryFile | null = null;
  let statements: Statements | null = null;
  /** Said with the next answer that succeeds. */
  let moved: MovedAside | null = null;

  function close(): void {
    connected?.db.close();
    connected = null;
    statements = null;
  }

  function putAside(reason: string, now: EpochMs): void {
    // Renamed first: closing it would clear away what lies beside it. Windows renames no open file.
    if (process.platform === "win32") close();
    moved = moveAside(setup, reason, now);
    close();
  }

  /** The file that has the name now: one that was deleted under us is left, and a new one begun. */
  function ensureOpen(): OpenFile {
    if (connected !== null && connected.file !== fileNow(setup.folder)) close();
    connected ??= openForWriting(setup);
    if (statements === null) {
      prepare(connected.db);
      statements = { record: createRecorder(connected.db), retain: createRetention(connected.db, setup.days) };
    }
    return { ...connected, ...statements };
  }

  /** Does it on a file that can be used: one that turns out to be broken is moved aside, and a new one begun. */
  function onGoodFile<T>(now: EpochMs, work: (file: OpenFile) => T): T {
    try {
      return work(ensureOpen());
    } catch (error) {
      const failure = failureOf(error);
      if (failure.cause !== "broken") {
        close(); // opened anew at the next try: the disk may be another one then
        throw error;
      }
      putAside(failure.detail, now);
      return work(ensureOpen());
    }
  }

  function answer(lost: number): Written {
    const written = { movedAside: moved, lost };
    moved = null;
    return written;
  }

  return (task) => {
    switch (task.kind) {
      case "write": return answer(onGoodFile(task.now, (file) => writeAll(file, task.records, task.now)));
      case "replace":
        if (fileNow(setup.folder) === task.file) putAside(task.reason, task.now);
        return answer(onGoodFile(task.now, () => 0));
      case "close": close(); return answer(0);
      default: throw new Error(`the writer does not ${task.kind}`);
    }
  };
}

/** One transaction. What cannot be a row (a number that is none) is left out and counted; what ails the file ends it all. */
function writeAll({ db, record, retain }: OpenFile, records: readonly HistoryRecord[], now: EpochMs): number {
  let lost = 0;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const each of records) {
      try {
        record(each);
      } catch (error) {
        if (failureOf(error).cause !== "unexpected") throw error;
        lost += 1;
      }
    }
    retain(now);
    db.exec("COMMIT");
    return lost;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

export function createReader(setup: Setup): Work {
  let open: HistoryFile | null = null;
  return (task) => {
    if (open !== null && open.file !== fileNow(setup.folder)) {
      open.db.close();
      open = null;
    }
    if (task.kind === "close") {
      open?.db.close();
      return null;
    }
    if (task.kind === "write" || task.kind === "replace") throw new Error(`the reader does not ${task.kind}`);
    open ??= openForReading(setup);
    try {
      return readRows(open.db, task);
    } catch (error) {
      throw new TaskError(failureOf(error, open.file));
    }
  };
}
