// docs/seguranca.md: each threat names what shows that it is held, and no test of this folder is left out.
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { read, rows } from "../docs/documents.ts";

const page = read("docs/seguranca.md");
const threats = rows(page, "## Ameaças (STRIDE)");

it("every threat has a letter, what holds it, and a test", () => {
  expect(threats.filter(([letter = "", threat = "", held = "", tests = ""]) =>
    !/^[STRIDE]$/.test(letter) || threat.length < 10 || held.length < 10 || !/`test\/[\w/-]+\.test\.ts`/.test(tests))).toEqual([]);
  expect(new Set(threats.map(([letter]) => letter))).toEqual(new Set("STRIDE"));
});

it("every test of this folder is in the table", () => {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts") && name !== "threats.test.ts");
  expect(tests.filter((name) => !threats.some(([, , , named = ""]) => named.includes(`test/security/${name}`)))).toEqual([]);
});
