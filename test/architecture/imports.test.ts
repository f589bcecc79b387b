// Arrows point one way. The checker proves itself: it has seen the modules, and it catches what is planted.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { plant, root, type PlantedProject } from "./planted-project.ts";

const report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
  modules: z.array(z.object({ source: z.string() })),
});

/** Its exit code is the number of errors: what it found is read from the report. */
function cruise(folder: string): Promise<z.output<typeof report>> {
  const program = join(root, "node_modules/.bin/depcruise");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, "src", "proof", "--output-type", "json"], { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      try {
        resolve(report.parse(JSON.parse(stdout)));
      } catch (unreadable) {
        reject(new Error(`dependency-cruiser gave no report: ${error?.message ?? ""} ${stderr}`, { cause: unreadable }));
      }
    });
  });
}

describe("the project", () => {
  it("breaks no rule, and its modules were looked at", async () => {
    const { summary, modules } = await cruise(root);
    expect(summary.violations).toEqual([]);
    const seen = modules.map(({ source }) => source);
    expect(seen.filter((source) => source.startsWith("src/")).length).toBeGreaterThan(50);
    expect(seen).toEqual(expect.arrayContaining(["src/domain/plant.ts", "src/app/scan-plant.ts", "src/adapters/system/node-disk.ts"]));
  });
});

const value = "export const x = 1;\n";
const use = (path: string): string => `import { x } from "${path}";\nexport const y = x;\n`;
const planted: readonly (readonly [rule: string, file: string, content: string])[] = [
  ["domain-is-pure", "src/domain/a.ts", use("../ports/clock.ts")],
  ["domain-is-pure", "src/domain/b.ts", 'import { readFileSync } from "node:fs";\nexport const y = readFileSync;\n'],
  ["domain-is-pure", "src/domain/c.ts", 'import type { ZodType } from "zod";\nexport type Y = ZodType;\n'],
  ["ports-are-types", "src/ports/a.ts", use("../app/use-case.ts")],
  ["app-does-no-io", "src/app/a.ts", use("../adapters/system/disk.ts")],
  ["app-does-no-io", "src/app/b.ts", 'import { fetch } from "undici";\nexport const y = fetch;\n'],
  ["app-does-no-io", "src/app/c.ts", use("../config/settings.ts")],
  ["state-codec-is-pure", "src/state-codec/a.ts", use("../ports/clock.ts")],
  ["history-core-does-no-io", "src/history-core/a.ts", use("../adapters/system/disk.ts")],
  ["history-core-does-no-io", "src/history-core/b.ts", 'import { readFileSync } from "node:fs";\nexport const y = readFileSync;\n'],
  ["config-is-early", "src/config/a.ts", use("../app/use-case.ts")],
  ["simulator-stands-outside", "src/simulator/a.ts", use("../app/use-case.ts")],
  ["adapters-are-islands", "src/adapters/teams/a.ts", use("../system/disk.ts")],
  ["adapters-are-islands", "src/adapters/teams/b.ts", use("../../app/use-case.ts")],
  ["only-the-composition-root-names-adapters", "src/simulator/b.ts", use("../adapters/system/disk.ts")],
  ["product-stands-alone", "src/wire.ts", use("../test/support.ts")],
  ["product-needs-no-dev-package", "src/main.ts", 'import fc from "fast-check";\nexport const y = fc;\n'],
  ["model-is-independent", "proof/model/a.ts", use("../../src/domain/hen.ts")],
  ["no-cycles", "src/domain/egg.ts", 'import { hen } from "./hen.ts";\nexport const egg = (): unknown => hen;\n'],
  ["no-orphans", "src/domain/alone.ts", value],
  ["resolves", "src/cli/a.ts", use("./nowhere.ts")],
];
const innocent = {
  "src/ports/clock.ts": value, "src/adapters/system/disk.ts": value, "src/app/use-case.ts": use("../ports/clock.ts"), "src/config/settings.ts": value,
  "test/support.ts": value, "src/domain/hen.ts": 'import { egg } from "./egg.ts";\nexport const hen = (): unknown => egg;\n',
  "src/cli/run.ts": use("../adapters/system/disk.ts"),
};

describe("a planted violation", () => {
  let project: PlantedProject;
  let found: readonly string[] = [];
  beforeAll(async () => {
    project = plant({ ...innocent, ...Object.fromEntries(planted.map(([, file, content]) => [file, content])) });
    found = (await cruise(project.folder)).summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  }, 60_000);
  afterAll(() => { project.remove(); });

  it.each(planted)("of %s in %s is caught", (rule, file) => {
    expect(found).toContain(`${rule} ${file}`);
  });

  it("is all that is caught", () => {
    expect(found.filter((line) => Object.keys(innocent).some((file) => line.endsWith(` ${file}`) && !line.startsWith("no-cycles")))).toEqual([]);
  });
});
