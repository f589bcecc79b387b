// What the monitor's processes reported of the day's cards.
import type { CardKind, Report, ToldEvent } from "./messages.ts";

export interface DayBook {
  note(report: Report): void;
  /** What each card that was sent, accepted or not, tells by being accepted; by its body. */
  readonly postings: ReadonlyMap<string, readonly ToldEvent[]>;
  readonly cards: ReadonlyMap<CardKind, number>;
  readonly cardRetries: number;
  readonly heartbeatsDropped: number;
}

export function createDayBook(): DayBook {
  const postings = new Map<string, readonly ToldEvent[]>();
  const cards = new Map<CardKind, number>();
  let [cardRetries, heartbeatsDropped] = [0, 0];
  return {
    note(report) {
      switch (report.kind) {
        case "card": cards.set(report.card, (cards.get(report.card) ?? 0) + 1); break;
        case "posting": postings.set(report.body, report.events); break;
        case "card-failed": cardRetries += 1; break;
        case "heartbeat-dropped": heartbeatsDropped += 1; break;
        case "loaded": case "started": case "work": break;
      }
    },
    postings,
    cards,
    get cardRetries() {
      return cardRetries;
    },
    get heartbeatsDropped() {
      return heartbeatsDropped;
    },
  };
}
