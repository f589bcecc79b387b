// Rows as they come back, parsed: they lie where anyone may have had them in his hands. What a store says in its own way comes in.
import { z } from "zod";
import type { HistoryCard, HistoryIncident, HistoryOutage, HistoryScan } from "../ports/history.ts";
import { REASONS } from "../ports/plant-api.ts";

export interface Manners {
  readonly text: z.ZodType<string>;
  readonly list: z.ZodType<readonly string[]>;
  /** A value that was JSON. */
  readonly json: z.ZodType;
  readonly flag: z.ZodType<boolean>;
}

export interface RowSchemas {
  readonly incidents: z.ZodType<readonly HistoryIncident[]>;
  readonly scans: z.ZodType<readonly HistoryScan[]>;
  readonly cards: z.ZodType<readonly HistoryCard[]>;
  readonly outages: z.ZodType<readonly HistoryOutage[]>;
}

const at = z.number().int();
const count = z.number().int();
const kind = z.enum(["relay", "inverter"]);
const reason = z.enum(REASONS);

export function rowSchemas({ text, list, json, flag }: Manners): RowSchemas {
  return {
    incidents: z.array(z.object({
      id: text, plantId: text, plantName: text, kind, device: text, deviceName: text, type: text.nullable(), parameters: list,
      first: at, last: at, end: at.nullable(), goneAt: at.nullable(), notifiedAt: at.nullable(), endNotifiedAt: at.nullable(), mutedReason: text.nullable(),
    })),
    scans: z.array(z.object({
      at, kind, durationMs: z.number(), plants: count, complete: count, unavailable: count, unwatched: count, readings: count,
      reasons: json.pipe(z.partialRecord(reason, count)), endedEarly: flag, calls: count, failedCalls: count, medianMs: z.number().nullable(), p95Ms: z.number().nullable(),
    })),
    cards: z.array(z.object({
      at, title: text, outcome: z.enum(["delivered", "shadow", "failed", "refused"]), attempt: count,
      severity: z.enum(["danger", "warning", "good", "info"]).nullable(), plantId: text.nullable(), events: count, reason: text.nullable(),
    })),
    outages: z.array(z.object({ topic: z.enum(["api", "teams", "state", "no-data", "down"]), since: at, until: at.nullable(), detail: text })),
  };
}
