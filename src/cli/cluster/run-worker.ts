// `pvmonitor run` with DATABASE_URL: a worker among others. Each may conduct accounts, and scans plants of all of them.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { STATE_FILE } from "../../adapters/file-store/file-store.ts";
import { trustedAuthorities } from "../../adapters/http/trusted-authorities.ts";
import { createMetrics } from "../../adapters/metrics/create-metrics.ts";
import type { Database } from "../../adapters/postgres/database.ts";
import { failureWord, isConnectionLost } from "../../adapters/postgres/failures.ts";
import { writeRecords } from "../../adapters/postgres/history/write-records.ts";
import { holdName } from "../../adapters/postgres/holding.ts";
import { PlantTakenError } from "../../adapters/postgres/plant-ledger.ts";
import { lastSaved } from "../../adapters/postgres/tenant-rows.ts";
import { startJobQueue } from "../../adapters/queue/job-queue.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import type { Config } from "../../config/config.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { PRINCIPAL } from "../../config/drafts.ts";
import type { SettingInForce } from "../../config/settings-in-force.ts";
import { SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ScanPlant } from "../../ports/plant-scan.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { tellAll } from "../../ports/telemetry.ts";
import type { Outside } from "../../wire.ts";
import type { BesideParts } from "../beside.ts";
import { connect, placeOf } from "../database/connect.ts";
import { createChangeFeed } from "../page/change-feed.ts";
import { showAccount } from "./account-page.ts";
import { conduct } from "./conductor.ts";
import { createScanJob } from "./scan-job.ts";

export interface WorkerParts {
  /** All of the same database. */
  readonly accounts: readonly Config[];
  readonly address: DatabaseAddress;
  readonly settingsInForce: readonly SettingInForce[];
  /** Its telemetry is the log. */
  readonly outside: Outside;
  readonly log: BesideParts["log"];
  readonly stop: AbortSignal;
  /** Hears the server's time now and then, and answers what is to be told of it; null: nobody minds. */
  readonly heed: ((serverTime: EpochMs) => string | null) | null;
  /** Around the scans that this worker has done by others. */
  readonly overScans?: (scan: ScanPlant) => ScanPlant;
}

/** All that has to do with the database and the queue is in real time, whatever the clock of the plants shows. */
const real: Clock = createSystemClock();
const HOLD_AGAIN_MS = 5 * SECOND_MS;
const PAGE_AGAIN_MS = 10 * SECOND_MS;
const LOOK_AT_CLOCK_MS = 15 * SECOND_MS;
/** A database that goes away in the middle of a start is waited for as one that was away before; a defect is not tried for ever. */
const [MOST_STARTS, START_AGAIN_MS] = [10, 2 * SECOND_MS];
const EXIT_REFUSED = 1;

/** `isSaved`: all that this process knew of the accounts that it conducted when it was stopped. */
export type WorkerEnd = { readonly exit: 0; readonly isSaved: boolean } | { readonly exit: number; readonly text: string };

export async function runWorker(parts: WorkerParts): Promise<WorkerEnd> {
  const { log, stop } = parts;
  for (let tries = 1; ; tries += 1) {
    const begun = { isSo: false };
    try {
      return await runOnce(parts, () => { begun.isSo = true; });
    } catch (error) {
      if (begun.isSo || tries === MOST_STARTS || !isConnectionLost(error)) throw error;
      log.say("warn", `[BANCO] O PostgreSQL se foi enquanto este processo começava (${failureWord(error)}); ele começa de novo.`);
      await real.sleep(START_AGAIN_MS, stop);
    }
  }
}

async function runOnce(parts: WorkerParts, onBegun: () => void): Promise<WorkerEnd> {
  const { accounts, address, log, stop } = parts;
  const [first] = accounts;
  const connected = await connect({ address, ca: first?.ca ?? null, waiting: { clock: real, stop, say: (text) => { log.say("warn", `[BANCO] ${text}`); } } });
  if (!connected.ok) return connected;
  const { database } = connected;
  const closing = new AbortController();
  const ending = AbortSignal.any([stop, closing.signal]);
  try {
    for (const config of accounts) {
      const refused = await refusal(database, config);
      if (refused !== null) return { exit: EXIT_REFUSED, text: `${placeOf(address)}: ${refused}` };
    }
    await hold(database, accounts.map(({ account }) => holdName(account)), ending, () => {
      log.say("warn", "[BANCO] Outro pvmonitor (um de versão anterior, ou import-state) segura este banco só para si; este espera por ele.");
    });
    const clockWatch = watchClock(parts, database, ending);
    const { isSaved } = await work(parts, database, onBegun);
    closing.abort();
    await clockWatch;
    return { exit: 0, isSaved };
  } finally {
    closing.abort();
    await database.close();
  }
}

