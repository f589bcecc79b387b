// `pvmonitor simulator`: the simulated PVOperation and Teams alone, on loopback, for a monitor or another client to be pointed at.
import type { Writable } from "node:stream";
import { codeOf } from "../config/faults.ts";
import { isoLocal, localDate } from "../domain/local-time.ts";
import { makeDemoScenario } from "../simulator/demo-world.ts";
import { startSimulator, type Simulator } from "../simulator/http-server.ts";
import type { Scenario } from "../simulator/scenario.ts";
import { createWorld, type AcceptedCard, type AnsweringWorld } from "../simulator/world.ts";
import { EXIT_SETTINGS } from "./settings.ts";
import { readScenario } from "./simulate.ts";
import { canvasOf } from "./terminal/canvas.ts";
import { cardBox } from "./terminal/card-box.ts";

export interface SimulatorCommandOptions {
  readonly stdout: Writable;
  /** Only loopback is accepted: the simulator lets anyone in. */
  readonly host: string;
  readonly port: number;
  /** Serves this scenario instead of the demo's plants. */
  readonly scenarioFile?: string;
  readonly seed?: number;
  /** Real milliseconds before each answer. */
  readonly latencyMs?: number;
  readonly stop: AbortSignal;
}

const EXIT_REFUSED = 1;
const ZONE = "America/Sao_Paulo";
const HOSTS = ["127.0.0.1", "::1", "localhost"] as const;
const isHost = (text: string): text is (typeof HOSTS)[number] => HOSTS.some((host) => host === text);

export async function runSimulator(options: SimulatorCommandOptions): Promise<number> {
  const { stdout, host, port, scenarioFile, seed = 1, latencyMs = 0, stop } = options;
  const fail = (code: number, text: string): number => {
    stdout.write(`pvmonitor simulator: ${text}\n`);
    return code;
  };
  if (!isHost(host)) return fail(EXIT_SETTINGS, `${host} não é deste computador; o simulador só atende em ${HOSTS.join(", ")}`);
  const scenario = scenarioFile === undefined ? null : await readScenario(scenarioFile);
  if (typeof scenario === "string") return fail(EXIT_SETTINGS, scenario);
  const zone = scenario?.timezone ?? ZONE;
  const canvas = canvasOf(stdout);
  const onCard = ({ at, body }: AcceptedCard): void => { stdout.write(cardBox(body, `Teams, ${isoLocal(at, zone).slice(11, 16)}`, canvas)); };
  const world = scenario === null ? createTodaysWorld(seed, onCard) : createWorld(scenario, { now: () => Date.now(), onCard });
  let simulator: Simulator;
  try {
    simulator = await startSimulator({ world, host, port, latencyMs, gzip: true });
  } catch (error) {
    const code = codeOf(error);
    return fail(EXIT_REFUSED, code === "EADDRINUSE" ? `a porta ${port} está ocupada; use outra com --port (0: uma livre)` : `não pôde abrir ${host}:${port} (${code})`);
  }
  stdout.write(introduction(simulator, scenario, zone));
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => { resolve(); });
    stdout.on("error", () => { resolve(); }); // nobody reads any more (EPIPE)
  });
  await simulator.close();
  return 0;
}

/** The demo's plants with the readings of today; at midnight, of the new day. Sessions do not outlive the day: clients log in again. */
function createTodaysWorld(seed: number, onCard: (card: AcceptedCard) => void): AnsweringWorld {
  const now = (): number => Date.now();
  let today: { readonly date: string; readonly world: AnsweringWorld } | null = null;
  const worldOfToday = (): AnsweringWorld => {
    const date = localDate(now(), ZONE);
    if (today?.date !== date) today = { date, world: createWorld(makeDemoScenario({ seed, date }), { now, onCard }) };
    return today.world;
  };
  worldOfToday(); // made now rather than within the first call
  return { answer: (request) => worldOfToday().answer(request), teams: (body) => worldOfToday().teams(body) };
}

function introduction({ baseUrl, webhookUrl }: Simulator, scenario: Scenario | null, zone: string): string {
  const served = scenario === null
    ? "As usinas da demonstração com as leituras de hoje, e com as falhas do dia dela nos seus horários."
    : `O cenário de ${scenario.start} a ${scenario.end}, no relógio de agora: as leituras saem a quem pedir pelas datas dele.`;
  return `Simulador no ar, só neste computador. Ctrl+C encerra.
${served}

  API      ${baseUrl}
  Login    demo@exemplo.invalid, senha "demo" (qualquer usuário e senha servem)
  Teams    ${webhookUrl} (os cartões aceitos aparecem aqui)

Um .env que aponta um monitor para cá:

PVOP_BASE_URL=${baseUrl}
PVOP_EMAIL=demo@exemplo.invalid
PVOP_PASSWORD=demo
PVOP_TIMEZONE=${zone}
TEAMS_WEBHOOK_URL=${webhookUrl}
STATE_DIR=simulado/state
LOG_DIR=simulado/logs

`;
}
