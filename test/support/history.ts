// Records for a history, and an ear for what it says.
import type { HistoryNews } from "../../src/history-core/trouble.ts";
import { HOUR_MS } from "../../src/domain/local-time.ts";
import type { FromHistory, HistoryIncident, HistoryRecord } from "../../src/ports/history.ts";

export const NOW = Date.UTC(2025, 11, 1, 15);
export const ALWAYS = { from: -Infinity, to: Infinity };

export interface Ear {
  readonly say: (news: HistoryNews) => void;
  readonly news: readonly HistoryNews[];
  /** Resolves when something of this kind was said. */
  readonly heard: (kind: HistoryNews["kind"]) => Promise<HistoryNews>;
}

export function createEar(): Ear {
  const news: HistoryNews[] = [];
  const listeners = new Set<() => void>();
  return {
    news,
    say(each) {
      news.push(each);
      for (const listener of listeners) listener();
    },
    heard: (kind) => new Promise((resolve) => {
      const look = (): void => {
        const found = news.find((each) => each.kind === kind);
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
    }),
  };
}

export async function valueOf<T>(answer: Promise<FromHistory<T>>): Promise<T> {
  const answered = await answer;
  if (!answered.ok) throw new Error(answered.reason);
  return answered.value;
}

export function incident(change: Partial<HistoryIncident> = {}): HistoryIncident {
  return {
    id: "7F3K00", plantId: "101", plantName: "UFV Barra Norte", kind: "relay", device: "1931", deviceName: "Relé 1931", type: "SOBRETENSÃO", parameters: ["r59N"],
    first: NOW - 2 * HOUR_MS, last: NOW - HOUR_MS, end: null, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null, ...change,
  };
}

export function incidentRecord(change: Partial<HistoryIncident> = {}): HistoryRecord {
  return { kind: "incident", incident: incident(change) };
}

export function powerRecord(at: number, powerKw: number | null, device = "46001", plantId = "101"): HistoryRecord {
  return { kind: "power", plantId, readings: [{ device, at, powerKw }] };
}
