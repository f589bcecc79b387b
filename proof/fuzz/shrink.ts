// Makes a failing case small: whatever can go without the same promise being kept, goes.
import type { FuzzFile } from "./fuzz-file.ts";

export interface Shrunk {
  readonly file: FuzzFile;
  readonly tries: number;
}

type Change = (file: FuzzFile) => FuzzFile | null;

/** `fails` plays a case and says whether it still breaks the same promise. */
export async function shrink(file: FuzzFile, fails: (file: FuzzFile) => Promise<boolean>, mostTries: number): Promise<Shrunk> {
  let smallest = file;
  let tries = 0;

  async function attempt(change: Change): Promise<boolean> {
    const next = change(smallest);
    if (next === null || tries >= mostTries) return false;
    tries += 1;
    if (!(await fails(next))) return false;
    smallest = next;
    return true;
  }

  /** Takes ever smaller stretches out of a list. */
  async function thin(list: List): Promise<void> {
    for (let size = Math.max(list.get(smallest).length, 1); size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < list.get(smallest).length && tries < mostTries;) {
        const at = from;
        const isGone = await attempt((now) => list.set(now, list.get(now).toSpliced(at, size)));
        if (!isGone) from += size;
      }
    }
  }

  for (let before = -1; before !== JSON.stringify(smallest).length && tries < mostTries;) {
    before = JSON.stringify(smallest).length;
    for (const { id } of plantsOf(smallest)) await attempt((now) => withoutPlant(now, id));
    for (const list of SCHEDULES) await thin(list);
    for (const change of SIMPLER) await attempt(change);
    for (const { id } of plantsOf(smallest)) for (const kind of ["day_relay", "day_inverter"] as const) await thin(recordsOf(kind, id));
  }
  return { file: smallest, tries };
}

interface List {
  readonly get: (file: FuzzFile) => readonly unknown[];
  readonly set: (file: FuzzFile, list: readonly unknown[]) => FuzzFile;
}

const scheduled = (key: "faults" | "kills" | "restarts"): List => ({ get: (file) => file[key] ?? [], set: (file, list) => ({ ...file, [key]: list }) });
const chaotic = (key: "flaky" | "disk" | "clock" | "crashes"): List => ({
  get: ({ chaos }) => chaos[key] ?? [],
  set: (file, list) => ({ ...file, chaos: { ...file.chaos, [key]: list } }),
});
const SCHEDULES = [scheduled("faults"), scheduled("kills"), scheduled("restarts"), chaotic("crashes"), chaotic("disk"), chaotic("flaky"), chaotic("clock")];

const SIMPLER: readonly Change[] = [
  (file) => (file.chaos.latencyMs === 0 ? null : { ...file, chaos: { ...file.chaos, latencyMs: 0 } }),
  (file) => (file.chaos.restartS === 0 ? null : { ...file, chaos: { ...file.chaos, restartS: 0 } }),
  (file) => (file.config?.["PVOP_CONCURRENCY"] === 1 ? null : { ...file, config: { ...file.config, PVOP_CONCURRENCY: 1 } }),
];

interface Listed { readonly id: number }
const plantsOf = ({ plants }: FuzzFile): Listed[] => plants as Listed[];

function withoutPlant(file: FuzzFile, id: number): FuzzFile | null {
  if (file.plants.length === 1) return null;
  const without = (records: FuzzFile["day_relay"]): FuzzFile["day_relay"] => Object.fromEntries(Object.entries(records ?? {}).filter(([plant]) => plant !== String(id)));
  return { ...file, plants: plantsOf(file).filter((plant) => plant.id !== id), day_relay: without(file.day_relay), day_inverter: without(file.day_inverter) };
}

function recordsOf(kind: "day_relay" | "day_inverter", id: number): List {
  return {
    get: (file) => file[kind]?.[String(id)] ?? [],
    set: (file, list) => ({ ...file, [kind]: { ...file[kind], [String(id)]: [...list] } }),
  };
}
