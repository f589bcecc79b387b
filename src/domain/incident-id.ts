// Short names of incidents: the same incident gets the same name on every card, in the log and after a restart.
import type { EpochMs } from "./local-time.ts";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's: nothing that a tired reader takes for something else

/** Six letters from the incident's identity (FNV-1a, 30 bits): enough to tell a site's incidents of a month apart. */
export function incidentId(plantId: string, device: string, type: string | null, first: EpochMs): string {
  let hash = 0x811c9dc5;
  for (const character of `${plantId}:${device}:${type ?? ""}:${first}`) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return Array.from({ length: 6 }, (_, i) => LETTERS[(hash >>> (i * 5)) & 31]).join("");
}
