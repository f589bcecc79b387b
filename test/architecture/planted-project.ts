// A throw-away project with this one's rules, in which a test plants what the rules must catch.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface PlantedProject {
  readonly folder: string;
  remove(): void;
}

export function plant(files: Readonly<Record<string, string>>): PlantedProject {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-planted-"));
  for (const name of ["package.json", "tsconfig.json", "eslint.config.js", ".dependency-cruiser.cjs"]) cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { folder, remove: () => { rmSync(folder, { recursive: true, force: true }); } };
}
