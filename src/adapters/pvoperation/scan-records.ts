// A day of inverters has 2,000 records of 80 fields, of which three are needed. All have one shape: of the first one, which JSON.parse
// reads, a pattern is made that is its text with room for other values. Whatever matches it is JSON of the same shape, and the needed
// values are what it captures; V8 compiles it, and is so five times as fast as at making objects. What does not match is for JSON.parse.
import { readRelayParameters } from "../../domain/relay-parameters.ts";
import { ownCopy, type JsonObject } from "./fields.ts";

/** Where a kind of record holds what is needed; of `ids` and `times` the first that is present is enough, of `values` all count. */
export interface RecordFields {
  readonly ids: readonly Field[];
  readonly times: readonly Field[];
  readonly values: readonly Field[];
  /** Its content has relay parameters. In what a pattern matches none is active. */
  readonly hasParameters: boolean;
}
export interface Field { readonly isInside: boolean; readonly name: string }

/** A record that holds only what decode.ts looks at, and where it ends. Where too little is in it, decode.ts will find it unusable. */
export interface Scanned { readonly record: JsonObject; readonly after: number }

export interface Scanner {
  /** The record that begins at `at` in bytes read as latin1; null where it has no known shape, or the bytes end within it. */
  readonly scan: (bytes: string, at: number) => Scanned | null;
  /** Makes a pattern of a record that JSON.parse has read, so that the next ones like it are scanned. */
  readonly learn: (record: string) => void;
}

