// The monitor of the demo as a process of its own, alone or a worker among others: the real composition, lock, files and HTTP; only its
// clock is hurried.
import { createTransport } from "../../adapters/http/undici-transport.ts";
import { createTelemetry } from "../../adapters/logging/create-telemetry.ts";
import { acquireLock } from "../../adapters/system/instance-lock.ts";
import { createNodeDisk } from "../../adapters/system/node-disk.ts";
import { runtimeFacts } from "../../adapters/system/runtime.ts";
import { runMonitor } from "../../app/supervisor.ts";
import { faultLine } from "../../config/faults.ts";
import { readConfig } from "../../config/read-config.ts";
import { redactor, secretsOf } from "../../config/secrets.ts";
import { tellAll, type Telemetry } from "../../ports/telemetry.ts";
import { createHurriedClock, type HurriedClock, type Pace } from "../../simulator/hurried-clock.ts";
import { wireMonitor } from "../../wire.ts";
import { createBeside } from "../beside.ts";
import { runWorker } from "../cluster/run-worker.ts";
import type { SettingsRead } from "../settings.ts";
import { createReporter, readOrder, type Report } from "./messages.ts";
import { WORKING_FACTOR } from "./pacer.ts";
import { watchWork, type WorkWatch } from "./work-watch.ts";

const EXIT_BROKEN = 70;

function settingsOf(env: NodeJS.ProcessEnv): SettingsRead {
  const read = readConfig({ env, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });
  if (!read.ok) throw new Error(read.faults.map(faultLine).join("; "));
  return read;
}

function send(report: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(report, undefined, undefined, () => { resolve(); });
  });
}

async function runUntil(stop: AbortSignal, time: HurriedTime): Promise<void> {
  const { clock, watch } = time;
  const { config, inForce } = settingsOf(process.env);
  const held = acquireLock(config.stateDir);
  if (!held.ok) throw new Error(held.reason === "taken" ? "outra instância segura a trava" : `a trava não abriu (${held.code})`);
  const log = createTelemetry({
    zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir,
    console: process.stdout, now: () => clock.now(), redact: redactor(secretsOf(config)),
  });
  const transport = createTransport(config);
  const reportOf = createReporter();
  let sent = Promise.resolve();
  const listen = (listener: Telemetry): Telemetry => tellAll([listener, {
    tell(happening) {
      if (happening.kind === "monitor.started") time.isLeading = true;
      const report = reportOf(happening);
      if (report !== null) sent = send(report);
    },
  }]);
  const outside = { clock, random: Math.random, identity: runtimeFacts(), transport: watch.overTransport(transport), disk: watch.overDisk(createNodeDisk(config.stateDir)) };
  try {
    if (config.database === null) {
      const beside = createBeside({ config, settingsInForce: inForce, clock, transport, log, version: runtimeFacts().version });
      await runMonitor(wireMonitor(config, { ...outside, telemetry: listen(beside.telemetry), companions: beside.companions }), stop).finally(() => beside.close());
    } else {
      const end = await runWorker({
        accounts: [config], address: config.database, settingsInForce: inForce, outside: { ...outside, telemetry: listen(log) }, log, stop, heed: null,
        overScans: (scan) => watch.overScans(scan),
      });
      if (end.exit !== 0 && "text" in end) throw new Error(end.text);
    }
    await sent;
  } finally {
    await transport.close();
    log.close();
    held.lock.release();
  }
}

interface HurriedTime {
  readonly clock: HurriedClock;
  readonly watch: WorkWatch;
  /** Of several workers the clock of the one that conducts leads. */
  isLeading: boolean;
}

/** Time begins where the first order says; from there on the clock of the process that watches leads, and to it the orders only say how
 *  fast it runs. Work slows it down at once: an order would come some real milliseconds later, which are many of its seconds. */
function startTime({ virtual, factor }: Pace): HurriedTime {
  const clock = createHurriedClock({ virtual, factor });
  const watch = watchWork((isWorking) => {
    if (isWorking) clock.slowDown(WORKING_FACTOR);
    void send({ kind: "work", isWorking, at: clock.now() });
  });
  return { clock, watch, isLeading: process.env["DATABASE_URL"] === undefined };
}

function listenToOrders(stop: AbortController): Promise<HurriedTime> {
  const { promise, resolve } = Promise.withResolvers<HurriedTime>();
  let time: HurriedTime | null = null;
  process.on("message", (message) => {
    const order = readOrder(message);
    if (order?.kind === "stop") stop.abort();
    if (order?.kind !== "pace") return;
    if (time === null) resolve(time = startTime(order));
    else time.clock.follow({ virtual: time.isLeading ? time.clock.now() : order.virtual, factor: time.watch.isWorking ? Math.min(order.factor, WORKING_FACTOR) : order.factor });
  });
  return promise;
}

// Ctrl+C reaches the whole group of processes: whoever started this one says when it ends.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(EXIT_BROKEN));
const stop = new AbortController();
try {
  await runUntil(stop.signal, await listenToOrders(stop));
  process.exit(0);
} catch (error) {
  const causes = [error, error instanceof Error ? error.cause : null].filter((cause) => cause instanceof Error).map(({ message }) => message);
  process.stderr.write(`${causes.join(": ")}\n`);
  process.exit(EXIT_BROKEN);
}
