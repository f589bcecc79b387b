// The history for a command, beside a monitor that may be running: read as it lies there, and nothing made, mended or moved.
import type { z } from "zod";
import { SECOND_MS } from "../../domain/local-time.ts";
import type { FromHistory, History } from "../../ports/history.ts";
import { incidentRows, outageRows } from "./answers.ts";
import { failureWords } from "./failures.ts";
import { fileNow, pathOf } from "./history-file.ts";
import { parse } from "./history.ts";
import type { Query } from "./messages.ts";
import { createThread } from "./thread.ts";

const BUSY_MS = 2 * SECOND_MS;
const QUERY_MS = 30 * SECOND_MS;
const CLOSE_MS = 5 * SECOND_MS;

/** What is wrong with the file is the answer. */
export function createHistoryReader(folder: string, zone: string): Pick<History, "incidents" | "outages" | "trouble" | "close"> {
  const reader = createThread({ role: "reader", folder, zone, days: 0, busyMs: BUSY_MS });
  async function ask<T>(task: Query, schema: z.ZodType<T>): Promise<FromHistory<T>> {
    if (fileNow(folder) === null) return { ok: false, reason: `não há histórico em ${pathOf(folder)}` };
    const answered = parse(await reader.ask(task, QUERY_MS), schema);
    return answered.ok ? answered : { ok: false, reason: failureWords(answered.failure) };
  }
  return {
    incidents: (query) => ask({ kind: "incidents", query }, incidentRows),
    outages: (period) => ask({ kind: "outages", period }, outageRows),
    trouble: null,
    close: () => reader.close(CLOSE_MS),
  };
}
