// Starts the loops of the monitor, and ends them: in order when asked to, all together when one of them breaks.
import { localDate, type EpochMs } from "../domain/local-time.ts";
import { withMonitor, type MonitorState } from "../domain/monitor-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { PlantApi } from "../ports/plant-api.ts";
import type { Store } from "../ports/store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { watchApi } from "./api-health.ts";
import type { Context, Identity, Settings } from "./context.ts";
import { createCourier, type Courier } from "./deliver-outbox.ts";
import { createMuteKeeper } from "./end-mutes.ts";
import { createKnownDays } from "./known-days.ts";
import { createLedger } from "./ledger.ts";
import { createPlantList } from "./plant-list.ts";
import { createPlantTurns } from "./plant-turns.ts";
import { scanForever } from "./scan-cycle.ts";
import { sendHeartbeatsForever } from "./send-heartbeat.ts";
import { watchSilence } from "./watch-silence.ts";

export interface MonitorParts {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly api: PlantApi;
  /** Calls of the API so far. */
  readonly countCalls: () => number;
  readonly messenger: Messenger;
  readonly store: Store;
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
  const { clock, telemetry, settings, store, identity } = parts;
  const startedAt = clock.now();
  const loaded = await store.load(startedAt);
  if (loaded.corrupt !== null) telemetry.tell({ kind: "state.corrupt", ...loaded.corrupt });
  telemetry.tell({ kind: "state.loaded", plants: loaded.state.plants.size, waiting: loaded.state.outbox.length, takenOver: loaded.origin === "predecessor" });
  telemetry.tell({ kind: "monitor.started", ...identity, note: null });

  const broken = new AbortController();
  const ending = AbortSignal.any([stop, broken.signal]);
  const afterSave = { wake: (): void => undefined };
  const ledger = createLedger({ initial: beginAnew(loaded.state), store, clock, telemetry, zone: settings.zone, stop: ending, afterSave: () => { afterSave.wake(); } });
  const isNewsOfTheDay = createNewsOfTheDay(() => localDate(clock.now(), settings.zone));
  const context: Context = { ...parts, ledger, isNewsOfTheDay, knownDays: createKnownDays(), api: watchApi(parts.api, { ledger, clock, telemetry, settings }), stop: ending };
  const courier = createCourier(context);
  const muteKeeper = createMuteKeeper(context);
  afterSave.wake = () => {
    courier.wake();
    muteKeeper.wake();
  };
  // What was taken over is written in its new form before anything is told: a crash must not take it over twice.
  if (loaded.origin === "predecessor") await ledger.commit((state) => ({ ...state }));

  const loops = [
    courier.deliverForever(),
    sendHeartbeatsForever(context, courier, startedAt),
    muteKeeper.endForever(),
    scanForever({
      context, turns: createPlantTurns(), plants: createPlantList(context), probes: { nextAtMs: 0, answered: new AbortController() },
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

/** Nobody tried while the monitor was down: a failure that was not told yet counts from the next one. */
function beginAnew(state: MonitorState): MonitorState {
  return state.monitor.api?.told === false ? withMonitor(state, { api: null }) : state;
}

/** Forgets all at local midnight or when it has grown absurd, and so stays small. */
const MOST_NEWS = 10_000;

function createNewsOfTheDay(today: () => string): (key: string) => boolean {
  let date = today();
  let told = new Set<string>();
  return (key) => {
    if (today() !== date || told.size >= MOST_NEWS) {
      date = today();
      told = new Set();
    }
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  };
}
