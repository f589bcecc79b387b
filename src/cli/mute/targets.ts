// From what an operator types to what is meant: a plant by id or name, a device of it, a moment.
import { knownDevices } from "../../app/operator-requests.ts";
import { isGone } from "../../domain/gone.ts";
import { DAY_MS, HOUR_MS, localDate, MINUTE_MS, parseWallClock, type EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { deviceName, type PlantState } from "../../domain/plant.ts";

/** What was found, or why not, in words. */
export type Sought<T> = { readonly found: T } | { readonly wrong: string };

const MOST_NAMED = 8;

/** By id, else by its whole name, else by a part that only one has; case and accents do not matter. */
export function findPlant({ plants }: MonitorState, typed: string): Sought<PlantState> {
  const known = [...plants.values()].filter((plant) => !isGone(plant));
  const wanted = plain(typed);
  const ways = [
    known.filter(({ info }) => info.id === typed.trim()),
    known.filter(({ info }) => plain(info.name) === wanted),
    wanted === "" ? [] : known.filter(({ info }) => plain(info.name).includes(wanted)),
  ];
  const matches = ways.find((way) => way.length > 0) ?? [];
  const [only] = matches.length === 1 ? matches : [];
  if (only !== undefined) return { found: only };
  if (matches.length === 0) return { wrong: `usina desconhecida: "${typed}"; o monitor conhece ${known.length}, veja nome e id em "pvmonitor status" ou na PVOperation` };
  const named = matches.slice(0, MOST_NAMED).map(({ info }) => `${info.name} (${info.id})`).join(", ");
  return { wrong: `"${typed}" pode ser ${matches.length} usinas: ${named}${matches.length > MOST_NAMED ? ", …" : ""}; use o id` };
}

/** By id, else by its name in the device list. */
export function findDevice(plant: PlantState, typed: string): Sought<string> {
  const known = knownDevices(plant);
  const ways = [known.filter((id) => id === typed.trim()), known.filter((id) => plain(deviceName(plant, id)) === plain(typed))];
  const matches = ways.find((way) => way.length > 0) ?? [];
  const [only] = matches.length === 1 ? matches : [];
  if (only !== undefined) return { found: only };
  const named = known.slice(0, MOST_NAMED).map((id) => (deviceName(plant, id) === id ? id : `${deviceName(plant, id)} (${id})`)).join(", ");
  return { wrong: `${matches.length === 0 ? "aparelho desconhecido" : "mais de um aparelho tem esse nome"}: "${typed}"; ${plant.info.name} tem ${known.length === 0 ? "nenhum" : named}${known.length > MOST_NAMED ? ", …" : ""}` };
}

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, min: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** `4h`, `30min`, `2d`; as the wall clock goes, a day of 23 hours is no exception: `1d` is 24 h. */
export function momentAfter(typed: string, now: EpochMs): Sought<EpochMs> {
  const [, amount = "", unit = ""] = /^(\d{1,5})\s*(m|min|h|d)$/i.exec(typed.trim()) ?? [];
  const ms = Number(amount) * (UNITS[unit.toLowerCase()] ?? NaN);
  return ms > 0 ? { found: now + ms } : { wrong: `duração inválida: "${typed}"; exemplos: 30min, 4h, 2d` };
}

/** `2025-12-01 18:00`, or `18:00` of today, on the plant's wall clock. */
export function momentAt(typed: string, zone: string, now: EpochMs): Sought<EpochMs> {
  const text = typed.trim();
  const whole = /^\d{2}:\d{2}$/.test(text) ? `${localDate(now, zone)} ${text}` : text;
  const at = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$/.test(whole) ? parseWallClock(whole, zone) : null;
  return at === null ? { wrong: `data inválida: "${typed}"; exemplos: "2025-12-01 18:00", ou 18:00 de hoje, no fuso da usina (${zone})` } : { found: at };
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
}
