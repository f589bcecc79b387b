// The power goes, or the process, after any step of any commit: what is found is the old state or the new one, whole.
import { describe, expect, it } from "vitest";
import { createFileStore, STATE_FILE } from "../../../src/adapters/file-store/file-store.ts";
import { emptyState, withMonitor, type MonitorState } from "../../../src/domain/monitor-state.ts";
import { newPlant } from "../../../src/domain/plant.ts";
import type { Disk } from "../../../src/ports/disk.ts";
import { createMemoryDisk, type MemoryDisk } from "../../../src/simulator/memory-disk.ts";

const zone = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);
const COPY = `${STATE_FILE}.v1.bak`;

/** Sizes go up and down, so that a file that was not replaced whole would show. */
const states = [1, 2, 3, 4].map((count): MonitorState => {
  const plants = Array.from({ length: (count * 7) % 11 }, (_, i) => newPlant({ id: String(i), name: `UFV ${String(count)}`, capacityKwp: count }));
  return { ...withMonitor(emptyState, { nextNotification: count }), plants: new Map(plants.map((plant) => [plant.info.id, plant])) };
});

/** Works for so many steps; in the next one, a write gets half of its bytes down, and from there on nothing happens any more. */
function endingDisk(disk: MemoryDisk, steps: number): { readonly disk: Disk; readonly stepsTaken: () => number } {
  let taken = 0;
  const gone = new Error("the machine is off");
  const step = async (work: () => Promise<void>, half: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    taken += 1;
    if (taken <= steps) return work();
    if (taken === steps + 1) await half();
    throw gone;
  };
  return {
    stepsTaken: () => taken,
    disk: {
      read: (name) => disk.read(name),
      writeDurably: (name, content) => step(() => disk.writeDurably(name, content), async () => {
        disk.failWrites("ENOSPC");
        await disk.writeDurably(name, content).catch(() => undefined);
        disk.failWrites(null);
      }),
      rename: (from, to) => step(() => disk.rename(from, to)),
      syncFolder: () => step(() => disk.syncFolder()),
    },
  };
}

interface Outcome {
  readonly disk: MemoryDisk;
  /** Of the states saved one after another, how many were acknowledged. */
  readonly acknowledged: number;
}

/** Loads, and saves all states, with the end after so many steps; null where they all went through. */
async function runUntil(begin: (disk: MemoryDisk) => void, steps: number, end: "power" | "process"): Promise<Outcome | null> {
  const disk = createMemoryDisk();
  begin(disk);
  const ending = endingDisk(disk, steps);
  const store = createFileStore({ disk: ending.disk, zone });
  await store.load(NOW);
  let acknowledged = 0;
  for (const state of states) {
    if (!(await store.save(state)).ok) break;
    acknowledged += 1;
  }
  if (end === "power") disk.losePower();
  return ending.stepsTaken() <= steps ? null : { disk, acknowledged };
}

const predecessor = JSON.stringify({ schema_version: 1, rele_alertas_ativos: ["1:2:TÉRMICO"], estado_inversores: {} });
const beginnings: [string, (disk: MemoryDisk) => void][] = [
  ["nothing", () => undefined],
  ["a predecessor's file", (disk) => { disk.put(STATE_FILE, predecessor); }],
  ["a broken file", (disk) => { disk.put(STATE_FILE, "{cortado"); }],
];

describe.each(["power", "process"] as const)("when the %s goes", (end) => {
  it.each(beginnings)("beginning with %s, after any step the last acknowledged state is there, or the one that was on its way", async (name, begin) => {
    let cuts = 0;
    for (let steps = 0; ; steps += 1) {
      const outcome = await runUntil(begin, steps, end);
      if (outcome === null) break;
      cuts += 1;
      const { disk, acknowledged } = outcome;
      const texts = disk.names().map((file) => disk.text(file));
      const { state, origin, corrupt } = await createFileStore({ disk, zone }).load(NOW);
      const where = `after ${String(steps)} steps`;
      if (origin === "own") expect([states[acknowledged - 1], states[acknowledged]], where).toContainEqual(state);
      else expect(acknowledged, where).toBe(0);
      if (name === "a predecessor's file") {
        expect(texts, where).toContain(predecessor);
        expect(origin === "own" ? disk.text(COPY) : origin, where).toBe(origin === "own" ? predecessor : "predecessor");
      }
      if (name === "a broken file") expect(texts, where).toContain("{cortado");
      else expect(corrupt, where).toBeNull();
    }
    expect(cuts).toBeGreaterThanOrEqual(3 * states.length);
  });
});

describe("the replay itself", () => {
  it("would catch a store that does not sync, and one that writes in place", async () => {
    const careless = async (save: (disk: Disk) => Promise<void>): Promise<string | null> => {
      const disk = createMemoryDisk();
      await createFileStore({ disk, zone }).save(states[0] ?? emptyState);
      await save(disk).catch(() => undefined);
      disk.failWrites(null);
      disk.losePower();
      return disk.text(STATE_FILE);
    };
    const old = await careless(() => Promise.resolve());
    expect(await careless(async (disk) => { await disk.writeDurably("x", "new"); await disk.rename("x", STATE_FILE); })).toBe(old);
    expect(await careless(async (disk) => disk.writeDurably(STATE_FILE, "new"))).not.toBe(old);
  });
});
