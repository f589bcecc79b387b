// What only a history on a file has to answer for: its file, its threads.
import type { Worker } from "node:worker_threads";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { incidentRecord, valueOf } from "../../support/history.ts";
import { createFolder, openHistory } from "./support.ts";

test("closed, it leaves one file", async () => {
  const folder = join(createFolder(), "state");
  const { history } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  await valueOf(history.openIncidents());
  await history.close();
  expect(readdirSync(folder)).toEqual([HISTORY_FILE]);
});

test.skipIf(process.platform === "win32")("its files and its folder are its owner's alone, whoever made them before", async () => {
  const folder = join(createFolder(), "state");
  const before = openHistory(folder).history;
  await before.flush();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await before.close();
  writeFileSync(join(folder, HISTORY_FILE), "", { mode: 0o644 });
  const { history } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  await valueOf(history.openIncidents());
  const modes = ["", "-wal", "-shm"].map((end) => statSync(join(folder, HISTORY_FILE + end)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test("a file that is deleted while it is open is begun anew", async () => {
  const folder = createFolder();
  const { history, news } = openHistory(folder);
  history.record([incidentRecord()]);
  await history.flush();
  expect(await valueOf(history.openIncidents())).toHaveLength(1);
  rmSync(join(folder, HISTORY_FILE));
  history.record([incidentRecord({ id: "NEW000" })]);
  await history.flush();
  expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["NEW000"]);
  expect(existsSync(join(folder, HISTORY_FILE))).toBe(true);
  expect(news).toEqual([]);
});

test("a question that is not answered in time says so, and the next one is answered", async () => {
  const folder = createFolder();
  const { history } = openHistory(folder, { limits: { queryMs: 1 } });
  await history.flush();
  const answers = await Promise.all(Array.from({ length: 70 }, () => history.openIncidents()));
  expect(answers).toContainEqual({ ok: false, reason: "o histórico falhou (sem resposta a tempo)" });
  expect(await valueOf(openHistory(folder).history.openIncidents())).toEqual([]);
});

test("the thread that answers ends when nobody asks, and starts anew for who does", async () => {
  const readers: Promise<unknown>[] = [];
  const onWorker = (worker: Worker): void => {
    if (worker.threadName === "history-reader") readers.push(new Promise((resolve) => worker.once("exit", resolve)));
  };
  process.on("worker", onWorker);
  onTestFinished(() => { process.off("worker", onWorker); });
  const { history } = openHistory(createFolder(), { limits: { idleMs: 20 } });
  history.record([incidentRecord()]);
  await history.flush();
  for (const asked of [1, 2]) {
    expect(await valueOf(history.openIncidents())).toHaveLength(1);
    await Promise.all(readers);
    expect(readers).toHaveLength(asked);
  }
});
