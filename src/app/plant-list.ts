// The plant list, kept for one relay interval. A list that fails, is empty or lacks plants takes nobody off the watch.
import { isGone } from "../domain/gone.ts";
import { applyPlantList } from "../domain/listing.ts";
import { notified, type Context } from "./context.ts";

export interface PlantList {
  /** Ids of the plants to scan. */
  known(): readonly string[];
  /** The same after a fresh look, where the last one is older than a relay interval; `isReachable`: that look succeeded. */
  read(tries?: number): Promise<{ readonly ids: readonly string[]; readonly isReachable: boolean }>;
}

export function createPlantList(context: Context): PlantList {
  const { api, clock, ledger, telemetry, settings, stop } = context;
  let readAtMs: number | null = null;
  let underWay: Promise<boolean> | null = null;
  let toldNews = "";

  async function refresh(tries: number): Promise<boolean> {
    const fetched = await api.plants({ tries, signal: stop });
    if (fetched.kind === "unavailable") {
      const { reason, detail } = fetched;
      if (reason !== "stopped") telemetry.tell({ kind: "plants.unavailable", reason, detail, known: ledger.state.plants.size });
      return false;
    }
    readAtMs = clock.monotonicMs();
    const { plants, unusable } = fetched.value;
    const now = clock.now();
    const before = ledger.state.plants;
    ledger.stage((state) => applyPlantList(state, plants, now));
    const missing = [...ledger.state.plants.values()].filter(({ missingSince }) => missingSince !== null);
    const missingIds = missing.map(({ info }) => info.id);
    const news = `${String(plants.length)} ${missingIds.join(",")} ${String(unusable.count)}`;
    if (news !== toldNews) telemetry.tell({ kind: "plants.listed", plants: plants.length, missing: missingIds, unusable: unusable.count, example: unusable.example });
    toldNews = news;
    for (const plant of missing) {
      const old = before.get(plant.info.id);
      if (isGone(plant) && old !== undefined && !isGone(old)) {
        telemetry.tell({ kind: "device.gone", plant: notified(plant.info, settings), device: null, type: null });
      }
    }
    return true;
  }

  const known = (): string[] => {
    return [...ledger.state.plants.values()].filter((plant) => !isGone(plant)).map(({ info }) => info.id);
  };

  return {
    known,
    async read(tries = 3) {
      const isFresh = readAtMs !== null && clock.monotonicMs() - readAtMs < settings.intervalMs.relay;
      underWay ??= isFresh ? null : refresh(tries).finally(() => (underWay = null));
      const isReachable = underWay === null || (await underWay);
      return { ids: known(), isReachable };
    },
  };
}