const CONTENT = "conteudojson";
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
/** As bytes: what is no ASCII is let through, and what is no UTF-8 too, as it is by TextDecoder. */
const TEXT = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\x00-\x1f]*)*"`;
const ANY = `(?:${NUMBER}|${TEXT}|true|false|null)`;
/** What was a number stays one, or is missing: a pattern with room for more is a fifth slower. */
const NUMBER_OR_NULL = `(?:${NUMBER}|null)`;
/** Needed: a text must be its own bytes. */
const NEEDED = String.raw`(${NUMBER}|"[ !#-\[\]-~]*"|true|false|null)`;
/** Of a parameter that is watched: says something, and is not active, neither as `true` nor as 1, however that may be written. */
const STILL = String.raw`(?:false|-?(?:0|[2-9]|[1-9]\d{1,8})(?:\.\d{1,6})?)`;
/** Of another parameter: no `true`, and no word that means it. */
const NO_WORD = `(?:${NUMBER}|false|null)`;
const TOKEN = /("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|-?\d[\d.eE+-]*|true|false|null|[{}[\]]|[ \t\r\n,]+/g;

const LONGEST_RECORD = 16 * 1024;
/** Of one kind of record, in all bodies; each maker of devices may have its own. The oldest makes room. */
const MOST_SHAPES = 16;
const MOST_LEARNT = 8;
const MOST_TEXTS = 1_000;

/** `isRepeated`: an identity, which comes again and is kept. */
interface Captured extends Field { readonly isRepeated: boolean }

interface Shape {
  readonly pattern: RegExp;
  /** What is captured, in order. */
  readonly captured: readonly Captured[];
  readonly hasContent: boolean;
  /** A parameter that is watched, and so says something. */
  readonly watched: string | null;
}

/** Shapes of one kind of record; all bodies share them. */
export function createShapes(fields: RecordFields): () => Scanner {
  let shapes: readonly Shape[] = [];

  return () => {
    let last = shapes[0];
    let learnt = 0;
    const texts = new Map<string, string>();

    /** A text that is cut out keeps in memory all of what it was cut out of; and the same devices come again and again. */
    const own = (token: string): string => {
      const known = texts.get(token);
      if (known !== undefined) return known;
      if (texts.size >= MOST_TEXTS) texts.clear();
      const [copy, text] = [ownCopy(token), ownCopy(token.slice(1, -1))];
      texts.set(copy, text);
      return text;
    };

    function match(shape: Shape, bytes: string, at: number): Scanned | null {
      const { pattern, captured, hasContent, watched } = shape;
      pattern.lastIndex = at;
      const found = pattern.exec(bytes);
      if (found === null) return null;
      const record: Record<string, unknown> = {};
      const content: Record<string, unknown> = watched === null ? {} : { [watched]: false };
      let place = 0;
      for (const { isInside, name, isRepeated } of captured) {
        const token = found[place += 1] ?? "null";
        (isInside ? content : record)[name] = token.startsWith('"') ? (isRepeated ? own(token) : token.slice(1, -1)) : valueOf(token);
      }
      if (hasContent) record[CONTENT] = content;
      return { record, after: pattern.lastIndex };
    }

    return {
      scan(bytes, at) {
        const first = last === undefined ? null : match(last, bytes, at);
        if (first !== null) return first;
        for (const shape of shapes) {
          const found = shape === last ? null : match(shape, bytes, at);
          if (found === null) continue;
          last = shape;
          return found;
        }
        return null;
      },
      learn(record) {
        if (learnt >= MOST_LEARNT || record.length > LONGEST_RECORD) return;
        learnt += 1;
        const shape = shapeOf(record, fields);
        if (shape === null || shapes.some(({ pattern }) => pattern.source === shape.pattern.source)) return;
        shapes = [shape, ...shapes].slice(0, MOST_SHAPES);
        last = shape;
      },
    };
  };
}

/** Of a number or a word. */
function valueOf(token: string): unknown {
  return token === "null" ? null : token === "true" || token === "false" ? token === "true" : Number(token);
}

interface Scalar extends Field { readonly token: string; readonly isField: boolean }

/** Null where the record may mean something else than what its keys say one by one: keys twice, or spelt with escapes; content as a text. */
function shapeOf(record: string, { ids, times, values, hasParameters }: RecordFields): Shape | null {
  const tokens = tokensOf(record);
  if (tokens === null) return null;
  const scalars = tokens.filter((token) => typeof token !== "string");
  const has = (field: Field): boolean => scalars.some((scalar) => scalar.isField && isSame(scalar, field));
  if (has({ isInside: false, name: CONTENT })) return null;
  const needed = [...ids.filter(has).slice(0, 1), ...times.filter(has).slice(0, 1), ...values.filter(has)];
  const captured: Captured[] = [];
  let watched: string | null = null;
  const parts = tokens.map((token) => {
    if (typeof token === "string") return RegExp.escape(token);
    const field = token.isField ? needed.find((one) => isSame(one, token)) : undefined;
    if (field !== undefined) captured.push({ ...field, isRepeated: ids.includes(field) });
    const role = hasParameters && token.isField && token.isInside ? roleOf(token.name) : "none";
    if (role === "watched" && field === undefined) watched = token.name;
    if (field !== undefined) return role === "none" ? NEEDED : null;
    return role === "watched" ? STILL : role === "unknown" ? NO_WORD : /^[-\d]/.test(token.token) ? NUMBER_OR_NULL : ANY;
  });
  if (parts.includes(null)) return null;
  return { pattern: new RegExp(parts.join(""), "y"), captured, hasContent: tokens.some((token) => token === `"${CONTENT}":`), watched };
}

function isSame(one: Field, other: Field): boolean {
  return one.isInside === other.isInside && one.name === other.name;
}

function roleOf(name: string): "watched" | "unknown" | "none" {
  if (readRelayParameters({ [name]: false }).hasWatched) return "watched";
  return readRelayParameters({ [name]: true }).unknownActive.length > 0 ? "unknown" : "none";
}

/** A record in pieces: its scalars, and as text all that lies between. */
function tokensOf(record: string): readonly (string | Scalar)[] | null {
  const open: { readonly key: string; readonly isList: boolean; readonly keys: Set<string> }[] = [];
  const tokens: (string | Scalar)[] = [];
  let key = "";
  for (const [token, text, colon] of record.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (text !== undefined && colon !== undefined) {
      key = text.slice(1, -1);
      if (!/^[ !#-[\]-~]*$/.test(key) || inside?.keys.has(key) !== false) return null;
      inside.keys.add(key);
      tokens.push(`${text}${colon}`);
    } else if (token === "{" || token === "[") {
      open.push({ key, isList: token === "[", keys: new Set() });
      tokens.push(token);
    } else if (/^[\]},\s]/.test(token)) {
      if (token === "}" || token === "]") open.pop();
      tokens.push(token);
    } else {
      const isInside = open.length === 2 && inside?.key === CONTENT;
      tokens.push({ token, name: key, isInside, isField: inside?.isList === false && (open.length === 1 || isInside) });
    }
  }
  return tokens;
}
