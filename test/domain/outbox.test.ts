// The outbox: order within a lane, digests, refused cards, waits; and that nothing leaves it but by being accepted.
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, owe, type MonitorState } from "../../src/domain/monitor-state.ts";
import { laneOf, type Notice } from "../../src/domain/notification.ts";
import { nextParcels, noteProgress, putAside, retryDelayMs, settle } from "../../src/domain/outbox.ts";
import { instant, ZONE } from "../support/plant-rules.ts";

const T0 = instant("08:00");
const silent = (plant: number, at = T0): Notice => ({ kind: "relay-silent", plant: { id: String(plant), name: `UFV ${plant}`, capacityKwp: null, zone: ZONE }, relays: [], at });
const own: Notice = { kind: "monitor", topic: "api", phase: "lost", since: T0, at: T0, zone: ZONE, detail: null, plants: null };
const owing = (...rows: readonly (readonly [notice: Notice, minute: number])[]): MonitorState =>
  rows.reduce((state, [notice, minute]) => owe(state, [notice], T0 + minute * MINUTE_MS), emptyState);
const shown = (state: MonitorState, now: number): string[] => nextParcels(state, now).map(({ lane, notifications, digest }) => `${lane}:${notifications.map(({ id }) => id).join("+")}${digest === null ? "" : " digest"}`);

describe("what goes out next", () => {
  let state = emptyState;
  beforeEach(() => { state = owing([silent(101), 0], [silent(102), 1], [silent(101), 2], [own, 3], [silent(101), 70]); });

  test("the oldest of each lane", () => {
    expect(shown(state, T0 + 5 * MINUTE_MS)).toEqual(["101:1", "102:2", "monitor:4"]);
  });

  test("what was committed more than an hour ago goes as one digest a plant; one alone as its card", () => {
    expect(shown(state, T0 + 62 * MINUTE_MS)).toEqual(["101:1", "102:2", "monitor:4"]); // 3 is just an hour old
    expect(shown(state, T0 + 62 * MINUTE_MS + 1)).toEqual(["101:1+3 digest", "102:2", "monitor:4"]);
    expect(shown(state, T0 + 71 * MINUTE_MS)).toEqual(["101:1+3 digest", "102:2", "monitor:4"]);
  });

  test("a digest that was begun stays the same until its last card", () => {
    const now = T0 + 71 * MINUTE_MS;
    const [parcel] = nextParcels(state, now);
    const begun = parcel?.digest;
    if (begun === undefined || begun === null) throw new Error("no digest");
    const going = noteProgress(state, { ...begun, pagesAccepted: 1 });
    const [next] = nextParcels(going, now + 3 * HOUR_MS); // by now 5 is older than an hour too
    expect(next).toMatchObject({ lane: "101", digest: { pagesAccepted: 1, composedAt: now, notificationIds: ["1", "3"] } });
    expect(shown(going, now + 3 * HOUR_MS)).toContain("101:1+3 digest");
    if (next === undefined) throw new Error("no parcel");
    expect(shown(settle(going, next), now)).toEqual(["102:2", "101:5", "monitor:4"].toSorted((a, b) => Number(a.split(":")[1]) - Number(b.split(":")[1])));
  });

  test("a refused card lets later ones of its plant pass, and is due again in an hour", () => {
    const [parcel] = nextParcels(state, T0);
    if (parcel === undefined) throw new Error("no parcel");
    const aside = putAside(state, parcel, T0 + 5 * MINUTE_MS);
    expect(aside.outbox).toHaveLength(5);
    expect(shown(aside, T0 + 6 * MINUTE_MS)).toEqual(["101:3", "102:2", "monitor:4"]);
    expect(shown(aside, T0 + 65 * MINUTE_MS)).toContain("101:1");
  });

  test("a refused card is tried once before a card that was committed after its refusal goes, and then passed by it", () => {
    const [parcel] = nextParcels(state, T0);
    if (parcel === undefined) throw new Error("no parcel");
    const later = T0 + 10 * MINUTE_MS;
    const aside = putAside(state, parcel, T0 + 5 * MINUTE_MS);
    const newer = { ...aside, outbox: aside.outbox.map((entry) => (entry.id === "3" ? { ...entry, committedAt: later } : entry)) };
    expect(shown(newer, later)).toContain("101:1");
    expect(shown(putAside(newer, parcel, later + 1), later + 1)).toContain("101:3");
    expect(shown(newer, T0 + 6 * MINUTE_MS)).toContain("101:3"); // a clock that stepped back: no endless trying
  });

  test("a clock that stepped back keeps no refused card for longer than an hour", () => {
    const [parcel] = nextParcels(state, T0);
    if (parcel === undefined) throw new Error("no parcel");
    expect(shown(putAside(state, parcel, T0 + 5 * HOUR_MS), T0)).toContain("101:1");
  });
});

