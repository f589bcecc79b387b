// `node bench/cluster.ts`: how many plants a second 1, 2 and 4 workers scan on one PostgreSQL (with fsync), one JSON object a line. Apart
// from `npm run bench`: it starts a server of its own. Everything shares this machine: who took how much of it stands beside each figure.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { createCrowd } from "../proof/cluster/crowd.ts";
import { startPostgres, type PostgresServer } from "../src/cli/demo/postgres-server.ts";
import { prepareDatabase } from "../src/cli/demo/prepare-database.ts";
import { start } from "./processes.ts";

const PLANTS = 100;
const LATENCY_MS = 300;
/** Calls at once; each takes the latency, so no more than CALLS / 0.3 s are possible. */
const CALLS = process.argv.includes("--tiny") ? [16] : [16, 64];
const WORKERS = [1, 2, 4];
/** Of the kernel, in a second. */
const TICKS = 100;
/** The limiter grows by one with every 20 good scans: after so many it is where it may be. */
const SCANS_PER_CALL = 22;
const LONGEST_WARM_UP_MS = 120_000;
const MEASURED_S = process.argv.includes("--tiny") ? 10 : 30;

const server = await startPostgres(["-c", "fsync=on"]);
const simulator = await start("small-world", { plants: PLANTS, latencyMs: LATENCY_MS }, z.object({ baseUrl: z.string(), webhookUrl: z.string(), now: z.number() }));
try {
  for (const calls of CALLS) for (const workers of WORKERS) await measure(server, calls, workers);
} finally {
  await simulator.stop();
  await server.close();
}

async function measure(postgres: PostgresServer, calls: number, workers: number): Promise<void> {
  const address = await postgres.createDatabase();
  await prepareDatabase(address);
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-bench-cluster-"));
  const { baseUrl, webhookUrl, now } = simulator.said;
  const crowd = await createCrowd({
    workers, folder, address, pace: { virtual: now, realMs: Date.now(), factor: 1 }, direct: true,
    settings: {
      PVOP_BASE_URL: baseUrl, PVOP_EMAIL: "bench@exemplo.invalid", PVOP_PASSWORD: "senha", TEAMS_WEBHOOK_URL: webhookUrl, WEB_ENABLED: "False",
      RELAY_INTERVAL: "86400", INVERTER_INTERVAL: "1", PVOP_CONCURRENCY: String(calls),
    },
  });
  try {
    await crowd.begun;
    const warmUpEndMs = performance.now() + LONGEST_WARM_UP_MS;
    // The relays come first: a scan a plant that may find none to ask for, which is no good one.
    while (await scansOf(postgres, address) < PLANTS * 2 + SCANS_PER_CALL * calls && performance.now() < warmUpEndMs) await pause(1_000);
    const before = { scans: await scansOf(postgres, address), cpu: cpuSeconds(crowd.pids()), atMs: performance.now(), idle: idleSeconds() };
    await pause(MEASURED_S * 1_000);
    const seconds = (performance.now() - before.atMs) / 1_000;
    const scans = await scansOf(postgres, address) - before.scans;
    const share = (used: number): number => Math.round((100 * used) / seconds) / 100;
    process.stdout.write(`${JSON.stringify({
      case: "cluster", isWarm: performance.now() < warmUpEndMs + MEASURED_S * 1_000, calls, workers, plantsPerSecond: Math.round((10 * scans) / seconds) / 10, possible: Math.round(calls / (LATENCY_MS / 1_000)),
      coresOfWorkers: share(cpuSeconds(crowd.pids()) - before.cpu), coresIdle: share(idleSeconds() - before.idle), cores: cpus().length,
    })}\n`);
  } finally {
    await crowd.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each scan of a plant writes its row once. */
async function scansOf(postgres: PostgresServer, address: string): Promise<number> {
  const [{ scans }] = z.tuple([z.object({ scans: z.string().transform(Number) })]).parse(await postgres.execute("SELECT coalesce(sum(version), 0)::text AS scans FROM pvmonitor.plant", address));
  return scans;
}

function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").slice(11, 13).map(Number);
    return sum + (user + system) / TICKS;
  }, 0);
}

/** Of all cores together: what nobody on this machine used. */
function idleSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle / 1_000, 0);
}
