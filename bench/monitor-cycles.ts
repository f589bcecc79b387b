// The monitor as `pvmonitor run` composes it (undici, files, log), for a number of full cycles of both kinds at a time.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { createTransport } from "../src/adapters/http/undici-transport.ts";
import { createTelemetry } from "../src/adapters/logging/create-telemetry.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import { createSystemClock } from "../src/adapters/system/system-clock.ts";
import { runMonitor } from "../src/app/supervisor.ts";
import type { Config } from "../src/config/config.ts";
import { readConfig } from "../src/config/read-config.ts";
import { redactor, secretsOf } from "../src/config/secrets.ts";
import type { EpochMs } from "../src/domain/local-time.ts";
import type { DeviceKind } from "../src/domain/plant.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Transport } from "../src/ports/transport.ts";
import { wireMonitor } from "../src/wire.ts";

export interface Cycle {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly calls: number;
  readonly readings: number;
  /** Most calls that were under way at once. */
  readonly atOnce: number;
}

export interface CycledMonitor {
  /** A start, so many cycles of relays and of inverters, and a stop in order; timed until they are through. */
  run(cycles: number): Promise<Cycle>;
  close(): Promise<void>;
}

export interface CycledOptions {
  readonly baseUrl: string;
  readonly webhookUrl: string;
  readonly concurrency: number;
  /** Wall clock at the start. */
  readonly now: EpochMs;
  /** From the start of a cycle to that of the next. */
  readonly intervalS: number;
}

export async function createCycledMonitor({ baseUrl, webhookUrl, concurrency, now, intervalS }: CycledOptions): Promise<CycledMonitor> {
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
  const config = configOf({
    PVOP_BASE_URL: baseUrl, TEAMS_WEBHOOK_URL: webhookUrl, PVOP_CONCURRENCY: String(concurrency), RELAY_PLANTS: "all",
    RELAY_INTERVAL: String(intervalS), INVERTER_INTERVAL: String(intervalS),
    STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"),
  });
  const clock = createSetClock(now);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => { done(); } });
  const log = createTelemetry({
    zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir,
    console: nowhere, now: () => clock.now(), redact: redactor(secretsOf(config)),
  });
  const left: Record<DeviceKind, number> = { relay: 0, inverter: 0 };
  const seen = { readings: 0, failed: 0, done: (): void => undefined };
  const transport = createTransport(config);
  const counted = countCalls(transport);
  const parts = wireMonitor(config, {
    clock, transport: counted, disk: createNodeDisk(config.stateDir), random: Math.random, identity: { host: "bench", pid: process.pid, version: "0" },
    telemetry: {
      tell(happening) {
        log.tell(happening);
        if (happening.kind !== "scan.finished") return;
        left[happening.scan] -= 1;
        seen.readings += happening.readings;
        seen.failed += happening.unavailable;
        if (left.relay <= 0 && left.inverter <= 0) seen.done();
      },
    },
  });

  return {
    async run(cycles) {
      const all = Promise.withResolvers<undefined>();
      Object.assign(left, { relay: cycles, inverter: cycles });
      Object.assign(seen, { readings: 0, failed: 0, done: all.resolve });
      counted.reset();
      const stop = new AbortController();
      const [callsBefore, cpuBefore, startedMs] = [parts.countCalls(), process.cpuUsage(), performance.now()];
      const run = runMonitor(parts, stop.signal);
      await Promise.race([all.promise, run]);
      const wallMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(cpuBefore);
      stop.abort();
      await run;
      if (seen.failed > 0) throw new Error(`${String(seen.failed)} plants could not be read: nothing was measured`);
      return { wallMs, cpuMs: (user + system) / 1_000, calls: parts.countCalls() - callsBefore, readings: seen.readings, atOnce: counted.atOnce() };
    },
    async close() {
      await transport.close();
      log.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Settings of the bench's own, and these. */
export function configOf(env: Readonly<Record<string, string>>): Config {
  const read = readConfig({
    env: { PVOP_EMAIL: "bench@exemplo.invalid", PVOP_PASSWORD: "senha-da-medida", HEARTBEAT_TIMES: "12:00", ...env },
    envFile: null, yaml: null, readFile: (path) => { throw new Error(path); },
  });
  if (!read.ok) throw new Error(read.faults.map(({ name, wrong }) => `${name}: ${wrong}`).join("; "));
  return read.config;
}

/** The system's clock, with another wall-clock time: the bodies are of one fixed day. */
export function createSetClock(now: EpochMs): Clock {
  const system = createSystemClock();
  const ahead = now - system.now();
  return { ...system, now: () => system.now() + ahead, sleepUntil: (at, signal) => system.sleepUntil(at - ahead, signal) };
}

function countCalls(transport: Transport): Transport & { atOnce(): number; reset(): void } {
  let underWay = 0;
  let most = 0;
  return {
    async exchange(request, signal) {
      underWay += 1;
      most = Math.max(most, underWay);
      try {
        return await transport.exchange(request, signal);
      } finally {
        underWay -= 1;
      }
    },
    atOnce: () => most,
    reset: () => { most = 0; },
  };
}
