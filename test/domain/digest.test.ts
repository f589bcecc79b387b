// Digests, parcels that were refused, and the exact waits between tries.
import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, owe, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Notice } from "../../src/domain/notification.ts";
import { CARD_SPACING_MS, GONE_PROBE_MS, nextParcels, noteProgress, putAside, REFUSED_RETRY_MS, retryDelayMs, settle, type Parcel } from "../../src/domain/outbox.ts";
import type { PlantState } from "../../src/domain/plant.ts";
import { instant, ZONE } from "../support/plant-rules.ts";
import { sketchInfo, sketchPlant as plant } from "../support/plant-sketch.ts";

const T0 = instant("08:00");
const LATE = T0 + 2 * HOUR_MS;
const silent = (id: number): Notice => ({ kind: "relay-silent", plant: { ...sketchInfo(id), zone: ZONE }, relays: [], at: T0 });
const owing = (...plants: readonly number[]): MonitorState => plants.reduce((state, id) => owe(state, [silent(id)], T0), emptyState);
const first = (state: MonitorState, now: number): Parcel => {
  const [parcel] = nextParcels(state, now);
  if (parcel === undefined) throw new Error("nothing to send");
  return parcel;
};
const refused = (state: MonitorState, id: string, refusedUntil: number): MonitorState => ({ ...state, outbox: state.outbox.map((entry) => (entry.id === id ? { ...entry, refusedUntil } : entry)) });
const ids = ({ notifications }: Parcel): string[] => notifications.map(({ id }) => id);

describe("a digest", () => {
  test("begins with what it tells, what is active at any plant, and no card accepted", () => {
    const failing: PlantState = plant({ id: 103, inverters: { 1: ["07:55", "07:00"], 2: ["07:55"] }, relays: { 7: ["07:55", "A"], 8: ["07:55"] } });
    const { digest } = first(withPlant(owing(101, 101, 101), failing), LATE);
    expect(digest).toEqual({ notificationIds: ["1", "2", "3"], activeIncidents: ["Y", "X"], composedAt: LATE, pagesAccepted: 0, isPlain: false });
  });

  test("holds no card that was refused, nor one of less than an hour", () => {
    const state = refused(owe(owing(101, 101, 101), [silent(101)], LATE - MINUTE_MS), "2", LATE + 1);
    expect(first(state, LATE)).toMatchObject({ notifications: [{ id: "1" }, { id: "3" }], digest: { notificationIds: ["1", "3"] } });
  });

  test("a refused card that is due goes alone", () => {
    expect(first(refused(owing(101, 101, 101), "1", LATE), LATE)).toMatchObject({ notifications: [{ id: "1" }], digest: null });
  });

  test("that was begun goes on, also with cards that were refused since, and another plant's is another", () => {
    const begun = { notificationIds: ["1", "2"], activeIncidents: ["Z"], composedAt: T0, pagesAccepted: 1, isPlain: false } as const;
    const state = refused(refused(noteProgress(owing(101, 101, 101, 102, 102), begun), "1", LATE), "2", LATE);
    const [own, other] = nextParcels(state, LATE);
    expect([own?.digest, own === undefined ? [] : ids(own)]).toEqual([begun, ["1", "2"]]);
    expect(other?.digest).toMatchObject({ notificationIds: ["4", "5"], composedAt: LATE });
  });

  test("its progress is kept by its first card, and leaves with it", () => {
    const state = owing(101, 101, 102, 102);
    const [own, other] = nextParcels(state, LATE);
    if (own?.digest == null || other?.digest == null) throw new Error("no digests");
    const both = noteProgress(noteProgress(state, own.digest), other.digest);
    expect([...both.digests.keys()]).toEqual(["1", "3"]);
    const settled = settle(both, own);
    expect([settled.outbox.map(({ id }) => id), [...settled.digests.keys()]]).toEqual([["3", "4"], ["3"]]);
  });
});

describe("refused", () => {
  test("a card waits an hour, and nothing else changes", () => {
    const state = owing(101, 102);
    const aside = putAside(state, first(state, T0), T0);
    expect(aside).toEqual(refused(state, "1", T0 + HOUR_MS));
  });

  test("a digest of which no card was accepted falls apart; one that was begun goes on, plain", () => {
    const state = owing(101, 101);
    const parcel = first(state, LATE);
    if (parcel.digest === null) throw new Error("no digest");
    const apart = putAside(state, parcel, LATE);
    expect([apart.outbox.map(({ refusedUntil }) => refusedUntil), apart.digests.size]).toEqual([[LATE + HOUR_MS, LATE + HOUR_MS], 0]);
    const digest = { ...parcel.digest, pagesAccepted: 1 };
    expect([...putAside(state, { ...parcel, digest }, LATE).digests.values()]).toEqual([{ ...digest, isPlain: true }]);
  });

  test("nothing is due before its hour, then it is", () => {
    const state = refused(owing(101), "1", LATE);
    expect([nextParcels(state, LATE - 1).length, nextParcels(state, LATE).length]).toEqual([0, 1]);
  });

  test("a card of the very moment of the refusal is not newer than it, one a moment later is", () => {
    const refusedAt = T0 + MINUTE_MS;
    const state = (committedAt: number): MonitorState => owe(refused(owing(101), "1", refusedAt + REFUSED_RETRY_MS), [silent(101)], committedAt);
    expect([ids(first(state(refusedAt), refusedAt + 5)), ids(first(state(refusedAt + 1), refusedAt + 5))]).toEqual([["2"], ["1"]]);
  });

  test("a card that was committed by a clock that was ahead is not newer than its own refusal", () => {
    const state = refused(owe(emptyState, [silent(101)], T0 + 10 * MINUTE_MS), "1", T0 + 5 * MINUTE_MS + REFUSED_RETRY_MS);
    expect([nextParcels(state, T0 + 20 * MINUTE_MS).length, nextParcels(state, T0 + 65 * MINUTE_MS).length]).toEqual([0, 1]);
  });

  test("a refusal of this very moment is no clock that stepped back", () => {
    expect([nextParcels(refused(owing(101), "1", LATE + REFUSED_RETRY_MS), LATE).length, nextParcels(refused(owing(101), "1", LATE + REFUSED_RETRY_MS + 1), LATE).length]).toEqual([0, 1]);
  });
});

test.each([[1, 0.5, 1_000], [2, 0.5, 2_000], [3, 0, 60_000], [3, 1, 75_000], [4, 0, 90_000], [4, 1, 150_000], [5, 1, 300_000], [9, 0, 225_000], [9, 1, 300_000]])(
  "after %d failures, by chance %d, a wait of %d ms", (failures, chance, ms) => { expect(retryDelayMs(failures, null, () => chance)).toBe(ms); });

test.each([["Retry-After counts where it is longer", 2_001, 2_001], ["not where it is shorter", 1_999, 2_000], ["up to 15 minutes", 900_001, 900_000]])("%s", (_, retryAfterMs, ms) => {
  expect(retryDelayMs(2, retryAfterMs, () => 0)).toBe(ms);
});

test("at most 4 cards a second; a webhook that is gone is probed every 5 minutes, a refused card tried hourly", () => {
  expect([CARD_SPACING_MS, GONE_PROBE_MS, REFUSED_RETRY_MS]).toEqual([250, 300_000, 3_600_000]);
});
