// The monitor as a process: one instance, its signals, its log, its service manager.
import { setTimeout as pause } from "node:timers/promises";
import { acquireLock, type InstanceLock, type LockResult } from "../adapters/system/instance-lock.ts";
import { createNodeDisk } from "../adapters/system/node-disk.ts";
import { runtimeFacts } from "../adapters/system/runtime.ts";
import { createServiceNotifier } from "../adapters/system/service-notify.ts";
import { createSystemClock } from "../adapters/system/system-clock.ts";
import { createTelemetry, type Log } from "../adapters/logging/create-telemetry.ts";
import { runMonitor } from "../app/supervisor.ts";
import { redactor, secretsOf } from "../config/secrets.ts";
import { StateUnreadableError } from "../ports/store.ts";
import { wireMonitor } from "../wire.ts";
import { createBeside } from "./beside.ts";
import { followServer } from "./database/clock-skew.ts";
import { openTransport, type ClosableTransport } from "./open-transport.ts";
import { EXIT_SETTINGS, readSettings, type SettingsRead } from "./settings.ts";

const LOCK_CHECK_MS = 60_000;
/** `mute` and `unmute` hold the lock while they write the state of a monitor that is not running: no longer than this. */
const LOCK_WAIT_MS = 2_000;
const LOCK_RETRY_MS = 100;
/** The end is promised within 15 s; whoever hangs at the end is cut off before that. */
const LONGEST_STOP_MS = 14_000;
const SAME_SIGNAL_MS = 100;
const EXIT_REFUSED = 1;
const EXIT_DEFECT = 70;

/** `lockCheckMs`: how often it looks whether the lock is still its own. */
export async function runCommand(lockCheckMs = LOCK_CHECK_MS): Promise<number> {
  const settings = readSettings(process.stderr);
  const transport = settings === null ? null : openTransport(settings.config, process.stderr);
  if (settings === null || transport === null) return EXIT_SETTINGS;
  const held = await takeLock(settings.config.stateDir, LOCK_WAIT_MS);
  if (!held.ok) {
    process.stderr.write(`${refusal(held, settings.config.stateDir)}\n`);
    return EXIT_REFUSED;
  }
  return runHolding({ lock: held.lock, transport, settings, lockCheckMs });
}

/** Tries again while another process holds the lock, for so long. */
export async function takeLock(folder: string, waitMs: number): Promise<LockResult> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const held = acquireLock(folder);
    if (held.ok || held.reason !== "taken" || performance.now() >= deadlineMs) return held;
    await pause(LOCK_RETRY_MS);
  }
}

function refusal(held: Exclude<LockResult, { readonly ok: true }>, folder: string): string {
  if (held.reason === "taken") return `Outra instância rodando (PID ${held.pid === null ? "desconhecido" : String(held.pid)})`;
  return `pvmonitor: não pôde abrir ${held.path} (${held.code}); confira se a pasta ${folder} existe e se o usuário do serviço pode escrever nela.`;
}

interface Run {
  readonly lock: InstanceLock;
  readonly transport: ClosableTransport;
  readonly settings: SettingsRead;
  readonly lockCheckMs: number;
}

