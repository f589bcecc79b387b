// The whole history: real files, real threads.
import type { Worker } from "node:worker_threads";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { DAY_MS, HOUR_MS } from "../../../src/domain/local-time.ts";
import type { HistoryCard, HistoryOutage, HistoryScan } from "../../../src/ports/history.ts";
import { ALWAYS, createFolder, incident, incidentRecord, NOW, openHistory, powerRecord, valueOf } from "./support.ts";

const scan: HistoryScan = {
  at: NOW, kind: "inverter", durationMs: 1234.5, plants: 3, complete: 1, unavailable: 1, unwatched: 1, readings: 120, reasons: { timeout: 1, "bad-json": 2 }, endedEarly: true,
  calls: 9, failedCalls: 2, medianMs: 310.5, p95Ms: null,
};
const card: HistoryCard = { at: NOW, title: "🔴 UFV Barra Norte: relé atuou", severity: "danger", plantId: "101", events: 1, attempt: 2, outcome: "failed", reason: "HTTP 500" };
const outage: HistoryOutage = { topic: "down", since: NOW - HOUR_MS, until: NOW, detail: "" };

test("gives back what was recorded, also after it was closed and opened again", async () => {
  const folder = join(createFolder(), "state");
  const { history, news } = openHistory(folder);
  history.record([
    incidentRecord(), { kind: "told", incidentId: "7F3K00", event: "failure", at: NOW }, { kind: "scan", scan }, { kind: "card", card }, { kind: "outage", outage },
    powerRecord(NOW, 12.3), powerRecord(NOW + 1, null),
  ]);
  const check = async (read: typeof history): Promise<void> => {
    expect(await valueOf(read.incidents({ ...ALWAYS, limit: 10 }))).toEqual([incident({ notifiedAt: NOW })]);
    expect(await valueOf(read.openIncidents())).toEqual([incident({ notifiedAt: NOW })]);
    expect(await valueOf(read.scans(ALWAYS))).toEqual([scan]);
    expect(await valueOf(read.cards({ ...ALWAYS, limit: 10 }))).toEqual([card]);
    expect(await valueOf(read.outages(ALWAYS))).toEqual([outage]);
    expect(await valueOf(read.power("101", { from: NOW, to: NOW + 2 }))).toEqual([{ device: "46001", at: [NOW, NOW + 1], powerKw: [12.3, null] }]);
    expect(await valueOf(read.scans({ from: NOW + 1, to: NOW + 2 }))).toEqual([]);
  };
  await history.flush();
  await check(history);
  await history.close();
  expect(readdirSync(folder)).toEqual([HISTORY_FILE]);
  await check(openHistory(folder).history);
  expect([news, history.trouble]).toEqual([[], null]);
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

describe("closing", () => {
  test("writes what waits", async () => {
    const folder = createFolder();
    const { history } = openHistory(folder, { limits: { lingerMs: 3_600_000 } });
    await history.flush();
    history.record(Array.from({ length: 5_000 }, (_, i) => incidentRecord({ id: String(i) })));
    await history.close();
    expect(await valueOf(openHistory(folder).history.incidents({ ...ALWAYS, limit: 10_000 }))).toHaveLength(5_000);
  });

  test("ends the history: what comes later is not recorded, and a question has an answer", async () => {
    const folder = createFolder();
    const { history } = openHistory(folder);
    await history.close();
    history.record([incidentRecord()]);
    await history.close();
    expect(await history.openIncidents()).toEqual({ ok: false, reason: "o histórico foi encerrado" });
    expect(await valueOf(openHistory(folder).history.openIncidents())).toEqual([]);
  });
});

test("old power goes while new is written", async () => {
  let now = NOW;
  const { history } = openHistory(createFolder(), { days: 2, now: () => now });
  history.record([powerRecord(NOW, 1)]);
  await history.flush();
  now += 4 * DAY_MS;
  history.record([powerRecord(now, 2)]);
  await history.flush();
  expect(await valueOf(history.power("101", ALWAYS))).toEqual([{ device: "46001", at: [now], powerKw: [2] }]);
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
  expect(answers).toContainEqual({ ok: false, reason: "consultas demais ao mesmo tempo" });
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
