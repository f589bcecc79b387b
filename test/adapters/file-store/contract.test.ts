// The file store keeps the contracts on a real folder and on the simulation's disk, and has the keys that others read.
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createFileStore, STATE_FILE } from "../../../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../../../src/adapters/system/node-disk.ts";
import { openWhole } from "../../../src/app/ledger.ts";
import { emptyState, type MonitorState } from "../../../src/domain/monitor-state.ts";
import type { Disk } from "../../../src/ports/disk.ts";
import { createMemoryDisk, type DiskFault } from "../../../src/simulator/memory-disk.ts";
import { describeOpenState, type StateBed } from "../../contracts/open-state-contract.ts";
import { describeWholeState, type WholeBed } from "../../contracts/whole-state-contract.ts";

const NOW = Date.UTC(2025, 11, 1, 13);
const READERS_ZONE = "Pacific/Auckland";

async function read(disk: Disk): Promise<MonitorState | null> {
  const { state, origin, corrupt } = await createFileStore({ disk, zone: READERS_ZONE }).load(NOW);
  expect(corrupt).toBeNull();
  return origin === "none" ? null : state;
}

function bedOn(disk: Disk, more: Pick<StateBed, "breakDisk" | "mendDisk" | "remove">): StateBed & WholeBed {
  return {
    ...more,
    open: async (zone) => (await openWhole(createFileStore({ disk, zone }), NOW)).open,
    look: () => read(disk),
    put: async (state, zone) => { expect(await createFileStore({ disk, zone }).save(state)).toEqual({ ok: true }); },
    read: () => read(disk),
  };
}

async function realBed(): Promise<StateBed & WholeBed> {
  const root = await mkdtemp(join(tmpdir(), "pvmonitor-store-"));
  const folder = join(root, "state");
  return bedOn(createNodeDisk(folder), {
    // A file in the folder's place refuses everyone, root too.
    breakDisk: async () => {
      await rename(folder, join(root, "away"));
      await writeFile(folder, "");
    },
    mendDisk: async () => {
      await rm(folder);
      await rename(join(root, "away"), folder);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  });
}

function memoryBed(fault: DiskFault): StateBed & WholeBed {
  const disk = createMemoryDisk();
  const failing = (of: DiskFault | null) => () => {
    disk.failWrites(of);
    return Promise.resolve();
  };
  return bedOn(disk, { breakDisk: failing(fault), mendDisk: failing(null), remove: () => Promise.resolve() });
}

describeWholeState("a file of a real folder", realBed);
describeWholeState("a file of the simulation's disk", () => Promise.resolve(memoryBed("ENOSPC")));
describeOpenState("a file of a real folder", { createBed: realBed, knowsWriters: false });
for (const fault of ["ENOSPC", "EROFS", "EACCES"] satisfies DiskFault[]) {
  describeOpenState(`a file of the simulation's disk (${fault})`, { createBed: () => Promise.resolve(memoryBed(fault)), knowsWriters: false });
}

it("the file has every key that was promised, also of an empty state", async () => {
  const disk = createMemoryDisk();
  await createFileStore({ disk, zone: READERS_ZONE }).save(emptyState);
  const json: unknown = JSON.parse(disk.text(STATE_FILE) ?? "");
  expect(Object.keys(json ?? {})).toEqual(expect.arrayContaining([
    "schema_version", "ultima_varredura_rele", "ultima_varredura_inversor", "ultima_varredura_rele_por_usina", "ultima_varredura_inversor_por_usina",
    "rele_alertas_ativos", "estado_inversores", "pending_notifications",
  ]));
});
