// JSON objects whose keys come from outside (ids of plants and devices), as Maps; and where in them a fault is.
import { z } from "zod";

const entries = (json: unknown): unknown =>
  typeof json === "object" && json !== null && !Array.isArray(json) && !(json instanceof Map) ? new Map(Object.entries(json)) : json;

/** Not `z.record`: that leaves `__proto__` out, and what it gives answers to `constructor`. */
export function byKey<K extends z.ZodString, T extends z.ZodType>(key: K, value: T): z.ZodPreprocess<z.ZodMap<K, T>> {
  return z.preprocess(entries, z.map(key, value));
}

const LONGEST_PLACE = 80;

/** `reles.101:7.marca`; keys may be of any length, and hold anything. */
export function placeOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.path.map((step) => String(step).slice(0, LONGEST_PLACE)).join(".").slice(0, LONGEST_PLACE).replace(/\p{C}/gu, "?") ?? "?";
}
