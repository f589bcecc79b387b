// Texts from outside as keys that the server can hold, and few enough rows at once.

/** A statement stays of a size that a server takes at once. */
const ROWS_PER_STATEMENT = 500;

/** The server's `text` has no null character and no half of a surrogate pair, an API's may have both. Escaped as in JSON, which reads
 *  as it is but for quotes, backslashes and control characters. */
export function keyOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** @throws SyntaxError where it is none that `keyOf` made */
export function textOf(key: string): string {
  return String(JSON.parse(`"${key}"`));
}

export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += ROWS_PER_STATEMENT) yield all.slice(from, from + ROWS_PER_STATEMENT);
}
