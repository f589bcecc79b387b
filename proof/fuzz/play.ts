// Plays a case: the monitor lives, dies and lives again in its world until all is calm, and the promises are watched all the while.
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { runMonitor, type MonitorParts } from "../../src/app/supervisor.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/domain/local-time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { PlantApi } from "../../src/ports/plant-api.ts";
import type { HttpRequest, HttpResult } from "../../src/ports/transport.ts";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf } from "../../src/simulator/scenario.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { createWorldTransport, WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import { configOf } from "../../src/simulate.ts";
import { wireMonitor } from "../../src/wire.ts";
import { calendarOf } from "../model/wall-clock.ts";
import { concern } from "./chance.ts";
import { crashingDisk, failingNetwork, livingClock, planCrashes, type Life, type Network } from "./faulty-ports.ts";
import type { FuzzCase } from "./fuzz-file.ts";
import { modelRules } from "./model-rules.ts";
import { watchPromises, type Promises, type Violation } from "./promises.ts";

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly plantDays: number;
  readonly events: number;
  readonly cards: number;
  readonly duplicates: number;
  readonly lives: number;
}

interface LiveProcess extends Life {
  isRunning: boolean;
  readonly stop: AbortController;
  run: Promise<unknown>;
}

/** A stop is over within 15 s. */
const LONGEST_STOP_MS = 15 * SECOND_MS;
/** A card that was refused is tried again after an hour. */
const REFUSED_RETRY_MS = 60 * MINUTE_MS;
/** A monitor that has nothing to do waits for its next scan, its next card, its next heartbeat. */
const MOST_SLEEPERS = 6;

