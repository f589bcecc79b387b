// Commits states through the real store and the real disk into a folder, and prints every change that was made there, in order.
import { mkdirSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createFileStore, STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../../src/adapters/system/node-disk.ts";
import type { FileContent, Disk } from "../../src/ports/disk.ts";
import { BEGINNINGS, CARELESS, NOW, STATES, ZONE, type Careless } from "./commits.ts";
import { aroundSteps } from "./fs-steps.ts";
import type { Recorded } from "./power-loss.ts";

/** Each of the states takes several. */
const PART_BYTES = 500;

const [folder, beginning, careless] = z.tuple([z.string(), z.enum(["nothing", "predecessor", "broken"]), z.enum([...CARELESS, "careful"])]).parse(process.argv.slice(2));

function carelessDisk(kind: Careless): Disk {
  const disk = createNodeDisk(folder);
  const write = async (name: string, content: FileContent): Promise<void> => {
    await using file = await open(join(folder, name), "w", 0o600);
    await file.writeFile(content, "utf8");
  };
  const sync = async (name: string): Promise<void> => {
    await using file = await open(join(folder, name), "r+");
    await file.sync();
  };
  if (kind === "no-folder-fsync") return { ...disk, syncFolder: () => Promise.resolve() };
  if (kind === "no-fsync") return { ...disk, writeDurably: write };
  if (kind === "rename-before-fsync") {
    return { ...disk, writeDurably: write, rename: async (from, to) => { await rename(join(folder, from), join(folder, to)); await sync(to); } };
  }
  let written: FileContent = "";
  return { ...disk, writeDurably: (_, content) => { written = content; return Promise.resolve(); }, rename: (_, to) => disk.writeDurably(to, written) };
}

mkdirSync(folder, { recursive: true });
const before = BEGINNINGS[beginning];
if (before !== null) writeFileSync(join(folder, STATE_FILE), before);
const recorded: Recorded[] = [];
aroundSteps(folder, async (step, doIt) => {
  recorded.push(step);
  await doIt();
});
const store = createFileStore({ disk: careless === "careful" ? createNodeDisk(folder) : carelessDisk(careless), zone: ZONE, partBytes: PART_BYTES });
await store.load(NOW);
for (const [index, state] of STATES.entries()) {
  const saved = await store.save(state);
  if (!saved.ok) throw new Error(saved.detail);
  recorded.push({ op: "acknowledged", state: index });
}
process.stdout.write(JSON.stringify(recorded));
