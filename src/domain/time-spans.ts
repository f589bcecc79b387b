// Stretches of time, and how much of them lies inside a plant's generation window.
import { addDays, localDate, timeOfDay, type EpochMs } from "./local-time.ts";
import type { PlantRules } from "./rules.ts";

export interface Span {
  readonly from: EpochMs;
  /** Not included. */
  readonly to: EpochMs;
}

export function lengthOf({ from, to }: Span): number {
  return Math.max(0, to - from);
}

/** The same time, no moment twice. */
export function unitedSpans(spans: readonly Span[]): Span[] {
  const united: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const before = united.at(-1);
    if (before === undefined || span.from > before.to) united.push(span);
    else united[united.length - 1] = { from: before.from, to: Math.max(before.to, span.to) };
  }
  return united;
}

/** Milliseconds of the span inside the generation window, day by day by the plant's wall clock; one that ends within the hour that
 *  comes twice ends in the first of the two. */
export function windowMs(span: Span, { window, zone }: Pick<PlantRules, "window" | "zone">): number {
  if (span.from >= span.to) return 0;
  let total = 0;
  const lastDate = localDate(span.to, zone);
  for (let date = localDate(span.from, zone); date <= lastDate; date = addDays(date, 1)) {
    total += lengthOf({ from: Math.max(span.from, timeOfDay(date, window.fromS, zone)), to: Math.min(span.to, timeOfDay(date, window.toS, zone)) });
  }
  return total;
}
