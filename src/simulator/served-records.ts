// The raw records of a scenario as the simulated API serves them: by date, each once its time has come.
import { localDate, parseWallClock, type EpochMs, type LocalDate } from "../domain/local-time.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON text without the keys that begin with `_`, at any depth. */
export function servedText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('"_')) return text;
  return JSON.stringify(value, (key, inner: unknown) => (key.startsWith("_") ? undefined : inner));
}

/** `conteudojson` as an object, also where the record holds it as a string. */
export function contentOf(record: JsonObject): JsonObject | null {
  const content = record["conteudojson"];
  if (isObject(content)) return content;
  if (typeof content !== "string") return null;
  try {
    const parsed: unknown = JSON.parse(content);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

export type RecordKind = "relay" | "inverter" | "meteo";

function timeOf(record: JsonObject, kind: RecordKind, zone: string): EpochMs | null {
  // `dataleitura` is a relay's time, but an inverter's midnight.
  const relayTime = kind === "relay" ? record["dataleitura"] : null;
  const candidates = [contentOf(record)?.["tsleitura"], record["tsleitura_new"], record["tsleitura"], relayTime];
  for (const candidate of candidates) {
    const at = typeof candidate === "string" ? parseWallClock(candidate, zone) : null;
    if (at !== null) return at;
  }
  return null;
}

interface Entry {
  /** Null: no usable time, so part of every day. */
  readonly date: LocalDate | null;
  readonly servedFrom: EpochMs;
  readonly text: string;
}

/** One plant's records of one kind. */
export interface ServedRecords {
  /** JSON list of what is known of `date` at `now`, in the order of the file. */
  listOf(date: LocalDate, now: EpochMs): string;
}

export function serveRecords(records: readonly unknown[], kind: RecordKind, zone: string): ServedRecords {
  let entries: readonly Entry[] | null = null;
  const byDate = new Map<LocalDate, readonly Entry[]>();

  function entryOf(record: unknown): Entry {
    const at = isObject(record) ? timeOf(record, kind, zone) : null;
    const available = isObject(record) && typeof record["_available"] === "string" ? parseWallClock(record["_available"], zone) : null;
    return { date: at === null ? null : localDate(at, zone), servedFrom: available ?? at ?? -Infinity, text: servedText(record) };
  }

  // Nobody may ask for a plant or a date: read at the first call, not before.
  function entriesOf(date: LocalDate): readonly Entry[] {
    entries ??= records.map(entryOf);
    const known = byDate.get(date);
    if (known !== undefined) return known;
    const found = entries.filter((entry) => entry.date === date || entry.date === null);
    byDate.set(date, found);
    return found;
  }

  return {
    listOf: (date, now) => `[${entriesOf(date).filter(({ servedFrom }) => servedFrom <= now).map(({ text }) => text).join(",")}]`,
  };
}
