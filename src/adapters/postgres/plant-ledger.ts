// The ledger of one scan of one plant: all that it finds is written in one transaction at its end, if nobody wrote the plant meanwhile.
import { z } from "zod";
import type { MonitorState } from "../../domain/monitor-state.ts";
import type { HistoryRecord } from "../../ports/history.ts";
import type { Ledger } from "../../ports/ledger.ts";
import { REASONS } from "../../ports/plant-api.ts";
import type { EndedScan } from "../../ports/plant-scan.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { createRowEncoder } from "../../state-codec/encode-state.ts";
import type { Database } from "./database.ts";
import { RefusedWriteError } from "./failures.ts";
import { keyOf } from "./row-keys.ts";
import { drawNumbers, insertEntries, readHead, readPlants } from "./tenant-rows.ts";

export interface PlantLedger extends Ledger {
  /** Writes what was found, if the plant is as it was read: else PlantTakenError, and nothing is written. A scan whose end is unknown may
   *  be done again: the marks of the readings say what was judged. */
  finish(ended: Omit<EndedScan, "id" | "plantId" | "owes">, records: readonly HistoryRecord[]): Promise<void>;
}

/** Somebody else wrote this plant meanwhile: a twin of this scan that was taken for dead, or the one that took this one for dead. */
export class PlantTakenError extends RefusedWriteError {}

export interface PlantLedgerParts {
  readonly database: Database;
  readonly tenant: string;
  readonly zone: string;
  readonly plantId: string;
  /** Writes them in the transaction of whoever asks. */
  readonly writeRecords: (query: Database["query"], tenant: string, records: readonly HistoryRecord[]) => Promise<void>;
}

export async function openPlantLedger({ database, tenant, zone, plantId, writeRecords }: PlantLedgerParts): Promise<PlantLedger> {
  const encode = createRowEncoder(zone);
  // The plant first: where a mute ends in between, the head says so, and the plant's version is not there any more when this is written.
  const [row] = await readPlants(database.query, tenant, "id = $2", [keyOf(plantId)]);
  const head = await readHead(database.query, tenant);
  if (head === null || row === undefined) throw new StateUnreadableError("a usina a varrer não está no PostgreSQL");
  const before: MonitorState = { ...head.state, plants: new Map([[plantId, row.plant]]) };
  let state = before;
  const apply = (change: (state: MonitorState) => MonitorState): void => { state = change(state); };
  return {
    get state() { return state; },
    get sendable() { return before; },
    trouble: null,
    commit(change) {
      apply(change);
      return Promise.resolve();
    },
    stage: apply,
    flush: () => Promise.resolve(),
    async finish(ended, records) {
      const scan = { ...ended, id: crypto.randomUUID(), owes: state.outbox.length };
      const plant = state.plants.get(plantId) ?? row.plant;
      await database.transaction(async (query) => {
        const written = await query(
          `UPDATE pvmonitor.plant SET version = version + 1, state = coalesce($4::json, state), scan = $5::json
           WHERE tenant = $1 AND id = $2 AND version = $3 RETURNING 1`,
          [tenant, keyOf(plantId), row.version, plant === row.plant ? null : encode.plant(plant), JSON.stringify(scan)]);
        if (written.length === 0) throw new PlantTakenError("another scan of this plant was written meanwhile");
        // Drawn while the plant is locked: its notifications are in the order of its commits.
        const numbers = await drawNumbers(query, state.outbox.length);
        const entries = state.outbox.map((entry, index) => ({ position: numbers[index] ?? 0, entry: { ...entry, id: String(numbers[index] ?? 0) } }));
        await insertEntries(query, tenant, entries);
        if (records.length > 0) await writeRecords(query, tenant, records);
      });
    },
  };
}

const scanSchema = z.object({
  id: z.string(), kind: z.enum(["relay", "inverter"]), owes: z.number(),
  scan: z.object({
    outcome: z.enum(["complete", "unavailable", "unwatched", "without-relay"]), reason: z.enum(REASONS).nullable(),
    records: z.number(), oldNews: z.number(), unusable: z.number(),
  }),
  calls: z.array(z.object({ call: z.string(), outcome: z.enum(["ok", ...REASONS]), durationMs: z.number() })),
});

/** What `finish` left in the row of the plant; of one that another version wrote in words of its own, that it ended. */
export function endedScan(plantId: string, scan: unknown): EndedScan {
  const read = scanSchema.safeParse(scan);
  if (read.success) return { plantId, ...read.data };
  const { id, kind } = z.object({ id: z.string().catch(""), kind: z.enum(["relay", "inverter"]).catch("inverter") }).parse(scan ?? {});
  return { plantId, id, kind, owes: 1, calls: [], scan: { outcome: "unavailable", reason: "nobody", records: 0, oldNews: 0, unusable: 0 } };
}
