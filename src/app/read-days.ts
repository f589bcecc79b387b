// Fetches the days that a plant's devices still miss, oldest first, and stops judging where a day is missing.
import { localDate, type EpochMs, type LocalDate } from "../domain/local-time.ts";
import { datesToAsk, earlierDatesToAsk, type Marks } from "../domain/marks.ts";
import { orderReadings, type DecodedDay } from "../domain/reading.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetched, Reason } from "../ports/plant-api.ts";
import { areBehind, type DayAnswer } from "./known-days.ts";

export interface DaysRead<R> {
  /** Usable readings in order of time, of every date before one that failed. */
  readonly readings: readonly R[];
  readonly failure: { readonly reason: Reason; readonly detail: string } | null;
  readonly records: number;
  readonly unusable: { readonly count: number; readonly example: string | null };
  readonly unknownActive: readonly string[];
  readonly answers: readonly DayAnswer[];
  /** Nothing was left aside that a later scan may judge. */
  readonly isWhole: boolean;
}

type FetchDay<R> = (date: LocalDate) => Promise<Fetched<DecodedDay<R>>>;
interface Failure {
  readonly date: LocalDate;
  readonly reason: Reason;
  readonly detail: string;
}

export async function readDays<R extends { readonly device: string; readonly at: EpochMs }>(
  marks: Marks,
  zone: string,
  clock: Clock,
  fetchDay: FetchDay<R>,
): Promise<DaysRead<R>> {
  const dates = datesToAsk(marks, clock.now(), zone);
  const newest = await fetchDates(dates, fetchDay);
  const found = newest.days.flatMap(({ value }) => value.readings);
  const earlier = await fetchDates(earlierDatesToAsk(marks, found, dates[0] ?? "", clock.now(), zone), fetchDay);
  const fetched = [...earlier.days, ...newest.days];
  const days = fetched.map(({ value }) => value);
  const failure = earlier.failure ?? newest.failure;
  const all = days.flatMap(({ readings }) => readings);
  const before = failure === null ? all : all.filter(({ at }) => localDate(at, zone) < failure.date);
  const { ordered, fromFuture } = orderReadings(before, clock.now());
  return {
    readings: ordered,
    failure,
    answers: fetched.map(({ date, value, version }) => ({ date, version, hasNews: !areBehind(marks.devices, value.readings) })),
    isWhole: failure === null && fromFuture.length === 0,
    records: days.reduce((sum, { records }) => sum + records, 0),
    unusable: {
      count: days.reduce((sum, { unusable }) => sum + unusable.count, fromFuture.length),
      example: days.find(({ unusable }) => unusable.example !== null)?.unusable.example ?? exampleOf(fromFuture[0], zone),
    },
    unknownActive: [...new Set(days.flatMap(({ unknownActive }) => unknownActive))],
  };
}

interface FetchedDay<R> { readonly date: LocalDate; readonly value: DecodedDay<R>; readonly version: DayAnswer["version"] }

async function fetchDates<R>(dates: readonly LocalDate[], fetchDay: FetchDay<R>): Promise<{ days: FetchedDay<R>[]; failure: Failure | null }> {
  const days: FetchedDay<R>[] = [];
  for (const date of dates) {
    const fetched = await fetchDay(date);
    if (fetched.kind === "unavailable") return { days, failure: { date, reason: fetched.reason, detail: fetched.detail } };
    days.push({ date, value: fetched.value, version: fetched.version ?? null });
  }
  return { days, failure: null };
}

function exampleOf(reading: { readonly device: string; readonly at: EpochMs } | undefined, zone: string): string | null {
  return reading === undefined ? null : `${reading.device} @ ${localDate(reading.at, zone)}`;
}
