// What comes back from the threads, parsed: rows lie in a file that anyone may have had in his hands.
import { z } from "zod";
import type { PowerSeries } from "../../ports/history.ts";
import { rowSchemas } from "../../history-core/row-schemas.ts";
import type { MovedAside } from "../../history-core/trouble.ts";
import type { Failure, Written } from "./messages.ts";

const count = z.number().int();
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "no JSON" });
    return z.NEVER;
  }
});

export const { incidents: incidentRows, scans: scanRows, cards: cardRows, outages: outageRows } = rowSchemas({
  text: z.string(), list: json.pipe(z.array(z.string())), json, flag: z.number().transform((flag) => flag === 1),
});

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
