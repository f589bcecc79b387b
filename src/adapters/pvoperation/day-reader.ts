// Reads a day bit by bit. Records as they usually are get scanned and are gone with their bytes; one that is not is parsed alone;
// where the list itself is not as usual, the rest of the body is kept and parsed as a whole. Either way the answer is that of JSON.parse.
import type { DecodedDay } from "../../domain/reading.ts";
import type { Fetched } from "../../ports/plant-api.ts";
import { unavailable } from "./outcome.ts";
import { joined, readDayInParts } from "./read-day.ts";
import { readJson } from "./read-json.ts";
import type { Scanner } from "./scan-records.ts";

type Decode<R> = (records: unknown) => Fetched<DecodedDay<R>>;

export interface DayReader<R> {
  /** Bytes of the body, in order; none is kept. */
  readonly take: (chunk: Uint8Array) => void;
  /** The body has ended. */
  readonly end: () => Promise<Fetched<DecodedDay<R>>>;
}

/** Bytes that are scanned at once; a record that is longer is not scanned. */
const MOST_BYTES = 64 * 1024;
/** What is left of the bytes before, and what came. All readers share it: none keeps it beyond a turn. */
const scratch = Buffer.alloc(2 * MOST_BYTES);
const [LIST, END, COMMA, OPENING, CLOSING, QUOTE, BACKSLASH] = [0x5b, 0x5d, 0x2c, 0x7b, 0x7d, 0x22, 0x5c];
const [BLANK, OPENED, BROKEN] = [Buffer.from(" "), Buffer.from("["), Buffer.from("[,")];
const utf8 = new TextDecoder();
/** 64 MB hold more of them; a plant's day has 2,000. */
const MOST_RECORDS = 1_000_000;
/** What may come next: the list, a record or the list's end, a record, a comma or the list's end, nothing. */
type Place = "list" | "first" | "record" | "comma" | "nothing";

export function createDayReader<R>({ scan, learn }: Scanner, decode: Decode<R>): DayReader<R> {
  const days: DecodedDay<R>[] = [];
  /** Begun, but not ended with the bytes that came so far. */
  let begun = new Uint8Array();
  let place: Place = "list";
  let bytes = 0;
  let records = 0;
  /** From here on nothing is scanned. */
  let rest: Uint8Array[] | null = null;

  function take(chunk: Uint8Array): void {
    bytes += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength; at += MOST_BYTES) {
      const piece = chunk.subarray(at, at + MOST_BYTES);
      if (rest === null) scanPiece(piece);
      else rest.push(new Uint8Array(piece)); // a copy
    }
  }

  function scanPiece(piece: Uint8Array): void {
    scratch.set(begun);
    scratch.set(piece, begun.byteLength);
    const end = begun.byteLength + piece.byteLength;
    const text = scratch.toString("latin1", 0, end);
    const rows: unknown[] = [];
    let [from, to] = [end, 0]; // of the rows' records
    let at = pastBlanks(0, end);
    for (; at < end && rest === null; at = pastBlanks(at, end)) {
      const byte = scratch[at];
      if (byte === OPENING && (place === "first" || place === "record")) {
        const read = readRecord(text, at);
        if (read === null) break;
        rows.push(read.record);
        [from, to] = [Math.min(from, at), read.after];
        at = read.after;
        place = "comma";
      } else {
        const next = nextPlace(place, byte);
        if (next === null || records + rows.length > MOST_RECORDS) rest = [];
        else {
          at += 1;
          place = next;
        }
      }
    }
    decodeRows(rows, from, to);
    const left = new Uint8Array(scratch.subarray(Math.min(at, end), end)); // a copy
    if (rest === null && left.byteLength > MOST_BYTES) rest = [];
    if (rest === null) begun = left;
    else rest.push(left);
  }

  /** Null where its end has not come yet, or where it is no JSON. */
  function readRecord(text: string, at: number): { readonly record: unknown; readonly after: number } | null {
    const scanned = scan(text, at);
    if (scanned !== null) return scanned;
    const after = pastObject(at, text.length);
    if (after === null) return null;
    const record = parsed(at, after);
    if (record === undefined) rest = [];
    else learn(text.slice(at, after));
    return record === undefined ? null : { record, after };
  }

  function decodeRows(rows: readonly unknown[], from: number, to: number): void {
    if (rows.length === 0) return;
    records += rows.length;
    let day = decode(rows);
    // What is left out is told with an example, of which a row does not hold enough; and it may hold too little.
    if (day.kind === "complete" && day.value.unusable.count > 0) day = decode(parsed(from, to, "[", "]"));
    if (day.kind === "complete") days.push(day.value);
  }

  async function end(): Promise<Fetched<DecodedDay<R>>> {
    if (records > MOST_RECORDS) return unavailable("too-large", "mais de 1 milhão de registros");
    if (rest === null && place === "nothing") return { kind: "complete", value: joined(days) };
    const whole = bodyOf(rest ?? []);
    rest = null;
    const inParts = await readDayInParts(whole, decode);
    const read: Fetched<DecodedDay<R>> = inParts === null ? readJson(whole, decode, bytes) : { kind: "complete", value: inParts };
    return read.kind === "complete" ? { kind: "complete", value: joined([...days, read.value]) } : read;
  }

  /** JSON where the body is JSON, and else not: of the records that were not scanned, or, of a body that is no list, the body. */
  function bodyOf(parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    // Blanks are missing: before a mark of byte order they make a difference.
    if (place === "list") return Buffer.concat(length < bytes ? [BLANK, ...parts] : parts);
    const isOpen = place === "first" || (place === "record" && parts[0]?.[0] !== END);
    return Buffer.concat([isOpen ? OPENED : BROKEN, ...parts]);
  }

  return { take, end };
}

function nextPlace(place: Place, byte: number | undefined): Place | null {
  if (place === "list") return byte === LIST ? "first" : null;
  if (place === "first") return byte === END ? "nothing" : null;
  if (place === "comma") return byte === COMMA ? "record" : byte === END ? "nothing" : null;
  return null;
}

function parsed(start: number, end: number, before = "", after = ""): unknown {
  try {
    const json: unknown = JSON.parse(`${before}${utf8.decode(scratch.subarray(start, end))}${after}`);
    return json;
  } catch {
    return undefined;
  }
}

function pastBlanks(from: number, end: number): number {
  let at = from;
  while (at < end && (scratch[at] === 0x20 || scratch[at] === 0x0a || scratch[at] === 0x0d || scratch[at] === 0x09)) at += 1;
  return at;
}

/** Position after the object that begins at `from`, by its brackets alone, which is right for what is JSON; null where it does not end. */
function pastObject(from: number, end: number): number | null {
  let depth = 0;
  for (let at = from; at < end; at += 1) {
    const byte = scratch[at];
    if (byte === QUOTE) for (at += 1; at < end && scratch[at] !== QUOTE; at += 1) at += scratch[at] === BACKSLASH ? 1 : 0;
    else if (byte === OPENING || byte === LIST) depth += 1;
    else if (byte === CLOSING || byte === END) depth -= 1;
    if (depth === 0) return at < end ? at + 1 : null;
  }
  return null;
}
