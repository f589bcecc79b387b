// The whole state of a tenant at once, for commands that show it, take it out, or put another one in its place.
import { z } from "zod";
import { withMonitor, type MonitorState } from "../../domain/monitor-state.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { createRowEncoder } from "../../state-codec/encode-state.ts";
import type { Database } from "./database.ts";
import { CommitUnknownError, failureWord } from "./failures.ts";
import { drawAfter, insertEntries, insertPlants, readEntries, readHead, readPlants } from "./tenant-rows.ts";

/** All of one moment; null where there is none. Rejects with StateUnreadableError, also where the server does not answer. */
export async function readWhole(database: Database, tenant: string): Promise<MonitorState | null> {
  try {
    return await database.transaction(async (query) => {
      const head = await readHead(query, tenant);
      if (head === null) return null;
      const plants = await readPlants(query, tenant);
      const entries = await readEntries(query, tenant);
      // Scans draw numbers that the record does not know of, and a file counts on from it.
      const nextNotification = Math.max(head.state.monitor.nextNotification, (entries.at(-1)?.position ?? 0) + 1);
      return {
        ...withMonitor(head.state, { nextNotification }),
        plants: new Map(plants.map(({ plant }) => [plant.info.id, plant])), outbox: entries.map(({ entry }) => entry),
      };
    }, "read");
  } catch (error) {
    if (error instanceof StateUnreadableError) throw error;
    throw new StateUnreadableError(`o estado no PostgreSQL não pôde ser lido (${failureWord(error)})`, { cause: error });
  }
}

export interface Whole {
  readonly database: Database;
  readonly tenant: string;
  /** IANA zone in which times are written. */
  readonly zone: string;
  readonly state: MonitorState;
}

/** `isUnknown`: the connection was lost at the commit, which the server may have done. It does no harm to replace it again. */
export type Replaced = { readonly ok: true } | { readonly ok: false; readonly detail: string; readonly isUnknown: boolean };

const highest = z.tuple([z.object({ version: z.string().transform(Number) })]);

/** Whoever conducts writes nothing from then on, nor does a scan that was begun before. */
export async function replaceWhole({ database, tenant, zone, state }: Whole): Promise<Replaced> {
  const encode = createRowEncoder(zone);
  const { outbox, monitor } = state;
  try {
    await database.transaction(async (query) => {
      await query(
        `INSERT INTO pvmonitor.monitor AS own (tenant, version, stamp, record) VALUES ($1, 1, gen_random_uuid(), $2)
         ON CONFLICT (tenant) DO UPDATE SET version = own.version + 1, stamp = excluded.stamp, saved_at = now(), record = excluded.record, conductor = NULL`,
        [tenant, encode.rest(state)]);
      const [gone] = highest.parse(await query(
        "WITH gone AS (DELETE FROM pvmonitor.plant WHERE tenant = $1 RETURNING version) SELECT coalesce(max(version), 0)::text AS version FROM gone", [tenant]));
      // After the plants: a scan that is being written holds its plant, and what it owes is seen only once that is waited for.
      await query("DELETE FROM pvmonitor.outbox WHERE tenant = $1", [tenant]);
      await insertPlants(query, { tenant, plants: [...state.plants.values()], encode, after: 0, version: gone.version + 1 });
      await insertEntries(query, tenant, outbox.map((entry, index) => ({ entry, position: index + 1 })));
      await drawAfter(query, Math.max(monitor.nextNotification, outbox.length));
    });
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: failureWord(error), isUnknown: error instanceof CommitUnknownError };
  }
}
