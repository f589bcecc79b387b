// Whether a cluster told what one process alone tells: nothing missing, nothing invented, in order, and no more repeated than was disturbed.
import type { ToldEvent } from "../../src/cli/demo/messages.ts";
import type { ExpectedEvent } from "../../src/cli/demo/audit.ts";

export interface Told {
  /** Of each card that Teams took, in that order. */
  readonly cards: readonly { readonly events: readonly ToldEvent[] }[];
  /** Kills, stops, cuts, and times without a database: each may have a card told twice. */
  readonly disturbances: number;
}

export interface Judgement {
  readonly expected: number;
  readonly told: number;
  /** Cards that told again what was told. */
  readonly repeated: number;
  /** What is wrong; empty: all is well. */
  readonly wrong: readonly string[];
}

export function judge(expected: readonly ExpectedEvent[], { cards, disturbances }: Told): Judgement {
  const seen = new Set<string>();
  const once: ToldEvent[] = [];
  let repeated = 0;
  for (const { events } of cards) {
    const fresh = events.filter((event) => !seen.has(`${event.incident} ${keyOf(event)}`));
    if (fresh.length < events.length) repeated += 1;
    for (const event of fresh) seen.add(`${event.incident} ${keyOf(event)}`);
    once.push(...fresh);
  }
  const wanted = byDevice(expected);
  const found = byDevice(once);
  const wrong = [...new Set([...wanted.keys(), ...found.keys()])].flatMap((device) => {
    const [kinds, told] = [wanted.get(device) ?? [], found.get(device) ?? []];
    return kinds.join() === told.join() ? [] : [`${device}: ${told.join(", ") || "nothing"} was told instead of ${kinds.join(", ") || "nothing"}`];
  });
  if (repeated > disturbances) wrong.push(`${repeated} cards were told again, though only ${disturbances} things happened to the cluster`);
  return { expected: expected.length, told: once.length, repeated, wrong };
}

function keyOf({ kind, plant, device, type }: ExpectedEvent): string {
  return JSON.stringify([kind, plant, device, type]);
}

/** What happened to each device, in the order in which it was told. */
function byDevice(events: readonly ExpectedEvent[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { kind, plant, device, type } of events) {
    const name = `${plant}/${device}${type === null ? "" : ` ${type}`}`;
    all.set(name, [...(all.get(name) ?? []), kind]);
  }
  return all;
}
