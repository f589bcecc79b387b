// The real monitor under the virtual clock, with its disk and its clock in the test's hands.
import { Writable } from "node:stream";
import { createTelemetry } from "../../src/adapters/logging/create-telemetry.ts";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { runMonitor } from "../../src/app/supervisor.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { MINUTE_MS } from "../../src/domain/local-time.ts";
import type { Happening } from "../../src/ports/telemetry.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf, parseScenario } from "../../src/simulator/scenario.ts";
import { createVirtualClock, type VirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorldTransport, WORLD_BASE_URL, WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import { createWorld, type World } from "../../src/simulator/world.ts";
import { wireMonitor } from "../../src/wire.ts";
import { moment, scenarioFile, type Story } from "../support/scenario.ts";

export interface VirtualMonitor {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly world: World;
  /** Titles of the cards that Teams took, in order. */
  titles(): string[];
  /** `inverter.failure 101/9`, in the order in which Teams took them. */
  events(): string[];
  heartbeats(): number;
  log(): string;
  /** Lets time pass until the wall clock shows this. */
  until(told: string): Promise<void>;
  /** The process is gone: no clean-up. */
  kill(): void;
  start(): void;
  /** An orderly stop; rejects where it takes longer than it may. */
  stop(): Promise<void>;
}

/** Starts at once. The story's `end`, kills and restarts are the test's own affair. */
export function startVirtualMonitor(story: Omit<Story, "end">): VirtualMonitor {
  const scenario = parseScenario(scenarioFile({ ...story, end: "2099-12-31T00:00" }));
  const env = {
    PVOP_TIMEZONE: scenario.timezone, PVOP_EMAIL: "teste@exemplo.invalid", PVOP_PASSWORD: "senha-de-teste", PVOP_BASE_URL: WORLD_BASE_URL,
    TEAMS_WEBHOOK_URL: WORLD_WEBHOOK_URL, ...Object.fromEntries(Object.entries(scenario.config).map(([name, value]) => [name, String(value)])),
  };
  const read = readConfig({ env, envFile: null, yaml: null, readFile: () => "" });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { config } = read;
  const clock = createVirtualClock(instantOf(scenario, scenario.start));
  const disk = createMemoryDisk();
  if (scenario.state !== undefined) disk.put(STATE_FILE, JSON.stringify(scenario.state));
  const world = createWorld(scenario, { now: () => clock.now() });
  let log = "";
  const console = new Writable({ write: (chunk: Buffer, _, done) => { log += chunk.toString(); done(); } });
  const lines = createTelemetry({ zone: config.zone, level: "info", format: "text", folder: null, console, now: () => clock.now(), redact: (text) => text });
  const happenings: Happening[] = [];
  const telemetry = { tell: (happening: Happening): void => { lines.tell(happening); happenings.push(happening); } };
  const outside = { clock, disk, telemetry, transport: createWorldTransport(world, clock), random: createRandom(1), identity: { host: "teste", pid: 1, version: "teste" } };

  let life: { isRunning: boolean; stop: AbortController; run: Promise<unknown> } = { isRunning: false, stop: new AbortController(), run: Promise.resolve() };
  const start = (): void => {
    const stop = new AbortController();
    const begun: typeof life = { isRunning: true, stop, run: Promise.resolve() };
    begun.run = runMonitor(wireMonitor(config, outside), stop.signal).finally(() => { begun.isRunning = false; });
    begun.run.catch(() => undefined); // told by `until` and `stop`
    life = begun;
  };
  const pass = async (at: number): Promise<void> => {
    await clock.runUntil(at, () => life.isRunning);
    if (!life.isRunning) await life.run;
  };
  start();
  return {
    clock, disk, world, start,
    titles: () => happenings.flatMap((happening) => (happening.kind === "card.delivered" ? [happening.card.title] : [])),
    events: () => happenings.flatMap((happening) => (happening.kind === "events.delivered"
      ? happening.events.map(({ subject, kind, device }) => `${subject}.${kind} ${happening.plant.id}/${device}`) : [])),
    heartbeats: () => happenings.filter(({ kind }) => kind === "heartbeat.delivered").length,
    log: () => log,
    until: (told) => pass(instantOf(scenario, moment(told))),
    kill: () => { clock.abandonSleepers(); },
    stop: async () => {
      life.stop.abort();
      await pass(clock.now() + MINUTE_MS);
      if (life.isRunning) throw new Error("the monitor did not stop within a minute");
    },
  };
}
