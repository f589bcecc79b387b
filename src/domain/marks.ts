// Which dates are asked for, and which readings are new. Nothing is judged twice, and nothing is jumped over.
import { addDays, HOUR_MS, localDate, startOfDay, type EpochMs, type LocalDate } from "./local-time.ts";

/** How far back a scan asks at most: today and this many dates before it. */
const MOST_DAYS_BACK = 7;

export interface Marks {
  /** Newest usable reading of each device so far. */
  readonly devices: ReadonlyMap<string, { readonly mark: EpochMs }>;
  /** Where devices without a mark begin. */
  readonly beginsAfter: EpochMs;
  /** Readings up to here are passed over for every device (a relay trip); null where there is none. */
  readonly passOverUntil: EpochMs | null;
}

/** A device without a mark begins just before 00:00 of the local day on which its kind was first asked for. */
export function beginOfDay(now: EpochMs, zone: string): EpochMs {
  return startOfDay(localDate(now, zone), zone) - 1;
}

/** Readings at or before it are old news for this device.
 *  Invariant: it moves only over readings that were fetched in order; a date that failed holds it. */
export function effectiveMark(marks: Marks, device: string): EpochMs {
  const own = marks.devices.get(device)?.mark ?? marks.beginsAfter;
  return marks.passOverUntil === null ? own : Math.max(own, marks.passOverUntil);
}

function newestMark(marks: Marks): EpochMs | null {
  let newest: EpochMs | null = null;
  for (const { mark } of marks.devices.values()) if (newest === null || mark > newest) newest = mark;
  return newest === null || marks.passOverUntil === null ? newest : Math.max(newest, marks.passOverUntil);
}

function datesBetween(from: LocalDate, to: LocalDate): LocalDate[] {
  const dates: LocalDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** Every local date from that of the newest mark less one hour up to today's; the one hour re-reads what came late at midnight. */
export function datesToAsk(marks: Marks, now: EpochMs, zone: string): LocalDate[] {
  const today = localDate(now, zone);
  const newest = newestMark(marks);
  const from = localDate(newest === null ? marks.beginsAfter + 1 : newest - HOUR_MS, zone);
  const earliest = addDays(today, -MOST_DAYS_BACK);
  return datesBetween(from > today ? today : from < earliest ? earliest : from, today);
}

/** Dates before `asked` that devices which report again still miss: from the oldest of their own marks on. */
export function earlierDatesToAsk(
  marks: Marks,
  readings: readonly { readonly device: string; readonly at: EpochMs }[],
  firstAsked: LocalDate,
  now: EpochMs,
  zone: string,
): LocalDate[] {
  let oldest: EpochMs | null = null;
  const seen = new Set<string>();
  for (const { device, at } of readings) {
    if (seen.has(device)) continue;
    const mark = effectiveMark(marks, device);
    if (at <= mark) continue;
    seen.add(device);
    if (oldest === null || mark < oldest) oldest = mark;
  }
  if (oldest === null) return [];
  const earliest = addDays(localDate(now, zone), -MOST_DAYS_BACK);
  const from = localDate(oldest + 1, zone);
  const dayBefore = addDays(firstAsked, -1);
  return datesBetween(from < earliest ? earliest : from, dayBefore);
}
