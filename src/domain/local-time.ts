// Wall clock ↔ instant. Readings carry no zone, so each plant's IANA zone decides what they mean.
// Instants are whole epoch milliseconds: cheap to compare and to store for thousands of devices.

/** Milliseconds since the Unix epoch (UTC). */
export type EpochMs = number;

/** A calendar date of a plant's zone, `YYYY-MM-DD`. */
export type LocalDate = string;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ISO = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const HTTP_DATE = /^[a-z]{3},?\s+(\d{1,2})[ -]([a-z]{3})[ -](\d{4})\s+(\d{2}):(\d{2}):(\d{2})(?:\s+(?:GMT|UTC))?$/i;

/** UTC milliseconds of a wall clock read as if it were UTC; null where no such date or time exists. */
function asIfUtc(parts: readonly (string | undefined)[], month: number): number | null {
  const [year, , day, hour, minute, second = "0", fraction = "0"] = parts;
  const numbers = [year, day, hour, minute, second].map(Number);
  const [y = NaN, d = NaN, h = NaN, mi = NaN, s = NaN] = numbers;
  if (h > 23 || mi > 59 || s > 59) return null;
  const at = Date.UTC(y, month - 1, d, h, mi, s, Math.trunc(Number(`0.${fraction}`) * 1000));
  const back = new Date(at);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === d && back.getUTCFullYear() === y ? at : null;
}

/** A wall-clock text of `zone` as an instant, or null where it is no time.
 *  Takes `2025-07-06 00:05:49`, the same with `T`, fraction or numeric offset (then the offset counts), and HTTP dates,
 *  whose `GMT` is not true on this API: they are wall clock too. A time that daylight saving repeats is its first one. */
export function parseWallClock(text: string, zone: string): EpochMs | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const local = asIfUtc(iso.slice(1, 8), Number(iso[2]));
    if (local === null) return null;
    return iso[8] === undefined ? fromLocalMs(local, zone) : local - offsetOfText(iso[8]);
  }
  const http = HTTP_DATE.exec(trimmed);
  if (http === null) return null;
  const month = MONTHS.indexOf((http[2] ?? "").toLowerCase()) + 1;
  if (month === 0) return null;
  const local = asIfUtc([http[3], undefined, http[1], http[4], http[5], http[6]], month);
  return local === null ? null : fromLocalMs(local, zone);
}

function offsetOfText(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  return sign * (Number(text.slice(1, 3)) * HOUR_MS + Number(text.slice(-2)) * MINUTE_MS);
}

// A zone's offset is asked of Temporal once per quarter of an hour (no zone changes its offset inside one) and kept.
const QUARTER_MS = 15 * MINUTE_MS;
type Offsets = Map<string, Map<number, number>>;
const offsetsAt: Offsets = new Map();
const offsetsOfLocal: Offsets = new Map();
const MOST_ZONES = 50;
const MOST_QUARTERS = 2_000;

/** By zone and quarter; texts that hold both would cost more than the asking saves. */
function remembered(offsets: Offsets, zone: string, quarter: number, ask: () => number): number {
  const ofZone = offsets.get(zone) ?? new Map<number, number>();
  const known = ofZone.get(quarter);
  if (known !== undefined) return known;
  const asked = ask();
  if (ofZone.size >= MOST_QUARTERS) ofZone.clear();
  if (offsets.size >= MOST_ZONES) offsets.clear();
  offsets.set(zone, ofZone.set(quarter, asked));
  return asked;
}

function fromLocalMs(localMs: number, zone: string): EpochMs {
  const quarter = Math.floor(localMs / QUARTER_MS) * QUARTER_MS;
  const offset = remembered(offsetsOfLocal, zone, quarter, () => {
    const wall = new Date(quarter).toISOString().slice(0, 19);
    return quarter - Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
  });
  return localMs - offset;
}

function toLocalMs(at: EpochMs, zone: string): number {
  const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  const offset = remembered(offsetsAt, zone, quarter, () =>
    Math.trunc(Temporal.Instant.fromEpochMilliseconds(quarter).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6),
  );
  return at + offset;
}

/** `2025-12-01T10:15:00`: wall clock of `zone`, without fraction or zone. */
export function isoLocal(at: EpochMs, zone: string): string {
  return new Date(toLocalMs(at, zone)).toISOString().slice(0, 19);
}

/** `2025-12-01T10:15:00.000-03:00`: wall clock of `zone` with its offset, so that it can be read back anywhere. */
export function isoWithOffset(at: EpochMs, zone: string): string {
  const localMs = toLocalMs(at, zone);
  const minutes = Math.round((localMs - at) / MINUTE_MS);
  const two = (n: number): string => String(Math.trunc(n)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  const text = new Date(localMs).toISOString().slice(0, 23);
  return (text.endsWith(".000") ? text.slice(0, 19) : text) + offset;
}

export function localDate(at: EpochMs, zone: string): LocalDate {
  return isoLocal(at, zone).slice(0, 10);
}

/** First instant of a date in `zone`. */
export function startOfDay(date: LocalDate, zone: string): EpochMs {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

/** When the wall clock of `zone` shows so many seconds since midnight on that date; on a day of 23 or 25 h that is not so many
 *  seconds after its start. */
export function timeOfDay(date: LocalDate, seconds: number, zone: string): EpochMs {
  return fromLocalMs(Date.parse(`${date}T00:00:00Z`) + seconds * SECOND_MS, zone);
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Seconds since local midnight by the wall clock (0 … 86399), with the fraction of the second. */
export function secondsOfDay(at: EpochMs, zone: string): number {
  return (((toLocalMs(at, zone) % DAY_MS) + DAY_MS) % DAY_MS) / SECOND_MS;
}
