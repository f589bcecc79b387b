// What `mute` and `unmute` end with. Apart from what asks: the running monitor answers with them, and needs nothing else of it.
import type { MuteAnswer } from "../../ports/operator-requests.ts";

export const EXIT_NOT_DONE = 1;
export const EXIT_REFUSED = 2;

export function exitOf({ kind }: MuteAnswer): number {
  return kind === "refused" ? EXIT_REFUSED : kind === "not-saved" ? EXIT_NOT_DONE : 0;
}
