// The day itself: services up, monitor up, the clock runs, the story is told, the process is killed and started again.
import { join } from "node:path";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import type { Writable } from "node:stream";
import { SECOND_MS, isoLocal, type EpochMs } from "../../domain/local-time.ts";
import { DEMO_STORY } from "../../simulator/demo-story.ts";
import { createHurriedClock, type HurriedClock } from "../../simulator/hurried-clock.ts";
import { startSimulator, type Simulator } from "../../simulator/http-server.ts";
import { instantOf, parseScenario, type Scenario, type ScenarioFile } from "../../simulator/scenario.ts";
import { isObject } from "../../simulator/served-records.ts";
import { createWorld, type AcceptedCard, type World } from "../../simulator/world.ts";
import { audit, isSound, type ExpectedEvent } from "./audit.ts";
import { expectedEvents } from "./expected-events.ts";
import { createMonitorCrowd, WORKERS } from "./monitor-crowd.ts";
import { createMonitorLives, type MonitorLives } from "./monitor-lives.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import type { Screen } from "./screen.ts";
import { summaryText, type Kill } from "./summary.ts";
import { printable } from "../terminal/text-width.ts";

export interface DayParts {
  readonly file: ScenarioFile;
  /** Everything on disk is in it. */
  readonly folder: string;
  readonly screen: Screen;
  readonly stdout: Writable;
  /** Address of the database that several workers share; null: one monitor, on files. */
  readonly database: string | null;
  readonly keep: boolean;
  /** Real seconds. */
  readonly seconds: number;
  readonly stop: AbortSignal;
}

export type DayEnd =
  | { readonly kind: "told"; readonly isSound: boolean }
  | { readonly kind: "stopped" }
  | { readonly kind: "broken"; readonly reason: string };

const PROGRESS_MS = 100;
/** As `WEB_PORT` is by default; where it is taken, any other. */
const PAGE_PORT = 8787;

/** What stands for the whole day. */
interface Stage {
  readonly scenario: Scenario;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly clock: HurriedClock;
  readonly pacer: Pacer;
  readonly world: World;
  /** Cards that Teams took, and which life of the monitor had sent each. */
  readonly taken: readonly { readonly body: string; readonly life: number }[];
  readonly simulator: Simulator;
  readonly lives: MonitorLives;
  /** Aborted by the user's stop, or by a monitor that ended unasked. */
  readonly ending: AbortSignal;
  readonly broken: () => string | null;
  readonly timeOf: (at: EpochMs) => string;
}

export async function playDay(parts: DayParts): Promise<DayEnd> {
  const begunMs = performance.now();
  const stage = await setStage(parts);
  const { lives, ending, simulator } = stage;
  const progress = setInterval(() => { showProgress(stage, parts.screen); }, PROGRESS_MS);
  try {
    const expecting = expectedEvents(parts.file, parts.folder, ending).catch(() => null);
    const kills = (await lives.start()) ? await followStory(stage, parts) : [];
    if (!parts.keep && !ending.aborted) await lives.stop();
    const reason = stage.broken();
    if (reason !== null) return { kind: "broken", reason };
    if (ending.aborted) return { kind: "stopped" };
    clearInterval(progress);
    const expected = await expecting;
    if (expected === null) return { kind: "broken", reason: "o mesmo dia sem falhas não pôde ser simulado; não há com que conferir" };
    const told = summarize(stage, parts, expected, kills, (performance.now() - begunMs) / SECOND_MS);
    if (parts.keep) await stayUp(stage, parts);
    return told;
  } finally {
    clearInterval(progress);
    await lives.close();
    await simulator.close();
  }
}

async function setStage({ file, folder, screen, seconds, stop, database }: DayParts): Promise<Stage> {
  const scenario = parseScenario(file);
  const [start, end] = [instantOf(scenario, scenario.start), instantOf(scenario, scenario.end)];
  const timeOf = (at: EpochMs): string => isoLocal(at, scenario.timezone).slice(11, 16);
  const clock = createHurriedClock({ virtual: start, factor: 1 });
  const pacer = createPacer({ clock, end, seconds, onPace: (pace) => { lives.follow(pace); } });
  const taken: { readonly body: string; readonly life: number }[] = [];
  const onCard = ({ at, body }: AcceptedCard): void => {
    taken.push({ body, life: lives.life() });
    screen.card(timeOf(at), body);
  };
  const world = createWorld(scenario, { now: () => clock.now(), onCard });
  const simulator = await startSimulator({ world });
  const broken = new AbortController();
  const ending = AbortSignal.any([stop, broken.signal]);
  let brokenBy: string | null = null;
  const onBroken = (reason: string): void => {
    brokenBy ??= reason;
    broken.abort();
  };
  const settings = settingsFor(scenario, simulator, folder);
  const lives = database === null
    ? createMonitorLives({ settings, pagePort: await freePort(PAGE_PORT), pacer, onBroken })
    : createMonitorCrowd({ settings, address: database, folder, pagePorts: await freePorts(PAGE_PORT, WORKERS), pacer, ending, onBroken });
  return { scenario, start, end, clock, pacer, world, taken, simulator, lives, timeOf, ending, broken: () => brokenBy };
}

function settingsFor({ timezone, config }: Scenario, { baseUrl, webhookUrl }: Simulator, folder: string): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)])),
    PVOP_BASE_URL: baseUrl, PVOP_EMAIL: "demo@exemplo.invalid", PVOP_PASSWORD: "senha-da-demo", PVOP_TIMEZONE: timezone,
    TEAMS_WEBHOOK_URL: webhookUrl, STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"),
  };
}

