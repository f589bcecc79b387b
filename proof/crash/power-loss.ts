// The power goes after any of the recorded changes. What was not synced may have reached the disk, wholly or in part, or not; each disk
// that this leaves is loaded by the real store.
import { isDeepStrictEqual } from "node:util";
import { createFileStore, STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { emptyState } from "../../src/domain/monitor-state.ts";
import type { Loaded } from "../../src/ports/store.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/simulator/memory-disk.ts";
import { BEGINNINGS, BROKEN, NOW, PREDECESSOR, STATES, ZONE, type Beginning } from "./commits.ts";
import type { Step } from "./fs-steps.ts";

export type Recorded = Step | { readonly op: "acknowledged"; readonly state: number };

interface Inode {
  /** What the last fsync made last. */
  durable: string;
  now: string;
}

/** One change of the folder's entries; `inode` null: the name goes. */
type Entries = readonly { readonly name: string; readonly inode: Inode | null }[];

interface Machine {
  durableFolder: ReadonlyMap<string, Inode>;
  /** Since the last fsync of the folder. */
  changes: Entries[];
  readonly inodes: Inode[];
  /** Whom a name meant when it was opened. */
  readonly opened: Map<string, Inode>;
}

function entriesOf(durable: ReadonlyMap<string, Inode>, changes: readonly Entries[]): Map<string, Inode> {
  const folder = new Map(durable);
  for (const { name, inode } of changes.flat()) {
    if (inode === null) folder.delete(name);
    else folder.set(name, inode);
  }
  return folder;
}

function take(machine: Machine, step: Recorded): void {
  const folder = entriesOf(machine.durableFolder, machine.changes);
  if (step.op === "open") {
    const known = folder.get(step.name);
    const inode = known ?? { durable: "", now: "" };
    if (known === undefined) {
      machine.inodes.push(inode);
      machine.changes.push([{ name: step.name, inode }]);
    }
    inode.now = "";
    machine.opened.set(step.name, inode);
  } else if (step.op === "write" || step.op === "fsync") {
    const inode = machine.opened.get(step.name);
    if (inode === undefined) throw new Error(`${step.op} of ${step.name}, which was not opened`);
    if (step.op === "write") inode.now += step.content;
    else inode.durable = inode.now;
  } else if (step.op === "rename") {
    const inode = folder.get(step.name);
    if (inode === undefined) throw new Error(`rename of ${step.name}, which is not there`);
    machine.changes.push([{ name: step.name, inode: null }, { name: step.to, inode }]);
  } else if (step.op === "fsync-folder") {
    machine.durableFolder = folder;
    machine.changes = [];
  }
}

/** What of a file that was not synced may be found: the old, nothing, a half, a mixture, blocks of nothing, all. */
function contentsOf({ durable, now }: Inode): readonly string[] {
  if (durable === now) return [now];
  const half = now.slice(0, now.length >> 1);
  return [...new Set([durable, "", half, half + durable.slice(half.length), "\0".repeat(now.length), now])];
}

/** Every disk that may be found. */
function* disksOf({ durableFolder, changes, inodes }: Machine): Generator<ReadonlyMap<string, string>> {
  const found = [...inodes].reduce<ReadonlyMap<Inode, string>[]>(
    (all, inode) => all.flatMap((one) => contentsOf(inode).map((content) => new Map(one).set(inode, content))), [new Map()],
  );
  for (let happened = 0; happened < 2 ** changes.length; happened += 1) {
    const folder = entriesOf(durableFolder, changes.filter((_, i) => (happened & (1 << i)) !== 0));
    for (const contents of found) yield new Map([...folder].map(([name, inode]) => [name, contents.get(inode) ?? inode.durable]));
  }
}

export interface Replay {
  readonly prefixes: number;
  readonly disks: number;
  /** What was not the old state or the new one, whole; the first of them. */
  readonly faults: readonly string[];
  readonly bad: number;
}

const MOST_TOLD = 3;

export async function replay(recorded: readonly Recorded[], beginning: Beginning): Promise<Replay> {
  const before = BEGINNINGS[beginning];
  const first: Inode[] = before === null ? [] : [{ durable: before, now: before }];
  const machine: Machine = { durableFolder: new Map(first.map((inode) => [STATE_FILE, inode])), changes: [], inodes: first, opened: new Map() };
  const told: string[] = [];
  let [acknowledged, disks, bad, prefixes] = [0, 0, 0, 0];
  for (let taken = 0; ; taken += 1) {
    const seen = new Set<string>();
    for (const files of disksOf(machine)) {
      const key = JSON.stringify([...files].sort());
      if (seen.has(key)) continue;
      seen.add(key);
      disks += 1;
      const fault = await faultOf(files, acknowledged, beginning);
      if (fault === null) continue;
      bad += 1;
      if (told.length < MOST_TOLD) told.push(`depois de ${String(taken)} operações (${recorded[taken - 1]?.op ?? "nenhuma"}): ${fault}`);
    }
    prefixes += 1;
    const step = recorded[taken];
    if (step === undefined) return { prefixes, disks, faults: told, bad };
    if (step.op === "acknowledged") acknowledged = step.state + 1;
    else take(machine, step);
  }
}

/** Null where the disk holds what was acknowledged last, or what was on its way, and the store goes on from there. */
async function faultOf(files: ReadonlyMap<string, string>, acknowledged: number, beginning: Beginning): Promise<string | null> {
  const disk = createMemoryDisk();
  for (const [name, content] of files) disk.put(name, content);
  const contents = [...files.values()];
  const store = createFileStore({ disk, zone: ZONE });
  const loaded = await store.load(NOW);
  const fault = loadFault(loaded, acknowledged, beginning);
  if (fault !== null) return fault;
  if (beginning === "predecessor" && !contents.includes(PREDECESSOR)) return "o arquivo do antecessor se perdeu";
  if (beginning === "broken" && !contents.includes(BROKEN)) return "o arquivo ilegível se perdeu";
  return (await goesOn(disk)) ? null : "dali não se grava";
}

function loadFault({ state, origin, corrupt }: Loaded, acknowledged: number, beginning: Beginning): string | null {
  if (origin === "own") {
    const isOne = [STATES[acknowledged - 1], STATES[acknowledged]].some((one) => isDeepStrictEqual(one, state));
    return isOne ? null : `achou outro estado (seguro: ${String(acknowledged)}, achado: ${String(state.monitor.nextNotification)})`;
  }
  if (acknowledged > 0) return `o estado seguro ${String(acknowledged)} se perdeu (${origin}${corrupt === null ? "" : `, ${corrupt.reason}`})`;
  if (beginning === "predecessor" && origin !== "predecessor") return "o antecessor não foi assumido";
  if (beginning !== "broken" && corrupt !== null) return `achou um arquivo quebrado (${corrupt.reason})`;
  return beginning === "predecessor" || isDeepStrictEqual(state, emptyState) ? null : "achou um estado que ninguém gravou";
}

/** Whatever was left over is no obstacle. */
async function goesOn(disk: MemoryDisk): Promise<boolean> {
  const [next = emptyState] = STATES;
  const store = createFileStore({ disk, zone: ZONE });
  await store.load(NOW);
  if (!(await store.save(next)).ok) return false;
  return isDeepStrictEqual((await createFileStore({ disk, zone: ZONE }).load(NOW)).state, next);
}
