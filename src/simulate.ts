// Runs the real monitor on a scenario, under a virtual clock. Deterministic: the same file prints the same bytes.
import type { Writable } from "node:stream";
import { STATE_FILE } from "./adapters/file-store/file-store.ts";
import { createTelemetry } from "./adapters/logging/create-telemetry.ts";
import { runMonitor } from "./app/supervisor.ts";
import type { Config } from "./config/config.ts";
import { faultLine } from "./config/faults.ts";
import { readConfig } from "./config/read-config.ts";
import { MINUTE_MS, isoLocal, type EpochMs } from "./domain/local-time.ts";
import type { Happening, Telemetry, Telling } from "./ports/telemetry.ts";
import { createMemoryDisk } from "./simulator/memory-disk.ts";
import { createRandom } from "./simulator/random.ts";
import { instantOf, ScenarioError, type Scenario } from "./simulator/scenario.ts";
import { createVirtualClock } from "./simulator/virtual-clock.ts";
import { createWorldTransport, WORLD_BASE_URL, WORLD_WEBHOOK_URL } from "./simulator/world-transport.ts";
import { createWorld } from "./simulator/world.ts";
import { wireMonitor } from "./wire.ts";

export interface SimulationOutput {
  /** One NDJSON line, without its newline. */
  readonly event: (line: string) => void;
  /** Where the log goes; null: nowhere. */
  readonly log: Writable | null;
}

/** A graceful stop is over within 15 s by the specification; this is past any doubt. */
const LONGEST_STOP_MS = 5 * MINUTE_MS;

/** Resolves to the final content of the state file, null where none was ever written. */
export async function simulate(scenario: Scenario, output: SimulationOutput): Promise<string | null> {
  const config = configOf(scenario);
  const zone = scenario.timezone;
  const clock = createVirtualClock(instantOf(scenario, scenario.start));
  // What a card tells is known when it is posted; that it was told, when the simulated Teams accepts it.
  const posted = new Map<string, Posted>();
  const world = createWorld(scenario, {
    now: () => clock.now(),
    onCard: ({ body }) => {
      const card = posted.get(body);
      posted.delete(body);
      if (card !== undefined) for (const line of eventLines(card, clock.now(), zone)) output.event(line);
    },
  });
  const disk = createMemoryDisk();
  if (scenario.state !== undefined) disk.put(STATE_FILE, JSON.stringify(scenario.state));
  const log = output.log === null ? null : createTelemetry({
    zone, level: config.logLevel, format: config.logFormat, folder: null, console: output.log, now: () => clock.now(), redact: (text) => text,
  });
  const telemetry: Telemetry = {
    tell(happening) {
      log?.tell(happening);
      if (happening.kind === "card.posting") posted.set(happening.body, happening);
    },
  };
  const outside = { clock, disk, telemetry, transport: createWorldTransport(world, clock), random: createRandom(scenario.seed), identity: { host: "simulador", pid: 1, version: "simulada" } };

  for (const { at, isKill } of endsOf(scenario)) {
    const stop = new AbortController();
    const life = { isRunning: true };
    const run = runMonitor(wireMonitor(config, outside), stop.signal).finally(() => { life.isRunning = false; });
    run.catch(() => undefined); // it is awaited below, once the clock has stood still
    await clock.runUntil(at, () => life.isRunning);
    if (isKill) {
      clock.abandonSleepers();
      continue;
    }
    stop.abort();
    await clock.runUntil(clock.now() + LONGEST_STOP_MS, () => life.isRunning);
    if (life.isRunning) throw new Error(`o monitor não parou até ${isoLocal(clock.now(), zone)}`);
    await run;
  }
  return disk.text(STATE_FILE);
}

/** When each life of the process ends, and how; the last one ends gracefully. */
function endsOf(scenario: Scenario): { at: EpochMs; isKill: boolean }[] {
  const ends = [
    ...scenario.restarts.map((text) => ({ at: instantOf(scenario, text), isKill: false })),
    ...scenario.kills.map((text) => ({ at: instantOf(scenario, text), isKill: true })),
  ];
  const last = { at: instantOf(scenario, scenario.end), isKill: false };
  const start = instantOf(scenario, scenario.start);
  return [...ends.filter(({ at }) => at > start && at < last.at).sort((a, b) => a.at - b.at), last];
}

/** The scenario's settings; environment and `.env` are not read, what is required and absent is supplied. */
export function configOf(scenario: Scenario): Config {
  const given = Object.fromEntries(Object.entries(scenario.config).map(([name, value]) => [name, String(value)]));
  const env = {
    PVOP_TIMEZONE: scenario.timezone, PVOP_EMAIL: "simulacao@exemplo.invalid", PVOP_PASSWORD: "senha-da-simulacao",
    ...given, PVOP_BASE_URL: WORLD_BASE_URL, TEAMS_WEBHOOK_URL: WORLD_WEBHOOK_URL,
  };
  const read = readConfig({ env, envFile: null, yaml: null, readFile: (path) => { throw new Error(`uma simulação não lê arquivos: ${path}`); } });
  if (!read.ok) throw new ScenarioError(read.faults.map((fault) => `config: ${faultLine(fault)}`));
  return read.config;
}

type Posted = Extract<Happening, { readonly kind: "card.posting" }>;

/** What the acceptance of a card told, as NDJSON lines. */
function eventLines({ card, telling }: Posted, now: EpochMs, zone: string): string[] {
  const at = isoLocal(now, zone);
  const { title, severity, plantId: plant, events, attempt } = card;
  return [JSON.stringify({ at, kind: "card", title, severity, plant, events, attempt }), ...toldLines(telling, at)];
}

function toldLines(telling: Telling, at: string): string[] {
  if (telling.kind === "nothing") return [];
  if (telling.kind === "heartbeat") {
    const { relayAlerts, failedInverters, status } = telling.heartbeat;
    const relays = relayAlerts.reduce((sum, { alerts }) => sum + alerts, 0);
    const inverters = failedInverters.reduce((sum, row) => sum + row.inverters, 0);
    return [JSON.stringify({ at, kind: "heartbeat", relays, inverters, status })];
  }
  return telling.events.map(({ kind, subject, device, type, reading }) =>
    JSON.stringify({ at, kind: `${subject}.${kind}`, plant: telling.plant.id, device, type, reading: isoLocal(reading, telling.plant.zone) }));
}
