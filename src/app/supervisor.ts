// Starts the loops of the monitor, and ends them: in order when asked to, all together when one of them breaks.
import { localDate, type EpochMs } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { PlantApi } from "../ports/plant-api.ts";
import type { ScanPlant } from "../ports/plant-scan.ts";
import type { OpenedState } from "../ports/store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { createApiHealth, type ApiHealth } from "./api-health.ts";
import type { Context, Identity, Settings } from "./context.ts";
import { createCourier, type Courier } from "./deliver-outbox.ts";
import { createMuteKeeper } from "./end-mutes.ts";
import { createKnownDays } from "./known-days.ts";
import { beginAnew, createLedger } from "./ledger.ts";
import { createNewsOfTheDay } from "./news-of-the-day.ts";
import { createPlantList } from "./plant-list.ts";
import { createPlantTurns } from "./plant-turns.ts";
import { scanForever } from "./scan-cycle.ts";
import { countOldNews, scanPlant, scanWithoutAsking } from "./scan-plant.ts";
import { sendHeartbeatsForever } from "./send-heartbeat.ts";
import { watchSilence } from "./watch-silence.ts";

export interface MonitorParts {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly api: PlantApi;
  /** Calls of the API so far. */
  readonly countCalls: () => number;
  readonly messenger: Messenger;
  readonly openState: (now: EpochMs) => Promise<OpenedState>;
  /** Scans a plant somewhere else, by whoever is free, and has the state know of it when it resolves; null: scans are done here. */
  readonly scanElsewhere: ScanPlant | null;
  /** Calls back when others have changed the state. */
  readonly onChange: (callBack: () => void) => void;
  /** See Context. */
  readonly lookAround: () => Promise<void>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly random: () => number;
  /** What runs beside the monitor and may end without it: the page, the reports. */
  readonly companions: readonly Companion[];
}

export interface Running {
  readonly context: Context;
  readonly courier: Courier;
  readonly startedAt: EpochMs;
}

/** Ends with the stop signal of the context, or earlier where it cannot go on. Rejects only where an invariant broke. */
export type Companion = (running: Running) => Promise<void>;

/** Runs until `stop`, then saves what is not saved yet. Resolves to whether that succeeded; rejects where an invariant broke:
 *  the process must end then. */
export async function runMonitor(parts: MonitorParts, stop: AbortSignal): Promise<{ readonly isSaved: boolean }> {
  const { clock, telemetry, settings, identity, scanElsewhere } = parts;
  const startedAt = clock.now();
  const { open, origin, corrupt } = await parts.openState(startedAt);
  if (corrupt !== null) telemetry.tell({ kind: "state.corrupt", ...corrupt });
  telemetry.tell({ kind: "state.loaded", plants: open.state.plants.size, waiting: open.state.outbox.length, takenOver: origin === "predecessor" });
  telemetry.tell({ kind: "monitor.started", ...identity, note: null });

  const broken = new AbortController();
  const ending = AbortSignal.any([stop, broken.signal]);
  const afterSave = { wake: (): void => undefined };
  const ledger = createLedger({ open, clock, telemetry, zone: settings.zone, stop: ending, afterSave: () => { afterSave.wake(); } });
  const isNewsOfTheDay = createNewsOfTheDay(() => localDate(clock.now(), settings.zone));
  const health = createApiHealth({ ledger, clock, telemetry, settings });
  const context: Context = { ...parts, ledger, isNewsOfTheDay, knownDays: createKnownDays(), api: health.watch(parts.api), stop: ending };
  const courier = createCourier(context);
  const muteKeeper = createMuteKeeper(context);
  afterSave.wake = () => {
    courier.wake();
    muteKeeper.wake();
  };
  parts.onChange(afterSave.wake);
  // What was taken over is written in its new form before anything is told: a crash must not take it over twice.
  if (origin === "predecessor") await ledger.commit((state) => ({ ...state }));

  ledger.stage(beginAnew);

  const loops = [
    courier.deliverForever(),
    sendHeartbeatsForever(context, courier, startedAt),
    muteKeeper.endForever(),
    scanForever({
      context, scan: scanElsewhere === null ? scanPlant : scannedBy(scanElsewhere, health, context, courier), turns: createPlantTurns(), plants: createPlantList(context), probes: { nextAtMs: 0, answered: new AbortController() },
      countCalls: parts.countCalls, afterInverters: () => { watchSilence(context); },
    }),
    ...parts.companions.map((accompany) => accompany({ context, courier, startedAt })),
  ];
  const ends = await Promise.allSettled(loops.map((loop) => loop.catch((error: unknown) => {
    broken.abort();
    throw error;
  })));
  await ledger.flush();
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) throw new Error("the monitor ended because one of its loops broke", { cause: failure.reason });
  return { isSaved: ledger.trouble === null };
}

/** What scans that are done elsewhere mean for the monitor's own record; what they owe is to go out at once. Nobody is sent to a plant
 *  where nothing is asked. */
function scannedBy(scanElsewhere: ScanPlant, health: ApiHealth, { ledger }: Context, courier: Courier): typeof scanPlant {
  return async (context, kind, plantId, tries) => {
    const unasked = scanWithoutAsking(context, kind, plantId);
    if (unasked !== null) return unasked;
    const scan = await health.noteScan(scanElsewhere(kind, plantId, tries));
    ledger.stage((state) => countOldNews(state, { subject: kind, oldNews: scan.oldNews }));
    courier.wake();
    return scan;
  };
}
