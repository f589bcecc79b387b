// A history in memory that obeys the port as far as the reports ask: incidents and outages that overlap a period.
import type { FromHistory, History, HistoryIncident, HistoryOutage } from "../../src/ports/history.ts";

export interface MemoryHistory extends Pick<History, "incidents" | "outages" | "trouble" | "flush" | "close"> {
  readonly stored: HistoryIncident[];
  readonly storedOutages: HistoryOutage[];
  /** From now on nothing can be read, for this reason; null ends that. */
  fail(reason: string | null): void;
}

export function createMemoryHistory(incidents: readonly HistoryIncident[] = []): MemoryHistory {
  const stored = [...incidents];
  const storedOutages: HistoryOutage[] = [];
  let reason: string | null = null;
  const answer = <T>(value: T): Promise<FromHistory<T>> => Promise.resolve(reason === null ? { ok: true, value } : { ok: false, reason });
  return {
    stored, storedOutages, trouble: null,
    incidents: ({ from, to, limit }) => answer(stored.filter(({ first, end }) => first < to && (end ?? Infinity) >= from).toSorted((a, b) => b.first - a.first).slice(0, limit)),
    outages: ({ from, to }) => answer(storedOutages.filter(({ since, until }) => since < to && (until ?? Infinity) > from)),
    fail: (why) => { reason = why; },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