/** A port that nobody listens on: this one, or any. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.once("error", () => { resolve(wanted === 0 ? 0 : freePort(0)); });
  server.listen(wanted, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => { resolve(typeof address === "object" && address !== null ? address.port : 0); });
  });
  return promise;
}

/** One after the other, so that no two are the same. */
async function freePorts(first: number, count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let place = 0; place < count; place += 1) {
    let port = await freePort(first + place);
    while (ports.includes(port)) port = await freePort(0);
    ports.push(port);
  }
  return ports;
}

/** Tells the story as the clock gets there, kills where the scenario says so, and ends with the day. */
async function followStory(stage: Stage, { screen, database }: DayParts): Promise<Kill[]> {
  const { scenario, start, end, clock, ending, lives, simulator, timeOf } = stage;
  const date = scenario.start.slice(0, 11);
  const kills: Kill[] = [];
  const tell = (text: string) => (): void => { screen.story(timeOf(clock.now()), text); };
  const kill = async (): Promise<void> => {
    const time = timeOf(clock.now());
    const reborn = await lives.kill((pid) => { screen.act(time, database === null ? `✖ SIGKILL: o processo ${pid} está morto.` : `✖ SIGKILL: o trabalhador ${pid}, que conduzia, está morto. Os outros logo sentem a falta dele; até lá, um segundo é um segundo.`); });
    if (reborn === null) return;
    screen.act(timeOf(clock.now()), reborn.afterS === undefined
      ? `↻ O processo ${reborn.nextPid} está no ar, com ${reborn.plants} usinas lidas do estado em disco.`
      : `↻ O trabalhador ${reborn.nextPid} assumiu ${Math.round(reborn.afterS)} s depois, com ${reborn.plants} usinas lidas do PostgreSQL. A página, agora: ${lives.page()}`);
    kills.push({ time, ...reborn });
  };
  const origin = new URL(simulator.baseUrl).origin;
  screen.act(timeOf(start), database === null
    ? `▶ No ar: o monitor (processo ${lives.pid()}) e, em ${origin}, a PVOperation e o Teams simulados.`
    : `▶ No ar: um PostgreSQL, ${WORKERS} trabalhadores (o processo ${lives.pid()} conduz) e, em ${origin}, a PVOperation e o Teams simulados.`);
  screen.act(timeOf(start), `▶ A página do monitor: ${lives.page()} (abra-a agora: o dia passa nela também)`);
  const moments: { readonly at: EpochMs; readonly act: () => void | Promise<void> }[] = [
    ...DEMO_STORY.map(({ at, text, inCluster }) => ({ at: instantOf(scenario, date + at), act: tell(database === null ? text : (inCluster ?? text)) })),
    ...scenario.kills.map((at) => ({ at: instantOf(scenario, at), act: kill })),
    { at: end, act: () => undefined },
  ];
  for (const { at, act } of moments.filter((moment) => moment.at >= start && moment.at <= end).sort((a, b) => a.at - b.at)) {
    await clock.sleepUntil(at, ending);
    if (ending.aborted) break;
    await act();
  }
  return kills;
}

function showProgress({ clock, start, end, world, lives, timeOf }: Stage, screen: Screen): void {
  const now = clock.now();
  const retries = lives.book.cardRetries === 0 ? "" : ` · ${lives.book.cardRetries} novas tentativas`;
  screen.progress(timeOf(now), (now - start) / (end - start), `${world.cards.length} cartões${retries}`);
}

function summarize(stage: Stage, { screen, stdout, database }: DayParts, expected: readonly ExpectedEvent[], kills: readonly Kill[], realS: number): DayEnd {
  const { scenario, start, end, world, taken, lives, timeOf } = stage;
  const names = new Map(scenario.plants.filter(isObject).map(({ id, nome }) => [String(id), printable(String(nome)).trim()]));
  const judged = audit(expected, taken.map((card) => ({ ...card, events: lives.book.postings.get(card.body) ?? [] })));
  screen.close();
  stdout.write(`\n${summaryText({
    plants: scenario.plants.length, from: timeOf(start), to: timeOf(end), realS,
    cards: lives.book.cards, cardsAccepted: world.cards.length,
    apiCalls: [...world.calls].reduce((sum, [endpoint, count]) => sum + (endpoint === "teams" ? 0 : count), 0),
    faults: world.faultsMet, cardRetries: lives.book.cardRetries, heartbeatsDropped: lives.book.heartbeatsDropped, kills, workers: database === null ? 1 : WORKERS,
    audit: judged, plantName: (id) => names.get(id) ?? id,
  }, screen.canvas)}`);
  return { kind: "told", isSound: isSound(judged) };
}

/** After the day its clock goes on as slowly as the real one. */
async function stayUp({ simulator, pacer, ending, timeOf, clock, lives }: Stage, { stdout, folder, database }: DayParts): Promise<void> {
  pacer.rest();
  stdout.write(`
Simulador e monitor continuam no ar; no relógio deles são ${timeOf(clock.now())}. Ctrl+C encerra.
  Página   ${lives.page()}
  API      ${simulator.baseUrl} (qualquer usuário e senha)
  Teams    ${simulator.webhookUrl}
  Estado   ${database ?? join(folder, "state")}
  Logs     ${database === null ? join(folder, "logs") : join(folder, "trabalhador-*", "logs")}
`);
  await new Promise<void>((resolve) => {
    if (ending.aborted) resolve();
    ending.addEventListener("abort", () => { resolve(); });
  });
}
