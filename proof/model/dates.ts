// Which dates a scan asks for, and which readings of them it may judge.
import type { Calendar } from "./wall-clock.ts";

export interface Marks {
  readonly devices: ReadonlyMap<string, { readonly mark: number }>;
  readonly begin: number;
  readonly passOver: number | null;
}

interface Timed { readonly device: string; readonly at: number }

const between = (from: string, to: string, calendar: Calendar): string[] => {
  const dates: string[] = [];
  for (let date = from; date <= to; date = calendar.plusDays(date, 1)) dates.push(date);
  return dates;
};

/** From the newest mark less an hour to today; without a mark from the first day on; never more than today and 7 days before. */
export function datesFrom({ devices, begin, passOver }: Marks, now: number, calendar: Calendar): string[] {
  const today = calendar.date(now);
  const newest = Math.max(...[...devices.values()].map(({ mark }) => mark), devices.size > 0 && passOver !== null ? passOver : -Infinity);
  const from = newest === -Infinity ? calendar.date(begin + 1) : calendar.date(newest - 3_600_000);
  const least = calendar.plusDays(today, -7);
  return between(from > today ? today : from < least ? least : from, today, calendar);
}

/** The dates before those, where a device that reports again left off earlier. */
export function datesBefore(firstAsked: string, readings: readonly Timed[], { devices, begin, passOver }: Marks, now: number, calendar: Calendar): string[] {
  const markOf = (device: string): number => Math.max(devices.get(device)?.mark ?? begin, passOver ?? -Infinity);
  const back = readings.filter(({ device, at }) => at > markOf(device)).map(({ device }) => markOf(device));
  if (back.length === 0) return [];
  const oldest = calendar.date(Math.min(...back) + 1);
  const least = calendar.plusDays(calendar.date(now), -7);
  return between(oldest < least ? least : oldest, calendar.plusDays(firstAsked, -1), calendar);
}

/** In order of time; two of one device with one time are one, the last; none from more than 10 minutes ahead. */
export function inOrder<R extends Timed>(readings: readonly R[], now: number): R[] {
  const last = new Map<string, R>();
  for (const reading of readings) if (reading.at <= now + 600_000) last.set(`${reading.device} ${String(reading.at)}`, reading);
  return [...last.values()].sort((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1));
}
