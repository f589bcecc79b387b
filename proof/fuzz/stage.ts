// Where a case is played: a world, a machine with its clock and its disk, and the lives of the process on it, one after another.
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { runMonitor } from "../../src/app/supervisor.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/domain/local-time.ts";
import { createMemoryDisk, type DiskFault } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf } from "../../src/simulator/scenario.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { withValidators } from "../../src/simulator/validators.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { createWorldTransport } from "../../src/simulator/world-transport.ts";
import { configOf } from "../../src/simulate.ts";
import { wireMonitor } from "../../src/wire.ts";
import { calendarOf } from "../model/wall-clock.ts";
import { concern } from "./chance.ts";
import { crashingDisk, failingNetwork, livingClock, planCrashes, type Life, type Network } from "./faulty-ports.ts";
import type { FuzzCase } from "./fuzz-file.ts";
import { modelRules } from "./model-rules.ts";
import { watchPromises, type Promises } from "./promises.ts";
import { hear, rememberAnswers, watchParts } from "./watched-parts.ts";

/** A stop is over within 15 s. */
const LONGEST_STOP_MS = 15 * SECOND_MS;

export interface Stage {
  readonly promises: Promises;
  /** The world's time, which nobody sets. */
  now(): number;
  /** Lets the world go on until then; a process that dies meanwhile is started again. Ends early where a promise was broken. */
  runTo(at: number): Promise<void>;
  /** The process is gone, and starts again. */
  kill(): Promise<void>;
  /** It is asked to stop, and started again. */
  restart(): Promise<void>;
  /** It is asked to stop, for good; what it leaves behind is counted. */
  stop(): Promise<{ readonly timers: number; readonly calls: number }>;
  failDisk(fault: DiskFault | null): void;
  /** The machine's clock is set; or the machine stands still for so long. */
  step(ms: number, isSuspended: boolean): void;
  /** The machine's clock shows the world's time again. */
  setRight(): void;
  readonly timers: number;
  /** Calls of API and Teams that are under way. */
  readonly calls: number;
  readonly lives: number;
  readonly cards: number;
}

interface LiveProcess extends Life {
  isRunning: boolean;
  readonly stop: AbortController;
}

export function setStage({ scenario, chaos }: FuzzCase): Stage {
  const config = configOf(scenario);
  const instant = (text: string): number => instantOf(scenario, text);
  const clock = createVirtualClock(instant(scenario.start));
  let aheadMs = 0;
  const now = (): number => clock.now() - aheadMs;
  const promises = watchPromises({
    rules: modelRules(scenario, calendarOf(scenario.timezone)), zone: scenario.timezone, worldNow: now,
    relayPlants: config.relayPlants === "auto" || config.relayPlants === "all" ? config.relayPlants : [...config.relayPlants],
  });
  const disk = createMemoryDisk();
  const world = createWorld(scenario, { now, onCard: ({ body }) => { promises.accepted(body); } });
  const answering = scenario.seed % 2 === 0 ? withValidators(world) : world;
  const crashes = planCrashes(chaos.crashes.map((crash) => ({ ...crash, after: instant(crash.after) })), now, instant(chaos.calm));
  const flaky = chaos.flaky.map(({ from, to, percent }) => ({ from: instant(from), to: instant(to), percent }));
  const answers = rememberAnswers();
  const random = { flaky: concern(scenario.seed, "flaky"), network: concern(scenario.seed, "network"), disk: concern(scenario.seed, "disk"), jitter: createRandom(scenario.seed) };
  const unhurried = new AbortController().signal;
  let network: Network;
  let life = begin();
  let lives = 1;

  function begin(): LiveProcess {
    const current: LiveProcess = {
      isDead: false, isRunning: true, stop: new AbortController(),
      die: (power) => {
        current.isDead = true;
        if (power) disk.losePower();
      },
    };
    const living = livingClock(clock, current);
    network = {
      clock: living, latencyMs: chaos.latencyMs, random: random.network, underWay: 0,
      fails: () => flaky.some(({ from, to, percent }) => from <= now() && now() < to && random.flaky() * 100 < percent),
      heard: (request, result) => { hear(request, result, promises, answers); },
    };
    const parts = wireMonitor(config, {
      clock: living, random: random.jitter, identity: { host: "simulador", pid: 1, version: "simulada" },
      transport: failingNetwork(createWorldTransport(answering, living), current, crashes, network),
      disk: crashingDisk(disk, current, crashes, {
        pause: () => (chaos.diskMs === 0 ? Promise.resolve() : living.sleep(Math.floor(random.disk() * chaos.diskMs), unhurried)),
        written: (content) => { promises.written(content); },
      }),
      telemetry: { tell: (happening) => { if (!current.isDead && happening.kind === "card.posting") promises.posting(happening); } },
    });
    runMonitor(watchParts(parts, promises, answers, () => clock.now()), current.stop.signal).catch((error: unknown) => {
      if (!current.isDead) promises.violate(6, `the monitor ended by itself: ${causesOf(error)}`);
    }).finally(() => { current.isRunning = false; });
    return current;
  }

  const isAlive = (): boolean => life.isRunning && !life.isDead;

  /** The dead leave nothing behind but the disk; the next life finds that. */
  async function resume(): Promise<void> {
    clock.abandonSleepers();
    promises.lifeEnded(disk.text(STATE_FILE));
    await clock.runUntil(clock.now() + chaos.restartS * SECOND_MS);
    life = begin();
    lives += 1;
  }

  async function stopInOrder(): Promise<void> {
    life.stop.abort();
    const begunMs = clock.monotonicMs();
    await clock.runUntil(clock.now() + 10 * MINUTE_MS, isAlive);
    const tookMs = clock.monotonicMs() - begunMs;
    if (isAlive() || (!life.isDead && tookMs > LONGEST_STOP_MS)) promises.violate(6, `a stop took ${String(tookMs)} ms`);
  }

  return {
    promises, now,
    async runTo(at) {
      while (now() < at && promises.violations.length === 0) {
        await clock.runUntil(at + aheadMs, isAlive);
        if (!isAlive()) await resume();
      }
    },
    async kill() {
      life.die(false);
      await resume();
    },
    async restart() {
      await stopInOrder();
      await resume();
    },
    async stop() {
      await stopInOrder();
      await clock.runUntil(clock.now() + LONGEST_STOP_MS);
      return { timers: clock.sleepers, calls: network.underWay };
    },
    failDisk: (fault) => { disk.failWrites(fault); },
    step(ms, isSuspended) {
      clock.step(ms);
      if (!isSuspended) aheadMs += ms;
    },
    setRight() {
      clock.step(-aheadMs);
      aheadMs = 0;
    },
    get timers() {
      return clock.sleepers;
    },
    get calls() {
      return network.underWay;
    },
    get lives() {
      return lives;
    },
    get cards() {
      return world.cards.length;
    },
  };
}

function causesOf(error: unknown): string {
  return error instanceof Error ? `${error.message}${error.cause === undefined ? "" : ` < ${causesOf(error.cause)}`}` : String(error);
}
