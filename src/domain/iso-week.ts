// ISO 8601 weeks by the wall clock of a zone: Monday 00:00 to Monday 00:00, which daylight saving makes 167, 168 or 169 h long.
import { addDays, localDate, startOfDay, timeOfDay, type EpochMs, type LocalDate } from "./local-time.ts";

export interface Week {
  /** `2025-W48` */
  readonly name: string;
  readonly zone: string;
  /** Its Monday. */
  readonly monday: LocalDate;
  readonly from: EpochMs;
  /** Not included. */
  readonly to: EpochMs;
}

const NAME = /(\d{4})-W(\d{2})/;
/** Monday 00:05: what was read at Sunday midnight has been judged by then, or is open in both weeks. */
const REPORT_AT_S = 5 * 60;

/** No monitor ran or will run outside of these, and the calendar ends somewhere. */
const YEARS = { first: 1971, last: 2100 };

/** Null where the text names no week: another form, a year out of bounds, or week 53 of a year that has 52. */
export function weekNamed(name: string, zone: string): Week | null {
  const [, year, number] = NAME.exec(name) ?? [];
  if (year === undefined || Number(year) < YEARS.first || Number(year) > YEARS.last) return null;
  const fourth = Temporal.PlainDate.from(`${year}-01-04`); // is always in week 1
  const week = weekOfMonday(fourth.add({ days: 1 - fourth.dayOfWeek + 7 * (Number(number) - 1) }).toString(), zone);
  return week.name === name ? week : null; // text around a name is refused here too
}

/** The week that holds this moment. */
export function weekAt(at: EpochMs, zone: string): Week {
  const date = localDate(at, zone);
  return weekOfMonday(addDays(date, 1 - Temporal.PlainDate.from(date).dayOfWeek), zone);
}

export function nextWeek({ monday, zone }: Week): Week {
  return weekOfMonday(addDays(monday, 7), zone);
}

export function weekBefore({ monday, zone }: Week): Week {
  return weekOfMonday(addDays(monday, -7), zone);
}

/** When the week's report is made: on the Monday after it. */
export function reportDueAt({ monday, zone }: Week): EpochMs {
  return timeOfDay(addDays(monday, 7), REPORT_AT_S, zone);
}

function weekOfMonday(monday: LocalDate, zone: string): Week {
  const { yearOfWeek = 0, weekOfYear = 0 } = Temporal.PlainDate.from(monday);
  const name = `${yearOfWeek}-W${String(weekOfYear).padStart(2, "0")}`;
  return { name, zone, monday, from: startOfDay(monday, zone), to: startOfDay(addDays(monday, 7), zone) };
}
