// Whoever conducts an account: the monitor as ever, on a state that workers share, with its scans done by them.
import { openTenantState, type TenantStateParts } from "../../adapters/postgres/tenant-state.ts";
import { createLimiter } from "../../adapters/pvoperation/limiter.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import { createDispatcher } from "../../app/dispatch-scans.ts";
import { runMonitor, type Companion } from "../../app/supervisor.ts";
import type { Config } from "../../config/config.ts";
import { SECOND_MS } from "../../domain/local-time.ts";
import type { ScanQueue } from "../../ports/cluster.ts";
import type { PlantApi } from "../../ports/plant-api.ts";
import type { ScanPlant } from "../../ports/plant-scan.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { wireMonitor, type Outside } from "../../wire.ts";

export interface ConductorParts extends Omit<TenantStateParts, "conducts" | "onTaken" | "zone"> {
  readonly config: Config;
  readonly outside: Outside;
  readonly scans: ScanQueue;
  readonly overScans: (scan: ScanPlant) => ScanPlant;
  /** Hears of the calls that workers made. */
  readonly calls: Telemetry;
  readonly onTaken: () => void;
}

/** What operators or a worker that was taken for dead wrote is known here so soon. */
const REFRESH_MS = 5 * SECOND_MS;

/** Until the signal, or until another one took the account over. */
export async function conduct({ config, outside, scans, overScans, calls, onTaken, ...rows }: ConductorParts, signal: AbortSignal): Promise<void> {
  const taken = new AbortController();
  const stop = AbortSignal.any([signal, taken.signal]);
  const real = createSystemClock();
  const open = await openTenantState({
    ...rows, zone: config.zone, conducts: true,
    onTaken: () => {
      if (!taken.signal.aborted) onTaken();
      taken.abort();
    },
  });
  const limit = createLimiter(config.pvop.concurrency);
  const refresh: Companion = async ({ courier }) => {
    while (!stop.aborted) {
      await real.sleep(REFRESH_MS, stop);
      await open.refresh().then(() => { courier.wake(); }, () => undefined); // a save tells that the database is away
    }
  };
  const parts = wireMonitor(config, {
    ...outside, companions: [...(outside.companions ?? []), refresh],
    openState: () => Promise.resolve({ open, origin: "own", corrupt: null }),
    scanElsewhere: overScans(createDispatcher({ open, queue: scans, limit, clock: real, calls, stop })),
  });
  const api: PlantApi = { ...parts.api, plants: async (options) => (await limit.run(() => parts.api.plants(options), stop)) ?? { kind: "unavailable", reason: "stopped", detail: "" } };
  await runMonitor({ ...parts, api }, stop);
}

