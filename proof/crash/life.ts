// One life of the monitor: started, and killed where its plan says. What is seen of it on the way is the trigger: calls, cards, files.
import { existsSync, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import type { LiveWorld } from "../../test/e2e/live-world.ts";
import { settingsFor, spawnMonitor, type MonitorProcess } from "../../test/e2e/spawned-monitor.ts";
import type { Flaw } from "./flawed.process.ts";
import type { Kill, KillKind } from "./plans.ts";

/** From its first call on; a plan whose moment does not come within this ends as a kill at that time. */
const LONGEST_LIFE_MS = 1_200;
/** What comes for sure is waited for, however slow the machine: the first call, a step, another process. */
const LONGEST_WAIT_MS = 20_000;
export const COMES_FOR_SURE: ReadonlySet<KillKind> = new Set(["step", "traced", "second", "twins"]);
const STOPPER = fileURLToPath(new URL("stop-at-step.process.ts", import.meta.url));
const FLAWED = fileURLToPath(new URL("flawed.process.ts", import.meta.url));
const CERTIFICATE = fileURLToPath(new URL("../../test/adapters/http/certificates/ca.pem", import.meta.url));
const STRACE = "/usr/bin/strace";
const OTHER_EMAIL = "segunda@exemplo.invalid";

export interface Ground {
  readonly world: LiveWorld;
  readonly folder: string;
  /** Compiled code, so that a life begins quickly. */
  readonly cache: string;
  /** Null: the monitor as it is. */
  readonly flaw: Flaw | null;
}

export interface LifeEnd {
  /** False: its moment did not come in time. */
  readonly cameToIt: boolean;
  /** What it wrote and what was safe, of a life that ended at a step. */
  readonly notes: readonly string[];
  readonly faults: readonly string[];
}

export function stateFolder({ folder }: Ground): string {
  return join(folder, "state");
}

interface Special {
  /** Loaded into its process before anything else. */
  readonly preloads?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** strace ends it there. */
  readonly traced?: Kill;
}

function startOn(ground: Ground, { preloads = [], env = {}, traced }: Special = {}): MonitorProcess {
  const { world, folder, cache, flaw } = ground;
  const settings = {
    ...settingsFor(world, { STATE_DIR: stateFolder(ground), GENERATION_WINDOW: "00:00-23:59" }),
    // A fifth of a start is the reading of the system's certificates, and nothing here is encrypted.
    NODE_COMPILE_CACHE: cache, SSL_CERT_FILE: CERTIFICATE, SSL_CERT_DIR: cache,
    ...(flaw === null ? {} : { FLAW: flaw }),
  };
  const imported = [...(flaw === null ? [] : [FLAWED]), ...preloads].flatMap((path) => ["--import", path]);
  if (traced === undefined) return spawnMonitor({ folder, flags: imported, env: { ...settings, ...env } });
  const { syscall = "fsync", nth } = traced;
  const strace = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${syscall}`, "-e", `inject=${syscall}:signal=KILL:when=${nth}`, process.execPath];
  // It counts by thread: one does all the work of the disk.
  return spawnMonitor({ folder, node: STRACE, flags: [...strace, ...imported], env: { ...settings, ...env, UV_THREADPOOL_SIZE: "1" } });
}

/** `onAccepted` is told of each card before the monitor is. */
export async function runLife(ground: Ground, kill: Kill, onAccepted: (body: string) => void): Promise<LifeEnd> {
  const faults: string[] = [];
  const step = kill.kind === "step" ? stopAtStep(ground, kill) : null;
  const started = [startOn(ground, kill.kind === "traced" ? { traced: kill } : step?.start), ...(kill.kind === "twins" ? [startOn(ground)] : [])] as const;
  const cutOff = (): void => {
    for (const one of started) endWhole(one);
    how.isCutOff = true;
  };
  const how = { cameToIt: false, isCutOff: false };
  let limit = setTimeout(cutOff, LONGEST_WAIT_MS);
  // Of twins it is not known yet which one goes on.
  let monitor: MonitorProcess | null = kill.kind === "twins" ? null : started[0];
  let second = Promise.resolve();
  const end = (): void => {
    how.cameToIt ||= monitor?.hasEnded() === false;
    monitor?.kill("SIGKILL");
  };
  const forget = watchFor(ground, kill, {
    isCounted: () => monitor !== null,
    onAccepted,
    onFirstCall: () => {
      if (COMES_FOR_SURE.has(kill.kind)) return;
      clearTimeout(limit);
      limit = setTimeout(cutOff, LONGEST_LIFE_MS);
    },
    onStranger: () => {
      faults.push("a segunda instância chamou a API");
      end();
    },
    onMoment: () => {
      if (kill.kind === "second" && monitor !== null) second = refuseSecond(ground, monitor, faults).finally(end);
      else afterUs(kill.kind === "accepted" ? 0 : kill.delayUs, end);
    },
  });
  monitor ??= await survivorOf(started, faults);
  const exit = await monitor.exit;
  clearTimeout(limit);
  await second;
  forget();
  if (exit.signal !== "SIGKILL") faults.push(`terminou por si (código ${String(exit.code)}): ${lastLines(monitor)}`);
  return { faults, cameToIt: how.cameToIt || (COMES_FOR_SURE.has(kill.kind) && !how.isCutOff), notes: step?.notes() ?? [] };
}

interface Watching {
  readonly isCounted: () => boolean;
  readonly onAccepted: (body: string) => void;
  readonly onFirstCall: () => void;
  readonly onStranger: () => void;
  readonly onMoment: () => void;
}

/** Sees from outside when the moment of the kill has come. Returns what ends the watching. */
function watchFor(ground: Ground, { kind, nth }: Kill, { isCounted, onAccepted, onFirstCall, onStranger, onMoment }: Watching): () => void {
  let left = nth;
  const seen = (): void => {
    if (!isCounted()) return;
    left -= 1;
    if (left === 0) onMoment();
  };
  const { world } = ground;
  let isFirst = true;
  world.intercept = (call) => {
    if (isFirst) onFirstCall();
    isFirst = false;
    if (call.to === "api" && (call.request.body ?? "").includes(OTHER_EMAIL)) onStranger();
    if (kind === "call" || kind === "second" || kind === "twins") seen();
    return null;
  };
  world.onCard = (body) => {
    onAccepted(body);
    if (kind === "accepted") seen();
    if (kind === "answered") setImmediate(seen);
  };
  const file = kind === "write" ? `${STATE_FILE}.tmp` : kind === "replaced" ? STATE_FILE : null;
  const watcher = watch(stateFolder(ground), (event, name) => {
    if (event === "rename" && name === file) seen();
  });
  if (kind === "start") onMoment();
  return () => { watcher.close(); };
}

/** Timers do not know microseconds; for these few milliseconds it waits itself. */
function afterUs(us: number, done: () => void): void {
  if (us > 10_000) {
    setTimeout(done, us / 1_000);
    return;
  }
  const until = performance.now() + us / 1_000;
  while (performance.now() < until);
  done();
}

function stopAtStep(ground: Ground, { nth, moment }: Kill): { readonly start: Special; readonly notes: () => string[] } {
  const path = join(ground.folder, "notes");
  const env = { STOP_FOLDER: stateFolder(ground), STOP_STEP: String(nth), STOP_MOMENT: moment, STOP_NOTES: path };
  return { start: { preloads: [STOPPER], env }, notes: () => readFileSync(path, "utf8").trim().split("\n") };
}

/** strace lets go of its process when it is killed itself. */
function endWhole(monitor: MonitorProcess): void {
  const path = `/proc/${monitor.pid}/task/${monitor.pid}/children`;
  const children = existsSync(path) ? readFileSync(path, "utf8").trim().split(" ").filter((pid) => pid !== "") : [];
  for (const pid of children) process.kill(Number(pid), "SIGKILL");
  monitor.kill("SIGKILL");
}

/** While the first one stands still a second one is refused, and nothing at all is touched. */
async function refuseSecond(ground: Ground, first: MonitorProcess, faults: string[]): Promise<void> {
  first.kill("SIGSTOP");
  while (!first.hasEnded() && !isStopped(first.pid)) await new Promise((resolve) => setImmediate(resolve));
  const before = look(ground.folder);
  const second = startOn(ground, { env: { PVOP_EMAIL: OTHER_EMAIL } });
  await Promise.race([second.exit, first.exit]);
  second.kill("SIGKILL");
  const { code } = await second.exit;
  if (code !== 1 || second.stdout() !== "" || second.stderr() !== `Outra instância rodando (PID ${first.pid})\n`) {
    faults.push(`segunda instância: código ${String(code)}, disse: ${second.stdout()}${second.stderr()}`);
  }
  if (look(ground.folder) !== before) faults.push("a segunda instância mexeu nos arquivos");
}

/** Of two that were started at once one goes on; the other is refused. (Which PID it names, it may have read too early.) */
async function survivorOf(twins: readonly MonitorProcess[], faults: string[]): Promise<MonitorProcess> {
  const first = await Promise.race(twins.map(async (twin) => {
    await twin.exit;
    return twin;
  }));
  const { code } = await first.exit;
  if (code !== 1 || !/^Outra instância rodando \(PID (\d+|desconhecido)\)\n$/.test(first.stderr())) faults.push(`gêmeas: código ${String(code)}: ${lastLines(first)}`);
  return twins.find((twin) => twin !== first) ?? first;
}

/** All of its threads, also those that write. */
function isStopped(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((task) => /\) [TtZX] /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8")));
  } catch {
    return true; // gone, or a system without /proc
  }
}

/** Every file below the folder, with all that a touch would change. */
/** The history is left out: the first instance's is written behind it, by a thread that asks nobody when. */
function look(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) => !name.startsWith("history.db"));
  return JSON.stringify(entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [path, ino, size, mtimeMs, ctimeMs];
  }));
}

function lastLines(monitor: MonitorProcess): string {
  return `${monitor.stdout()}\n${monitor.stderr()}`.trim().split("\n").slice(-3).join(" / ");
}

/** A whole life that ends in order once `isDone`. */
export async function liveInOrder(ground: Ground, onAccepted: (body: string) => void, isDone: () => boolean, longestMs: number): Promise<string[]> {
  const { world } = ground;
  world.intercept = () => null;
  world.onCard = onAccepted;
  const monitor = startOn(ground);
  const late = Promise.withResolvers<string>();
  const limit = setTimeout(() => { late.resolve("late"); }, longestMs);
  const how = z.enum(["done", "late", "ended"]).parse(await Promise.race([
    world.until(isDone).then(() => "done"), late.promise, monitor.exit.then(() => "ended"),
  ]));
  clearTimeout(limit);
  monitor.kill("SIGTERM");
  const { code } = await monitor.exit;
  return [
    ...(how === "late" ? [`não terminou de avisar em ${longestMs / 1_000} s`] : []),
    ...(code === 0 ? [] : [`a última vida terminou com código ${String(code)}: ${lastLines(monitor)}`]),
  ];
}
