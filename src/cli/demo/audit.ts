// Whether the day was told: every event that had to be, once, and on a card that Teams really took.
import type { ToldEvent } from "./messages.ts";

export type ExpectedEvent = Omit<ToldEvent, "incident">;

/** A card that Teams took, and the events that were told by it. */
export interface TakenCard {
  readonly body: string;
  readonly events: readonly ToldEvent[];
  /** Which life of the process had sent it. */
  readonly life: number;
}

export interface Audit {
  readonly expected: number;
  readonly told: number;
  /** Due, and on no card. */
  readonly lost: readonly ExpectedEvent[];
  /** Told, though it never happened. */
  readonly unexpected: readonly ExpectedEvent[];
  /** Told again by the same process: never right. */
  readonly repeated: readonly ExpectedEvent[];
  /** Told again after the process was killed: the card was out, the note of it was not. */
  readonly repeatedByKill: readonly ExpectedEvent[];
}

/** An event counts as told only where a card that Teams took names its incident. */
export function audit(expected: readonly ExpectedEvent[], cards: readonly TakenCard[]): Audit {
  const told = new Map<string, ToldEvent & { readonly life: number }>();
  const repeated: ExpectedEvent[] = [];
  const repeatedByKill: ExpectedEvent[] = [];
  for (const { events, life } of cards) {
    for (const event of events) {
      if (!cards.some(({ body }) => body.includes(event.incident))) continue;
      const key = `${keyOf(event)} ${event.incident}`;
      const before = told.get(key);
      if (before !== undefined) (before.life === life ? repeated : repeatedByKill).push(event);
      told.set(key, { ...event, life });
    }
  }
  const once = [...told.values()];
  return { expected: expected.length, told: once.length, lost: without(expected, once), unexpected: without(once, expected), repeated, repeatedByKill };
}

export function isSound({ lost, unexpected, repeated }: Audit): boolean {
  return lost.length + unexpected.length + repeated.length === 0;
}

function keyOf({ kind, plant, device, type }: ExpectedEvent): string {
  return JSON.stringify([kind, plant, device, type]);
}

/** Those of the first list that the second lacks; the same event twice needs its match twice. */
function without(events: readonly ExpectedEvent[], others: readonly ExpectedEvent[]): ExpectedEvent[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(keyOf(other), (left.get(keyOf(other)) ?? 0) + 1);
  return events.filter((event) => {
    const count = left.get(keyOf(event)) ?? 0;
    left.set(keyOf(event), count - 1);
    return count <= 0;
  });
}
