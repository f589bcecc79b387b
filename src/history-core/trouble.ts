// What is wrong with the history, since when, and what is missing in it; said once when it begins, and once when it is over.
import { DAY_MS, type EpochMs } from "../domain/local-time.ts";
import type { Happening } from "../ports/telemetry.ts";

/** For the log. */
export type HistoryNews = Extract<Happening, { readonly kind: `history.${string}` }>;

/** A file that was broken, and the name under which it lies now. */
export interface MovedAside {
  readonly movedTo: string;
  readonly reason: string;
}

export interface TroubleBook {
  readonly trouble: { readonly since: EpochMs; readonly reason: string; readonly lost: number } | null;
  /** Writing does not go on. */
  failing(reason: string): void;
  written(): void;
  lost(records: number, reason: string): void;
  movedAside(moved: MovedAside): void;
}

/** A gap is shown this long after it ended: who looks at the page in the morning learns of the night. */
const SHOWN_MS = DAY_MS;

export function createTroubleBook(now: () => EpochMs, say: (news: HistoryNews) => void): TroubleBook {
  let failing: { since: EpochMs; reason: string } | null = null;
  /** What is missing for good: records that found no room, or the file from before. */
  let gap: { since: EpochMs; until: EpochMs; reason: string; lost: number } | null = null;

  function widen(reason: string, lost: number): void {
    gap = { since: gap?.since ?? failing?.since ?? now(), until: now(), reason, lost: (gap?.lost ?? 0) + lost };
  }

  function forgetOldGap(): void {
    if (gap !== null && failing === null && Math.abs(now() - gap.until) >= SHOWN_MS) gap = null;
  }

  return {
    get trouble() {
      forgetOldGap();
      if (failing !== null) return { ...failing, lost: gap?.lost ?? 0 };
      return gap === null ? null : { since: gap.since, reason: gap.reason, lost: gap.lost };
    },
    failing(reason) {
      if (failing?.reason !== reason) say({ kind: "history.not-written", reason });
      failing = { since: failing?.since ?? now(), reason };
    },
    written() {
      if (failing === null) return;
      const { since } = failing;
      failing = null;
      say({ kind: "history.written-again", since, lost: gap?.lost ?? 0 });
    },
    lost(records, reason) {
      forgetOldGap();
      if (records > 0) widen(reason, records);
    },
    movedAside({ movedTo, reason }) {
      forgetOldGap();
      say({ kind: "history.moved-aside", movedTo, reason });
      widen(`history.db estava ilegível (${reason}) e foi guardado como ${movedTo}: o histórico recomeçou`, 0);
    },
  };
}
