// A day of the monitor that stands still when it is told to: the real composition with its real history and its real page, on loopback;
// only clock, state's disk and the services are simulated. What is seen in a browser is the same each time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { z } from "zod";
import { createTelemetry } from "../../src/adapters/logging/create-telemetry.ts";
import { monitorView, overview, type Overview } from "../../src/api/schemas.ts";
import { runMonitor } from "../../src/app/supervisor.ts";
import { createBeside } from "../../src/cli/beside.ts";
import { readConfig } from "../../src/config/read-config.ts";
import type { Happening } from "../../src/ports/telemetry.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { makeDemoFile } from "../../src/simulator/demo-world.ts";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf, parseScenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { createVirtualClock, type VirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorld, type World } from "../../src/simulator/world.ts";
import { createWorldTransport, WORLD_BASE_URL, WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import { wireMonitor } from "../../src/wire.ts";
import { moment } from "../support/scenario.ts";

/** The demo's day at this time: a relay has tripped, a whole plant is down, one inverter since morning, and Teams takes no cards. */
export const DEMO_MOMENT = "15:12";

/** The demo's day, standing at that time. */
export async function startDemoDay(): Promise<StandingDay> {
  const chance = createRandom(5);
  const day = await startStandingDay({ ...makeDemoFile(), kills: [] }, { latencyOf: () => Math.round(90 + 400 * chance() ** 3) });
  await day.until(DEMO_MOMENT);
  return day;
}

export const SECRETS = ["senha-que-nao-aparece", "assinatura-que-nao-aparece", "chave-de-ping-que-nao-aparece"] as const;
const [PASSWORD, SIGNATURE, PING] = SECRETS;
const RETRY_MS = 20;

export interface StandingDay {
  /** Of the page, `http://127.0.0.1:PORT/`. */
  readonly address: string;
  readonly clock: VirtualClock;
  readonly world: World;
  readonly log: () => string;
  /** Lets time pass until the wall clock shows this, and the history has all of it. */
  until(told: string): Promise<void>;
  /** What the monitor answers below its address. */
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
  overview(): Promise<Overview>;
  close(): Promise<void>;
}

interface Given {
  readonly settings?: Readonly<Record<string, string>>;
  /** Milliseconds of the day's clock that an answer takes. Where it takes any, actions on the page wait until time passes. */
  readonly latencyOf?: () => number;
}

/** Starts at the scenario's start; kills and restarts of it play no part. */
export async function startStandingDay(file: ScenarioFile, { settings = {}, latencyOf = () => 0 }: Given = {}): Promise<StandingDay> {
  const scenario = parseScenario(file);
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-day-"));
  const read = readConfig({
    env: {
      PVOP_TIMEZONE: scenario.timezone, PVOP_EMAIL: "operacao@exemplo.invalid", PVOP_PASSWORD: PASSWORD, PVOP_BASE_URL: WORLD_BASE_URL, TEAMS_WEBHOOK_URL: `${WORLD_WEBHOOK_URL}?sig=${SIGNATURE}`,
      HEARTBEAT_PING_URL: `https://ping.exemplo.invalid/${PING}`, STATE_DIR: folder, LOG_DIR: join(folder, "logs"), WEB_PORT: "0",
      ...Object.fromEntries(Object.entries(scenario.config).map(([name, value]) => [name, String(value)])), ...settings,
    },
    envFile: null, yaml: null, readFile: (path) => { throw new Error(path); },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { config, inForce } = read;
  const clock = createVirtualClock(instantOf(scenario, scenario.start));
  const world = createWorld(scenario, { now: () => clock.now() });
  const carrier = createWorldTransport(world, clock);
  const transport: Transport = {
    async exchange(request, signal) {
      const latencyMs = latencyOf();
      if (latencyMs > 0) await clock.sleep(latencyMs, signal);
      return carrier.exchange(request, signal);
    },
  };
  const opened = Promise.withResolvers<string>();
  let log = "";
  const lines = new Writable({
    write: (chunk: Buffer, _, done) => {
      log += chunk.toString();
      const address = /Página em (\S+\/)/.exec(log)?.[1];
      if (address !== undefined) opened.resolve(address);
      done();
    },
  });
  const telemetry = createTelemetry({ zone: config.zone, level: "info", format: "text", folder: null, console: lines, now: () => clock.now(), redact: (text) => text });
  const beside = createBeside({ config, settingsInForce: inForce, clock, transport, log: telemetry, version: "1.0.0" });
  let lastScan = 0;
  const heard = {
    tell: (happening: Happening): void => {
      if (happening.kind === "scan.finished") lastScan = clock.now();
      beside.telemetry.tell(happening);
    },
  };
  const outside = {
    clock, transport, disk: createMemoryDisk(), telemetry: heard, random: createRandom(scenario.seed), companions: beside.companions,
    identity: { host: "servidor-1", pid: 4711, version: "1.0.0" },
  };
  const stop = new AbortController();
  let isRunning = true;
  const run = runMonitor(wireMonitor(config, outside), stop.signal).finally(() => { isRunning = false; });
  run.catch(opened.reject);
  const address = await opened.promise;

  async function get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    const response = await fetch(new URL(path, address));
    if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
    return schema.parse(await response.json());
  }

  return {
    address, clock, world, get,
    log: () => log,
    until: async (told) => {
      await clock.runUntil(instantOf(scenario, moment(told)), () => isRunning);
      if (!isRunning) await run;
      // Records are written in their order: where the newest scan is, everything before it is.
      while (lastScan > 0 && (await get("api/monitor", monitorView)).scans[0]?.at !== lastScan) await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    },
    overview: () => get("api/overview", overview),
    close: async () => {
      stop.abort();
      await clock.runUntil(clock.now() + 60_000, () => isRunning);
      await run;
      await beside.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
