// What of a state differs from what its rows hold, so that a save writes what changed, not what there is. Pure.
import type { MonitorState } from "../../domain/monitor-state.ts";
import type { Notification } from "../../domain/notification.ts";
import type { PlantState } from "../../domain/plant.ts";

/** What the rows hold: the state of the last save or load, and where its outbox lies. */
export interface Saved {
  readonly version: number;
  readonly state: MonitorState;
  /** Position of each entry of the outbox, in its order; they grow. */
  readonly positions: readonly number[];
}

export interface RowChanges {
  readonly plants: readonly { readonly plant: PlantState; readonly position: number }[];
  readonly plantsGone: readonly string[];
  readonly entries: readonly { readonly entry: Notification; readonly position: number }[];
  readonly positionsGone: readonly number[];
  /** After the change. */
  readonly positions: readonly number[];
}

export function rowChanges(saved: Saved, state: MonitorState): RowChanges {
  const places = new Map([...saved.state.plants.keys()].map((id, position) => [id, position]));
  const plants = [...state.plants].map(([id, plant], position) => ({ id, plant, position }))
    .filter(({ id, plant, position }) => saved.state.plants.get(id) !== plant || places.get(id) !== position);
  const plantsGone = [...saved.state.plants.keys()].filter((id) => !state.plants.has(id));
  return { plants, plantsGone, ...outboxChanges(saved, state.outbox) };
}

/** Entries keep their place by their id. Where that would not keep their order (which only foreign states do), all are written anew. */
function outboxChanges({ state: { outbox: before }, positions }: Saved, outbox: readonly Notification[]): Pick<RowChanges, "entries" | "positionsGone" | "positions"> {
  const known = new Map(before.map((entry, index) => [entry.id, { entry, position: positions[index] ?? -1 }]));
  const next = (positions.at(-1) ?? 0) + 1;
  let added = 0;
  const placed = outbox.map((entry) => ({ entry, position: known.get(entry.id)?.position ?? next + added++ }));
  const isInOrder = placed.every(({ position }, index) => index === 0 || position > (placed[index - 1]?.position ?? -1));
  const all = isInOrder ? placed : outbox.map((entry, index) => ({ entry, position: next + index }));
  const kept = new Set(all.map(({ position }) => position));
  return {
    entries: all.filter(({ entry, position }) => !isInOrder || known.get(entry.id)?.entry !== entry || known.get(entry.id)?.position !== position),
    positionsGone: positions.filter((position) => !kept.has(position)),
    positions: all.map(({ position }) => position),
  };
}
