// The project's own lint bans prove themselves: each is planted and caught, with the file beside it left in peace.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ESLint } from "eslint";
import { plant, type PlantedProject } from "./planted-project.ts";

const banned: readonly (readonly [rule: string, code: string])[] = [
  ["no-restricted-properties", "export const a = Date.now();"],
  ["no-restricted-syntax", "export const a = new Date();"],
  ["no-restricted-syntax", "export const a = Date();"],
  ["no-restricted-properties", "export const a = Math.random();"],
  ["no-restricted-properties", "export const a = Temporal.Now.instant();"],
  ["no-restricted-globals", "export const a = setTimeout(() => undefined, 1);"],
  ["no-restricted-globals", "export const a = process.pid;"],
  ["no-restricted-globals", "export const a = performance.now();"],
  ["no-restricted-properties", "export const a = AbortSignal.timeout(1);"],
  ["no-restricted-imports", 'import { randomUUID } from "node:crypto";\nexport const a = randomUUID;'],
];
const everywhere: readonly (readonly [rule: string, code: string])[] = [
  ["@typescript-eslint/consistent-type-assertions", 'export const a = JSON.parse("1") as number;'],
  ["@typescript-eslint/no-explicit-any", "export const a: any = 1;"],
  ["@typescript-eslint/no-non-null-assertion", "export const a = [1].at(0)!;"],
  ["@typescript-eslint/no-floating-promises", "Promise.resolve(1);\nexport const a = 1;"],
  ["project/require-reason", "// eslint-disable-next-line no-console\nconsole.log(1);\nexport const a = 1;"],
  ["no-console", "console.log(1);\nexport const a = 1;"],
];

const entries: readonly (readonly [file: string, code: string])[] = [
  ...banned.flatMap(([, code], n) => ["domain", "app", "adapters/x"].map((folder) => [`src/${folder}/banned-${n}.ts`, `${code}\n`] as const)),
  ...everywhere.map(([, code], n) => [`src/config/everywhere-${n}.ts`, `${code}\n`] as const),
  ["src/config/fine.ts", 'export const a = ["x"] as const;\n'],
  ["src/domain/fine.ts", "export const a = new Date(0).getTime() + Math.max(1, 2);\n"],
];
const files = Object.fromEntries(entries);

describe("lint", () => {
  let project: PlantedProject;
  const found = new Map<string, readonly (string | null)[]>();
  beforeAll(async () => {
    project = plant(files);
    const results = await new ESLint({ cwd: project.folder }).lintFiles(["src"]);
    for (const { filePath, messages } of results) found.set(filePath.slice(project.folder.length + 1), messages.map(({ ruleId }) => ruleId));
  }, 60_000);
  afterAll(() => { project.remove(); });

  it("looked at every file that was planted", () => {
    expect([...found.keys()].sort()).toEqual(Object.keys(files).sort());
  });

  it.each(banned.map(([rule, code], n) => [code.split("\n").at(-1), rule, n] as const))("bans %s from the rules of the trade (%s)", (_, rule, n) => {
    expect(found.get(`src/domain/banned-${n}.ts`)).toContain(rule);
    expect(found.get(`src/app/banned-${n}.ts`)).toContain(rule);
    expect(found.get(`src/adapters/x/banned-${n}.ts`)).not.toContain(rule);
  });

  it.each(everywhere.map(([rule, code], n) => [code.split("\n")[0], rule, n] as const))("bans %s from all of src (%s)", (_, rule, n) => {
    expect(found.get(`src/config/everywhere-${n}.ts`)).toContain(rule);
  });

  it("lets what is fine pass", () => {
    expect([found.get("src/config/fine.ts"), found.get("src/domain/fine.ts")]).toEqual([[], []]);
  });
});
