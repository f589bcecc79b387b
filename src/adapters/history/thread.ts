// A worker thread as something to ask: started when first needed, started anew after it broke or was ended, and never waited for without end.
import { Worker } from "node:worker_threads";
import { answer } from "./answers.ts";
import { cacheOnly } from "./compile-cache.ts";
import { failureOf } from "./failures.ts";
import type { Failure, Setup, Task } from "./messages.ts";

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: Failure };

export interface Thread {
  /** Never rejects. A task without an answer in time ends the thread, with all that waits for it: SQLite cannot be called back. */
  ask(task: Task, timeoutMs: number): Promise<Answer>;
  /** Ends it at once, as far as a thread inside of SQLite can be; the next task starts it anew. */
  end(): void;
  /** Lets it close its file, then ends it for good. */
  close(timeoutMs: number): Promise<void>;
}

const WORKER = new URL("./worker.ts", import.meta.url);
/** Enough for the largest answer; a thread that wants more is ended, not the monitor. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 };

/** `idleMs`: it ends after so long without a task, and costs no memory until the next one. */
export function createThread(setup: Setup, idleMs = Infinity): Thread {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let lastId = 0;
  let isClosed = false;
  const waiting = new Map<number, (answer: Answer) => void>();

  function end(detail: string): void {
    const ended = worker;
    worker = null;
    void ended?.terminate();
    const left = [...waiting.values()];
    waiting.clear();
    for (const settle of left) settle({ ok: false, failure: { cause: "unexpected", detail, file: null } });
  }

  function start(): Worker {
    // Nothing else of the process's environment is its business, and its flags are the process's.
    const started = new Worker(WORKER, { name: `history-${setup.role}`, env: cacheOnly(), execArgv: [], resourceLimits: LIMITS });
    // One that was ended is gone for us, whatever it still says.
    const endIfCurrent = (detail: string): void => {
      if (worker === started) end(detail);
    };
    started.on("message", (message: unknown) => {
      if (worker !== started) return;
      const parsed = answer.safeParse(message);
      if (!parsed.success) return;
      const settle = waiting.get(parsed.data.id);
      waiting.delete(parsed.data.id);
      settle?.(parsed.data.ok ? { ok: true, value: parsed.data.value } : { ok: false, failure: parsed.data.failure });
    });
    started.on("error", (error) => { endIfCurrent(failureOf(error).detail); });
    started.on("exit", () => { endIfCurrent("a tarefa foi encerrada"); });
    started.postMessage(setup);
    return started;
  }

  function endIfIdle(): void {
    if (idle !== null) clearTimeout(idle);
    idle = waiting.size > 0 || idleMs === Infinity ? null : setTimeout(() => { end("encerrado"); }, idleMs).unref();
  }

  const thread: Thread = {
    ask(task, timeoutMs) {
      return new Promise((resolve) => {
        if (isClosed) {
          resolve({ ok: false, failure: { cause: "unexpected", detail: "encerrado", file: null } });
          return;
        }
        lastId += 1;
        const id = lastId;
        const timer = setTimeout(() => { end("sem resposta a tempo"); }, timeoutMs);
        waiting.set(id, (given) => {
          clearTimeout(timer);
          endIfIdle();
          resolve(given);
        });
        endIfIdle();
        try {
          worker ??= start();
          worker.postMessage({ id, task });
        } catch (error) {
          end(failureOf(error).detail); // threads are forbidden, or the task cannot be copied
        }
      });
    },
    end: () => { end("encerrado"); },
    async close(timeoutMs) {
      if (worker !== null) await thread.ask({ kind: "close" }, timeoutMs);
      isClosed = true;
      end("encerrado");
    },
  };
  return thread;
}
