// A file that is no history of ours is moved aside, with what lies beside it, and a new one begun.
import { existsSync, openSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { ALWAYS, incidentRecord, NOW, powerRecord, valueOf } from "../../support/history.ts";
import { createFolder, openHistory } from "./support.ts";

const ASIDE = `${HISTORY_FILE}.corrupt.20251201_120000`;

/** A folder with a history of some hundred kilobytes. */
async function filledFolder(): Promise<string> {
  const folder = createFolder();
  const { history } = openHistory(folder);
  history.record(Array.from({ length: 3_000 }, (_, i) => incidentRecord({ id: `OLD${i}` })));
  history.record(Array.from({ length: 200 }, (_, i) => powerRecord(NOW, 1, `d${i}`)));
  await history.flush();
  await history.close();
  return folder;
}

const DAMAGES: readonly (readonly [string, string, (path: string) => void])[] = [
  ["garbage", "arquivo danificado", (path) => { writeFileSync(path, Buffer.alloc(100_000, "não é um banco de dados")); }],
  ["text", "arquivo danificado", (path) => { writeFileSync(path, "{}"); }],
  ["a newer program's", "de uma versão mais nova do programa (esquema 99)", (path) => { withDb(path, "PRAGMA user_version = 99"); }],
  ["another program's", "banco de dados de outro programa", (path) => {
    truncateSync(path);
    withDb(path, "CREATE TABLE a (n INTEGER)");
  }],
  ["cut", "arquivo danificado", (path) => { truncateSync(path, Math.floor(statSync(path).size / 16_384) * 8_192); }],
];

function withDb(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

describe.each(DAMAGES)("a file that is %s", (_, reason, damage) => {
  test("is moved aside, said, and a new one takes all that is recorded", async () => {
    const folder = await filledFolder();
    damage(join(folder, HISTORY_FILE));
    const damaged = readFileSync(join(folder, HISTORY_FILE));
    const { history, heard } = openHistory(folder);
    history.record([incidentRecord({ id: "NEW000" })]);
    const moved = await heard("history.moved-aside");
    expect(moved).toMatchObject({ movedTo: ASIDE });
    expect(moved.kind === "history.moved-aside" && (moved.reason === reason || moved.reason.startsWith("quick_check")), JSON.stringify(moved)).toBe(true);
    history.record([incidentRecord({ id: "NEW001" })]);
    await history.flush();
    const ids = (await valueOf(history.incidents({ ...ALWAYS, limit: 10_000 }))).map(({ id }) => id);
    expect(ids).toContain("NEW001");
    expect(ids).not.toContain("OLD7");
    expect(readFileSync(join(folder, ASIDE)).byteLength).toBe(damaged.byteLength);
    expect(history.trouble).toMatchObject({ since: NOW, lost: 0, reason: expect.stringContaining(`foi guardado como ${ASIDE}`) });
  });
});

test("damage that nobody comes across is found at the start, beside the work", async () => {
  const folder = createFolder();
  const path = join(folder, HISTORY_FILE);
  const before = openHistory(folder).history;
  // The rows of power grow until most pages of the file are theirs; the clean-up of a start only looks at the oldest and the newest.
  for (let i = 0; i < 40; i += 1) {
    before.record(Array.from({ length: 400 }, (_, device) => powerRecord(NOW + i, 1, String(device))));
    await before.flush();
  }
  await before.close();
  const handle = openSync(path, "r+");
  writeSync(handle, Buffer.alloc(4_096, 0xff), 0, 4_096, Math.floor(statSync(path).size / 16_384) * 8_192);
  closeSync(handle);
  const { history, heard } = openHistory(folder);
  expect(await heard("history.moved-aside")).toMatchObject({ movedTo: ASIDE, reason: expect.stringContaining("quick_check") });
  expect(existsSync(join(folder, ASIDE))).toBe(true);
  history.record([incidentRecord()]);
  await history.flush();
  expect(await valueOf(history.openIncidents())).toHaveLength(1);
});

test("two within one second do not overwrite each other, and what lies beside the file goes with it", async () => {
  const folder = createFolder();
  for (const end of ["", "-wal", "-shm"]) writeFileSync(join(folder, ASIDE + end), "an older one");
  for (const end of ["", "-wal"]) writeFileSync(join(folder, HISTORY_FILE + end), "garbage that is no database at all");
  const { history } = openHistory(folder);
  await history.flush();
  await history.close();
  const next = `${HISTORY_FILE}.corrupt.20251201_120001`;
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([HISTORY_FILE, next, `${next}-wal`]));
  for (const end of ["", "-wal", "-shm"]) expect(readFileSync(join(folder, ASIDE + end), "utf8")).toBe("an older one");
});

test("of those that were moved aside the newest three are kept", async () => {
  const folder = createFolder();
  const older = ["20240101_000000", "20250101_000000", "20250201_000000", "20270101_000000"].map((time) => `${HISTORY_FILE}.corrupt.${time}`);
  for (const name of older) for (const end of ["", "-wal"]) writeFileSync(join(folder, name + end), "an older one");
  for (const name of [HISTORY_FILE, "monitor_state.json.corrupt.20240101_000000"]) writeFileSync(join(folder, name), "garbage that is no database at all");
  const { history } = openHistory(folder);
  await history.flush();
  await history.close();
  expect(readdirSync(folder).filter((name) => name.includes("corrupt")).sort()).toEqual([
    ...[older[2], ASIDE, older[3]].flatMap((name) => (name === ASIDE ? [name] : [name, `${name}-wal`])), "monitor_state.json.corrupt.20240101_000000",
  ]);
});

test("a good file is left alone", async () => {
  const folder = await filledFolder();
  const { history, news } = openHistory(folder);
  await history.flush();
  expect(await valueOf(history.incidents({ ...ALWAYS, limit: 10_000 }))).toHaveLength(3_000);
  await history.close();
  expect(news).toEqual([]);
});
