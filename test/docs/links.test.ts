// Links lead somewhere, and files that the documents name exist.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchors, documents, prose, read, root } from "./documents.ts";

const LINK = /\]\(([^)\s]+)\)/g;
/** A path as the documents write one: `src/app/ledger.ts`, `deploy/systemd`. */
const NAMED = /`((?:src|test|docs|deploy|bin|bench|\.ci)\/[\w./-]+|\.dependency-cruiser\.cjs|\.env\.example|[A-Z]{4,}\.md)`/g;

const exists = (path: string): boolean => existsSync(join(root, path));

/** Where a link leads to nothing, or to a heading that is not there. */
function isBroken(from: string, link: string): boolean {
  if (/^https?:/.test(link)) return false;
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? from : join(dirname(from), file);
  return !exists(path) || (anchor !== undefined && !anchors(read(path)).has(anchor));
}

describe.each(documents)("%s", (path) => {
  const text = prose(read(path));

  it("links to what exists", () => {
    const links = [...text.matchAll(LINK)].map(([, link = ""]) => link);
    expect(links.filter((link) => isBroken(path, link))).toEqual([]);
  });

  it("names files that exist", () => {
    const names = [...text.matchAll(NAMED)].map(([, name = ""]) => name);
    expect(names.filter((name) => !exists(name))).toEqual([]);
  });

  it("has no line with blanks at its end, and ends with one line break", () => {
    expect(read(path)).not.toMatch(/[ \t]$/m);
    expect(read(path)).toMatch(/[^\n]\n$/);
  });
});

it("finds broken links", () => {
  expect(["no-such-file.md", "#no-such-heading", "LICENSE#x", "docs/adr/README.md#decisions"].map((link) => isBroken("README.md", link)))
    .toEqual([true, true, true, false]);
});

it("finds the documents", () => {
  expect(documents).toEqual(expect.arrayContaining(["README.md", "README.en.md", "docs/operacao.md", "docs/adr/0001-one-state-file.md"]));
});

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");
  const foldersOf = (path: string): string[] =>
    readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

  it("tells of every folder of the tests", () => {
    const holdTests = foldersOf("test").filter((name) => name === "support" || readdirSync(join(root, "test", name), { recursive: true }).some((file) => String(file).endsWith(".ts")));
    expect(holdTests.filter((name) => !text.includes(`\`test/${name}\``))).toEqual([]);
  });

  it("tells of every part of src", () => {
    expect(foldersOf("src").filter((name) => !text.includes(`\n  ${name}/`))).toEqual([]);
    expect(foldersOf("src/adapters").filter((name) => !text.includes(` ${name}/`))).toEqual([]);
  });

  it("names domain rules and use cases that exist, and leaves no detector out", () => {
    const named = [...text.matchAll(/`src\/domain\/([\w-]+)\.ts`/g)].map(([, name = ""]) => name);
    expect(readdirSync(join(root, "src/domain")).map((name) => name.replace(".ts", "")).filter((name) => name.endsWith("detector") && !named.includes(name))).toEqual([]);
  });
});

it("every decision is listed", () => {
  const index = read("docs/adr/README.md");
  expect(readdirSync(join(root, "docs/adr")).filter((name) => /^\d{4}-/.test(name) && !index.includes(`(${name})`))).toEqual([]);
});

it("the README shows every picture of a card", () => {
  expect(readdirSync(join(root, "docs/cards")).filter((name) => !read("README.md").includes(`docs/cards/${name}`))).toEqual([]);
});
