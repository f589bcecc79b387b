// The API's own words may repeat what it was sent; names, ids and examples of records too, which are shown and kept.
export const HIDDEN = "•••";
/** So many characters are in any text by chance. */
export const SHORT_SECRET = 3;

export function withoutToken(body: Uint8Array, token: string | null): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (token === null || token.length <= SHORT_SECRET || !bytes.includes(token)) return body;
  return Buffer.from(bytes.toString("latin1").replaceAll(token, Buffer.from(HIDDEN).toString("latin1")), "latin1");
}

/** The same for bytes that come bit by bit. What may be the begin of a token is held back until more has come. */
export function cleanOf(token: string, take: (bytes: Uint8Array) => void): { readonly take: (bytes: Uint8Array) => void; readonly end: () => void } {
  const hidden = token.length > SHORT_SECRET ? token : null;
  const needle = Buffer.from(token); // found faster than as a text
  let held = new Uint8Array();
  return {
    take(bytes) {
      const joined = held.byteLength === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.concat([held, bytes]);
      const all = joined.includes(needle) ? withoutToken(joined, hidden) : joined;
      const cut = all.byteLength - (hidden === null ? 0 : begunAtEnd(all, hidden));
      held = new Uint8Array(all.subarray(cut)); // a copy
      if (cut > 0) take(all.subarray(0, cut));
    },
    end() {
      if (held.byteLength > 0) take(held);
      held = new Uint8Array();
    },
  };
}

/** How many bytes at the end are the first ones of the token, but not all of it. */
function begunAtEnd(bytes: Uint8Array, token: string): number {
  for (let length = Math.min(token.length - 1, bytes.byteLength); length > 0; length -= 1) {
    let at = 0;
    while (at < length && bytes[bytes.byteLength - length + at] === token.charCodeAt(at)) at += 1;
    if (at === length) return length;
  }
  return 0;
}
