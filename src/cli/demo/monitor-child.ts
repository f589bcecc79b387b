// The demo's hand on its monitor: starts the process, hears its reports, sets its clock, stops or kills it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Pace } from "../../simulator/hurried-clock.ts";
import { readReport, type Order, type Report } from "./messages.ts";

export interface MonitorEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last words on standard error. */
  readonly words: string;
}

/** As somebody who asked it to end may expect. */
export function wasAskedToEnd({ code, signal }: MonitorEnd): boolean {
  return code === 0 || signal === "SIGKILL";
}

/** Of an end that nobody asked for. */
export function wordsOf({ code, signal, words }: MonitorEnd): string {
  return `o monitor terminou sozinho (${signal ?? `código ${code ?? "?"}`})${words === "" ? "" : `: ${words}`}`;
}

export interface MonitorChild {
  readonly pid: number;
  /** Resolves once the process is gone and all of its reports were heard. */
  readonly ended: Promise<MonitorEnd>;
  follow(pace: Pace): void;
  /** Asks it to stop in order. */
  stop(): void;
  /** SIGKILL: gone at once, without clean-up. */
  kill(): void;
}

export interface MonitorChildOptions {
  /** Settings by their names. */
  readonly settings: Readonly<Record<string, string>>;
  readonly pace: Pace;
  readonly onReport: (report: Report) => void;
}

const ENTRY = fileURLToPath(new URL("./monitor-process.ts", import.meta.url));
const MOST_WORDS = 600;

export function startMonitor({ settings, pace, onReport }: MonitorChildOptions): MonitorChild {
  // Nothing of this process's own settings may reach it; Windows cannot open sockets without SystemRoot.
  const { SystemRoot } = process.env;
  const env = { ...settings, ...(SystemRoot === undefined ? {} : { SystemRoot }) };
  const child = spawn(process.execPath, [ENTRY], { env, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  child.on("message", (message) => {
    const report = readReport(message);
    if (report !== null) onReport(report);
  });
  const silent = new Promise<void>((resolve) => child.once("disconnect", resolve));
  const ended = new Promise<MonitorEnd>((resolve) => {
    child.once("error", (error) => { resolve({ code: null, signal: null, words: error.message }); });
    child.once("close", (code, signal) => void silent.then(() => { resolve({ code, signal, words: words.trim() }); }));
  });
  const send = (order: Order): void => {
    // It may be gone already; `ended` tells.
    if (child.connected) child.send(order, () => undefined);
  };
  const follow = ({ virtual, factor }: Pace): void => { send({ kind: "pace", virtual, factor }); };
  follow(pace);
  return {
    pid: child.pid ?? 0,
    ended,
    follow,
    stop: () => { send({ kind: "stop" }); },
    kill: () => { child.kill("SIGKILL"); },
  };
}
