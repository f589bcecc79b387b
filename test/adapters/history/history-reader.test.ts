// The history as a command reads it: whatever lies there stays as it is.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { createHistoryReader } from "../../../src/adapters/history/history-reader.ts";
import { ALWAYS, incident, incidentRecord, valueOf } from "../../support/history.ts";
import { createFolder, openHistory } from "./support.ts";

const QUERY = { ...ALWAYS, limit: 10 };
function read(folder: string): ReturnType<typeof createHistoryReader> {
  const reader = createHistoryReader(folder, "America/Sao_Paulo");
  onTestFinished(() => reader.close());
  return reader;
}
const sumOf = (folder: string): string => createHash("sha256").update(readFileSync(join(folder, HISTORY_FILE))).digest("hex");

test("what the monitor wrote, while it runs and after", async () => {
  const folder = createFolder();
  const { history } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  const reader = read(folder);
  expect(await valueOf(reader.incidents(QUERY))).toEqual([incident()]);
  history.record([incidentRecord({ id: "NEW000" })]);
  await history.flush();
  expect(await valueOf(reader.incidents(QUERY))).toHaveLength(2);
  expect(await valueOf(reader.outages(ALWAYS))).toEqual([]);
  await history.close();
  const before = sumOf(folder);
  const later = read(folder);
  expect(await valueOf(later.incidents(QUERY))).toHaveLength(2);
  await later.close();
  expect(sumOf(folder)).toBe(before);
});

test("without a file it says so, and makes none", async () => {
  const folder = join(createFolder(), "state");
  expect(await read(folder).incidents(QUERY)).toEqual({ ok: false, reason: `não há histórico em ${join(folder, HISTORY_FILE)}` });
  mkdirSync(folder);
  expect(await read(folder).outages(ALWAYS)).toMatchObject({ ok: false });
  expect(readdirSync(folder)).toEqual([]);
});

test.each<[string, RegExp, (path: string) => void]>([
  ["one that is broken", /^history\.db está ilegível/, (path) => { writeFileSync(path, "garbage that is no database at all ".repeat(100)); }],
  ["another program's", /^o histórico falhou \(no such table/, (path) => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE a (n INTEGER)");
    db.close();
  }],
])("%s is told, and left where it lies", async (_, reason, make) => {
  const folder = createFolder();
  make(join(folder, HISTORY_FILE));
  const before = sumOf(folder);
  expect(await read(folder).incidents(QUERY)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  expect([readdirSync(folder), sumOf(folder)]).toEqual([[HISTORY_FILE], before]);
});
