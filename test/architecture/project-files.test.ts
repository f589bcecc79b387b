// What a clean clone must hold: exact versions, a reason for each dependency, and no pointer to a folder outside.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { root } from "./planted-project.ts";

const NOT_COMMITTED = new Set(["node_modules", ".git", "state", "logs", "coverage", "tmp", ".vitest"]);
const packageJson = z.object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
const versions = { ...packageJson.dependencies, ...packageJson.devDependencies };

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_COMMITTED.has(entry.name)) return [];
    return entry.isDirectory() ? filesOf(path) : [path];
  });
}

describe("dependencies", () => {
  it("are pinned", () => {
    expect(Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("each have a line that says what for", () => {
    const lines = readFileSync(join(root, "docs/dependencies.md"), "utf8").split("\n");
    expect(Object.keys(versions).filter((name) => !lines.some((line) => line.includes(`\`${name}\``)))).toEqual([]);
  });
});

describe("files", () => {
  it("name no folder outside the project", () => {
    const outside = [["..", "shared"], ["", "work", ""], ["", "tmp", "brief"]].map((parts) => parts.join("/"));
    const files = filesOf(".").filter((path) => statSync(join(root, path)).size < 2_000_000);
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((path) => outside.some((place) => readFileSync(join(root, path), "utf8").includes(place)))).toEqual([]);
  });
});
