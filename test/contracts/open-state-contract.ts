// What every state must keep to that the monitor opens, changes and saves, whatever it is kept in. Run against what production uses.
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyState, owe, withMonitor, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Notice } from "../../src/domain/notification.ts";
import { nextParcels, noteProgress, putAside, settle, type Parcel } from "../../src/domain/outbox.ts";
import { newPlant } from "../../src/domain/plant.ts";
import type { Change, OpenState } from "../../src/ports/ledger.ts";
import { anyState, anyZone, inOrder } from "./arbitrary-states.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

/** Of one tenant. */
export interface StateBed {
  /** As a newly started process has it, which takes it over from whoever had it so far. */
  open(zone: string): Promise<OpenState>;
  /** What a command that only looks finds there; null: nothing. */
  look(): Promise<MonitorState | null>;
  /** From now on nothing can be written. */
  breakDisk(): Promise<void>;
  mendDisk(): Promise<void>;
  remove(): Promise<void>;
}

export interface StateKind {
  readonly createBed: () => Promise<StateBed>;
  /** Whether it knows by itself of two who write; else a lock keeps the second from starting. */
  readonly knowsWriters: boolean;
}

const ZONE = "America/Sao_Paulo";
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2025, 11, 1, 13);

/** One change, as the use cases make it: of the state as it is, and, where it settles something, of what may be sent. */
type Step = (sendable: MonitorState) => Change;

/** What the courier does with one of the parcels that are due; where none is, nothing. */
function courierStep(place: number, does: (state: MonitorState, parcel: Parcel) => MonitorState): Step {
  return (sendable) => {
    const parcels = nextParcels(sendable, NOW);
    const parcel = parcels[place % Math.max(1, parcels.length)];
    return (state) => (parcel === undefined ? state : does(state, parcel));
  };
}

