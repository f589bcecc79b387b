// The project's Markdown documents, and what they are made of.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith(".md")).map((name) => join(folder, name));

/** Paths from the project's top. */
export const documents: readonly string[] = [".", "docs", "docs/adr"].flatMap(markdownIn).sort();

/** Text without what stands in fences: links and names in there are somebody else's output. */
export function prose(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, "");
}

/** Cells of every table row under a heading (all of the document where none is given), heads left out. */
export function rows(text: string, heading?: string): string[][] {
  const [, part = ""] = heading === undefined ? ["", text] : text.split(`\n${heading}\n`);
  const section = heading === undefined ? part : (part.split(/^#{1,6} /m)[0] ?? "");
  const lines = section.split("\n");
  return lines.filter((line, i) => line.startsWith("| ") && !line.startsWith("| ---") && lines[i + 1]?.startsWith("| ---") !== true)
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** Names of the headings as links know them. */
export function anchors(text: string): Set<string> {
  const headings = [...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")));
}
