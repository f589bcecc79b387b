// `pvmonitor run` with DATABASE_URL: a worker among others. Each may conduct accounts, and scans plants of all of them.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FILE } from "../../adapters/file-store/file-store.ts";
import { trustedAuthorities } from "../../adapters/http/trusted-authorities.ts";
import type { Database } from "../../adapters/postgres/database.ts";
import { holdName } from "../../adapters/postgres/holding.ts";
import { lastSaved } from "../../adapters/postgres/postgres-store.ts";
import { startJobQueue } from "../../adapters/queue/job-queue.ts";
import type { Config } from "../../config/config.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ScanPlant } from "../../ports/plant-scan.ts";
import type { Outside } from "../../wire.ts";
import { createSkewWatch } from "../database/clock-skew.ts";
import { connect, placeOf, TENANT } from "../database/connect.ts";
import { conduct } from "./conductor.ts";
import { createScanJob } from "./scan-job.ts";

export interface WorkerParts {
  readonly config: Config;
  readonly address: DatabaseAddress;
  readonly outside: Outside;
  readonly stop: AbortSignal;
  readonly say: (level: "info" | "warn" | "error", text: string) => void;
  /** Around the scans that this worker has done by others. */
  readonly overScans?: (scan: ScanPlant) => ScanPlant;
}

const HOLD_AGAIN_MS = 5 * SECOND_MS;

export type WorkerEnd = { readonly exit: 0 } | { readonly exit: number; readonly text: string };

export async function runWorker({ config, address, outside, stop, say, overScans }: WorkerParts): Promise<WorkerEnd> {
  const { clock } = outside;
  const warn = (text: string): void => { say("warn", `[BANCO] ${text}`); };
  const connected = await connect({ address, ca: config.ca, waiting: { clock, stop, say: warn } });
  if (!connected.ok) return connected;
  const { database } = connected;
  const closing = new AbortController();
  try {
    const refused = await refusal(database, config);
    if (refused !== null) return { exit: 1, text: `${placeOf(address)}: ${refused}` };
    await hold(database, AbortSignal.any([stop, closing.signal]), clock);
    await work({ config, address, outside, stop, say, database, warn, overScans: overScans ?? ((scan) => scan) });
    return { exit: 0 };
  } finally {
    closing.abort();
    await database.close();
  }
}

interface Working extends WorkerParts {
  readonly database: Database;
  readonly warn: (text: string) => void;
  readonly overScans: (scan: ScanPlant) => ScanPlant;
}

async function work({ config, address, outside, stop, database, warn, overScans }: Working): Promise<void> {
  const queue = await startJobQueue({ settings: address, authorities: trustedAuthorities(config.ca), say: warn });
  const skew = createSkewWatch(outside.clock, warn);
  const rows = { database, tenant: TENANT, writeRecords: () => Promise.resolve() };
  const account = { tenant: TENANT, concurrency: config.pvop.concurrency };
  await queue.work([{
    account,
    scan: createScanJob({ ...rows, config, outside }),
    conduct: (signal) => conduct({ ...rows, config, outside, scans: queue.scansOf(TENANT), overScans, calls: { tell: () => undefined }, onServerTime: skew,
      onTaken: () => { warn("Outro processo conduz agora a vigilância desta conta; este segue varrendo usinas."); } }, signal),
  }]);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => { resolve(); });
  });
  await queue.stop();
}

async function refusal(database: Database, { stateDir }: Config): Promise<string | null> {
  if (await lastSaved(database, TENANT) !== null || !(await isThere(join(stateDir, STATE_FILE)))) return null;
  return `o banco ainda não tem estado, e ${join(stateDir, STATE_FILE)} tem; rode "pvmonitor import-state ${join(stateDir, STATE_FILE)}", ou tire o arquivo dali para começar do zero`;
}

/** That workers work in this database, for commands that must not come between; held again as soon as it can be when the connection is lost. */
async function hold(database: Database, stop: AbortSignal, clock: Clock): Promise<void> {
  const isOver = (): boolean => stop.aborted;
  const again = async (): Promise<void> => {
    let isHeld = false;
    while (!isHeld && !isOver()) {
      await clock.sleep(HOLD_AGAIN_MS, stop);
      if (!isOver()) isHeld = await database.hold(holdName(TENANT), () => void again(), "shared").catch(() => false);
    }
  };
  if (!(await database.hold(holdName(TENANT), () => void again(), "shared"))) await again();
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
