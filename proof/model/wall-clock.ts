// The model's own clockwork: wall clock of a zone to instant and back, straight from the calendar, nothing clever.

const PLAIN = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/;
const HTTP = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 86_400_000;

export interface Calendar {
  /** Epoch milliseconds of a wall-clock text; null where it is none. */
  instant(text: unknown): number | null;
  /** `YYYY-MM-DD` */
  date(at: number): string;
  /** Seconds since local midnight by the wall clock. */
  second(at: number): number;
  /** First instant of the date. */
  begin(date: string): number;
  plusDays(date: string, days: number): string;
}

/** A day of a zone, from its first instant to that of the next; `isEven`: no change of the clock, its 24 hours are 24 hours. */
interface Day {
  readonly date: string;
  readonly begin: number;
  readonly end: number;
  readonly isEven: boolean;
}

/** Remembers what it was asked: a simulated world has few days. */
function remembering<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    const value = work(key);
    known.set(key, value);
    return value;
  };
}

/** Date and time of day of a text; null where it is neither `2025-12-01 10:15:00` nor an HTTP date. */
function partsOf(text: string): readonly [date: string, time: string] | null {
  const plain = PLAIN.exec(text.trim());
  if (plain !== null) return [plain[1] ?? "", plain[2] ?? ""];
  const http = HTTP.exec(text.trim());
  const month = MONTHS.indexOf(http?.[2] ?? "") + 1;
  return http === null || month === 0 ? null : [`${http[3] ?? ""}-${String(month).padStart(2, "0")}-${http[1] ?? ""}`, http[4] ?? ""];
}

function secondOf(time: string): number | null {
  const [hour, minute, second] = [Number(time.slice(0, 2)), Number(time.slice(3, 5)), Number(time.slice(6))];
  return hour > 23 || minute > 59 || second > 59 ? null : hour * 3600 + minute * 60 + second;
}

const plusDays = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** One a zone: the next world has the same days. */
export const calendarOf = remembering((zone: string): Calendar => {
  const zoned = (at: number): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const wallOf = (at: number): string => zoned(at).toPlainTime().toString({ smallestUnit: "minute" });
  const beginOf = (date: string): number => Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
  /** Null: there is no such date. */
  const dayOf = remembering((date: string): Day | null => {
    if (Number.isNaN(Date.parse(date)) || plusDays(date, 0) !== date) return null;
    const [begin, end] = [beginOf(date), beginOf(plusDays(date, 1))];
    return { date, begin, end, isEven: end - begin === DAY_MS && wallOf(begin) === "00:00" };
  });
  let latest: Day = { date: "", begin: 0, end: 0, isEven: false };
  /** The day of an instant; who asks, asks again about the same. */
  function dayAt(at: number): Day {
    if (latest.begin <= at && at < latest.end) return latest;
    latest = dayOf(zoned(at).toPlainDate().toString()) ?? latest;
    return latest;
  }
  return {
    instant(text) {
      const parts = typeof text === "string" ? partsOf(text) : null;
      if (parts === null) return null;
      const [date, time] = parts;
      const day = date === latest.date ? latest : dayOf(date);
      const second = secondOf(time);
      if (day === null || second === null) return null;
      return day.isEven ? day.begin + second * 1000 : Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
    },
    date: (at) => dayAt(at).date,
    second(at) {
      const { begin, isEven } = dayAt(at);
      if (isEven) return (at - begin) / 1000;
      const { hour, minute, second, millisecond } = zoned(at);
      return hour * 3600 + minute * 60 + second + millisecond / 1000;
    },
    begin: (date) => dayOf(date)?.begin ?? NaN,
    plusDays,
  };
});
