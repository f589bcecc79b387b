// Records of day_relay and day_inverter as readings. What cannot be used is counted, with one example, and left out.
import { parseWallClock, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import { parsePowerKw } from "../../domain/power.ts";
import type { DecodedDay, InverterReading, RelayReading } from "../../domain/reading.ts";
import { readRelayParameters } from "../../domain/relay-parameters.ts";
import type { Fetched } from "../../ports/plant-api.ts";
import { cleanText, example, firstIdentity, isObject, LONGEST_IDENTITY, ownCopy, type JsonObject } from "./fields.ts";
import type { RecordFields } from "./scan-records.ts";

/** Of `conteudojson` as a text; a real one has 1.6 KB. */
const LONGEST_CONTENT = 256 * 1024;
const LONGEST_TIME = 64;
export const MOST_UNKNOWN = 100;
const LONGEST_DETAIL = 160;

const INSIDE_TIME = "tsleitura";
/** Where each kind of record holds what; the first that is present counts. */
const RELAY = {
  outsideIds: ["idrele", "idRele", "IdRele", "id_rele"], insideIds: ["idrele", "Rele", "rele", "esn"], lastIds: [],
  times: ["tsleitura_new", "tsleitura", "dataleitura"],
} as const;
const INVERTER = {
  // An inverter's dataleitura is midnight.
  outsideIds: ["idinversor"], insideIds: ["Inversor", "esn"], lastIds: ["idefinversor"], times: ["tsleitura_new", "tsleitura"],
} as const;
const POWERS = ["Pac", "PAC", "Potencia_Saida", "Pout", "Potencia"];

/** What of each kind of record is looked at here. */
export const RELAY_FIELDS: RecordFields = { ...fieldsOf(RELAY), values: [], hasParameters: true };
export const INVERTER_FIELDS: RecordFields = { ...fieldsOf(INVERTER), values: named(POWERS, true), hasParameters: false };

function fieldsOf({ outsideIds, insideIds, lastIds, times }: typeof RELAY | typeof INVERTER): Pick<RecordFields, "ids" | "times"> {
  return { ids: [...named(outsideIds, false), ...named(insideIds, true), ...named(lastIds, false)], times: [...named([INSIDE_TIME], true), ...named(times, false)] };
}

function named(names: readonly string[], isInside: boolean): RecordFields["ids"] {
  return names.map((name) => ({ isInside, name }));
}

export function decodeDayRelay(json: unknown, zone: string): Fetched<DecodedDay<RelayReading>> {
  const unknown = new Set<string>();
  return decodeDay(json, zone, RELAY, unknown, (device, at, content): RelayReading => {
    const { active, hasWatched, unknownActive } = readRelayParameters(content);
    for (const name of unknownActive) if (unknown.size < MOST_UNKNOWN) unknown.add(name);
    return { device, at, active, hasWatched };
  });
}

export function decodeDayInverter(json: unknown, zone: string): Fetched<DecodedDay<InverterReading>> {
  return decodeDay(json, zone, INVERTER, new Set(), (device, at, content): InverterReading => ({ device, at, powerKw: powerOf(content) }));
}

function decodeDay<R>(
  json: unknown,
  zone: string,
  fields: typeof RELAY | typeof INVERTER,
  unknown: ReadonlySet<string>,
  read: (device: string, at: EpochMs, content: JsonObject) => R,
): Fetched<DecodedDay<R>> {
  if (!Array.isArray(json)) return notAList(json);
  const readings: R[] = [];
  const parseTime = timeParser(zone);
  let count = 0;
  let first: string | null = null;
  const leaveOut = (problem: string, record: unknown): void => {
    count += 1;
    first ??= example(problem, record);
  };
  for (const record of json) {
    if (!isObject(record)) {
      leaveOut("não é um registro", record);
      continue;
    }
    const content = contentOf(record["conteudojson"]);
    const device = firstIdentity(record, fields.outsideIds) ?? firstIdentity(content, fields.insideIds) ?? firstIdentity(record, fields.lastIds);
    if (device === null || device.length > LONGEST_IDENTITY) {
      leaveOut(device === null ? "sem identidade" : "identidade longa demais", record);
      continue;
    }
    const at = timeOf(record, content, fields.times, parseTime);
    if (at === null) leaveOut("sem horário legível", record);
    else readings.push(read(device, at, content));
  }
  return { kind: "complete", value: { readings, records: json.length, unusable: { count, example: first }, unknownActive: [...unknown] } };
}

const NO_CONTENT: JsonObject = {};

/** An object, or a text that holds one. */
function contentOf(value: unknown): JsonObject {
  if (typeof value !== "string") return isObject(value) ? value : NO_CONTENT;
  if (value.length > LONGEST_CONTENT) return NO_CONTENT;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : NO_CONTENT;
  } catch {
    return NO_CONTENT;
  }
}

