// Times as the clock of a zone shows them. Everything else is epoch milliseconds, so that a clock change bends no axis.
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Wall { readonly date: string; readonly time: string }

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  clocks.set(zone, made);
  return made;
}

/** `{ date: "2025-11-30", time: "16:00" }` */
export function wallOf(at: number, zone: string): Wall {
  const parts = new Map(clockOf(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return { date: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`, time: `${part("hour")}:${part("minute")}` };
}

/** `30/11`, with the year where it is not this one. */
export function shortDate(date: string, today: string): string {
  const [year, month, day] = date.split("-");
  return `${day ?? ""}/${month ?? ""}${year === today.slice(0, 4) ? "" : `/${year ?? ""}`}`;
}

/** `30/11/2025` */
export function fullDate(date: string): string {
  return date.split("-").toReversed().join("/");
}

/** `10:05`; `30/11 16:00` where it is not today. */
export function moment(at: number, now: number, zone: string): string {
  const [{ date, time }, today] = [wallOf(at, zone), wallOf(now, zone).date];
  return date === today ? time : `${shortDate(date, today)} ${time}`;
}

/** `10:05–10:40`, `30/11 16:00–16:35` */
export function range(from: number, to: number, now: number, zone: string): string {
  const [start, end] = [wallOf(from, zone), wallOf(to, zone)];
  return `${moment(from, now, zone)}–${start.date === end.date ? end.time : moment(to, now, zone)}`;
}

/** The moment at which a zone's clock shows this; in the hour that a clock change leaves out, the one an hour later. NaN: no such date or time. */
export function epochOf(date: string, time: string, zone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wanted)) return Number.NaN;
  let at = wanted;
  for (let turn = 0; turn < 3; turn++) {
    const shown = wallOf(at, zone);
    const missing = wanted - Date.parse(`${shown.date}T${shown.time}:00Z`);
    if (missing === 0) return at;
    at += missing;
  }
  return at;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The full hours of a zone's clock between two moments that are multiples of `step`: where an axis has its marks. */
export function hoursBetween(from: number, to: number, zone: string, step: number): number[] {
  const marks: number[] = [];
  // By quarters of an hour: zones lie quarters apart, and a clock change may move the full hour.
  const quarter = HOUR_MS / 4;
  for (let at = Math.ceil(from / quarter) * quarter; at <= to; at += quarter) {
    const { time } = wallOf(at, zone);
    if (time.endsWith(":00") && Number(time.slice(0, 2)) % step === 0) marks.push(at);
  }
  return marks;
}

/** The midnights of a zone between two moments. */
export function midnightsBetween(from: number, to: number, zone: string): number[] {
  const marks: number[] = [];
  for (let date = wallOf(from, zone).date; ; date = addDays(date, 1)) {
    const at = epochOf(date, "00:00", zone);
    if (at > to) return marks;
    if (at >= from) marks.push(at);
  }
}
