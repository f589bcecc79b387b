// Holds the monitor to its promises (docs/garantias.md) while it runs, by what its ports see and the naive model of the rules.
import type { MonitorState } from "../../src/domain/monitor-state.ts";
import { isoLocal } from "../../src/domain/local-time.ts";
import { eventsOf, type DeviceEvent } from "../../src/domain/notification.ts";
import type { PlantState } from "../../src/domain/plant.ts";
import type { Happening } from "../../src/ports/telemetry.ts";
import { followPlant, type FollowedPlant, type Kind, type Version } from "../model/follow-plant.ts";
import type { Found, Rules } from "../model/judge.ts";
import { differenceOf } from "./difference.ts";

export interface Violation {
  /** Number of the promise in docs/garantias.md. */
  readonly promise: 1 | 2 | 3 | 4 | 5 | 6;
  readonly at: string;
  readonly what: string;
}

type Posted = Extract<Happening, { readonly kind: "card.posting" }>;

interface Told {
  /** Cards that Teams accepted with this event, and how many it may have accepted by now. */
  times: number;
  allowed: number;
}

/** What a save holds: of each plant the decision it includes, and the events that are owed in it. */
interface SaveRecord {
  readonly number: number;
  readonly versions: ReadonlyMap<string, number>;
  readonly owed: ReadonlySet<string>;
}

interface Owed {
  readonly plant: string;
  readonly version: number;
  readonly device: string;
  readonly reading: number;
  /** When it was found, by the world's clock. */
  readonly foundAt: number;
}

export interface PromisesOptions {
  readonly rules: Rules;
  readonly relayPlants: "auto" | "all" | readonly string[];
  readonly zone: string;
  /** The world's clock, which nobody sets. */
  readonly worldNow: () => number;
}

const clockOf = (at: number, { calendar }: Rules): string => {
  const second = calendar.second(at);
  return `${String(Math.floor(second / 3600)).padStart(2, "0")}:${String(Math.floor(second / 60) % 60).padStart(2, "0")}`;
};

const keyOf = (plant: string, { subject, kind, device, type, reading }: Found): string => `${plant} ${subject}.${kind} ${device} ${type ?? "-"} ${String(reading)}`;

