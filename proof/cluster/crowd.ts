// The workers of the proof: each with its own way to the database, killed, stopped and cut off, and what they report.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readReport, type ToldEvent } from "../../src/cli/demo/messages.ts";
import { startPostgresProxy, type PostgresProxy } from "../../test/support/postgres-proxy.ts";
import type { Hurry } from "./hurry.ts";

export interface CrowdOptions {
  readonly workers: number;
  readonly folder: string;
  readonly pace: Hurry;
  /** Settings by their names, but for those that are a worker's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the database. */
  readonly address: string;
  /** Without a wire in between that can be cut, and that costs time. */
  readonly direct?: boolean;
  readonly onTakeover?: (worker: number) => void;
}

export interface Crowd {
  /** Resolves when somebody conducts; rejects where a worker ends unasked before. */
  readonly begun: Promise<void>;
  /** Number of the worker that began to conduct last. */
  conductor(): number;
  pids(): readonly number[];
  kill(worker: number): Promise<void>;
  start(worker: number): void;
  signal(worker: number, signal: "SIGSTOP" | "SIGCONT"): void;
  cut(worker: number, how: "refused" | "silent" | null): void;
  /** What each card tells, by its body. */
  readonly postings: ReadonlyMap<string, readonly ToldEvent[]>;
  /** When somebody began to conduct, of `performance.now()`. */
  readonly takeovers: readonly number[];
  /** Workers that ended unasked, with their last words. */
  readonly broken: readonly string[];
  /** In order; resolves to those that did not end well. */
  stop(): Promise<readonly string[]>;
  /** At once. */
  close(): Promise<void>;
}

interface Worker {
  readonly proxy: PostgresProxy;
  child: ChildProcess | null;
  gone: Promise<number | string | null>;
  isEndAsked: boolean;
  words: string;
}

const ENTRY = fileURLToPath(new URL("worker.process.ts", import.meta.url));
const MOST_WORDS = 2_000;

export async function createCrowd({ workers, folder, pace, settings, address, direct = false, onTakeover }: CrowdOptions): Promise<Crowd> {
  const postings = new Map<string, readonly ToldEvent[]>();
  const takeovers: number[] = [];
  const broken: string[] = [];
  const { promise: begun, resolve: begin, reject: fail } = Promise.withResolvers<undefined>();
  begun.catch(() => undefined); // whoever awaits it hears of it
  let conductor = 0;
  const all: Worker[] = [];
  for (let place = 0; place < workers; place += 1) {
    all.push({ proxy: await startPostgresProxy(Number(new URL(address).port)), child: null, gone: Promise.resolve(0), isEndAsked: false, words: "" });
  }

  function workerAt(place: number): Worker {
    const worker = all[place];
    if (worker === undefined) throw new Error(`there is no worker ${place}`);
    return worker;
  }

  function start(place: number): void {
    const worker = workerAt(place);
    const home = join(folder, `worker-${place + 1}`);
    const own = new URL(address);
    if (!direct) own.port = String(worker.proxy.port);
    const env = { ...settings, DATABASE_URL: own.href, STATE_DIR: join(home, "state"), LOG_DIR: join(home, "logs") };
    const child = spawn(process.execPath, [ENTRY, JSON.stringify(pace)], { env, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    worker.child = child;
    worker.isEndAsked = false;
    child.stderr?.on("data", (text: Buffer) => { worker.words = (worker.words + text.toString()).slice(-MOST_WORDS); });
    child.on("message", (message) => {
      const report = readReport(message);
      if (report?.kind === "posting") postings.set(report.body, report.events);
      if (report?.kind !== "started") return;
      conductor = place;
      takeovers.push(performance.now());
      begin(undefined);
      onTakeover?.(place);
    });
    worker.gone = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        if (!worker.isEndAsked) {
          const words = `worker ${place + 1} ended unasked (${String(signal ?? code)}): ${worker.words.trim()}`;
          broken.push(words);
          fail(new Error(words));
        }
        resolve(code ?? signal);
      });
    });
  }

  async function end(ask: (child: ChildProcess) => void): Promise<(number | string | null)[]> {
    return Promise.all(all.map(async (worker) => {
      worker.isEndAsked = true;
      if (worker.child !== null) ask(worker.child);
      return worker.gone;
    }));
  }

  for (let place = 0; place < workers; place += 1) start(place);
  return {
    begun, postings, takeovers, broken, start,
    conductor: () => conductor,
    pids: () => all.flatMap(({ child }) => (child?.pid === undefined ? [] : [child.pid])),
    async kill(place) {
      const worker = workerAt(place);
      worker.isEndAsked = true;
      worker.child?.kill("SIGKILL");
      await worker.gone;
    },
    signal: (place, signal) => { workerAt(place).child?.kill(signal); },
    cut: (place, how) => { workerAt(place).proxy.cut(how); },
    async stop() {
      const codes = await end((child) => { if (child.connected) child.send("stop", () => undefined); });
      return codes.flatMap((code, place) => (code === 0 ? [] : [`worker ${place + 1} ended with ${String(code)} when it was asked to: ${all[place]?.words.trim() ?? ""}`]));
    },
    async close() {
      await end((child) => { child.kill("SIGKILL"); });
      for (const { proxy } of all) await proxy.close();
    },
  };
}
