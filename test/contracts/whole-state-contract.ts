// What must hold wherever a whole state is put, and read again: the file, and the rows that `import-state` and `export-state` fill and read.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyState, withMonitor, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant } from "../../src/domain/plant.ts";
import { anyState, anyZone, inOrder } from "./arbitrary-states.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

export interface WholeBed {
  /** Times are written in this zone. Rejects where it could not be put there. */
  put(state: MonitorState, zone: string): Promise<void>;
  /** As whoever comes next reads it, in a zone of their own; null: there is none. */
  read(): Promise<MonitorState | null>;
  remove(): Promise<void>;
}

const ZONE = "America/Sao_Paulo";

export function describeWholeState(name: string, createBed: () => Promise<WholeBed>): void {
  describe(`a whole state in ${name}`, () => {
    let bed: WholeBed;
    beforeEach(async () => { bed = await createBed(); });
    afterEach(() => bed.remove());

    it("begins with nothing, and reading leaves nothing behind", async () => {
      for (let times = 1; times <= 2; times += 1) expect(await bed.read()).toBeNull();
    });

    it("is given back as it was, in its order, whatever it holds and whatever was there before", async () => {
      await fc.assert(fc.asyncProperty(anyState, anyZone, async (state, zone) => {
        await bed.put(state, zone);
        expect(inOrder(await bed.read())).toStrictEqual(inOrder(state));
      }), { numRuns: 150 });
    });

    it("is replaced by the next, also a longer one by a shorter", async () => {
      const plants = Array.from({ length: 1_200 }, (_, i) => newPlant({ id: String(i + 1), name: `UFV ${"ção ".repeat(100)}`, capacityKwp: 1 }));
      const long = { ...emptyState, plants: new Map(plants.map((plant) => [plant.info.id, plant])) };
      for (const state of [long, withMonitor(emptyState, { apiBackAt: 3 })]) {
        await bed.put(state, ZONE);
        expect(inOrder(await bed.read())).toStrictEqual(inOrder(state));
      }
    });
  });
}
