// By what the API itself knows an answer of its own again, and how it is asked whether it still has just that one (RFC 9110, 8.8 and 13).
import { SECOND_MS } from "../../domain/local-time.ts";
import type { Version } from "../../ports/plant-api.ts";

type Headers = Readonly<Record<string, string>>;

/** What can be sent back as it came. */
const ETAG = /^(?:W\/)?"[\x21\x23-\x7e]{0,512}"$/;
const DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
/** A body that changed twice within a second has one date for both: it says something when that second is well over. */
const SETTLED_MS = 60 * SECOND_MS;

/** Null where it says nothing that could be relied on. */
export function versionOf(headers: Headers): Version | null {
  const { etag = "", "last-modified": modified = "", date = "" } = headers;
  if (ETAG.test(etag)) return { name: "if-none-match", value: etag };
  const isSettled = DATE.test(modified) && Date.parse(date) - Date.parse(modified) >= SETTLED_MS;
  return isSettled ? { name: "if-modified-since", value: modified } : null;
}

export function conditionOf(version: Version | null): Headers {
  return version === null ? {} : { [version.name]: version.value };
}
