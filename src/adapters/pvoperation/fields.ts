// Small readers of untrusted JSON: identities, texts that people will see, short examples for the log.
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const utf8 = new TextDecoder();

/** 64 MB of `[` are 64 KB of gzip, and would take gigabytes and a minute to parse. A plant's whole day has 200,000 values. */
const MOST_VALUES = 1_000_000;
const [LIST, OBJECT, COMMA] = [0x5b, 0x7b, 0x2c];

/** Whether there may be more values in it than anything of ours has; what looks like one inside a text counts too. */
export function holdsTooMuch(body: Uint8Array): boolean {
  if (body.byteLength <= MOST_VALUES) return false;
  let values = 0;
  for (let at = 0; at < body.byteLength && values <= MOST_VALUES; at += 1) {
    const byte = body[at];
    if (byte === COMMA || byte === LIST || byte === OBJECT) values += 1;
  }
  return values > MOST_VALUES;
}

/** Bytes that are no UTF-8 become replacement characters: one odd name must not cost a whole list. Undefined: no JSON, or too much of it. */
export function parseJson(body: Uint8Array): unknown {
  if (holdsTooMuch(body)) return undefined;
  try {
    const json: unknown = JSON.parse(utf8.decode(body));
    return json;
  } catch {
    return undefined;
  }
}

/** The same text of ASCII in memory of its own: what is cut out of a longer text keeps all of that. */
export function ownCopy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

export const LONGEST_IDENTITY = 128;
const LONGEST_WITH_BLANKS = 1_024;

/** An identity as text, trimmed; null where the value says nothing. One within kilobytes of blanks is given back whole, and so
 *  is too long: what `trim` leaves of a text keeps all of it in memory. */
export function identity(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  const text = value.length > LONGEST_WITH_BLANKS ? value : value.trim();
  return text === "" || text === "-" ? null : text;
}

/** First identity among `keys`; null where none says anything. */
export function firstIdentity(source: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = identity(source[key]);
    if (found !== null) return found;
  }
  return null;
}

/** Control characters, marks that turn the writing direction, and characters without width. */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\u200B\u2060\uFEFF\uFFF9-\uFFFB]/gu;

/** One line for people: no control or direction marks, single blanks (a non-breaking one is a blank), at most `longest` characters. */
export function cleanText(text: string, longest: number): string {
  const visible = text.slice(0, longest * 20).replace(INVISIBLE, (character) => (/\s/.test(character) ? " " : ""));
  const characters = Array.from(visible.replace(/\s+/g, " ").trim().toWellFormed());
  return characters.slice(0, longest).join("").trim();
}

const LONGEST_EXAMPLE = 200;
const MOST_FIELDS = 12;
const LONGEST_VALUE = 40;

/** Why a record was left out, and how it began. Looks one level deep only: a hostile record may be deep or huge. */
export function example(problem: string, record: unknown): string {
  return cleanText(`${problem}: ${shallow(record)}`, LONGEST_EXAMPLE);
}

function shallow(value: unknown): string {
  if (!isObject(value)) return brief(value);
  const fields: string[] = [];
  for (const key in value) {
    if (fields.length === MOST_FIELDS) break;
    fields.push(`${key.slice(0, LONGEST_VALUE)}=${brief(value[key])}`);
  }
  return `{${fields.join(", ")}}`;
}

function brief(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, LONGEST_VALUE)}"`;
  if (Array.isArray(value)) return "[…]";
  return typeof value === "object" && value !== null ? "{…}" : String(value);
}
