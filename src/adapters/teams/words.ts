// Figures, times and durations as Brazil writes them; the wording that more than one card shares.
import { DAY_MS, HOUR_MS, MINUTE_MS, isoLocal, type EpochMs } from "../../domain/local-time.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import { clean } from "./literal-text.ts";

const DECIMAL = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 1 });

export function number(value: number): string {
  return DECIMAL.format(value);
}

/** `1.250,5 kWp`, or null where it is not known. */
export function capacity(kwp: number | null): string | null {
  return kwp === null || !Number.isFinite(kwp) || kwp <= 0 || kwp >= 1e9 ? null : `${number(kwp)} kWp`;
}

export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** `3 inversores` */
export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${plural(count, one, many)}`;
}

/** `a, b e c` */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} e ${last}`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The first `most` of them, and how many more. */
export function firstOf(items: readonly string[], most: number): readonly string[] {
  return items.length <= most ? items : [...items.slice(0, most), `mais ${number(items.length - most)}`];
}

/** `35 min`, `1 h 20 min`, `2 d 4 h` */
export function duration(ms: number): string {
  if (!(ms >= MINUTE_MS)) return "menos de 1 min";
  const [days, hours, minutes] = [Math.floor(ms / DAY_MS), Math.floor((ms % DAY_MS) / HOUR_MS), Math.floor((ms % HOUR_MS) / MINUTE_MS)];
  const parts = days > 0 ? [`${number(days)} d`, hours > 0 ? `${hours} h` : ""] : [hours > 0 ? `${hours} h` : "", minutes > 0 ? `${minutes} min` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** Times as the plant's clock shows them, without seconds; the date only when it is not the card's own. */
export interface Times {
  /** `10:05`, `30/11 16:00` */
  moment(at: EpochMs): string;
  /** `às 10:05`, `em 30/11 16:00` */
  on(at: EpochMs): string;
  /** `10:05–10:40`, `30/11 16:00–16:35` */
  range(from: EpochMs, to: EpochMs): string;
  /** `das 10:05 às 10:40`, `de 30/11 16:00 a 10:40` */
  span(from: EpochMs, to: EpochMs): string;
}

const LAST_MS = Date.UTC(9999, 0);

export function timesOf(zone: string, today: EpochMs): Times {
  const wall = (at: EpochMs): string => (at >= 0 && at < LAST_MS ? isoLocal(Math.trunc(at), zone) : "????-??-??T??:??");
  const shownDate = wall(today).slice(0, 10);
  const dateOf = (text: string): string => {
    const date = text.slice(0, 10);
    const [year, month, day] = date.split("-");
    if (date === shownDate || date.startsWith("?")) return "";
    return year === shownDate.slice(0, 4) ? `${day}/${month} ` : `${day}/${month}/${year} `;
  };
  const moment = (at: EpochMs): string => dateOf(wall(at)) + wall(at).slice(11, 16);
  /** Without the date where `from` has told it already. */
  const until = (from: EpochMs, to: EpochMs): string => (dateOf(wall(from)) === dateOf(wall(to)) ? wall(to).slice(11, 16) : moment(to));
  return {
    moment,
    on: (at) => (dateOf(wall(at)) === "" ? `às ${moment(at)}` : `em ${moment(at)}`),
    range: (from, to) => `${moment(from)}–${until(from, to)}`,
    span: (from, to) => (dateOf(wall(from)) + dateOf(wall(to)) === "" ? `das ${moment(from)} às ${moment(to)}` : `de ${moment(from)} a ${until(from, to)}`),
  };
}

export function deviceWord(subject: DeviceKind, count = 1): string {
  return subject === "relay" ? plural(count, "relé", "relés") : plural(count, "inversor", "inversores");
}

const SAYS_ITSELF: Readonly<Record<DeviceKind, RegExp>> = { relay: /^rel[eé]/iu, inverter: /^inv/iu };

/** `relé 1931`; a name that says what it is stays as it is. */
export function named(subject: DeviceKind, name: string): string {
  return SAYS_ITSELF[subject].test(name) ? name : `${deviceWord(subject)} ${name}`;
}

/** Names as they are shown, with the id beside those that two devices of one card share. */
export function deviceLabels(devices: readonly { readonly device: string; readonly name: string }[]): (device: string) => string {
  const shown = new Map(devices.map(({ device, name }) => [device, clean(name, 48, clean(device, 48))]));
  const times = new Map<string, number>();
  for (const name of shown.values()) times.set(name, (times.get(name) ?? 0) + 1);
  return (device) => {
    const id = clean(device, 32, "sem identificação");
    const name = shown.get(device) ?? id;
    return (times.get(name) ?? 0) > 1 && name !== id ? `${name} (${id})` : name;
  };
}

const REASONS: Readonly<Record<string, string>> = {
  timeout: "sem resposta no tempo", connection: "sem conexão", throttled: "limite de chamadas (429)", "server-error": "erro no servidor",
  "http-status": "resposta inesperada", "login-refused": "login recusado", "login-unavailable": "login sem resposta", unauthorized: "acesso negado",
  "bad-json": "resposta ilegível", "wrong-shape": "resposta em formato inesperado", "too-large": "resposta grande demais",
  nobody: "nenhum processo concluiu a varredura",
};

/** A reason word of the monitor in the operators' words; any other text as it is. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? clean(reason, 120, "motivo desconhecido");
}