async function work({ accounts, address, settingsInForce, outside: given, log, stop, overScans = (scan) => scan }: WorkerParts, database: Database, onBegun: () => void): Promise<{ readonly isSaved: boolean }> {
  const metrics = createMetrics({ version: given.identity.version });
  const feed = createChangeFeed(real);
  const outside = { ...given, telemetry: tellAll([given.telemetry, metrics, feed]) };
  const queue = await startJobQueue({ settings: address, authorities: trustedAuthorities(accounts[0]?.ca ?? null), say: (text) => { log.say("warn", `[BANCO] ${text}`); }, version: given.identity.version });
  const writeAll = async (...asked: Parameters<typeof writeRecords>): Promise<void> => { await writeRecords(...asked); };
  const failed = (what: string, signal: AbortSignal) => (error: unknown): never => {
    // A twin was faster, or has the job by now: nothing is wrong.
    if (!signal.aborted && !(error instanceof PlantTakenError)) log.say("warn", `[FILA] ${what}: ${wordsOf(error)}; será feita de novo.`);
    throw error;
  };
  const end = { isSaved: true };
  await queue.work(accounts.map((config) => {
    const scan = createScanJob({ database, tenant: config.account, writeRecords: writeAll, config, outside });
    return {
      account: { tenant: config.account, concurrency: config.pvop.concurrency },
      scan: (job, signal) => scan(job, signal).catch(failed(`A varredura da usina ${job.plantId} não terminou`, signal)),
      conduct: async (signal) => {
        const { isSaved } = await conduct({ config, database, outside, log, scans: queue.scansOf(config.account), overScans }, signal).catch(failed(`A vigilância da conta ${config.account} parou`, signal));
        if (stop.aborted && !isSaved) end.isSaved = false;
      },
    };
  })).catch(async (error: unknown) => {
    await queue.stop();
    throw error;
  });
  onBegun();
  const pages = accounts.filter(({ web }) => web.enabled).map(async (config, index) => {
    // An account a port: what is one's cannot show up at another's.
    const own = { ...config, web: { ...config.web, port: config.web.port + index } };
    while (!stop.aborted) {
      await showAccount({ config: own, database, outside, log, settingsInForce, metrics, feed }, stop).catch(async (error: unknown) => {
        log.say("error", `[PÁGINA] A página da conta ${config.account} parou; nova tentativa em 10 s: ${error instanceof Error ? error.message : String(error)}`);
        await real.sleep(PAGE_AGAIN_MS, stop);
      });
    }
  });
  await real.sleep(Infinity, stop);
  await Promise.all([...pages, queue.stop()]);
  return end;
}

/** A system's or the server's own word where there is one; the message of a defect else. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error) || error instanceof StateUnreadableError) return error instanceof Error ? error.message : String(error);
  return "code" in error ? failureWord(error) : error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`;
}

/** What this machine's clock is worth beside the server's, looked at now and again. */
async function watchClock({ heed, log }: WorkerParts, { query }: Database, stop: AbortSignal): Promise<void> {
  while (heed !== null && !stop.aborted) {
    const rows = await query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at").catch(() => []); // whoever saves tells that it is away
    for (const { at } of z.array(z.object({ at: z.number() })).parse(rows)) {
      const text = heed(at);
      if (text !== null) log.say("warn", `[BANCO] ${text}`);
    }
    await real.sleep(LOOK_AT_CLOCK_MS, stop);
  }
}

async function refusal(database: Database, { account, stateDir }: Config): Promise<string | null> {
  if (await lastSaved(database.query, account) !== null || !(await isThere(join(stateDir, STATE_FILE)))) return null;
  const command = `pvmonitor import-state ${account === PRINCIPAL ? "" : `--conta ${account} `}${join(stateDir, STATE_FILE)}`;
  return `o banco ainda não tem estado, e ${join(stateDir, STATE_FILE)} tem; rode "${command}", ou tire o arquivo dali para começar do zero`;
}

/** That workers work for these accounts, for commands that must not come between; held again as soon as it can be when the connection is lost. */
async function hold(database: Database, names: readonly string[], stop: AbortSignal, onTaken: () => void): Promise<void> {
  const isOver = (): boolean => stop.aborted;
  const again = async (): Promise<void> => {
    let isHeld = false;
    while (!isHeld && !isOver()) {
      await real.sleep(HOLD_AGAIN_MS, stop);
      if (!isOver()) isHeld = await database.hold(names, () => void again(), "shared").catch(() => false);
    }
  };
  if (await database.hold(names, () => void again(), "shared")) return;
  onTaken();
  await again();
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
