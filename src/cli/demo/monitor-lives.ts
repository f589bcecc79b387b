// The demo's monitor from one life of its process to the next, and what it reported in them.
import type { Pace } from "../../simulator/hurried-clock.ts";
import { createDayBook, type DayBook } from "./day-book.ts";
import { startMonitor, wasAskedToEnd, wordsOf, type MonitorChild } from "./monitor-child.ts";
import type { Report } from "./messages.ts";
import type { Pacer } from "./pacer.ts";

export interface Rebirth {
  readonly pid: number;
  readonly nextPid: number;
  /** What the new process found on disk, or whoever took over in the database. */
  readonly plants: number;
  readonly waiting: number;
  /** Real seconds until another worker went on. */
  readonly afterS?: number;
}

export interface MonitorLives {
  /** Resolves when the monitor is up; false where it ended before. */
  start(): Promise<boolean>;
  /** SIGKILL in whatever it is doing, until another process goes on: a new one on the same folder, or one of those that are left.
   *  Null where that did not come to pass. */
  kill(onKilled: (pid: number) => void): Promise<Rebirth | null>;
  /** Of the process that watches now. */
  pid(): number;
  /** Address of its page. */
  page(): string;
  follow(pace: Pace): void;
  /** In order; resolves when it is gone. */
  stop(): Promise<void>;
  /** At once, whatever state it is in. */
  close(): Promise<void>;
  /** How many processes watched so far. */
  life(): number;
  readonly book: DayBook;
}

export interface LivesParts {
  readonly settings: Readonly<Record<string, string>>;
  readonly pagePort: number;
  readonly pacer: Pacer;
  /** The process ended, and nobody had asked for it. */
  readonly onBroken: (reason: string) => void;
}

export function createMonitorLives({ settings, pagePort, pacer, onBroken }: LivesParts): MonitorLives {
  const book = createDayBook();
  let life = 0;
  let loaded = { plants: 0, waiting: 0 };
  let child: MonitorChild | null = null;
  let isEndAsked = false;

  function note(report: Report, onStarted: () => void): void {
    book.note(report);
    if (report.kind === "loaded") loaded = report;
    else if (report.kind === "started") onStarted();
    else if (report.kind === "work" && !isEndAsked) pacer.hear(report.isWorking, report.at);
  }

  async function start(): Promise<boolean> {
    life += 1;
    isEndAsked = false;
    const { promise: started, resolve } = Promise.withResolvers<boolean>();
    const born = startMonitor({ settings: { ...settings, WEB_PORT: String(pagePort) }, pace: pacer.pace(), onReport: (report) => { note(report, () => { resolve(true); }); } });
    child = born;
    void born.ended.then((end) => {
      resolve(false);
      if (!isEndAsked || !wasAskedToEnd(end)) onBroken(wordsOf(end));
    });
    return started;
  }

  async function end(ask: (child: MonitorChild) => void): Promise<number> {
    if (child === null) return 0;
    isEndAsked = true;
    ask(child);
    await child.ended;
    return child.pid;
  }

  return {
    start,
    async kill(onKilled) {
      pacer.starting();
      const pid = await end((living) => { living.kill(); });
      onKilled(pid);
      return (await start()) ? { pid, nextPid: child?.pid ?? 0, ...loaded } : null;
    },
    pid: () => child?.pid ?? 0,
    page: () => `http://127.0.0.1:${pagePort}/`,
    follow: (pace) => { child?.follow(pace); },
    stop: async () => {
      await end((living) => { living.stop(); });
    },
    close: async () => {
      await end((living) => { living.kill(); });
    },
    life: () => life,
    book,
  };
}
