// Whether the day was told: every event that had to be, once, and on a card that Teams really took.
import type { ToldEvent } from "./messages.ts";

export type ExpectedEvent = Omit<ToldEvent, "incident">;

/** An event that the monitor reports as told, and in which life of the process it did. */
export interface Telling extends ToldEvent {
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

/** `cards`: bodies that Teams accepted; an event counts as told only where one of them names its incident. */
export function audit(expected: readonly ExpectedEvent[], tellings: readonly Telling[], cards: readonly string[]): Audit {
  const told = new Map<string, Telling>();
  const repeated: ExpectedEvent[] = [];
  const repeatedByKill: ExpectedEvent[] = [];
  for (const telling of tellings) {
    if (!cards.some((body) => body.includes(telling.incident))) continue;
    const key = `${keyOf(telling)} ${telling.incident}`;
    const before = told.get(key);
    if (before !== undefined) (before.life === telling.life ? repeated : repeatedByKill).push(telling);
    told.set(key, telling);
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
