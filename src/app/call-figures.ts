// How the calls of PVOperation went since the last scan, in bounded memory.
import type { HistoryScan } from "../ports/history.ts";
import type { Happening } from "../ports/telemetry.ts";

/** Durations that are kept; of more calls between two scans, the latest: 5,000 plants with relays and inverters make so many. */
const MOST_CALLS = 10_000;

export type CallFigures = Pick<HistoryScan, "calls" | "failedCalls" | "medianMs" | "p95Ms">;

export interface CallTally {
  note(call: Extract<Happening, { readonly kind: "api.called" }>): void;
  /** The figures so far; it begins anew. */
  take(): CallFigures;
}

export function createCallTally(): CallTally {
  let durations: number[] = [];
  let calls = 0;
  let failedCalls = 0;
  return {
    note({ outcome, durationMs }) {
      if (outcome === "stopped") return; // we ended it ourselves
      durations[calls % MOST_CALLS] = durationMs;
      calls += 1;
      if (outcome !== "ok") failedCalls += 1;
    },
    take() {
      const sorted = durations.sort((a, b) => a - b);
      const figures = { calls, failedCalls, medianMs: rank(sorted, 0.5), p95Ms: rank(sorted, 0.95) };
      durations = [];
      calls = 0;
      failedCalls = 0;
      return figures;
    },
  };
}

/** The value that so large a part does not exceed (nearest rank); null of none. */
function rank(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
}