describe("waits", () => {
  const delay = (failures: number, retryAfterMs: number | null = null, chance = 0.5): number => retryDelayMs(failures, retryAfterMs, () => chance);

  test("three quick tries, then from 1 to at most 5 minutes", () => {
    expect(delay(1)).toBeLessThanOrEqual(5_000);
    expect(delay(2)).toBeLessThanOrEqual(5_000);
    for (const chance of [0, 0.5, 0.999]) {
      const waits = [3, 4, 5, 6, 7, 50, 5_000].map((failures) => delay(failures, null, chance));
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(MINUTE_MS);
        expect(wait).toBeLessThanOrEqual(5 * MINUTE_MS);
      }
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    }
  });

  test("Retry-After is obeyed up to 15 min, and shortens no wait", () => {
    expect(delay(1, 90_000)).toBe(90_000);
    expect(delay(1, 24 * HOUR_MS)).toBe(15 * MINUTE_MS);
    expect(delay(5, 1_000)).toBeGreaterThanOrEqual(MINUTE_MS);
  });
});

describe("whatever happens", () => {
  type Step = { readonly kind: "owe"; readonly plant: number } | { readonly kind: "send" | "refuse" | "page"; readonly pick: number } | { readonly kind: "wait"; readonly minutes: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("owe" as const), plant: fc.integer({ min: 101, max: 103 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("send" as const, "send" as const, "refuse" as const, "page" as const), pick: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
  );

  test("nothing is lost or told twice, and a lane's order is kept but for what was refused", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = emptyState;
      let now = T0;
      const told = new Map<string, number[]>();
      const refused = new Set<string>();
      const play = (next: Step): void => {
        if (next.kind === "owe") state = owe(state, [silent(next.plant, now)], now);
        else if (next.kind === "wait") now += next.minutes * MINUTE_MS;
        else {
          const parcels = nextParcels(state, now);
          const parcel = parcels[next.pick % Math.max(1, parcels.length)];
          if (parcel === undefined) return;
          const ids = parcel.notifications.map(({ id }) => id);
          if (next.kind === "page") {
            if (parcel.digest !== null) state = noteProgress(state, { ...parcel.digest, pagesAccepted: parcel.digest.pagesAccepted + 1 });
          } else if (next.kind === "refuse") {
            for (const id of ids) refused.add(id);
            state = putAside(state, parcel, now);
          } else {
            told.set(parcel.lane, [...(told.get(parcel.lane) ?? []), ...ids.map(Number)]);
            state = settle(state, parcel);
          }
        }
      };
      for (const next of steps) play(next);
      const owed = steps.filter(({ kind }) => kind === "owe").length;
      for (let rounds = 0; state.outbox.length > 0 && rounds < 300; rounds += 1) {
        play({ kind: "send", pick: rounds });
        play({ kind: "wait", minutes: 1 });
      }
      expect(state.outbox).toEqual([]);
      expect(state.digests.size).toBe(0);
      const all = [...told.values()].flat();
      expect(all).toHaveLength(owed);
      expect(new Set(all).size).toBe(owed);
      for (const ids of told.values()) {
        const steady = ids.filter((id) => !refused.has(String(id)));
        expect(steady).toEqual(steady.toSorted((a, b) => a - b));
      }
    }), { seed: 42, numRuns: 200 });
  });

  test("what is open is looked up once for all lanes, and not at all where no digest begins", () => {
    const plants = new Map<string, never>();
    let looks = 0;
    const counted = Object.assign(plants, { values: () => { looks += 1; return new Map<string, never>().values(); } });
    const state = { ...owing(...[101, 102, 103, 101, 102, 103].map((plant) => [silent(plant), 0] as const)), plants: counted };
    expect(nextParcels(state, T0)).toHaveLength(3);
    expect(looks).toBe(0);
    expect(nextParcels(state, T0 + 2 * HOUR_MS).map(({ digest }) => digest?.notificationIds.length)).toEqual([2, 2, 2]);
    expect(looks).toBe(1);
  });

  test("parcels are of one lane each, and hold what the outbox holds", () => {
    const state = owing([silent(101), 0], [silent(102), 0], [silent(101), 0], [own, 0]);
    for (const now of [T0, T0 + 2 * HOUR_MS]) {
      for (const { lane, notifications } of nextParcels(state, now)) for (const notification of notifications) {
        expect(laneOf(notification)).toBe(lane);
        expect(state.outbox).toContain(notification);
      }
    }
  });
});
