// A commit of a large state through the store, in turn with a raw write of the same bytes with the same fsyncs.
import { mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createFileStore, STATE_FILE } from "../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import type { MonitorState } from "../src/domain/monitor-state.ts";
import { makeBigState, scanned } from "./big-state.ts";
import { inputOf, say } from "./processes.ts";

const [MOST_WARM_UPS, ENCODED_WHEN_WARM] = [50, 40_000];

const input = inputOf(z.object({ plants: z.number(), invertersPerPlant: z.number(), changed: z.number(), pairs: z.number() }));
const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const store = createFileStore({ disk: createNodeDisk(folder), zone: "America/Sao_Paulo" });
let state = makeBigState(input);

/** A scan of so many plants, begun where the last one ended. */
function scanPlants(before: MonitorState, turn: number): MonitorState {
  const ids = [...before.plants.keys()];
  const plants = new Map(before.plants);
  for (let i = 0; i < input.changed; i += 1) {
    const id = ids[(turn * input.changed + i) % ids.length] ?? "";
    const plant = plants.get(id);
    if (plant !== undefined) plants.set(id, scanned(plant, Date.parse("2025-12-01T15:05:00Z") + turn * 315_000));
  }
  return { ...before, plants };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function commit(): Promise<void> {
  const saved = await store.save(state);
  if (!saved.ok) throw new Error(saved.detail);
}

async function writeRaw(bytes: Uint8Array): Promise<void> {
  const name = join(folder, "raw.json");
  const file = await open(`${name}.tmp`, "w", 0o600);
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(`${name}.tmp`, name);
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}

/** Turns that are not counted: the files come into being, and the code gets compiled, as it is in a monitor that has run for an hour. */
const warmUps = Math.max(3, Math.min(MOST_WARM_UPS, Math.ceil(ENCODED_WHEN_WARM / (input.changed * input.invertersPerPlant))));
const firstMs = await timed(commit);
const pairs: { commitMs: number; rawMs: number }[] = [];
let bytes = 0;
for (let turn = -warmUps; turn < input.pairs; turn += 1) {
  state = scanPlants(state, turn + warmUps);
  const content = await readFile(join(folder, STATE_FILE));
  bytes = content.byteLength;
  const early = turn % 2 === 0 ? null : await timed(() => writeRaw(content));
  const commitMs = await timed(commit);
  const rawMs = early ?? (await timed(() => writeRaw(content)));
  if (turn >= 0) pairs.push({ commitMs, rawMs });
}
const loadMs = await timed(async () => { await store.load(0); });
await rm(folder, { recursive: true, force: true });
say({ pairs, bytes, firstMs, loadMs });
