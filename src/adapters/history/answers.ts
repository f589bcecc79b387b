// What comes back from the threads, parsed: rows lie in a file that anyone may have had in his hands.
import { z } from "zod";
import type { HistoryCard, HistoryIncident, HistoryOutage, HistoryScan, PowerSeries } from "../../ports/history.ts";
import type { Failure, MovedAside, Written } from "./messages.ts";

const at = z.number().int();
const count = z.number().int();
const kind = z.enum(["relay", "inverter"]);
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "no JSON" });
    return z.NEVER;
  }
});

export const incidentRows: z.ZodType<readonly HistoryIncident[]> = z.array(z.object({
  id: z.string(), plantId: z.string(), plantName: z.string(), kind, device: z.string(), deviceName: z.string(), type: z.string().nullable(),
  parameters: json.pipe(z.array(z.string())), first: at, last: at, end: at.nullable(), goneAt: at.nullable(), notifiedAt: at.nullable(),
  endNotifiedAt: at.nullable(), mutedReason: z.string().nullable(),
}));

const reason = z.enum([
  "timeout", "connection", "throttled", "server-error", "http-status", "login-refused", "login-unavailable", "unauthorized",
  "invalid-id", "plant-error", "bad-json", "wrong-shape", "too-large", "stopped",
]);

export const scanRows: z.ZodType<readonly HistoryScan[]> = z.array(z.object({
  at, kind, durationMs: z.number(), plants: count, complete: count, unavailable: count, unwatched: count, readings: count,
  reasons: json.pipe(z.partialRecord(reason, count)), endedEarly: z.number().transform((flag) => flag === 1), calls: count, failedCalls: count,
  medianMs: z.number().nullable(), p95Ms: z.number().nullable(),
}));

export const cardRows: z.ZodType<readonly HistoryCard[]> = z.array(z.object({
  at, title: z.string(), outcome: z.enum(["delivered", "shadow", "failed", "refused"]), attempt: count,
  severity: z.enum(["danger", "warning", "good", "info"]).nullable(), plantId: z.string().nullable(), events: count, reason: z.string().nullable(),
}));

export const outageRows: z.ZodType<readonly HistoryOutage[]> = z.array(z.object({
  topic: z.enum(["api", "teams", "state", "no-data", "down"]), since: at, until: at.nullable(), detail: z.string(),
}));

/** Numbers of a chart come packed: thousands of them cost a page nothing then. */
export const powerRows: z.ZodType<readonly PowerSeries[]> = z.array(z.object({
  device: z.string(),
  at: z.instanceof(Float64Array).transform((times) => [...times]),
  powerKw: z.instanceof(Float64Array).transform((powers) => Array.from(powers, (kw) => (Number.isNaN(kw) ? null : kw))),
}));

const movedAside: z.ZodType<MovedAside> = z.object({ movedTo: z.string(), reason: z.string() });
export const written: z.ZodType<Written> = z.object({ movedAside: movedAside.nullable(), lost: count });

export const failure: z.ZodType<Failure> = z.object({ cause: z.enum(["full", "busy", "unwritable", "broken", "unexpected"]), detail: z.string(), file: z.string().nullable() });
export const answer = z.discriminatedUnion("ok", [
  z.object({ id: z.number(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.number(), ok: z.literal(false), failure }),
]);
