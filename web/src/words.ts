// Figures and durations as Brazil writes them, in the words of the cards.
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const DECIMAL = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 1 });

export function number(value: number): string {
  return DECIMAL.format(value);
}

/** `1.250,5 kWp`; null where it is not known. */
export function capacity(kwp: number | null): string | null {
  return kwp === null || !Number.isFinite(kwp) || kwp <= 0 ? null : `${number(kwp)} kWp`;
}

/** `48,2 kW`, `sem potência` where the reading had none. */
export function power(kw: number | null): string {
  return kw === null ? "sem potência" : `${number(kw)} kW`;
}

/** `25 %` */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${number((100 * part) / whole)} %`;
}

/** `3 inversores` */
export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** `a, b e c` */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} e ${last}`;
}

/** `35 min`, `1 h 20 min`, `2 d 4 h` */
export function duration(ms: number): string {
  if (!(ms >= MINUTE_MS)) return "menos de 1 min";
  const [days, hours, minutes] = [Math.floor(ms / DAY_MS), Math.floor((ms % DAY_MS) / HOUR_MS), Math.floor((ms % HOUR_MS) / MINUTE_MS)];
  const parts = days > 0 ? [`${number(days)} d`, hours > 0 ? `${hours} h` : ""] : [hours > 0 ? `${hours} h` : "", minutes > 0 ? `${minutes} min` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** `há 12 min`, `agora`; `em 12 min` for what is to come. */
export function ago(at: number, now: number): string {
  if (at - now >= MINUTE_MS) return `em ${duration(at - now)}`;
  return now - at < MINUTE_MS ? "agora" : `há ${duration(now - at)}`;
}

/** What a machine took: `850 ms`, `12,4 s`, `3 min`. */
export function took(ms: number): string {
  if (ms < 1000) return `${number(Math.round(ms))} ms`;
  return ms < MINUTE_MS ? `${number(ms / 1000)} s` : duration(ms);
}

/** Text without case or accents, to search in. */
export function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{Mn}/gu, "").toLowerCase();
}
