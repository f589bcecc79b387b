// One plant is never scanned twice at once, and while a relay cycle is under way its relays go before its inverters.
export interface PlantTurns {
  /** Runs `work` once everybody who came before for this plant is through. */
  take<T>(plantId: string, work: () => Promise<T>): Promise<T>;
  /** A relay cycle will come to these plants: their inverters wait for it. */
  announceRelays(plantIds: readonly string[]): void;
  /** The relay cycle is through with this plant, or will not come any more. */
  relaysDone(plantId: string): void;
  relaysOf(plantId: string): Promise<void>;
}

export function createPlantTurns(): PlantTurns {
  const last = new Map<string, Promise<unknown>>();
  const announced = new Map<string, PromiseWithResolvers<void>>();
  return {
    async take(plantId, work) {
      const turn = (last.get(plantId) ?? Promise.resolve()).then(work);
      const settled = turn.catch(() => undefined); // whoever comes next waits for the end, not for the result
      last.set(plantId, settled);
      void settled.then(() => {
        if (last.get(plantId) === settled) last.delete(plantId);
      });
      return turn;
    },
    announceRelays(plantIds) {
      for (const id of plantIds) if (!announced.has(id)) announced.set(id, Promise.withResolvers());
    },
    relaysDone(plantId) {
      announced.get(plantId)?.resolve();
      announced.delete(plantId);
    },
    async relaysOf(plantId) {
      await announced.get(plantId)?.promise;
    },
  };
}
