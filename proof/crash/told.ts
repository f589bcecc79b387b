// What a card tells, read from its JSON as an operator reads it: `101/7 down 10:05`, `101/7 up 10:20`.
import { z } from "zod";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { eventsOf, plantOf } from "../../src/domain/notification.ts";
import type { MonitorState } from "../../src/domain/monitor-state.ts";
import { readState } from "../../src/state-codec/read-state.ts";
import { wallClock, ZONE } from "../../test/e2e/live-world.ts";

export interface Told {
  /** `101`; `monitor` for the monitor's own cards. */
  readonly lane: string;
  readonly events: readonly string[];
}

const texts = z.object({ items: z.array(z.object({ text: z.string() })) });
const card = z.object({
  attachments: z.tuple([z.object({ content: z.object({ body: z.array(z.looseObject({})) }) })]),
});
const head = texts;
const row = z.object({ type: z.literal("ColumnSet"), columns: z.tuple([texts, texts]) });

/** The rows of a card: a device, since when it is down, or from when to when it was. */
export function toldBy(body: string): Told {
  const [title, ...elements] = card.parse(JSON.parse(body)).attachments[0].content.body;
  const words = head.parse(title).items.map(({ text }) => text).join(" ");
  const plant = /UFV (\d+):/.exec(words)?.[1];
  if (plant === undefined) return { lane: "monitor", events: [words] };
  const isWhole = /(atuou|atuaram|parou|pararam) e normaliz/.test(words);
  const events = elements.flatMap((element) => {
    const { data } = row.safeParse(element);
    const device = /^(\d+)(?: |$)/.exec(data?.columns[0].items[0]?.text ?? "")?.[1];
    if (data === undefined || device === undefined) return [];
    const name = `${plant}/${device}`;
    const [, from = "?", to = "?"] = /(\d\d:\d\d)–(\d\d:\d\d)/.exec(data.columns[0].items.map(({ text }) => text).join(" ")) ?? [];
    if (to === "?") return [`${name} down ${data.columns[1].items[0]?.text ?? "?"}`];
    return [...(isWhole ? [`${name} down ${from}`] : []), `${name} up ${to}`];
  });
  return { lane: plant, events: events.length > 0 ? events : [words] };
}

/** The same for what a state still owes: one entry a notification. */
export function owedBy(state: MonitorState): readonly Told[] {
  return state.outbox.map(({ notice }) => ({
    lane: plantOf(notice)?.id ?? "monitor",
    events: eventsOf(notice).map(({ kind, device, incident }) => {
      const at = kind === "failure" ? incident.first : (incident.end ?? 0);
      return `${plantOf(notice)?.id ?? ""}/${device} ${kind === "failure" ? "down" : "up"} ${wallClock(at).slice(11, 16)}`;
    }),
  }));
}

/** Cards of the same notification have the same key. */
export function keyOf({ lane, events }: Told): string {
  return `${lane}: ${events.toSorted().join(", ")}`;
}

/** The state in a file's bytes, or why it is none. */
export function stateIn(bytes: Uint8Array): MonitorState | string {
  const read = readState(bytes, ZONE, Date.now());
  if (read.kind === "own") return read.state;
  return `${STATE_FILE}: ${read.kind === "corrupt" ? read.reason : "do antecessor"}`;
}
