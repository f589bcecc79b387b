// What keeps a file from being written: what waits is written once it can.
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALWAYS, incidentRecord, NOW, valueOf } from "../../support/history.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { createFolder, holdFile, openHistory } from "./support.ts";

test("a file that another process holds is still read", async () => {
  const folder = createFolder();
  const { history, heard } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  const letGo = await holdFile(folder);
  history.record([incidentRecord({ id: "LATER0" })]);
  await heard("history.not-written");
  expect(await valueOf(history.openIncidents())).toHaveLength(1);
  await letGo();
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

const small = smallDisk(2 * 1_024 * 1_024);
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
