// Text from outside as the server can hold it: its `text` has no null character and no half of a surrogate pair, an API's may have both.
// Escaped as in JSON, which reads as it is but for quotes, backslashes and control characters.

export function keyOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** @throws SyntaxError where it is none that `keyOf` made */
export function textOf(key: string): string {
  return String(JSON.parse(`"${key}"`));
}
