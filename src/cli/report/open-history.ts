// Where the commands get the history from.
import { createHistory } from "../../adapters/history/history.ts";
import type { Config } from "../../config/config.ts";
import type { Clock } from "../../ports/clock.ts";
import type { History } from "../../ports/history.ts";

export type ReportHistory = Pick<History, "incidents" | "outages" | "trouble" | "close">;

/** What is wrong with it is said in the report. */
export function openHistory({ stateDir, historyDays, zone }: Config, clock: Pick<Clock, "now">): ReportHistory {
  return createHistory({ folder: stateDir, days: historyDays, zone, now: () => clock.now(), say: () => undefined });
}
