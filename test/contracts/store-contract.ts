// What every store must keep to, whatever it writes on. Run against each of them.
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyState, withMonitor, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant } from "../../src/domain/plant.ts";
import type { Store } from "../../src/ports/store.ts";
import { anyState, anyZone, inOrder } from "./arbitrary-states.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

export interface StoreBed {
  /** A store as a newly started process has it. */
  open(zone: string): Store;
  /** The state as it lies there now; null where there is none. */
  content(): Promise<string | null>;
  /** From now on nothing can be written. */
  breakDisk(): Promise<void>;
  mendDisk(): Promise<void>;
  remove(): Promise<void>;
}

const ZONE = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);
/** The names that other programs read. */
const KEYS = [
  "schema_version", "ultima_varredura_rele", "ultima_varredura_inversor", "ultima_varredura_rele_por_usina", "ultima_varredura_inversor_por_usina",
  "rele_alertas_ativos", "estado_inversores", "pending_notifications",
];

function numbered(count: number): MonitorState {
  return withMonitor(emptyState, { nextNotification: count });
}
/** Large enough that no single write takes it. */
function bulky(count: number): MonitorState {
  const plants = Array.from({ length: 200 }, (_, i) => newPlant({ id: String(i + 1), name: `UFV ${"ção ".repeat(200)}`, capacityKwp: count }));
  return { ...numbered(count), plants: new Map(plants.map((plant) => [plant.info.id, plant])) };
}

export function describeStore(name: string, createBed: () => Promise<StoreBed>): void {
  describe(`a store on ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => { bed = await createBed(); });
    afterEach(() => bed.remove());

    it("begins with nothing, and reading leaves nothing behind", async () => {
      expect(await bed.open(ZONE).load(NOW)).toEqual({ state: emptyState, origin: "none", corrupt: null });
      expect(await bed.content()).toBeNull();
    });

    it("gives back any state as it was, in its order, to whoever opens it next", async () => {
      await fc.assert(fc.asyncProperty(anyState, anyZone, async (state, zone) => {
        expect(await bed.open(zone).save(state)).toEqual({ ok: true });
        // The zone is a matter of writing: whoever reads with another one finds the same moments.
        const loaded = await bed.open("Pacific/Auckland").load(NOW);
        expect([loaded.origin, loaded.corrupt]).toEqual(["own", null]);
        expect(inOrder(loaded.state)).toStrictEqual(inOrder(state));
      }), { numRuns: 150 });
    });

    it("writes every key that was promised, also of an empty state", async () => {
      await bed.open(ZONE).save(emptyState);
      const json: unknown = JSON.parse((await bed.content()) ?? "");
      expect(Object.keys(json ?? {})).toEqual(expect.arrayContaining(KEYS));
    });

    it("replaces one state by the next, also a longer one by a shorter", async () => {
      const store = bed.open(ZONE);
      for (const state of [bulky(2), numbered(3)]) expect(await store.save(state)).toEqual({ ok: true });
      expect((await bed.open(ZONE).load(NOW)).state).toEqual(numbered(3));
    });

    it("shows whoever looks meanwhile the old state or the new one, whole", async () => {
      const store = bed.open(ZONE);
      await store.save(bulky(1));
      const end = { isReached: false };
      const seen = new Set<number>();
      const looking = (async () => {
        while (!end.isReached) {
          const loaded = await bed.open(ZONE).load(NOW);
          expect(loaded).toMatchObject({ origin: "own", corrupt: null, state: { plants: { size: 200 } } });
          seen.add(loaded.state.monitor.nextNotification);
          await nextTurn(); // a disk in memory answers at once, and a store leaves turns to others
        }
      })();
      for (let count = 2; count <= 20; count += 1) await store.save(bulky(count));
      end.isReached = true;
      await looking;
      expect(Math.max(...seen)).toBeLessThanOrEqual(20);
    });

    it("says why it could not save, keeps the old state whole, and saves again once it can", async () => {
      const store = bed.open(ZONE);
      await store.save(bulky(1));
      await bed.breakDisk();
      for (const count of [2, 3]) expect(await store.save(bulky(count))).toEqual({ ok: false, detail: expect.stringMatching(/^E[A-Z]+$/) });
      await bed.mendDisk();
      expect((await bed.open(ZONE).load(NOW)).state).toEqual(bulky(1));
      expect(await store.save(bulky(4))).toEqual({ ok: true });
      expect((await bed.open(ZONE).load(NOW)).state).toEqual(bulky(4));
    });
  });
}
