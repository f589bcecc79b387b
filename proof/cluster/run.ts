// Three workers on one PostgreSQL for a hurried day in which workers die and hang, and the network and the database go away; judged by
// what one process alone tells of the same day.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { expectedEvents } from "../../src/cli/demo/expected-events.ts";
import { startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";
import { prepareDatabase } from "../../src/cli/demo/prepare-database.ts";
import { PRINCIPAL } from "../../src/config/drafts.ts";
import { createHurriedClock } from "../../src/simulator/hurried-clock.ts";
import { startSimulator } from "../../src/simulator/http-server.ts";
import { instantOf, parseScenario } from "../../src/simulator/scenario.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { createCrowd, type Crowd } from "./crowd.ts";
import { judge, type Judgement } from "./judge.ts";
import { blowText, makePlan, type Plan, type Victim } from "./plan.ts";
import { lookInto, type ProofRows } from "./rows.ts";
import { makeDay, QUIET_MIN, ZONE } from "./scenario.ts";

export const clusterOptions = z.object({
  plants: z.number().int().positive(),
  /** Of the hurried clock; the last one is quiet. */
  hours: z.number().min(2).max(24),
  seed: z.number().int(),
  /** Virtual seconds to a real one. */
  factor: z.number().positive(),
  /** Real seconds for which the database is gone. */
  goneS: z.number().positive(),
  /** Seconds of the hurried clock between scans of both kinds. */
  intervalS: z.number().int().positive(),
});
export type ClusterOptions = z.output<typeof clusterOptions>;

export interface ClusterEnd extends Judgement {
  readonly seconds: number;
  readonly versions: number;
  readonly takeovers: number;
  /** Longest time from a blow at whoever conducted until somebody conducted again, in real seconds. */
  readonly longestGapS: number;
  readonly calls: number;
  /** Logs of the workers, kept where something is wrong. */
  readonly folder: string | null;
}

const WORKERS = 3;
const LOOK_MS = 500;
/** After the last reading: who was disturbed last has to come back, and a busy machine takes its time. */
const LONGEST_SETTLE_S = 180;

export async function runCluster(options: ClusterOptions, say: (line: string) => void = () => undefined): Promise<ClusterEnd> {
  const begunMs = performance.now();
  const seconds = (): string => ((performance.now() - begunMs) / 1_000).toFixed(0);
  const { factor, seed } = options;
  const day = makeDay(options);
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-cluster-"));
  const ending = new AbortController();
  const server = await startPostgres();
  const expecting = expectedEvents(day.file, folder, ending.signal);
  expecting.catch(() => undefined); // awaited below
  const address = await server.createDatabase();
  await prepareDatabase(address);
  const scenario = parseScenario(day.file);
  const rows = lookInto(server, address, PRINCIPAL, instantOf(scenario, day.lastReading));
  await rows.watchVersions();
  const pace = { virtual: instantOf(scenario, day.start), realMs: Date.now(), factor };
  const clock = createHurriedClock({ virtual: pace.virtual, factor });
  const world = createWorld(scenario, { now: () => clock.now() });
  const simulator = await startSimulator({ world });
  const crowd = await createCrowd({
    workers: WORKERS, folder, pace, address, onTakeover: (worker) => { say(`${seconds()} s: worker ${worker + 1} conducts`); },
    settings: {
      PVOP_BASE_URL: simulator.baseUrl, PVOP_EMAIL: "prova@exemplo.invalid", PVOP_PASSWORD: "senha-da-prova", PVOP_TIMEZONE: ZONE, TEAMS_WEBHOOK_URL: simulator.webhookUrl,
      RELAY_INTERVAL: String(options.intervalS), INVERTER_INTERVAL: String(options.intervalS), PVOP_CONCURRENCY: "8", WEB_ENABLED: "False",
    },
  });
  let isSound = false;
  try {
    await crowd.begun;
    const blows = await deal({ crowd, server, plan: makePlan({ seed, workers: WORKERS, seconds: ((options.hours * 60 - QUIET_MIN) * 60) / factor, goneS: options.goneS }), say: (text) => { say(`${seconds()} s: ${text}`); } });
    const leftS = Math.max(0, (instantOf(scenario, day.lastReading) - clock.now()) / factor / 1_000);
    const wrong = [...await settle(rows, leftS), ...await crowd.stop(), ...crowd.broken];
    const { written, wrong: wrongVersions } = await rows.versions();
    const cards = world.cards.map(({ body }) => ({ events: crowd.postings.get(body) ?? [] }));
    const judged = judge(await expecting, { cards, disturbances: blows.length });
    isSound = judged.wrong.length + wrong.length + wrongVersions.length === 0;
    return {
      ...judged, wrong: [...wrong, ...wrongVersions, ...judged.wrong], versions: written, takeovers: crowd.takeovers.length,
      longestGapS: longestGap(blows, crowd.takeovers), calls: [...world.calls.values()].reduce((sum, count) => sum + count, 0),
      seconds: (performance.now() - begunMs) / 1_000, folder: isSound ? null : folder,
    };
  } finally {
    ending.abort();
    await crowd.close();
    await simulator.close();
    await server.close();
    if (isSound) await rm(folder, { recursive: true, force: true });
  }
}

interface Dealing {
  readonly crowd: Crowd;
  readonly server: PostgresServer;
  readonly plan: Plan;
  readonly say: (line: string) => void;
}

/** When each began, of `performance.now()`, and whether it hit whoever conducted alone. */
interface Dealt {
  readonly atMs: number;
  readonly hitConductor: boolean;
}

async function deal({ crowd, server, plan, say }: Dealing): Promise<Dealt[]> {
  const dealt: Dealt[] = [];
  for (const blow of plan) {
    await pause(blow.afterS * 1_000);
    const placeOf = (victim: Victim): number => (victim === "conductor" ? crowd.conductor() : victim);
    const atMs = performance.now();
    say(blowText(blow));
    if (blow.kind === "database") {
      dealt.push({ atMs, hitConductor: false });
      await server.stop("immediate");
      await pause(blow.forS * 1_000);
      await server.start();
      continue;
    }
    const place = placeOf(blow.victim);
    dealt.push({ atMs, hitConductor: place === crowd.conductor() && blow.kind !== "cut" });
    if (blow.kind === "kill") await crowd.kill(place);
    else if (blow.kind === "stop") crowd.signal(place, "SIGSTOP");
    else crowd.cut(place, blow.how);
    await pause(blow.forS * 1_000);
    if (blow.kind === "kill") crowd.start(place);
    else if (blow.kind === "stop") crowd.signal(place, "SIGCONT");
    else crowd.cut(place, null);
  }
  return dealt;
}

/** Until all is read and told; what is still wrong when there was time enough. */
async function settle(rows: ProofRows, readingS: number): Promise<string[]> {
  await pause(readingS * 1_000);
  const endMs = performance.now() + LONGEST_SETTLE_S * 1_000;
  for (;;) {
    const { owed, behind } = await rows.look();
    if (owed + behind.length === 0) return [];
    if (performance.now() > endMs) return [`${owed} cards wait still, and of ${behind.length} plants not all was read (${behind.slice(0, 5).join(", ")})`];
    await pause(LOOK_MS);
  }
}

/** Of the blows after which somebody else conducted, before the next one. */
function longestGap(blows: readonly Dealt[], takeovers: readonly number[]): number {
  const gaps = blows.flatMap(({ atMs, hitConductor }, index) => {
    const next = takeovers.find((at) => at > atMs);
    return hitConductor && next !== undefined && next < (blows[index + 1]?.atMs ?? Infinity) + 60_000 ? [(next - atMs) / 1_000] : [];
  });
  return Math.max(0, ...gaps);
}