export function watchPromises({ rules, relayPlants, zone, worldNow }: PromisesOptions) {
  const violations: Violation[] = [];
  const plants = new Map<string, FollowedPlant>();
  /** Every event that was found at any time, and those of today's history that no card has told yet. */
  const everFound = new Set<string>();
  const untold = new Map<string, Owed>();
  const told = new Map<string, Told>();
  /** Events that Teams refused to take: their order is no promise. */
  const refused = new Set<string>();
  const posted = new Map<string, Posted>();
  /** Text of accepted cards of a plant since its last told events: a digest has several pages. */
  const pages = new Map<string, string>();
  /** What was handed to the disk, oldest first, from the last but one save that the disk confirmed on. */
  let writes: readonly { readonly content: string; readonly save: SaveRecord }[] = [];
  /** The newest save that began, that ended, and that the disk confirmed. */
  let saving: SaveRecord = { number: 0, versions: new Map(), owed: new Set() };
  let ended = saving;
  let confirmed = 0;
  let duplicates = 0;

  function violate(promise: Violation["promise"], what: string): void {
    if (violations.length < 20) violations.push({ promise, at: isoLocal(worldNow(), zone), what });
  }

  function follow(id: string): FollowedPlant {
    const known = plants.get(id) ?? followPlant(rules, relayPlants, id);
    plants.set(id, known);
    return known;
  }

  /** What the plant's next decisions find. */
  function noteFound(id: string, next: (plant: FollowedPlant) => void): void {
    const plant = follow(id);
    const before = plant.versions.at(-1)?.number ?? 0;
    next(plant);
    for (const { number, found } of plant.versions.slice(-3)) {
      if (number <= before) continue;
      for (const event of found) {
        const key = keyOf(id, event);
        everFound.add(key);
        const { times, allowed } = told.get(key) ?? { times: 0, allowed: 1 };
        if (times === 0) untold.set(key, { plant: id, version: number, device: event.device, reading: event.reading, foundAt: worldNow() });
        else if (times > allowed) violate(3, `${key} was found again`);
      }
    }
  }

  function eventsIn(telling: Posted["telling"]): { key: string; event: DeviceEvent }[] {
    return telling.kind === "events" ? telling.events.map((event) => ({ key: keyOf(telling.plant.id, event), event })) : [];
  }

  /** Nothing that was found earlier may still wait, nor an earlier event of the same device; but what Teams refused may. */
  function checkOrder(plant: string, keys: ReadonlySet<string>): void {
    const firsts = [...keys].filter((key) => untold.has(key));
    const newest = Math.max(...firsts.map((key) => untold.get(key)?.version ?? 0));
    for (const [key, owed] of untold) {
      if (owed.plant !== plant || keys.has(key) || refused.has(key) || firsts.some((first) => refused.has(first))) continue;
      if (owed.version < newest) violate(4, `${firsts.join(", ")} was told before ${key}`);
    }
    for (const first of firsts) {
      const own = untold.get(first);
      for (const [key, owed] of untold) {
        const isEarlier = own !== undefined && owed.plant === plant && owed.device === own.device && owed.version === own.version && owed.reading < own.reading;
        if (isEarlier && !keys.has(key) && !refused.has(key)) {
          violate(4, `${first} was told before ${key}`);
        }
      }
    }
  }

  function checkText(plant: string, events: readonly DeviceEvent[]): void {
    const text = pages.get(plant) ?? "";
    pages.delete(plant);
    for (const { device, incident } of events) {
      const moments = [incident.first, ...(incident.end === null ? [] : [incident.end])].map((moment) => clockOf(moment, rules));
      const missing = [device, ...moments].filter((word) => !text.includes(word));
      if (missing.length > 0) violate(1, `a card of plant ${plant} that tells of ${device} does not show ${missing.join(", ")}`);
    }
  }

  /** The decision of the plant that a state includes: the newest that says the same of every device. */
  function versionIn(state: PlantState): Version | null {
    const { versions } = follow(state.info.id);
    return versions.findLast(({ plant }) => differenceOf(state, plant) === null) ?? null;
  }

  return {
    violations,
    get duplicates() {
      return duplicates;
    },
    get events() {
      return everFound.size;
    },
    /** Events that were found before then, and not told. */
    untoldSince(at: number): readonly string[] {
      return [...untold].filter(([, { foundAt }]) => foundAt <= at).map(([key]) => key);
    },
    get hasRefused() {
      return refused.size > 0;
    },

    asked(id: string, kind: Kind, date: string, now: number): void {
      const wrong = follow(id).asked(kind, date, now);
      if (wrong !== null) violate(wrong.includes("alert") ? 4 : 2, `plant ${id}: ${wrong}`);
    },
    answered(id: string, kind: Kind, records: readonly unknown[] | null, now: number): void {
      noteFound(id, (plant) => { plant.answered(kind, records, now); });
    },
    devicesListed(id: string, types: readonly string[], now: number): void {
      follow(id).devicesListed(types, now);
    },

    /** A save begins. Its state must be what the readings lead to, with every event that nobody was told of in the outbox. */
    saving(state: MonitorState, now: number): void {
      const versions = new Map<string, number>();
      for (const plant of state.plants.values()) {
        if (plant.inverter.releasedAt === null) follow(plant.info.id).notReleased(now);
        const version = versionIn(plant);
        const latest = follow(plant.info.id).versions.at(-1);
        if (version === null) violate(5, `the state of plant ${plant.info.id} is not what its readings lead to: ${differenceOf(plant, latest?.plant ?? null) ?? ""}`);
        versions.set(plant.info.id, version?.number ?? 0);
      }
      const owed = new Set(state.outbox.flatMap(({ notice }) => (notice.kind === "devices" ? eventsOf(notice).map((event) => keyOf(notice.plant.id, event)) : [])));
      for (const key of owed) if (!everFound.has(key)) violate(2, `${key} is owed, but the readings do not show it`);
      for (const [key, { plant, version }] of untold) {
        if (version <= (versions.get(plant) ?? 0) && !owed.has(key)) violate(1, `${key} was found, and is neither owed nor told`);
      }
      saving = { number: saving.number + 1, versions, owed };
    },
    written(content: string): void {
      writes = [...writes, { content, save: saving }];
    },

    saved(isConfirmed: boolean, now: number): void {
      ended = saving;
      if (isConfirmed) {
        writes = writes.filter(({ save }) => save.number >= confirmed);
        confirmed = saving.number;
      }
      for (const [id, version] of ended.versions) noteFound(id, (plant) => { plant.saved(version, now); });
    },

    /** A card goes out: only after a save that holds what it tells has ended. */
    posting(card: Posted): void {
      posted.set(card.body, card);
      for (const { key } of eventsIn(card.telling)) {
        const owed = untold.get(key);
        if (owed !== undefined && owed.version > (ended.versions.get(owed.plant) ?? 0)) violate(1, `${key} goes out before it is saved`);
      }
    },
    accepted(body: string): void {
      const card = posted.get(body);
      if (card === undefined) {
        violate(2, "Teams took a card that nobody announced");
        return;
      }
      const { card: { plantId }, telling } = card;
      if (plantId !== null) pages.set(plantId, (pages.get(plantId) ?? "") + body);
      const events = eventsIn(telling);
      if (plantId === null || events.length === 0) return;
      checkOrder(plantId, new Set(events.map(({ key }) => key)));
      checkText(plantId, events.map(({ event }) => event));
      for (const { key } of events) {
        const { times, allowed } = told.get(key) ?? { times: 0, allowed: 1 };
        told.set(key, { times: times + 1, allowed });
        untold.delete(key);
        if (!everFound.has(key)) violate(2, `${key} was told, but the readings do not show it`);
        if (times > 0) duplicates += 1;
        if (times + 1 > allowed) violate(3, `${key} was told ${String(times + 1)} times`);
      }
    },
    /** Teams took the card, and nobody came to know. */
    unanswered(body: string): void {
      const card = posted.get(body);
      for (const { key } of card === undefined ? [] : eventsIn(card.telling)) {
        const { times, allowed } = told.get(key) ?? { times: 0, allowed: 1 };
        told.set(key, { times, allowed: allowed + 1 });
      }
    },
    refused(body: string): void {
      const card = posted.get(body);
      if (card === undefined) return;
      const keys = card.telling.kind === "events" ? eventsIn(card.telling).map(({ key }) => key) : [...untold].filter(([, { plant }]) => plant === card.card.plantId).map(([key]) => key);
      for (const key of keys) refused.add(key);
    },

    /** A life ended; this is what the next one finds. */
    lifeEnded(content: string | null): void {
      const record = content === null ? { number: 0, versions: new Map<string, number>(), owed: new Set<string>() } : writes.findLast((write) => write.content === content)?.save;
      if (record === undefined) {
        violate(5, "the state on disk is none that was ever saved");
        return;
      }
      if (record.number < confirmed) violate(5, "a save that was confirmed is gone");
      ended = record;
      for (const [id, plant] of plants) {
        const version = record.versions.get(id) ?? 0;
        for (const { number, found } of plant.versions) {
          for (const event of found) {
            const key = keyOf(id, event);
            const { times, allowed } = told.get(key) ?? { times: 0, allowed: 1 };
            if (number > version) untold.delete(key);
            // Not noted, or not even found any more: it will be told once more.
            if (times === allowed && (number > version || record.owed.has(key))) told.set(key, { times, allowed: allowed + 1 });
          }
        }
        plant.backTo(version);
      }
      pages.clear();
    },

    violate,
  };
}

export type Promises = ReturnType<typeof watchPromises>;
