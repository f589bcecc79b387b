// The file store keeps the contract on a real folder and on the simulation's disk.
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileStore, STATE_FILE } from "../../../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../../../src/adapters/system/node-disk.ts";
import { createMemoryDisk, type DiskFault } from "../../../src/simulator/memory-disk.ts";
import { describeStore } from "../../contracts/store-contract.ts";

describeStore("a real folder", async () => {
  const root = await mkdtemp(join(tmpdir(), "pvmonitor-store-"));
  const folder = join(root, "state");
  return {
    open: (zone) => createFileStore({ disk: createNodeDisk(folder), zone }),
    content: () => readFile(join(folder, STATE_FILE), "utf8").catch(() => null),
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
  };
});

for (const fault of ["ENOSPC", "EROFS", "EACCES"] satisfies DiskFault[]) {
  describeStore(`the simulation's disk (${fault})`, () => {
    const disk = createMemoryDisk();
    return Promise.resolve({
      open: (zone) => createFileStore({ disk, zone }),
      content: () => Promise.resolve(disk.text(STATE_FILE)),
      breakDisk: () => {
        disk.failWrites(fault);
        return Promise.resolve();
      },
      mendDisk: () => {
        disk.failWrites(null);
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
    });
  });
}
