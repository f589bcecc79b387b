// Whoever conducts an account: the monitor as ever, on a state that workers share, with its scans done by them.
import { createPostgresHistory } from "../../adapters/postgres/history/history.ts";
import { openTenantState } from "../../adapters/postgres/tenant-state.ts";
import { createLimiter } from "../../adapters/pvoperation/limiter.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import { createDispatcher } from "../../app/dispatch-scans.ts";
import { runMonitor, type Companion } from "../../app/supervisor.ts";
import { SECOND_MS } from "../../domain/local-time.ts";
import type { ScanQueue } from "../../ports/cluster.ts";
import type { PlantApi } from "../../ports/plant-api.ts";
import type { ScanPlant } from "../../ports/plant-scan.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { tellAll, type Telemetry } from "../../ports/telemetry.ts";
import { wireMonitor } from "../../wire.ts";
import { besideWatch } from "../beside.ts";
import type { AccountParts } from "./account.ts";

export interface ConductorParts extends AccountParts {
  readonly scans: ScanQueue;
  /** Around the scans that are done by workers. */
  readonly overScans: (scan: ScanPlant) => ScanPlant;
}

/** What operators, or a worker that was taken for dead, wrote is known here so soon. */
const REFRESH_MS = 5 * SECOND_MS;
/** A heartbeat is late by no more than this where the database does not answer. */
const LONGEST_LOOK_MS = 3 * SECOND_MS;

/** Until the signal, or until another one took the account over. `isSaved`: nothing is left that is known here only. */
export async function conduct({ config, database, outside, log, scans, overScans }: ConductorParts, signal: AbortSignal): Promise<{ readonly isSaved: boolean }> {
  const taken = new AbortController();
  const stop = AbortSignal.any([signal, taken.signal]);
  const real = createSystemClock();
  const onTaken = (): void => {
    if (!taken.signal.aborted) log.say("warn", `[FILA] Outro processo conduz agora a vigilância da conta ${config.account}; este segue varrendo usinas.`);
    taken.abort();
  };
  const open = await openTenantState({ database, tenant: config.account, zone: config.zone, conducts: true, onTaken });
  const history = createPostgresHistory({ database, tenant: config.account, days: config.historyDays, now: () => outside.clock.now(), say: (news) => { log.tell(news); } });
  const watch = besideWatch({ config, clock: outside.clock, transport: outside.transport, log, history });
  const limit = createLimiter(config.pvop.concurrency);
  let changed = (): void => undefined;
  let made = 0;
  const calls: Telemetry = {
    tell: (happening) => {
      made += 1;
      watch.keeper.tell(happening);
    },
  };
  const refresh: Companion = async () => {
    while (!stop.aborted) {
      await real.sleep(REFRESH_MS, stop);
      await open.refresh().then(() => { changed(); }, (error: unknown) => {
        if (error instanceof StateUnreadableError) throw error; // else the database is away, which a save tells
      });
    }
  };
  const parts = wireMonitor(config, {
    ...outside, telemetry: tellAll([outside.telemetry, ...watch.listeners]), companions: [...watch.companions, refresh],
    openState: () => Promise.resolve({ open, origin: "own", corrupt: null }),
    scanElsewhere: overScans(createDispatcher({ open, queue: scans, limit, clock: real, calls, stop })),
    onChange: (callBack) => { changed = callBack; },
  });
  const api: PlantApi = { ...parts.api, plants: async (options) => (await limit.run(() => parts.api.plants(options), stop)) ?? { kind: "unavailable", reason: "stopped", detail: "" } };
  try {
    return await runMonitor({ ...parts, api, countCalls: () => parts.countCalls() + made, lookAround: () => Promise.race([open.refresh().catch(() => undefined), real.sleep(LONGEST_LOOK_MS, stop)]) }, stop);
  } finally {
    await history.close();
  }
}
