// A history on a real folder, with its real threads.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { createHistory, type HistoryParts } from "../../../src/adapters/history/history.ts";
import type { HistoryNews } from "../../../src/history-core/trouble.ts";
import { HOUR_MS } from "../../../src/domain/local-time.ts";
import type { FromHistory, History, HistoryIncident, HistoryRecord } from "../../../src/ports/history.ts";

// Each of them starts threads, some of them processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

export const NOW = Date.UTC(2025, 11, 1, 15);
export const ALWAYS = { from: -Infinity, to: Infinity };

export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-history-"));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

export interface Opened {
  readonly history: History;
  readonly news: readonly HistoryNews[];
  /** Resolves when it has said something of this kind. */
  readonly heard: (kind: HistoryNews["kind"]) => Promise<HistoryNews>;
}

/** Waits for nothing that a test would have to wait for: it writes and tries again at once. */
export function openHistory(folder: string, parts: Partial<HistoryParts> = {}): Opened {
  const news: HistoryNews[] = [];
  const listeners = new Set<() => void>();
  const history = createHistory({
    folder, days: 30, zone: "America/Sao_Paulo", now: () => NOW,
    say: (each) => {
      news.push(each);
      for (const listener of listeners) listener();
    },
    ...parts,
    limits: { lingerMs: 0, retryMs: 20, busyMs: 50, queryMs: 60_000, closeMs: 60_000, ...parts.limits },
  });
  onTestFinished(() => history.close());
  return {
    history, news,
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
