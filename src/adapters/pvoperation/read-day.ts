// A day of a plant is 2.5 MB: read as one it would hold the event loop for 25 ms and more, and leave as much garbage behind.
// So it is read part by part, with a turn of the event loop for everybody else between two of them.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DecodedDay } from "../../domain/reading.ts";
import type { Fetched } from "../../ports/plant-api.ts";
import { MOST_UNKNOWN } from "./decode.ts";

/** About half a millisecond of parsing; of larger parts more garbage would outlive it. */
const PART_BYTES = 64 * 1024;
/** A part that is larger, for want of a boundary, is no list of records; whether it can be parsed at all is for the whole to say. */
const MOST_PART_BYTES = 1024 * 1024;
const [CLOSING, COMMA, OPENING] = [0x7d, 0x2c, 0x7b];
const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const utf8 = new TextDecoder();

/** Decodes a long list of records; null where it is short or cannot be read in parts, and so is to be read as a whole. */
export async function readDayInParts<R>(body: Uint8Array, decode: (records: unknown) => Fetched<DecodedDay<R>>): Promise<DecodedDay<R> | null> {
  const parts = cut(body);
  if (parts.some(({ byteLength }) => byteLength > MOST_PART_BYTES)) return null;
  const days: DecodedDay<R>[] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0) await nextTurn();
    const records = parseList(`${i === 0 ? "" : "["}${utf8.decode(part)}${i === parts.length - 1 ? "" : "]"}`);
    const day = records === null ? null : decode(records);
    if (day?.kind !== "complete") return null;
    days.push(day.value);
  }
  if (days.length === 0) return null;
  release(body);
  return joined(days);
}

/** The body at commas between two objects, without these commas. They may stand inside a record or even a text: then a part
 *  is no list, as what is left open at its end cannot be closed by `]`. Where every part is a list, so is the whole, and of just these records. */
function cut(body: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  while (body.byteLength - start > 2 * PART_BYTES) {
    const comma = commaBetweenObjects(body, start + PART_BYTES);
    if (comma === null) return [];
    parts.push(body.subarray(start, comma));
    start = comma + 1;
  }
  return parts.length === 0 ? [] : [...parts, body.subarray(start)];
}

function commaBetweenObjects(body: Uint8Array, from: number): number | null {
  for (let closing = body.indexOf(CLOSING, from); closing !== -1; closing = body.indexOf(CLOSING, closing + 1)) {
    const comma = pastBlanks(body, closing + 1);
    if (body[comma] === COMMA && body[pastBlanks(body, comma + 1)] === OPENING) return comma;
  }
  return null;
}

function pastBlanks(body: Uint8Array, from: number): number {
  let at = from;
  while (BLANKS.has(body[at])) at += 1;
  return at;
}

/** Gives the memory of a body that was read back at once: garbage collection lets some 50 MB of them pile up before it looks at them. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function parseList(text: string): readonly unknown[] | null {
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

/** One day of its parts. */
export function joined<R>(days: readonly DecodedDay<R>[]): DecodedDay<R> {
  return {
    readings: days.flatMap(({ readings }) => readings),
    records: days.reduce((sum, { records }) => sum + records, 0),
    unusable: {
      count: days.reduce((sum, { unusable }) => sum + unusable.count, 0),
      example: days.find(({ unusable }) => unusable.example !== null)?.unusable.example ?? null,
    },
    unknownActive: [...new Set(days.flatMap(({ unknownActive }) => unknownActive))].slice(0, MOST_UNKNOWN),
  };
}
