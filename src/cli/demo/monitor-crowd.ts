// The demo's workers on one PostgreSQL: all scan, one of them conducts. That one is killed, and one of the others goes on.
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { SECOND_MS } from "../../domain/local-time.ts";
import { createDayBook } from "./day-book.ts";
import type { Report } from "./messages.ts";
import { startMonitor, wasAskedToEnd, wordsOf, type MonitorChild } from "./monitor-child.ts";
import type { LivesParts, MonitorLives } from "./monitor-lives.ts";

export const WORKERS = 3;
/** One that is missed is replaced within half a minute; a machine that is busy takes longer. */
const LONGEST_WAIT_MS = 120 * SECOND_MS;

export interface CrowdParts extends Omit<LivesParts, "pagePort"> {
  /** Of the database. */
  readonly address: string;
  /** Everything of the workers on disk is in it. */
  readonly folder: string;
  /** One for each worker: each serves the page. */
  readonly pagePorts: readonly number[];
  /** Nobody is waited for any more. */
  readonly ending: AbortSignal;
}

interface Worker {
  readonly child: MonitorChild;
  readonly pagePort: number;
  isEndAsked: boolean;
}

interface Takeover {
  readonly worker: Worker;
  readonly plants: number;
  readonly waiting: number;
}

export function createMonitorCrowd({ settings, address, folder, pagePorts, pacer, ending, onBroken }: CrowdParts): MonitorLives {
  const book = createDayBook();
  const workers: Worker[] = [];
  let conductor: Worker | null = null;
  let life = 0;
  let loaded = { plants: 0, waiting: 0 };
  let onTakeover: (takeover: Takeover | null) => void = () => undefined;

  function note(worker: Worker, report: Report): void {
    book.note(report);
    if (report.kind === "loaded") loaded = report;
    else if (report.kind === "started") {
      conductor = worker;
      life += 1;
      onTakeover({ worker, ...loaded });
      // Its clock leads from here on; until it works, it waits.
      pacer.hear(true, pacer.pace().virtual);
    } else if (report.kind === "work" && worker === conductor) pacer.hear(report.isWorking, report.at);
  }

  function startWorker(pagePort: number, place: number): void {
    const home = join(folder, `trabalhador-${place + 1}`);
    const own = { DATABASE_URL: address, WEB_PORT: String(pagePort), STATE_DIR: join(home, "state"), LOG_DIR: join(home, "logs") };
    const worker: Worker = {
      child: startMonitor({ settings: { ...settings, ...own }, pace: pacer.pace(), onReport: (report) => { note(worker, report); } }),
      pagePort, isEndAsked: false,
    };
    workers.push(worker);
    void worker.child.ended.then((end) => {
      if (worker.isEndAsked && wasAskedToEnd(end)) return;
      onBroken(wordsOf(end)); // which ends the day
    });
  }

  /** Until some worker conducts; null where none does in time, or one ended unasked. */
  function nextConductor(): Promise<Takeover | null> {
    const { promise, resolve } = Promise.withResolvers<Takeover | null>();
    const timer = setTimeout(() => {
      onBroken("nenhum trabalhador assumiu a vigilância");
      resolve(null);
    }, LONGEST_WAIT_MS);
    const giveUp = (): void => { resolve(null); };
    ending.addEventListener("abort", giveUp);
    if (ending.aborted) giveUp();
    onTakeover = resolve;
    return promise.finally(() => {
      clearTimeout(timer);
      ending.removeEventListener("abort", giveUp);
    });
  }

  async function endAll(ask: (child: MonitorChild) => void): Promise<void> {
    await Promise.all(workers.map((worker) => {
      worker.isEndAsked = true;
      ask(worker.child);
      return worker.child.ended;
    }));
  }

  return {
    async start() {
      const first = nextConductor();
      for (const [place, port] of pagePorts.entries()) startWorker(port, place);
      return (await first) !== null;
    },
    async kill(onKilled) {
      const victim = conductor;
      if (victim === null) return null;
      conductor = null;
      pacer.leaderless();
      victim.isEndAsked = true;
      const killedMs = performance.now();
      const next = nextConductor();
      victim.child.kill();
      await victim.child.ended;
      onKilled(victim.child.pid);
      const takeover = await next;
      if (takeover === null) return null;
      const { worker, plants, waiting } = takeover;
      return { pid: victim.child.pid, nextPid: worker.child.pid, plants, waiting, afterS: (performance.now() - killedMs) / SECOND_MS };
    },
    pid: () => conductor?.child.pid ?? 0,
    page: () => `http://127.0.0.1:${conductor?.pagePort ?? 0}/`,
    follow: (pace) => { for (const { child } of workers) child.follow(pace); },
    stop: () => endAll((child) => { child.stop(); }),
    close: () => endAll((child) => { child.kill(); }),
    life: () => life,
    book,
  };
}
