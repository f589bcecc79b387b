// What keeps the history from being written: it waits, loses what finds no room, says so, and goes on by itself.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { MOST_READINGS, MOST_RECORDS } from "../../../src/history-core/queue.ts";
import { ALWAYS, createFolder, incidentRecord, NOW, openHistory, powerRecord, valueOf } from "./support.ts";

const HOLDER = fileURLToPath(new URL("file-holder.process.ts", import.meta.url));

/** Another process holds the file until it is let go. */
async function holdFile(folder: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, [HOLDER, join(folder, HISTORY_FILE)], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => { holder.kill("SIGKILL"); });
  const gone = new Promise<void>((resolve) => holder.once("exit", () => { resolve(); }));
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  return async () => {
    holder.stdin.end();
    await gone;
  };
}

test("a file that another process holds: nobody waits, the page still reads, and all is written once it is free", async () => {
  const folder = createFolder();
  const { history, news, heard } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  const letGo = await holdFile(folder);

  let turns = 0;
  const spin = setInterval(() => { turns += 1; }, 0);
  history.record([incidentRecord({ id: "LATER0" }), powerRecord(NOW, 1)]);
  await history.flush();
  clearInterval(spin);
  expect(turns).toBeGreaterThan(1); // the loop went round while the writer waited for the other process
  expect(history.trouble).toEqual({ since: NOW, reason: "history.db está em uso por outro programa", lost: 0 });
  expect(await valueOf(history.openIncidents())).toHaveLength(1);

  await letGo();
  await heard("history.written-again");
  expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["7F3K00", "LATER0"]);
  expect(history.trouble).toBeNull();
  expect(news.map(({ kind }) => kind)).toEqual(["history.not-written", "history.written-again"]);
});

test("what finds no room meanwhile is counted and said, also after it is over; a flood of power takes no incident's place", async () => {
  const folder = createFolder();
  let now = NOW;
  const { history, heard } = openHistory(folder, { now: () => now });
  await history.flush();
  const letGo = await holdFile(folder);
  history.record([incidentRecord({ id: "FIRST0" })]);
  await history.flush();
  const readings = Array.from({ length: 1_000 }, (_, i) => ({ device: "46001", at: NOW + i, powerKw: 1 }));
  for (let i = 0; i < MOST_READINGS / 1_000 + 5; i += 1) history.record([{ kind: "power", plantId: String(i), readings }]);
  history.record([incidentRecord({ id: "NOT LOST" })]);
  expect(history.trouble).toMatchObject({ lost: 5_000, reason: "history.db está em uso por outro programa" });
  history.record(Array.from({ length: MOST_RECORDS }, (_, i) => incidentRecord({ id: String(i) })));
  expect(history.trouble?.lost).toBe(5_002);

  await letGo();
  expect(await heard("history.written-again")).toEqual({ kind: "history.written-again", since: NOW, lost: 5_002 });
  await history.flush();
  const ids = (await valueOf(history.incidents({ ...ALWAYS, limit: 30_000 }))).map(({ id }) => id);
  expect(ids).toHaveLength(MOST_RECORDS);
  expect(ids).toEqual(expect.arrayContaining(["FIRST0", "NOT LOST"]));
  expect(history.trouble).toMatchObject({ since: NOW, lost: 5_002 });
  now += 25 * 3_600_000;
  expect(history.trouble).toBeNull();
});

test("a record that cannot be a row takes none of the others with it", async () => {
  const { history } = openHistory(createFolder());
  history.record([incidentRecord({ id: "A" }), incidentRecord({ id: "B", last: NaN }), incidentRecord({ id: "C" })]);
  await history.flush();
  expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["A", "C"]);
  expect(history.trouble).toEqual({ since: NOW, lost: 1, reason: "registros que não puderam ser gravados" });
});

test("a folder that cannot be written: no history, said, and one as soon as it can", async () => {
  const obstacle = join(createFolder(), "state");
  writeFileSync(obstacle, "a file where the folder is to be; it refuses everyone, root too");
  const { history, heard } = openHistory(obstacle, { limits: { closeMs: 5_000 } });
  history.record([incidentRecord()]);
  expect(await heard("history.not-written")).toEqual({ kind: "history.not-written", reason: expect.stringMatching(/^a pasta do histórico não pode ser lida ou gravada \((EEXIST|ENOTDIR)\)$/) });
  expect(history.trouble).toMatchObject({ since: NOW, lost: 0 });
  expect(await history.openIncidents()).toEqual({ ok: false, reason: history.trouble?.reason });
  rmSync(obstacle);
  mkdirSync(obstacle);
  await heard("history.written-again");
  await history.flush();
  expect(await valueOf(history.openIncidents())).toHaveLength(1);
});

const small = tinyDisk();
// Mounting is root's; the other cases need nobody's leave.
if (small !== null) {
  test("a disk that is full: what waits is written once there is room", async () => {
    const folder = small.mount();
    const { history, heard } = openHistory(folder);
    history.record([incidentRecord()]);
    await history.flush();
    const ballast = join(folder, "ballast");
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    history.record(Array.from({ length: 2_000 }, (_, i) => incidentRecord({ id: String(i) })));
    expect(await heard("history.not-written")).toEqual({ kind: "history.not-written", reason: expect.stringMatching(/^disco cheio|^a pasta do histórico/) });
    expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["7F3K00"]);
    rmSync(ballast);
    await heard("history.written-again");
    await history.flush();
    expect(await valueOf(history.incidents({ ...ALWAYS, limit: 10_000 }))).toHaveLength(2_001);
    expect(history.trouble).toBeNull();
    await history.close();
  });
}

/** A disk of 2 MB, where this user may mount one. */
function tinyDisk(): { readonly mount: () => string } | null {
  const mountOn = (folder: string): boolean => process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "pvmonitor-test", folder]).status === 0;
  const trial = mkdtempSync(join(tmpdir(), "pvmonitor-mount-"));
  const works = mountOn(trial);
  if (works) spawnSync("umount", [trial]);
  rmSync(trial, { recursive: true, force: true });
  if (!works) return null;
  return {
    mount() {
      const folder = createFolder();
      mountOn(folder);
      onTestFinished(() => { spawnSync("umount", [folder]); });
      return folder;
    },
  };
}
