// What a record of the API says, read by the letter of the rules.
import type { Calendar } from "./wall-clock.ts";

export interface RelayReading {
  readonly device: string;
  readonly at: number;
  /** Parameters that are active, as the rules write them. */
  readonly active: readonly string[];
  /** Says something about a watched parameter. */
  readonly speaks: boolean;
}

export interface InverterReading {
  readonly device: string;
  readonly at: number;
  /** Null: missing or unreadable. */
  readonly kw: number | null;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

function insideOf(record: Fields): Fields {
  const inside = record["conteudojson"];
  if (typeof inside !== "string") return isFields(inside) ? inside : {};
  try {
    const parsed: unknown = JSON.parse(inside);
    return isFields(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function firstNamed(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number") return String(value);
    if (typeof value === "string" && value.trim() !== "" && value.trim() !== "-") return value.trim();
  }
  return null;
}

function timeOf(record: Fields, inside: Fields, outside: readonly string[], calendar: Calendar): number | null {
  for (const value of [inside["tsleitura"], ...outside.map((name) => record[name])]) {
    const at = calendar.instant(value);
    if (at !== null) return at;
  }
  return null;
}

const WATCHED = [
  "r27A", "r27B", "r27C", "r27_0", "r32A", "r32A_2", "r32B", "r32B_2", "r32C", "r32C_2", "r46Q", "r47", "r49", "r49_2", "r59A", "r59B", "r59C", "r59N",
  "r67A", "r67A_2", "r67B", "r67B_2", "r67C", "r67C_2", "r67N_1", "r67N_2", "r78", "r81O", "r81U", "r86", "rAR", "rBA", "rDO", "rEPwd", "rERLS", "rEl2t",
  "rFR", "rGS", "rHLT", "rRL1", "rRL2", "rRL3", "rRL4", "rRL5", "rRR",
];
const BY_LOWER_CASE = new Map(WATCHED.map((name) => [name.toLowerCase(), name]));
const SAYS_ACTIVE = ["1", "true", "on", "yes", "sim", "ativo", "active", "alarm", "alarme", "trip", "tripped"];

function watchedName(key: string): string | null {
  const listed = BY_LOWER_CASE.get(key.toLowerCase());
  if (listed !== undefined) return listed;
  return /^r(50|51|79)(\D|$)/i.test(key) ? `r${key.slice(1).toUpperCase()}` : null;
}

const isActive = (value: unknown): boolean => value === true || value === 1 || (typeof value === "string" && SAYS_ACTIVE.includes(value.trim().toLowerCase()));
const isEmpty = (value: unknown): boolean => value === null || (typeof value === "string" && /^[\s-]*$/.test(value));

/** Whose reading a record is, and of when; what it says is read only where it is news. */
export interface Reading {
  readonly device: string;
  readonly at: number;
  readonly inside: Fields;
}

/** Null: a record that cannot be used. */
export function readRecord(record: unknown, kind: "relay" | "inverter", calendar: Calendar): Reading | null {
  if (!isFields(record)) return null;
  const inside = insideOf(record);
  const device = kind === "relay"
    ? firstNamed(record, ["idrele", "idRele", "IdRele", "id_rele"]) ?? firstNamed(inside, ["idrele", "Rele", "rele", "esn"])
    : firstNamed(record, ["idinversor"]) ?? firstNamed(inside, ["Inversor", "esn"]) ?? firstNamed(record, ["idefinversor"]);
  const at = timeOf(record, inside, kind === "relay" ? ["tsleitura_new", "tsleitura", "dataleitura"] : ["tsleitura_new", "tsleitura"], calendar);
  return device === null || at === null ? null : { device, at, inside };
}

export function relayReading({ device, at, inside }: Reading): RelayReading {
  const watched = Object.entries(inside).flatMap(([key, value]) => {
    const name = watchedName(key);
    return name === null || isEmpty(value) ? [] : [{ name, value }];
  });
  return { device, at, active: watched.filter(({ value }) => isActive(value)).map(({ name }) => name), speaks: watched.length > 0 };
}

export function inverterReading({ device, at, inside }: Reading): InverterReading {
  const power = ["Pac", "PAC", "Potencia_Saida", "Pout", "Potencia"].map((name) => inside[name]).find((value) => value !== undefined && value !== null);
  return { device, at, kw: powerOf(power) };
}

/** Only the forms that the simulated loggers write: `12.5`, `"12,5"`, `"1.234,5 kW"`, `"500 W"`. */
function powerOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  const [, digits = "", unit = ""] = /^\s*([+-]?[\d.,]+)\s*(k?w)?\s*$/i.exec(typeof value === "string" ? value : "") ?? [];
  if (!/\d/.test(digits)) return null;
  const decimal = Math.max(digits.lastIndexOf(","), digits.lastIndexOf("."));
  const plain = decimal === -1 ? digits : `${digits.slice(0, decimal).replaceAll(/[.,]/g, "")}.${digits.slice(decimal + 1)}`;
  return Number(plain) / (unit.toLowerCase() === "w" ? 1000 : 1);
}
