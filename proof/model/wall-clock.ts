// The model's own clockwork: wall clock of a zone to instant and back, straight from the calendar, nothing clever.

const PLAIN = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/;
const HTTP = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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

const MOST_REMEMBERED = 200_000;

/** Remembers what it was asked: a simulated day asks the same few thousand times over and over. */
function remembering<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    const value = work(key);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, value);
    return value;
  };
}

function plainText(text: string): string | null {
  const plain = PLAIN.exec(text.trim());
  if (plain !== null) return `${plain[1] ?? ""}T${plain[2] ?? ""}`;
  const http = HTTP.exec(text.trim());
  const month = MONTHS.indexOf(http?.[2] ?? "") + 1;
  return http === null || month === 0 ? null : `${http[3] ?? ""}-${String(month).padStart(2, "0")}-${http[1] ?? ""}T${http[4] ?? ""}`;
}

/** One a zone: the next world has the same days. */
export const calendarOf = remembering((zone: string): Calendar => {
  const zoned = (at: number): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const instantOfText = remembering((text: string): number => {
    const plain = plainText(text);
    if (plain === null) return NaN;
    try {
      return Temporal.PlainDateTime.from(plain, { overflow: "reject" }).toZonedDateTime(zone).epochMilliseconds;
    } catch {
      return NaN; // no such day or hour
    }
  });
  const begin = remembering((date: string) => Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds);
  return {
    instant(text) {
      const at = typeof text === "string" ? instantOfText(text) : NaN;
      return Number.isNaN(at) ? null : at;
    },
    date: remembering((at: number) => zoned(at).toPlainDate().toString()),
    second: remembering((at: number) => {
      const { hour, minute, second, millisecond } = zoned(at);
      return hour * 3600 + minute * 60 + second + millisecond / 1000;
    }),
    begin,
    plusDays: (date, days) => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10),
  };
});