async function runHolding({ lock, transport, settings: { config, accounts, notes, inForce }, lockCheckMs }: Run): Promise<number> {
  const { clock, heed } = config.database === null ? { clock: createSystemClock(), heed: null } : followServer(createSystemClock());
  const log = createTelemetry({
    zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir,
    console: process.stdout, now: () => clock.now(), redact: redactor(secretsOf(...accounts)),
  });
  for (const note of notes) log.say("warn", `[CONFIG] ${note}`);
  const disk = createNodeDisk(config.stateDir);
  const identity = runtimeFacts();
  const service = createServiceNotifier({ env: process.env, onTrouble: (detail) => { log.say("warn", `[SERVIÇO] ${detail}`); } });
  const stop = new AbortController();
  const forgetSignals = listenToSignals(stop, log);
  const onDefect = (error: unknown): void => {
    tellDefect(log, error);
    process.exit(EXIT_DEFECT);
  };
  process.on("uncaughtException", onDefect);
  const guard = setInterval(() => { endIfLockIsLost(lock, log); }, lockCheckMs);
  stop.signal.addEventListener("abort", () => { service.stopping(); });
  const beside = config.database === null ? createBeside({ config, settingsInForce: inForce, clock, transport, log, version: identity.version }) : null;
  service.ready(`pvmonitor ${identity.version} no ar`);
  const outside = { clock, transport, disk, telemetry: beside?.telemetry ?? log, random: Math.random, identity, companions: beside?.companions ?? [] };
  try {
    if (config.database !== null) {
      const { runWorker } = await import("./cluster/run-worker.ts"); // what knows PostgreSQL takes 25 MB
      const end = await runWorker({ accounts, address: config.database, settingsInForce: inForce, outside, log, stop: stop.signal, heed });
      if ("text" in end) return endWithoutStore(end, log);
      log.tell({ kind: "monitor.stopped", isSaved: end.isSaved });
      return 0;
    }
    const { isSaved } = await runMonitor(wireMonitor(config, outside), stop.signal);
    log.tell({ kind: "monitor.stopped", isSaved });
    return 0;
  } catch (error) {
    if (error instanceof StateUnreadableError) {
      log.say("error", `O monitor não pôde começar: ${error.message}.`);
      return EXIT_REFUSED;
    }
    tellDefect(log, error);
    return EXIT_DEFECT;
  } finally {
    clearInterval(guard);
    forgetSignals();
    process.off("uncaughtException", onDefect);
    await beside?.close();
    await transport.close();
    service.close();
    log.close();
    lock.release();
  }
}

export interface ReceivedSignal {
  readonly signal: NodeJS.Signals;
  readonly atMs: number;
}

/** A terminal sends Ctrl+C to the launcher and to its child, and the launcher passes it on: that is one signal, not two. */
export function isEcho(first: ReceivedSignal, { signal, atMs }: ReceivedSignal): boolean {
  return signal === first.signal && atMs - first.atMs <= SAME_SIGNAL_MS;
}

/** The first signal ends the monitor in order, the second at once. */
function listenToSignals(stop: AbortController, log: Log): () => void {
  let first: ReceivedSignal | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    const received = { signal, atMs: performance.now() };
    if (first !== null) {
      if (!isEcho(first, received)) process.exit(130);
      return;
    }
    first = received;
    log.tell({ kind: "monitor.stopping", signal });
    setTimeout(() => {
      log.say("error", "O encerramento passou de 14 s e foi cortado; o último estado gravado está inteiro.");
      process.exit(0);
    }, LONGEST_STOP_MS).unref();
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
}

/** Operators were taught to delete the lock file. Another instance may run by now: not one more byte is written. */
function endIfLockIsLost(lock: InstanceLock, log: Log): void {
  if (lock.stillHeld()) return;
  log.tell({ kind: "lock.lost", path: lock.path });
  process.exit(EXIT_REFUSED);
}

function endWithoutStore({ exit, text }: { readonly exit: number; readonly text: string }, log: Log): number {
  if (exit !== 0) log.say("error", `O monitor não pôde começar: ${text}.`);
  return exit;
}

/** Through the log, which takes secrets out: Node itself would write the error as it is. */
function tellDefect(log: Log, error: unknown): void {
  log.say("error", `Defeito interno, o monitor termina para ser reiniciado: ${reasonOf(error)}`);
}

/** The chain of causes in one line, innermost last. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const where = /\n\s+at (.+)/.exec(error.stack ?? "")?.[1];
  return error.cause === undefined ? `${error.message}${where === undefined ? "" : ` (${where})`}` : `${error.message}: ${reasonOf(error.cause)}`;
}
