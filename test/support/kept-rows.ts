// The history's real rows, written and read at once: for a monitor under the virtual clock, which no thread could keep up with.
import { DatabaseSync } from "node:sqlite";
import type { z } from "zod";
import { cardRows, incidentRows, outageRows, powerRows, scanRows } from "../../src/adapters/history/answers.ts";
import type { Query } from "../../src/adapters/history/messages.ts";
import { migrate } from "../../src/adapters/history/migrations.ts";
import { readRows } from "../../src/adapters/history/read-rows.ts";
import { createRecorder } from "../../src/adapters/history/write-records.ts";
import type { FromHistory, History } from "../../src/ports/history.ts";

export interface KeptRows extends History {
  /** Begins with nothing, as after a file that was lost. */
  lose(): void;
  /** Until then no question has an answer. */
  isDeaf: boolean;
}

export function keepRows(): KeptRows {
  const begin = (): DatabaseSync => {
    const begun = new DatabaseSync(":memory:");
    migrate(begun);
    return begun;
  };
  let db = begin();
  const kept: KeptRows = {
    isDeaf: false,
    trouble: null,
    record(records) {
      const record = createRecorder(db);
      for (const each of records) record(each);
    },
    incidents: (query) => ask({ kind: "incidents", query }, incidentRows),
    openIncidents: () => ask({ kind: "open-incidents" }, incidentRows),
    scans: (period) => ask({ kind: "scans", period }, scanRows),
    cards: ({ limit, ...period }) => ask({ kind: "cards", period, limit }, cardRows),
    outages: (period) => ask({ kind: "outages", period }, outageRows),
    power: (plantId, period) => ask({ kind: "power", plantId, period }, powerRows),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    lose: () => { db = begin(); },
  };
  function ask<T>(query: Query, schema: z.ZodType<T>): Promise<FromHistory<T>> {
    return Promise.resolve(kept.isDeaf ? { ok: false, reason: "surdo" } : { ok: true, value: schema.parse(readRows(db, query)) });
  }
  return kept;
}
