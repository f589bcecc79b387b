// The folder of the state on a real disk.
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Disk } from "../../ports/disk.ts";

export function createNodeDisk(folder: string): Disk {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw error;
      }
    },
    async writeDurably(name, content) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await using file = await open(join(folder, name), "w", 0o600);
      await file.writeFile(content, "utf8");
      await file.sync();
    },
    async rename(from, to) {
      await rename(join(folder, from), join(folder, to));
    },
    async syncFolder() {
      if (process.platform === "win32") return; // a folder cannot be opened there; NTFS journals its entries
      await using handle = await open(folder, "r");
      await handle.sync();
    },
  };
}
