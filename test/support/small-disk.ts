// A real disk that is soon full, for tests of what happens then.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface SmallDisk {
  /** The folder of a new one, which goes with the test. */
  mount(): string;
}

/** Of so many bytes; null where this user may not mount one. */
export function smallDisk(bytes: number): SmallDisk | null {
  const mountOn = (folder: string): boolean => process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${String(bytes)}`, "pvmonitor-test", folder]).status === 0;
  const makeFolder = (): string => mkdtempSync(join(tmpdir(), "pvmonitor-mount-"));
  const remove = (folder: string): void => { rmSync(folder, { recursive: true, force: true }); };
  const trial = makeFolder();
  const works = mountOn(trial);
  if (works) spawnSync("umount", [trial]);
  remove(trial);
  if (!works) return null;
  return {
    mount() {
      const folder = makeFolder();
      mountOn(folder);
      onTestFinished(() => {
        spawnSync("umount", ["-l", folder]); // lazily: whoever was killed may hold a file in it still
        remove(folder);
      });
      return folder;
    },
  };
}