const some = <T>(of: (state: MonitorState) => readonly T[]): fc.Arbitrary<readonly T[]> => anyState.map(of);
const place = fc.nat({ max: 9 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  some(({ plants }) => [...plants.values()]).map((plants): Step => () => (state) => plants.reduce(withPlant, state)),
  fc.tuple(place, some(({ plants }) => [...plants.values()])).map(([at, [other]]): Step => () => (state) => {
    const plant = [...state.plants.values()][at % Math.max(1, state.plants.size)];
    return plant === undefined || other === undefined ? state : withPlant(state, { ...other, info: { ...other.info, id: plant.info.id } });
  }),
  // Some are old enough to be told together, as digests.
  fc.tuple(some(({ outbox }) => outbox.map(({ notice }) => notice)), fc.boolean()).map(([notices, isOld]): Step => () => (state) => owe(state, notices, isOld ? NOW - 2 * HOUR_MS : NOW)),
  place.map((at) => courierStep(at, settle)),
  place.map((at) => courierStep(at, (state, parcel) => putAside(state, parcel, NOW))),
  place.map((at) => courierStep(at, (state, { digest }) => (digest === null ? state : noteProgress(state, { ...digest, pagesAccepted: digest.pagesAccepted + 1 })))),
  anyState.map(({ monitor }): Step => () => (state) => withMonitor(state, { ...monitor, nextNotification: state.monitor.nextNotification })),
);
/** What is changed before one save, and whether that is the last thing that process does. */
const anyRound = fc.record({ steps: fc.array(anyStep, { maxLength: 4 }), zone: anyZone, ends: fc.boolean() });

/** How notifications are numbered is the store's own; their order is not, nor which of them a digest tells. */
function comparable({ plants, outbox, digests, monitor }: MonitorState): unknown {
  const places = new Map(outbox.map(({ id }, index) => [id, `place ${index}`]));
  const placeOf = (id: string): string => places.get(id) ?? "gone";
  return inOrder({
    plants, monitor: { ...monitor, nextNotification: "its own" }, outbox: outbox.map((entry) => ({ ...entry, id: placeOf(entry.id) })),
    digests: [...digests.values()].map((digest) => ({ ...digest, notificationIds: digest.notificationIds.map(placeOf) })),
  });
}
const EMPTY = comparable(emptyState);

const notice = (detail: string): Notice => ({ kind: "monitor", topic: "api", phase: "lost", since: NOW, at: NOW, zone: ZONE, detail, plants: null });
const oweOne = (detail: string): Change => (state) => owe(state, [notice(detail)], NOW);
const details = (state: MonitorState | null): unknown[] => (state?.outbox ?? []).map((entry) => (entry.notice.kind === "monitor" ? entry.notice.detail : entry.notice.kind));
/** Large enough that no single write takes it; all of it says `count`. */
const bulky = (count: number): Change => (state) => {
  const plants = Array.from({ length: 200 }, (_, i) => newPlant({ id: String(i + 1), name: `UFV ${"ção ".repeat(200)}`, capacityKwp: count }));
  const next = { ...withMonitor(state, { apiBackAt: count }), outbox: [], plants: new Map(plants.map((plant) => [plant.info.id, plant])) };
  return oweOne(String(count))(next);
};
const counts = (state: MonitorState | null): unknown => [state?.plants.size, ...new Set([...details(state), state?.monitor.apiBackAt, ...[...(state?.plants.values() ?? [])].map(({ info }) => info.capacityKwp)].map(String))];

export function describeOpenState(name: string, { createBed, knowsWriters }: StateKind): void {
  describe(`an open state in ${name}`, () => {
    async function makeBed(): Promise<StateBed> {
      const bed = await createBed();
      onTestFinished(() => bed.remove());
      return bed;
    }

    it("begins empty, with nothing to save", async () => {
      const bed = await makeBed();
      for (let times = 1; times <= 2; times += 1) {
        const open = await bed.open(ZONE);
        expect([comparable(open.state), comparable(open.sendable), open.isSaved]).toEqual([EMPTY, EMPTY, true]);
        open.apply((state) => state);
        expect(open.isSaved).toBe(true);
        expect(comparable(await bed.look() ?? emptyState)).toEqual(EMPTY);
      }
    });

    it("has any series of changes in its order, for whoever goes on with it, whatever zone they write with", async () => {
      await fc.assert(fc.asyncProperty(fc.array(anyRound, { minLength: 1, maxLength: 5 }), async (rounds) => {
        const bed = await createBed();
        let [open, model] = [await bed.open(ZONE), emptyState];
        const numbers = new Map<string, Notice>();
        for (const { steps, zone, ends } of rounds) {
          const [sendable, saved] = [open.sendable, model];
          for (const step of steps) {
            open.apply(step(sendable));
            model = step(saved)(model);
          }
          expect(comparable(open.state)).toStrictEqual(comparable(model));
          expect(await open.save()).toEqual({ ok: true });
          if (ends) open = await bed.open(zone);
          const found = await bed.look() ?? emptyState;
          for (const state of [found, open.state, open.sendable]) expect(comparable(state)).toStrictEqual(comparable(model));
          expect(open.isSaved).toBe(true);
          for (const { id, notice: told } of [...found.outbox, ...open.sendable.outbox]) {
            expect(numbers.getOrInsert(id, told), "a number is never given twice").toEqual(told);
          }
          expect(found.monitor.nextNotification).toBeGreaterThan(Math.max(0, ...[...numbers.keys()].map(Number)));
        }
        await bed.remove();
      }), { numRuns: 100 });
    }, 240_000);

    it("gives nothing to be sent that is not saved", async () => {
      const bed = await makeBed();
      const open = await bed.open(ZONE);
      for (const detail of ["first", "second"]) {
        const before = details(open.sendable);
        open.apply(oweOne(detail));
        expect([details(open.sendable), details(open.state), open.isSaved]).toEqual([before, [...before, detail], false]);
        expect(await open.save()).toEqual({ ok: true });
        expect([details(open.sendable), details(await bed.look()), open.isSaved]).toEqual([[...before, detail], [...before, detail], true]);
      }
    });

    it("loses no change that comes during a save: this one has it, or the next", async () => {
      const bed = await makeBed();
      const open = await bed.open(ZONE);
      for (let count = 1; count <= 10; count += 1) {
        open.apply(bulky(count));
        const saving = open.save();
        for (let turns = 0; turns < count; turns += 1) await nextTurn();
        open.apply(oweOne("meanwhile"));
        expect(await saving).toEqual({ ok: true });
        expect(details(await bed.look())).toEqual(details(open.sendable));
        expect(open.isSaved).toBe(open.sendable.outbox.length === 2);
        expect(await open.save()).toEqual({ ok: true });
        expect(details(await bed.look())).toEqual([String(count), "meanwhile"]);
      }
    });

    it("says why it could not save, keeps what is pending, and writes it with the next save that can", async () => {
      const bed = await makeBed();
      const open = await bed.open(ZONE);
      open.apply(bulky(1));
      await open.save();
      await bed.breakDisk();
      for (const change of [bulky(2), oweOne("more")]) {
        open.apply(change);
        expect(await open.save()).toEqual({ ok: false, detail: expect.stringMatching(/^E[A-Z]+$/) });
        expect(open.isSaved).toBe(false);
      }
      expect(details(open.state)).toEqual(["2", "more"]);
      await bed.mendDisk();
      expect(counts(await bed.look())).toEqual([200, "1"]);
      expect(await open.save()).toEqual({ ok: true });
      for (const state of [await bed.look(), open.state, open.sendable]) expect(counts(state)).toEqual([200, "2", "more"]);
      expect(open.isSaved).toBe(true);
    });

    it("shows whoever looks meanwhile the old state or the new one, whole", async () => {
      const bed = await makeBed();
      const open = await bed.open(ZONE);
      open.apply(bulky(1));
      await open.save();
      const end = { isReached: false };
      const seen: unknown[] = [];
      const looking = (async () => {
        while (!end.isReached) {
          seen.push(counts(await bed.look()));
          await nextTurn(); // a disk in memory answers at once, and a store leaves turns to others
        }
      })();
      for (let count = 2; count <= 20; count += 1) {
        open.apply(bulky(count));
        await open.save();
        await nextTurn();
      }
      end.isReached = true;
      await looking;
      for (const each of seen) expect(each).toEqual([200, expect.stringMatching(/^\d+$/)]);
      expect(new Set(seen.map(String)).size, "seen at several moments").toBeGreaterThan(1);
    });

    it("is no other tenant's", async () => {
      const [mine, theirs] = [await makeBed(), await makeBed()];
      const [open, other] = [await mine.open(ZONE), await theirs.open(ZONE)];
      open.apply(bulky(1));
      await open.save();
      expect(comparable((await theirs.open(ZONE)).state)).toEqual(EMPTY);
      expect(comparable(await theirs.look() ?? emptyState)).toEqual(EMPTY);
      const third = await theirs.open(ZONE);
      third.apply(oweOne("theirs"));
      expect([await third.save(), other.isSaved]).toEqual([{ ok: true }, true]);
      open.apply(oweOne("more"));
      expect(await open.save()).toEqual({ ok: true });
      expect([counts(await mine.look()), details(await theirs.look())]).toEqual([[200, "1", "more"], ["theirs"]]);
    });

    if (!knowsWriters) return;
    it("stops whoever had it, once another one has taken it over: nothing more of theirs is written, or sent", async () => {
      const bed = await makeBed();
      const slow = await bed.open(ZONE);
      slow.apply(oweOne("old"));
      await slow.save();
      const next = await bed.open(ZONE);
      expect(details(next.sendable)).toEqual(["old"]);
      slow.apply(oweOne("slow"));
      expect(await slow.save()).toEqual({ ok: false, detail: "ESTALE" });
      expect([details(slow.sendable), details(await bed.look())]).toEqual([[], ["old"]]);
      next.apply((state) => ({ ...state, outbox: [] }));
      next.apply(oweOne("next"));
      expect(await next.save()).toEqual({ ok: true });
      expect(await slow.save()).toEqual({ ok: false, detail: "ESTALE" });
      expect(details(await bed.look())).toEqual(["next"]);
    });
  });
}
