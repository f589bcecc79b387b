// What a plant's day shows: cells of power, gaps of data, what was in failure.
import type { IncidentView, PlantDay } from "../../../src/api/schemas.ts";

type Inverter = PlantDay["inverters"][number];

export interface Stretch { readonly from: number; readonly to: number }
export interface Cell extends Stretch { readonly powerKw: number }

const USUAL_MS = 5 * 60_000;
/** A cadence is held for broken off when this many readings are missing. */
const GAP_STEPS = 2.5;

/** The usual time between two readings of these inverters: the median. */
export function cadenceOf(inverters: readonly Inverter[]): number {
  const steps = inverters.flatMap(({ at }) => at.slice(1).map((time, index) => time - (at[index] ?? time))).filter((step) => step > 0).toSorted((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? USUAL_MS;
}

/** One cell a reading with power: up to the next reading, or as wide as the cadence where that is missing. Loggers are not that punctual: a late one is no gap. */
export function cellsOf({ at, powerKw }: Inverter, cadence: number): readonly Cell[] {
  return at.flatMap((from, index) => {
    const power = powerKw[index] ?? null;
    const next = at[index + 1] ?? Infinity;
    return power === null ? [] : [{ from, to: next - from > GAP_STEPS * cadence ? from + cadence : next, powerKw: power }];
  });
}

/** Where readings were to be expected in the window, up to now, and none with power came. */
export function gapsOf({ at, powerKw }: Inverter, window: Stretch, now: number, cadence: number): readonly Stretch[] {
  const end = Math.min(window.to, now);
  const times = at.filter((time, index) => time >= window.from && time <= end && (powerKw[index] ?? null) !== null);
  const gaps: Stretch[] = [];
  let seen = window.from;
  for (const time of [...times, end]) {
    if (time - seen > GAP_STEPS * cadence) gaps.push({ from: seen === window.from ? seen : seen + cadence, to: time });
    seen = time;
  }
  return gaps;
}

/** The part of an incident within a stretch; null: none. */
export function within({ first, end, goneAt }: Pick<IncidentView, "first" | "end" | "goneAt">, { from, to }: Stretch, now: number): Stretch | null {
  const [start, stop] = [Math.max(first, from), Math.min(end ?? goneAt ?? now, to)];
  return stop >= start && first <= to ? { from: start, to: stop } : null;
}

/** The stretch of the day that is drawn: the window, an hour on each side, and whatever failed outside. */
export function shownSpan({ window, day, incidents, at }: PlantDay): Stretch {
  const HOUR_MS = 3_600_000;
  const parts = incidents.flatMap((incident) => within(incident, { from: day.from, to: Math.min(day.to, at) }, at) ?? []);
  const from = Math.min(window.from - HOUR_MS, ...parts.map((part) => part.from - HOUR_MS / 4));
  const to = Math.max(window.to + HOUR_MS, ...parts.map((part) => part.to + HOUR_MS / 4));
  return { from: Math.max(day.from, from), to: Math.min(day.to, to) };
}

/** Mean power by hour mark; null where nothing was read. */
export function hourlyMeans({ at, powerKw }: Inverter, marks: readonly number[]): readonly (number | null)[] {
  return marks.map((from, index) => {
    const to = marks[index + 1] ?? from + 3_600_000;
    const powers = at.flatMap((time, place) => (time >= from && time < to ? powerKw[place] ?? [] : []));
    return powers.length === 0 ? null : powers.reduce((sum, power) => sum + power, 0) / powers.length;
  });
}
