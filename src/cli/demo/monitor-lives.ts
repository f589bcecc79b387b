// The demo's monitor from one life of its process to the next, and what it reported in them.
import type { Pace } from "../../simulator/hurried-clock.ts";
import type { CardKind, Report, ToldEvent } from "./messages.ts";
import { startMonitor, type MonitorChild, type MonitorEnd } from "./monitor-child.ts";
import type { Pacer } from "./pacer.ts";

export interface Rebirth {
  readonly pid: number;
  readonly nextPid: number;
  /** What the new process found on disk. */
  readonly plants: number;
  readonly waiting: number;
}

export interface MonitorLives {
  /** Resolves when the monitor is up; false where it ended before. */
  start(): Promise<boolean>;
  /** SIGKILL in whatever it is doing, and a new process on the same folder. Null where that did not come up. */
  killAndRestart(onKilled: (pid: number) => void): Promise<Rebirth | null>;
  /** Of the newest process. */
  pid(): number;
  follow(pace: Pace): void;
  /** In order; resolves when it is gone. */
  stop(): Promise<void>;
  /** At once, whatever state it is in. */
  close(): Promise<void>;
  /** How many processes there were so far. */
  life(): number;
  /** What each card that was sent, accepted or not, tells by being accepted; by its body. */
  readonly postings: ReadonlyMap<string, readonly ToldEvent[]>;
  readonly cards: ReadonlyMap<CardKind, number>;
  readonly cardRetries: number;
  readonly heartbeatsDropped: number;
}

export interface LivesParts {
  readonly settings: Readonly<Record<string, string>>;
  readonly pacer: Pacer;
  /** The process ended, and nobody had asked for it. */
  readonly onBroken: (reason: string) => void;
}

export function createMonitorLives({ settings, pacer, onBroken }: LivesParts): MonitorLives {
  const postings = new Map<string, readonly ToldEvent[]>();
  const cards = new Map<CardKind, number>();
  let [cardRetries, heartbeatsDropped, life] = [0, 0, 0];
  let loaded = { plants: 0, waiting: 0 };
  let child: MonitorChild | null = null;
  let isEndAsked = false;

  function note(report: Report, onStarted: () => void): void {
    switch (report.kind) {
      case "loaded": loaded = report; break;
      case "started": onStarted(); break;
      case "work": if (!isEndAsked) pacer.hear(report.isWorking, report.at); break;
      case "card": cards.set(report.card, (cards.get(report.card) ?? 0) + 1); break;
      case "posting": postings.set(report.body, report.events); break;
      case "card-failed": cardRetries += 1; break;
      case "heartbeat-dropped": heartbeatsDropped += 1; break;
    }
  }

  function noteEnd({ code, signal, words }: MonitorEnd): void {
    if (isEndAsked && (code === 0 || signal === "SIGKILL")) return;
    onBroken(`o monitor terminou sozinho (${signal ?? `código ${code ?? "?"}`})${words === "" ? "" : `: ${words}`}`);
  }

  async function start(): Promise<boolean> {
    life += 1;
    isEndAsked = false;
    const { promise: started, resolve } = Promise.withResolvers<boolean>();
    const born = startMonitor({ settings, pace: pacer.pace(), onReport: (report) => { note(report, () => { resolve(true); }); } });
    child = born;
    void born.ended.then((end) => {
      resolve(false);
      noteEnd(end);
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
    async killAndRestart(onKilled) {
      pacer.starting();
      const pid = await end((living) => { living.kill(); });
      onKilled(pid);
      return (await start()) ? { pid, nextPid: child?.pid ?? 0, ...loaded } : null;
    },
    pid: () => child?.pid ?? 0,
    follow: (pace) => { child?.follow(pace); },
    stop: async () => {
      await end((living) => { living.stop(); });
    },
    close: async () => {
      await end((living) => { living.kill(); });
    },
    life: () => life,
    postings,
    cards,
    get cardRetries() {
      return cardRetries;
    },
    get heartbeatsDropped() {
      return heartbeatsDropped;
    },
  };
}
