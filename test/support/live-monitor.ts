// The real monitor in a simulated world, held in the hand: run it for a while, look at what it did, break the disk, go on.
import { readConfig } from "../../src/config/read-config.ts";
import { runMonitor, type Companion, type Running } from "../../src/app/supervisor.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Happening, Telemetry } from "../../src/ports/telemetry.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf, parseScenario, type Endpoint } from "../../src/simulator/scenario.ts";
import { createVirtualClock, type VirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { createWorldTransport, WORLD_BASE_URL, WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import { wireMonitor } from "../../src/wire.ts";
import { moment, scenarioFile, type Story } from "./scenario.ts";

export interface Call {
  /** Wall clock, `HH:MM:SS` of the story's zone. */
  readonly at: string;
  readonly endpoint: string;
  /** The request's body as it was sent; null for a GET without one. */
  readonly body: string | null;
}

export interface LiveMonitor {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly happenings: readonly Happening[];
  readonly calls: readonly Call[];
  /** The newest process from within, as its companions have it. */
  readonly running: Running;
  ofKind<K extends Happening["kind"]>(kind: K): Extract<Happening, { readonly kind: K }>[];
  callsOf(endpoint: Endpoint): readonly Call[];
  runUntil(told: string): Promise<void>;
  /** Asks it to stop; resolves to the milliseconds of the clock that it took. */
  stop(): Promise<number>;
  /** The process is gone, without a clean-up. */
  kill(): void;
  /** A new process on the same disk. */
  start(): void;
}

/** What `clock.step` means. `suspended`: the machine slept, and its monotonic clock with it; `suspended, both clocks on`: that one
 *  did not (Windows); `wrong`: only the monitor's wall clock is stepped, the world goes on. */
export type StepMeans = "suspended" | "suspended, both clocks on" | "wrong";

/** What each life of the process has beside it. */
export interface Beside {
  readonly telemetry: Telemetry;
  readonly companions: readonly Companion[];
}

/** `story.end` only bounds it. `latencyMs`: how long each answer takes. */
export function startMonitor(story: Story, latencyMs = 0, stepMeans: StepMeans = "suspended", besideOf: ((clock: Clock) => Beside) | null = null): LiveMonitor {
  const scenario = parseScenario(scenarioFile(story));
  const begin = instantOf(scenario, scenario.start);
  const virtual = createVirtualClock(begin);
  const clock = stepMeans === "suspended, both clocks on" ? onOneClock(virtual, begin) : virtual;
  const world = createWorld(scenario, { now: () => (stepMeans === "wrong" ? begin + virtual.monotonicMs() : virtual.now()) });
  const disk = createMemoryDisk();
  const happenings: Happening[] = [];
  const calls: Call[] = [];
  const carrier = createWorldTransport(world, clock, latencyMs);
  const transport: Transport = {
    exchange(request, signal) {
      const endpoint = new URL(request.url).pathname.split("/").at(-1) ?? "";
      const at = Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO(scenario.timezone).toPlainTime().toString().slice(0, 8);
      calls.push({ at, endpoint, body: request.body });
      return carrier.exchange(request, signal);
    },
  };
  const given = Object.fromEntries(Object.entries(scenario.config).map(([name, value]) => [name, String(value)]));
  const env = { PVOP_TIMEZONE: scenario.timezone, PVOP_EMAIL: "teste@exemplo.invalid", PVOP_PASSWORD: "senha-do-teste", ...given, PVOP_BASE_URL: WORLD_BASE_URL, TEAMS_WEBHOOK_URL: WORLD_WEBHOOK_URL };
  const read = readConfig({ env, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { config } = read;

  let running: Running | null = null;
  let life: { stop: AbortController; isRunning: boolean; end: Promise<unknown> } = { stop: new AbortController(), isRunning: false, end: Promise.resolve() };
  function start(): void {
    const stop = new AbortController();
    const isCurrent = (): boolean => life.stop === stop;
    const beside = besideOf?.(clock);
    const outside = {
      companions: [(inside: Running): Promise<void> => { running = inside; return Promise.resolve(); }, ...(beside?.companions ?? [])],
      clock, disk, transport, random: createRandom(scenario.seed), identity: { host: "teste", pid: 1, version: "teste" },
      // A killed life may still have promises on their way; it tells nothing any more.
      telemetry: {
        tell: (happening: Happening): void => {
          if (!isCurrent()) return;
          happenings.push(happening);
          beside?.telemetry.tell(happening);
        },
      },
    };
    life = { stop, isRunning: true, end: Promise.resolve() };
    const current = life;
    current.end = runMonitor(wireMonitor(config, outside), stop.signal).finally(() => { current.isRunning = false; });
    current.end.catch(() => undefined); // awaited by stop()
  }
  start();

  return {
    clock, disk, happenings, calls, start,
    get running() {
      if (running === null) throw new Error("it has not started yet: let some time pass");
      return running;
    },
    ofKind: <K extends Happening["kind"]>(kind: K) => happenings.filter((happening): happening is Extract<Happening, { readonly kind: K }> => happening.kind === kind),
    callsOf: (endpoint) => calls.filter((call) => call.endpoint === endpoint),
    runUntil: (told) => clock.runUntil(instantOf(scenario, moment(told))),
    async stop() {
      const before = clock.monotonicMs();
      life.stop.abort();
      await clock.runUntil(clock.now() + 60_000, () => life.isRunning);
      await life.end;
      return clock.monotonicMs() - before;
    },
    kill: () => { clock.abandonSleepers(); },
  };
}

/** Monotonic time that is the wall clock's: a step moves both. */
function onOneClock(clock: VirtualClock, begin: number): VirtualClock {
  return { ...clock, monotonicMs: () => clock.now() - begin, sleep: (ms, signal) => clock.sleepUntil(clock.now() + Math.max(0, ms), signal) };
}