export async function play({ scenario, chaos }: FuzzCase): Promise<Verdict> {
  const config = configOf(scenario);
  const instant = (text: string): number => instantOf(scenario, text);
  const start = instant(scenario.start);
  const calm = instant(chaos.calm);
  const clock = createVirtualClock(start);
  /** How far the machine's clock is from the world's. */
  let aheadMs = 0;
  const worldNow = (): number => clock.now() - aheadMs;
  const promises = watchPromises({
    rules: modelRules(scenario, calendarOf(scenario.timezone)), relayPlants: config.relayPlants === "auto" || config.relayPlants === "all" ? config.relayPlants : [...config.relayPlants],
    zone: scenario.timezone, worldNow,
  });
  const disk = createMemoryDisk();
  const world = createWorld(scenario, { now: worldNow, onCard: ({ body }) => { promises.accepted(body); } });
  const crashes = planCrashes(chaos.crashes.map((crash) => ({ ...crash, after: instant(crash.after) })), worldNow, calm);
  const flaky = chaos.flaky.map(({ from, to, percent }) => ({ from: instant(from), to: instant(to), percent }));
  const flakyRandom = concern(scenario.seed, "flaky");
  const answers = new Map<string, HttpResult>();
  const networkOf = (life: Life): Network => ({
    clock: livingClock(clock, life), latencyMs: chaos.latencyMs, random: concern(scenario.seed, "network"), underWay: 0,
    fails: () => flaky.some(({ from, to, percent }) => from <= worldNow() && worldNow() < to && flakyRandom() * 100 < percent),
    heard: (request, result) => { hear(request, result, promises, answers); },
  });
  const jitter = createRandom(scenario.seed);
  const end = calm + (chaos.graceS * SECOND_MS);
  const plan = timeline();
  let network = networkOf({ isDead: true, die: () => undefined });
  let life = begin();
  let lives = 1;

  function begin(): LiveProcess {
    const current: LiveProcess = {
      isDead: false, isRunning: true, stop: new AbortController(), run: Promise.resolve(),
      die: (power) => {
        current.isDead = true;
        if (power) disk.losePower();
      },
    };
    network = networkOf(current);
    const transport = failingNetwork(createWorldTransport(world, network.clock), current, crashes, network);
    const parts = wireMonitor(config, {
      clock: network.clock, transport, random: jitter, identity: { host: "simulador", pid: 1, version: "simulada" },
      disk: crashingDisk(disk, current, crashes, { pause: pauseOf(network.clock), written: (content) => { promises.written(content); } }),
      telemetry: { tell: (happening) => {
        if (current.isDead) return;
        if (happening.kind === "card.posting") promises.posting(happening);
        if (happening.kind === "scan.finished" && happening.scan === "inverter") promises.passed(clock.now());
      } },
    });
    current.run = runMonitor(watched(parts, promises, answers, () => clock.now()), current.stop.signal).then(() => undefined, (error: unknown) => {
      if (!current.isDead) promises.violate(6, `the monitor ended by itself: ${causes(error)}`);
    }).finally(() => { current.isRunning = false; });
    return current;
  }

  function pauseOf(slow: Clock): () => Promise<void> {
    const random = concern(scenario.seed, "disk");
    const unhurried = new AbortController().signal;
    return () => (chaos.diskMs === 0 ? Promise.resolve() : slow.sleep(Math.floor(random() * chaos.diskMs), unhurried));
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

  async function runTo(at: number): Promise<void> {
    while (worldNow() < at && promises.violations.length === 0) {
      await clock.runUntil(at + aheadMs, isAlive);
      if (!isAlive()) await resume();
    }
  }

  async function stopInOrder(): Promise<void> {
    life.stop.abort();
    const begunMs = clock.monotonicMs();
    await clock.runUntil(clock.now() + 10 * MINUTE_MS, isAlive);
    const tookMs = clock.monotonicMs() - begunMs;
    if (isAlive() || (!life.isDead && tookMs > LONGEST_STOP_MS)) promises.violate(6, `a stop took ${String(tookMs)} ms`);
  }

  function step(ms: number, isSuspended: boolean): void {
    clock.step(ms);
    if (!isSuspended) aheadMs += ms;
  }

  function timeline(): { at: number; act: () => Promise<void> | void }[] {
    const acts = [
      ...scenario.restarts.map((text) => ({ at: instant(text), act: async () => { await stopInOrder(); await resume(); } })),
      ...scenario.kills.map((text) => ({ at: instant(text), act: async () => { life.die(false); await resume(); } })),
      ...chaos.clock.map(({ at, seconds, kind }) => ({ at: instant(at), act: () => { step(seconds * SECOND_MS, kind === "suspend"); } })),
      ...chaos.disk.flatMap(({ from, to, fault }) => [
        { at: instant(from), act: () => { disk.failWrites(fault); } }, { at: instant(to), act: () => { disk.failWrites(null); } },
      ]),
      { at: calm, act: () => { disk.failWrites(null); step(-aheadMs, false); } },
    ];
    return acts.filter(({ at }) => at >= start && at <= calm).sort((a, b) => a.at - b.at);
  }

  for (const { at, act } of plan) {
    await runTo(at);
    if (promises.violations.length === 0) await act();
  }
  await runTo(end);
  if (promises.hasRefused) await runTo(end + REFUSED_RETRY_MS);
  if (promises.violations.length === 0) {
    for (const key of promises.untoldSince(worldNow() - MINUTE_MS)) promises.violate(promises.hasRefused ? 6 : 1, `${key} was found, and never told`);
    if (clock.sleepers > MOST_SLEEPERS) promises.violate(6, `${String(clock.sleepers)} timers in a monitor that has nothing to do`);
    await stopInOrder();
    await clock.runUntil(clock.now() + LONGEST_STOP_MS);
    const left = clock.sleepers + network.underWay;
    if (left > 0) promises.violate(6, `${String(clock.sleepers)} timers and ${String(network.underWay)} calls are left after the end`);
  }
  const plantDays = (scenario.plants.length * (worldNow() - start)) / (24 * 60 * MINUTE_MS);
  return { violations: promises.violations, plantDays, events: promises.events, cards: world.cards.length, duplicates: promises.duplicates, lives };
}

function causes(error: unknown): string {
  return error instanceof Error ? `${error.message}${error.cause === undefined ? "" : ` < ${causes(error.cause)}`}` : String(error);
}

/** Of the answers that the simulated Teams gives, those that are about this very card. */
const REFUSES = [400, 413];
const dayKey = (endpoint: string, body: string | null): string => `${endpoint} ${body ?? ""}`;

/** Keeps the last answer of each call, for who asks what it said; and hears what became of a card. */
function hear(request: HttpRequest, result: HttpResult, promises: Promises, answers: Map<string, HttpResult>): void {
  if (request.url !== WORLD_WEBHOOK_URL) {
    answers.set(dayKey(request.url.slice(request.url.lastIndexOf("/") + 1), request.body), result);
    return;
  }
  const body = request.body ?? "";
  if (result.kind !== "answer") promises.unanswered(body);
  else if (REFUSES.includes(result.status)) promises.refused(body);
}

/** The same monitor, with every question to the API and every save seen by the promises. */
function watched(parts: MonitorParts, promises: Promises, answers: Map<string, HttpResult>, now: () => number): MonitorParts {
  const { api, store } = parts;
  const shown = (endpoint: string, body: object): readonly unknown[] | null => {
    const result = answers.get(dayKey(endpoint, JSON.stringify(body)));
    if (result?.kind !== "answer" || result.status !== 200) return null;
    try {
      const json: unknown = JSON.parse(new TextDecoder().decode(result.body));
      return Array.isArray(json) ? json : null;
    } catch {
      return null;
    }
  };
  const dayOf = <T>(kind: "relay" | "inverter", call: () => Promise<T>, plant: string, date: string): Promise<T> => {
    const body = { id: Number(plant), date };
    answers.delete(dayKey(`day_${kind}`, JSON.stringify(body)));
    promises.asked(plant, kind, date, now());
    return call().then((fetched) => {
      promises.answered(plant, kind, shown(`day_${kind}`, body), now());
      return fetched;
    });
  };
  const watchedApi: PlantApi = {
    login: (options) => api.login(options),
    plants: (options) => api.plants(options),
    async plantDevices(plant, options) {
      answers.delete(dayKey("plant_devices", JSON.stringify({ id: Number(plant) })));
      const fetched = await api.plantDevices(plant, options);
      promises.devicesListed(plant, deviceTypes(shown("plant_devices", { id: Number(plant) }) ?? []), now());
      return fetched;
    },
    dayRelay: (plant, date, zone, options) => dayOf("relay", () => api.dayRelay(plant, date, zone, options), plant, date),
    dayInverter: (plant, date, zone, options) => dayOf("inverter", () => api.dayInverter(plant, date, zone, options), plant, date),
  };
  return {
    ...parts,
    api: watchedApi,
    store: {
      load: (at) => store.load(at),
      save: (state) => {
        promises.saving(state);
        return store.save(state).then((saved) => {
          promises.saved(saved.ok);
          return saved;
        });
      },
    },
  };
}

interface ListedDevices { readonly plant_devices?: readonly { readonly device_type?: unknown }[] }

function deviceTypes(lists: readonly unknown[]): string[] {
  return lists.flatMap((list) => (list as ListedDevices).plant_devices ?? []).map((device) => String(device.device_type));
}
