// `npm run bench:cluster`: how many plants a second 1, 2 and 4 workers scan on one PostgreSQL (with fsync), one JSON object a line. Apart
// from `npm run bench`: it starts a server of its own. Everything shares this machine: who took how much of it stands beside each figure.
// So that workers are what there is too little of, as with machines of their own, each gets a small share of a core only (as root, by
// the kernel's control groups); then once more with all of the machine for whoever takes it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { createCrowd } from "../proof/cluster/crowd.ts";
import { startPostgres, type PostgresServer } from "../src/cli/demo/postgres-server.ts";
import { prepareDatabase } from "../src/cli/demo/prepare-database.ts";
import { start } from "./processes.ts";

const PLANTS = 100;
const LATENCY_MS = 100;
/** Calls at once; each takes the latency, so no more than CALLS / 0.1 s are possible. */
const CALLS = 16;
const WORKERS = [1, 2, 4];
/** Of a core, for each worker; null: as much as it gets. */
const SHARES = process.argv.includes("--tiny") ? [null] : [0.06, null];
const PERIOD_US = 20_000;
/** Of the kernel, in a second. */
const TICKS = 100;
/** The limiter grows by one with every 20 good scans: after so many it is where it may be. */
const SCANS_PER_CALL = 22;
const LONGEST_WARM_UP_MS = 120_000;
const MEASURED_S = process.argv.includes("--tiny") ? 10 : 30;
/** From being confined to a steady pace. */
const SETTLE_MS = 5_000;

const server = await startPostgres(["-c", "fsync=on"]);
const simulator = await start("small-world", { plants: PLANTS, latencyMs: LATENCY_MS }, z.object({ baseUrl: z.string(), webhookUrl: z.string(), now: z.number() }));
try {
  for (const share of SHARES) for (const workers of WORKERS) await measure(server, workers, share);
} finally {
  await simulator.stop();
  await server.close();
}

async function measure(postgres: PostgresServer, workers: number, share: number | null): Promise<void> {
  const address = await postgres.createDatabase();
  await prepareDatabase(address);
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-bench-cluster-"));
  const { baseUrl, webhookUrl, now } = simulator.said;
  const crowd = await createCrowd({
    workers, folder, address, pace: { virtual: now, realMs: Date.now(), factor: 1 }, direct: true,
    settings: {
      PVOP_BASE_URL: baseUrl, PVOP_EMAIL: "bench@exemplo.invalid", PVOP_PASSWORD: "senha", TEAMS_WEBHOOK_URL: webhookUrl, WEB_ENABLED: "False",
      RELAY_INTERVAL: "86400", INVERTER_INTERVAL: "1", PVOP_CONCURRENCY: String(CALLS),
    },
  });
  const release: (() => void)[] = [];
  try {
    await crowd.begun;
    const warmUpEndMs = performance.now() + LONGEST_WARM_UP_MS;
    // The relays come first: a scan a plant that may find none to ask for, which is no good one.
    while (await scansOf(postgres, address) < PLANTS * 2 + SCANS_PER_CALL * CALLS && performance.now() < warmUpEndMs) await pause(1_000);
    const isWarm = performance.now() < warmUpEndMs;
    if (share !== null) for (const pid of crowd.pids()) release.push(confine(pid, share));
    await pause(SETTLE_MS);
    const before = { scans: await scansOf(postgres, address), cpu: cpuSeconds(crowd.pids()), atMs: performance.now(), idle: idleSeconds() };
    await pause(MEASURED_S * 1_000);
    const seconds = (performance.now() - before.atMs) / 1_000;
    const scans = await scansOf(postgres, address) - before.scans;
    const cores = (used: number): number => Math.round((100 * used) / seconds) / 100;
    process.stdout.write(`${JSON.stringify({
      case: "cluster", isWarm, calls: CALLS, workers, coreOfEach: share, plantsPerSecond: Math.round((10 * scans) / seconds) / 10, possible: Math.round(CALLS / (LATENCY_MS / 1_000)),
      coresOfWorkers: cores(cpuSeconds(crowd.pids()) - before.cpu), coresIdle: cores(idleSeconds() - before.idle), cores: cpus().length,
    })}\n`);
  } finally {
    await crowd.close();
    for (const free of release) free();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives a process no more than that share of a core, of whichever version the control groups are. What is returned clears up when it is gone. */
function confine(pid: number, share: number): () => void {
  const isOne = existsSync("/sys/fs/cgroup/cpu/cgroup.procs");
  const folder = `/sys/fs/cgroup/${isOne ? "cpu/" : ""}pvmonitor-bench-${pid}`;
  mkdirSync(folder);
  const quota = String(Math.round(share * PERIOD_US));
  if (isOne) {
    writeFileSync(`${folder}/cpu.cfs_period_us`, String(PERIOD_US));
    writeFileSync(`${folder}/cpu.cfs_quota_us`, quota);
  } else writeFileSync(`${folder}/cpu.max`, `${quota} ${PERIOD_US}`);
  writeFileSync(`${folder}/cgroup.procs`, String(pid));
  return () => { rmdirSync(folder); };
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