type TimeParser = (value: unknown) => EpochMs | null;

/** Inside first, then outside; the first that can be read. */
function timeOf(record: JsonObject, content: JsonObject, keys: readonly string[], parse: TimeParser): EpochMs | null {
  const inside = parse(content[INSIDE_TIME]);
  if (inside !== null) return inside;
  for (const key of keys) {
    const at = parse(record[key]);
    if (at !== null) return at;
  }
  return null;
}

const [ZERO, COLON] = [0x30, 0x3a];
const PLAIN_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:[0-5]\d$/;

// Where the minutes of each zone begin: all plants report within the same minutes, scan after scan. Bounded, as times come from outside.
const minutesOf = new Map<string, Map<string, EpochMs | null>>();
const MOST_MINUTES = 20_000;

/** `parseWallClock` of one zone; the calendar is asked once for each minute. */
function timeParser(zone: string): TimeParser {
  const minutes = minutesOf.get(zone) ?? new Map<string, EpochMs | null>();
  minutesOf.set(zone, minutes);
  let [minute, start]: [string, EpochMs | null] = ["-", null]; // of the record before: its neighbours report within the same
  return (value) => {
    if (typeof value !== "string" || value.length > LONGEST_TIME) return null;
    if (value.length === 19 && start !== null && value.startsWith(minute) && value.charCodeAt(16) === COLON) {
      const [tens, ones] = [value.charCodeAt(17) - ZERO, value.charCodeAt(18) - ZERO];
      if (tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9) return start + (10 * tens + ones) * SECOND_MS;
    }
    if (!PLAIN_TIME.test(value)) return parseWallClock(value, zone);
    minute = value.slice(0, 16); // gone with this parser
    const known = minutes.get(minute);
    start = known === undefined ? parseWallClock(`${minute}:00`, zone) : known;
    if (known === undefined) {
      if (minutes.size >= MOST_MINUTES) minutes.clear();
      minutes.set(ownCopy(minute), start);
    }
    return start === null ? null : start + Number(value.slice(17)) * SECOND_MS;
  };
}

/** The first power that is present, even if it is empty; one that cannot be read is not replaced by the next, which may be of another meaning. */
function powerOf(content: JsonObject): number | null {
  for (const key of POWERS) {
    const value = content[key];
    if (value !== undefined && value !== null) return parsePowerKw(value);
  }
  return null;
}

/** What came where a list is due. An `{"error": …}` is the API's word about this plant. */
export function notAList(json: unknown): Extract<Fetched<never>, { kind: "unavailable" }> {
  if (isObject(json) && json["error"] !== undefined && json["error"] !== null && json["error"] !== false) {
    const { error } = json;
    const words = typeof error === "string" ? error : example("error", error);
    return { kind: "unavailable", reason: "plant-error", detail: cleanText(words, LONGEST_DETAIL) || "erro sem texto" };
  }
  return { kind: "unavailable", reason: "wrong-shape", detail: cleanText(example("esperava uma lista, veio", json), LONGEST_DETAIL) };
}
