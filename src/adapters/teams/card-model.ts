// A card before it has a format: what is said, in which order. Every text in it is clean; how it is kept literal is the format's.
import type { Severity } from "../../domain/notification.ts";
import { number } from "./words.ts";

/** Colour of the head; it says no more than emoji and words do. */
export type Tone = "danger" | "warning" | "good" | "info";

export interface Row {
  readonly name: string;
  readonly when: string;
  readonly details: readonly string[];
}

export interface Section {
  readonly title: string | null;
  /** What the rows' names and times are; null where the rows say so themselves. */
  readonly heading: readonly [names: string, times: string] | null;
  readonly rows: readonly Row[];
  /** Rows left out for want of room, told as "e mais 7". */
  readonly omitted: number;
}

export interface Card {
  readonly title: string;
  /** The one line that a phone shows before the card is opened. */
  readonly summary: string;
  readonly severity: Severity;
  readonly tone: Tone;
  readonly subtitle: string | null;
  /** What to do or to heed, said before the rows. */
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
  readonly remarks: readonly string[];
  readonly small: string;
}

/** Writes a card as the JSON body of a request. */
export type CardFormat = (card: Card) => string;

/** No operator reads on; also bounds the work for a plant of 3,000 devices. */
const MOST_ROWS = 60;

/** A section of at most 60 rows; the rest is only counted. */
export function countedSection<T>(items: readonly T[], rowOf: (item: T) => Row, heading: Section["heading"]): Section {
  return { ...section(items.slice(0, MOST_ROWS).map(rowOf), null, heading), omitted: Math.max(0, items.length - MOST_ROWS) };
}

export function section(rows: readonly Row[], title: string | null = null, heading: Section["heading"] = null): Section {
  return { title, heading, rows, omitted: 0 };
}

/** Without lines and sections that say nothing. */
export function tidied(card: Card): Card {
  const sections = card.sections.filter(({ rows }) => rows.length > 0).map((kept) => ({
    ...kept, rows: kept.rows.map((row) => ({ ...row, details: row.details.filter((line) => line !== "") })),
  }));
  return { ...card, sections };
}

function byteLength(body: string): number {
  return Buffer.byteLength(body, "utf8");
}

function withAtMost(card: Card, most: number): Card {
  const sections = card.sections.map((whole) => ({
    ...whole, rows: whole.rows.slice(0, most), omitted: whole.omitted + Math.max(0, whole.rows.length - most),
  }));
  return { ...card, sections };
}

/** The card with as many rows a section as `mostBytes` holds; each section says how many more there are. */
export function fitRows(card: Card, format: CardFormat, mostBytes: number): string {
  let fits = 0;
  let tooMany = Math.min(MOST_ROWS, Math.max(0, ...card.sections.map(({ rows }) => rows.length))) + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (byteLength(format(withAtMost(card, middle))) <= mostBytes) fits = middle;
    else tooMany = middle;
  }
  return format(withAtMost(card, fits));
}

/** A form in which a page may be sent, and the most bytes that it may take. */
interface Limit {
  readonly format: CardFormat;
  readonly mostBytes: number;
}

/** The card's rows over as many pages as they need, in their order, each within the limits of all forms: a page that is refused in
 *  one form can be sent in another, and tells the same. */
export function paginate(card: Card, limits: readonly Limit[]): readonly [Card, ...Card[]] {
  const empty = { ...card, sections: card.sections.map((whole) => ({ ...whole, rows: [] })) };
  const forms = limits.map(({ format, mostBytes }) => {
    const bytesOf = (rows: readonly Row[]): number => byteLength(format({ ...empty, sections: [section(rows)] }));
    return {
      rowBytes: (row: Row) => bytesOf([row, row]) - bytesOf([row]),
      room: mostBytes - byteLength(format(numbered(empty, 9_999, 9_999))),
      left: Number.NEGATIVE_INFINITY,
    };
  });
  const pages: Row[][][] = [];
  for (const [index, { rows }] of card.sections.entries()) {
    for (const row of rows) {
      const needed = forms.map((form) => ({ form, bytes: form.rowBytes(row) }));
      if (needed.some(({ form, bytes }) => bytes > form.left)) {
        pages.push(card.sections.map(() => []));
        for (const form of forms) form.left = form.room;
      }
      pages.at(-1)?.[index]?.push(row);
      for (const { form, bytes } of needed) form.left -= bytes;
    }
  }
  const page = (rows: readonly Row[][], i: number, of: number): Card =>
    numbered({ ...card, sections: card.sections.map((whole, s) => ({ ...whole, rows: rows[s] ?? [] })).filter((kept) => kept.rows.length > 0) }, i + 1, of);
  const [first = [], ...others] = pages;
  return [page(first, 0, Math.max(1, pages.length)), ...others.map((rows, i) => page(rows, i + 1, pages.length))];
}

function numbered(card: Card, page: number, pages: number): Card {
  const suffix = ` (${page}/${pages})`;
  return { ...card, title: card.title + suffix, summary: card.summary + suffix };
}

export function omittedText(count: number): string {
  return `e mais ${number(count)}`;
}

/** Non-empty parts of a line, set apart by points. */
export function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}
