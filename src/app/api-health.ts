// Watches every call of the API: when none succeeds for two intervals, one card says so, and one when it is back.
import { monitorNotice, owe, withMonitor } from "../domain/monitor-state.ts";
import { isServiceReason, type Fetched, type PlantApi, type Reason } from "../ports/plant-api.ts";
import type { PlantScan } from "../ports/plant-scan.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Settings } from "./context.ts";

export interface HealthParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings: Settings;
}

export interface ApiHealth {
  /** The same API, with every outcome noted. */
  watch(api: PlantApi): PlantApi;
  /** Passes on how a scan went whose calls were made elsewhere, and notes it. */
  noteScan(scan: Promise<PlantScan>): Promise<PlantScan>;
}

export function createApiHealth(parts: HealthParts): ApiHealth {
  const { clock } = parts;
  /** Monotonic: a wall clock that is set, or a machine that slept, makes no outage longer or shorter. */
  let failingSinceMs: number | null = null;

  function note(reason: Reason | null): void {
    if (reason === null) {
      failingSinceMs = null;
      noteSuccess(parts);
    } else if (isServiceReason(reason)) {
      failingSinceMs ??= clock.monotonicMs();
      noteFailure(reason, clock.monotonicMs() - failingSinceMs, parts);
    }
  }

  async function noted<T>(call: Promise<Fetched<T>>): Promise<Fetched<T>> {
    const fetched = await call;
    note(fetched.kind === "complete" ? null : fetched.reason);
    return fetched;
  }

  return {
    watch: (api) => ({
      login: (options) => noted(api.login(options)),
      plants: (options) => noted(api.plants(options)),
      plantDevices: (plantId, options) => noted(api.plantDevices(plantId, options)),
      dayRelay: (plantId, date, zone, options) => noted(api.dayRelay(plantId, date, zone, options)),
      dayInverter: (plantId, date, zone, options) => noted(api.dayInverter(plantId, date, zone, options)),
    }),
    async noteScan(scan) {
      const done = await scan;
      if (done.outcome === "complete" || done.reason !== null) note(done.reason);
      return done;
    },
  };
}

function noteFailure(reason: string, lastsMs: number, { ledger, clock, telemetry, settings }: HealthParts): void {
  const now = clock.now();
  const { api } = ledger.state.monitor;
  if (api === null) {
    ledger.stage((state) => withMonitor(state, { api: { since: now, detail: reason, told: false } }));
    return;
  }
  if (api.told || lastsMs < 2 * Math.max(...Object.values(settings.intervalMs))) return;
  const trouble = { since: Math.round(now - lastsMs), detail: reason, told: true };
  telemetry.tell({ kind: "api.outage", phase: "lost", reason });
  void ledger.commit((state) => owe(withMonitor(state, { api: trouble }), [monitorNotice("api", "lost", trouble, now, settings.zone)], now));
}

function noteSuccess({ ledger, clock, telemetry, settings }: HealthParts): void {
  const { api } = ledger.state.monitor;
  if (api === null) return;
  const now = clock.now();
  if (!api.told) {
    ledger.stage((state) => withMonitor(state, { api: null }));
    return;
  }
  telemetry.tell({ kind: "api.outage", phase: "back", reason: api.detail });
  void ledger.commit((state) => owe(withMonitor(state, { api: null, apiBackAt: now }), [monitorNotice("api", "back", api, now, settings.zone)], now));
}
