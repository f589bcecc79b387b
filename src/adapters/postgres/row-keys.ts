// What every statement on rows needs: keys that a server can hold, and few enough of them at once.

/** A statement stays of a size that a server takes at once. */
const ROWS_PER_STATEMENT = 500;

/** A plant's id as a key: an id from outside may hold what the server's `text` cannot (a null character, half a surrogate pair). */
export function keyOf(plantId: string): string {
  return JSON.stringify(plantId).slice(1, -1);
}

export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += ROWS_PER_STATEMENT) yield all.slice(from, from + ROWS_PER_STATEMENT);
}
