// The weekly report under the virtual clock: once a week, also after a Monday without the monitor, and never twice.
import { describe, expect, it } from "vitest";
import { keepHistory } from "../../src/app/keep-history.ts";
import { reportWeekly } from "../../src/app/send-reports.ts";
import { HOUR_MS } from "../../src/domain/local-time.ts";
import type { WeeklyReport } from "../../src/domain/weekly-report.ts";
import type { Done, Mailer, ReportDesk } from "../../src/ports/reports.ts";
import { keepRows, type KeptRows } from "../support/kept-rows.ts";
import { createMemoryHistory, type MemoryHistory } from "../support/memory-history.ts";
import { startMonitor, type LiveMonitor, type StepMeans } from "../support/live-monitor.ts";
import { instant } from "../support/plant-rules.ts";
import { inverter, relay, type FaultRow, type Story } from "../support/scenario.ts";

interface Scene {
  readonly monitor: LiveMonitor;
  readonly history: MemoryHistory;
  /** What was put on the shelf. */
  readonly kept: WeeklyReport[];
  readonly mailed: string[];
  /** Answers of the mail server, one a try; then all is well. */
  readonly mailAnswers: Done<null>[];
  /** Answers of the shelf, likewise. */
  readonly shelfAnswers: Done<string>[];
  /** Thrown by the next tries to compose a sheet, or to send a mail. */
  readonly faults: Record<"compose" | "send", Error[]>;
}

interface Setting {
  readonly faults?: readonly FaultRow[];
  readonly means?: StepMeans;
  readonly devices?: Story["devices"];
  /** The history's real rows, kept by the real keeper; otherwise it holds what a test puts there. */
  readonly rows?: KeptRows;
}

// 2025-11-30 is a Sunday, 12-01 the Monday after 2025-W48.
function scene(start: string, { faults = [], means = "suspended", devices = [inverter(101, 9).from("11-24 06:00").kw(50, 144)], rows }: Setting = {}): Scene {
  const history = createMemoryHistory();
  const made: WeeklyReport[] = [];
  const kept: WeeklyReport[] = [];
  const [mailed, mailAnswers, shelfAnswers]: [string[], Done<null>[], Done<string>[]] = [[], [], []];
  const thrownNext: Scene["faults"] = { compose: [], send: [] };
  const desk: ReportDesk = {
    compose: (report) => {
      const thrown = thrownNext.compose.shift();
      if (thrown !== undefined) return Promise.reject(thrown);
      made.push(report);
      return Promise.resolve({ name: `pvmonitor-${report.week.name}.xlsx`, content: new Uint8Array([1]) });
    },
    keep: ({ name }) => {
      const answer = shelfAnswers.shift() ?? { ok: true, value: `relatorios/${name}` };
      const report = made.at(-1);
      if (answer.ok && report !== undefined) kept.push(report);
      return Promise.resolve(answer);
    },
    find: (week) => Promise.resolve(kept.some((report) => report.week.name === week) ? { name: `pvmonitor-${week}.xlsx`, content: new Uint8Array([1]) } : null),
  };
  const mailer: Mailer = {
    to: ["a@exemplo.invalid", "b@exemplo.invalid"],
    send: ({ week, report }) => {
      const thrown = thrownNext.send.shift();
      if (thrown !== undefined) return Promise.reject(thrown);
      const answer = mailAnswers.shift() ?? { ok: true, value: null };
      if (answer.ok) mailed.push(report === null ? `${week}, the file alone` : week);
      return Promise.resolve(answer);
    },
  };
  const story: Story = { start, end: "2099-12-31T00:00", devices, faults, config: { HEARTBEAT_TIMES: "12:00", RELAY_INTERVAL: 3600, INVERTER_INTERVAL: 3600 } };
  const monitor = startMonitor(story, 0, means, (clock) => {
    if (rows === undefined) return { telemetry: { tell: () => undefined }, companions: [reportWeekly({ history, settled: Promise.resolve(), desk, mailer })] };
    const { telemetry, reconcile, settled } = keepHistory(rows, clock);
    return { telemetry, companions: [reportWeekly({ history: rows, settled, desk, mailer }), reconcile] };
  });
  return { monitor, history, kept, mailed, mailAnswers, shelfAnswers, faults: thrownNext };
}

const weeks = ({ kept }: Scene): string[] => kept.map(({ week }) => week.name);
/** Weeks whose card Teams took. */
const cards = ({ monitor }: Scene): string[] => monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice?.kind === "weekly-report" ? [notice.week] : []));

describe("the weekly report", () => {
  it("is made on Monday at 00:05: file, card, e-mail", async () => {
    const it = scene("11-29 12:00");
    await it.monitor.runUntil("12-01 00:04:59");
    expect([weeks(it), cards(it), it.mailed]).toEqual([[], [], []]);
    await it.monitor.runUntil("12-01 00:06");
    expect([weeks(it), cards(it), it.mailed]).toEqual([["2025-W48"], ["2025-W48"], ["2025-W48"]]);
    expect(it.monitor.ofKind("report.made")).toMatchObject([{ week: "2025-W48", incidents: 0, gaps: 0, file: "relatorios/pvmonitor-2025-W48.xlsx" }]);
    await it.monitor.runUntil("12-08 00:06");
    await it.monitor.stop();
    expect([weeks(it), cards(it), it.mailed]).toEqual([["2025-W48", "2025-W49"], ["2025-W48", "2025-W49"], ["2025-W48", "2025-W49"]]);
  });

  it("is made at the next start where the monitor was down on Monday, and only once", async () => {
    const it = scene("11-29 12:00");
    await it.monitor.runUntil("11-29 13:00");
    await it.monitor.stop();
    await it.monitor.runUntil("12-03 09:00");
    it.monitor.start();
    await it.monitor.runUntil("12-03 09:01");
    expect([weeks(it), cards(it)]).toEqual([["2025-W48"], ["2025-W48"]]);
    await it.monitor.stop();
    it.monitor.start();
    await it.monitor.runUntil("12-05 09:00");
    await it.monitor.stop();
    expect([weeks(it), cards(it)]).toEqual([["2025-W48"], ["2025-W48"]]);
  });

  it("that is late waits for what happened meanwhile: the history set right, and a whole cycle of each kind", async () => {
    const nine = inverter(101, 9).from("11-28 06:00").kwUntil("11-28 18:00", 50).from("11-29 06:00").kwUntil("11-29 12:00", 50).kwUntil("11-29 14:00", 0).kwUntil("11-29 18:00", 50);
    const it = scene("11-28 12:00", { devices: [nine.from("12-02 06:00").kwUntil("12-02 18:00", 50), relay(101, 7).from("12-02 06:00").cleanUntil("12-02 18:00")], rows: keepRows() });
    await it.monitor.runUntil("11-29 08:00");
    it.monitor.kill();
    await it.monitor.runUntil("12-02 09:00");
    it.monitor.start();
    await it.monitor.runUntil("12-02 11:00");
    await it.monitor.stop();
    expect(it.kept).toMatchObject([{
      week: { name: "2025-W48" }, totals: { inverter: { incidents: 1, downMs: 2 * HOUR_MS } },
      gaps: [{ kind: "outage", topic: "down", since: expect.toSatisfy((at: number) => at <= instant("11-29 08:00")), until: instant("12-02 09:00") }],
    }]);
    expect(it.monitor.ofKind("report.made")).toHaveLength(1);
  });

  it("that is late is made all the same where the API does not answer: an hour later, or after two intervals", async () => {
    const it = scene("11-29 12:00", { faults: (["plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint) => ["12-02 08:00", "12-05 00:00", endpoint, "status:503"]), rows: keepRows() });
    await it.monitor.runUntil("11-29 13:00");
    await it.monitor.stop();
    await it.monitor.runUntil("12-02 09:00");
    it.monitor.start();
    await it.monitor.runUntil("12-02 10:55");
    expect(weeks(it)).toEqual([]);
    await it.monitor.runUntil("12-02 11:05");
    await it.monitor.stop();
    expect(it.kept.map(({ gaps }) => gaps.some((gap) => gap.kind === "outage" && gap.topic === "down"))).toEqual([true]);
  });

  it("that the machine slept through waits likewise", async () => {
    const nine = inverter(101, 9).from("11-29 06:00").kwUntil("11-29 12:00", 50).kwUntil("11-29 14:00", 0).kwUntil("11-29 18:00", 50).from("12-02 06:00").kwUntil("12-02 18:00", 50);
    const it = scene("11-28 12:00", { devices: [nine], rows: keepRows() });
    await it.monitor.runUntil("11-29 08:00");
    it.monitor.clock.step(73 * HOUR_MS);
    await it.monitor.runUntil("12-02 12:00");
    await it.monitor.stop();
    expect(it.kept).toMatchObject([{ week: { name: "2025-W48" }, totals: { inverter: { incidents: 1 } } }]);
  });

  it("is tried again every hour where it could not be made, and ends nothing", async () => {
    const it = scene("11-30 12:00");
    it.faults.compose.push(new Error("sem memória"), new Error("sem memória"));
    await it.monitor.runUntil("12-01 01:30");
    expect([weeks(it), cards(it)]).toEqual([[], []]);
    await it.monitor.runUntil("12-01 02:30");
    await it.monitor.stop();
    expect([weeks(it), cards(it)]).toEqual([["2025-W48"], ["2025-W48"]]);
    expect(it.monitor.ofKind("report.failed")).toMatchObject([{ week: "2025-W48", reason: "sem memória" }, { reason: "sem memória" }]);
  });

  it("makes up for each of the last weeks, at most four", async () => {
    const it = scene("11-29 12:00");
    await it.monitor.runUntil("11-29 13:00");
    await it.monitor.stop();
    await it.monitor.runUntil("2026-02-04T09:00");
    it.monitor.start();
    await it.monitor.runUntil("2026-02-04T09:01");
    await it.monitor.stop();
    expect(weeks(it)).toEqual(["2026-W02", "2026-W03", "2026-W04", "2026-W05"]);
  });

  it("tells nothing of the weeks before a state began", async () => {
    const it = scene("12-01 09:00");
    await it.monitor.runUntil("12-07 23:59");
    expect(weeks(it)).toEqual([]);
    await it.monitor.runUntil("12-08 00:06");
    await it.monitor.stop();
    expect(weeks(it)).toEqual(["2025-W49"]);
  });

  it("is not made again after a kill, once its card was owed; Teams gets it when it answers", async () => {
    const it = scene("11-30 22:00", { faults: [["11-30 23:00", "12-01 02:00", "teams", "status:503"]] });
    await it.monitor.runUntil("12-01 00:10");
    it.monitor.kill();
    it.monitor.start();
    await it.monitor.runUntil("12-01 03:00");
    await it.monitor.stop();
    expect([weeks(it), cards(it)]).toEqual([["2025-W48"], ["2025-W48"]]);
  });

  it("holds the recorded incidents, and what is open by the state", async () => {
    const it = scene("11-30 12:00");
    const base = { id: "AAAAAA", plantId: "101", plantName: "UFV 101", kind: "inverter", device: "9", deviceName: "9", type: null, parameters: [], goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null } as const;
    it.history.stored.push({ ...base, first: instant("11-24 10:00"), last: instant("11-24 11:55"), end: instant("11-24 12:00") });
    it.history.storedOutages.push({ topic: "down", since: instant("11-25 10:00"), until: instant("11-25 11:00"), detail: "" }, { topic: "teams", since: instant("11-26 10:00"), until: null, detail: "" });
    await it.monitor.runUntil("12-01 00:06");
    await it.monitor.stop();
    expect(it.kept).toMatchObject([{ rows: [{ plantId: "101", kind: "inverter", incidents: 1, downMs: 2 * HOUR_MS }], gaps: [{ kind: "outage", topic: "down" }] }]);
  });

  it("says so where the history cannot be read, and is made all the same", async () => {
    const it = scene("11-30 12:00");
    it.history.fail("arquivo com defeito");
    await it.monitor.runUntil("12-01 00:06");
    await it.monitor.stop();
    expect(it.kept.map(({ gaps }) => gaps)).toEqual([[{ kind: "history", reason: "arquivo com defeito" }]]);
    expect(cards(it)).toEqual(["2025-W48"]);
  });

  it("goes to Teams without a file where the disk refuses it", async () => {
    const it = scene("11-30 12:00");
    it.shelfAnswers.push({ ok: false, reason: "ENOSPC" });
    await it.monitor.runUntil("12-01 00:06");
    await it.monitor.stop();
    expect(it.monitor.ofKind("report.not-kept")).toMatchObject([{ week: "2025-W48", reason: "ENOSPC" }]);
    expect(it.monitor.ofKind("card.delivered").map(({ notice }) => notice)).toContainEqual(expect.objectContaining({ kind: "weekly-report", file: null }));
  });

  it("comes at the right time after a clock that was years ahead for a while", async () => {
    const it = scene("11-29 12:00", { means: "wrong" });
    await it.monitor.runUntil("11-29 13:00");
    it.monitor.clock.step(1000 * 24 * HOUR_MS);
    await it.monitor.runUntil("2028-08-25T15:00");
    const before = weeks(it).length;
    it.monitor.clock.step(-1000 * 24 * HOUR_MS);
    await it.monitor.runUntil("12-08 02:00");
    await it.monitor.stop();
    expect(weeks(it).slice(before)).toContain("2025-W49");
  });
});

describe("its e-mail", () => {
  it("is tried again, ever more slowly, and holds nothing else up", async () => {
    const it = scene("11-30 12:00");
    it.mailAnswers.push({ ok: false, reason: "sem conexão" }, { ok: false, reason: "sem conexão" });
    await it.monitor.runUntil("12-01 00:06");
    expect([cards(it), it.mailed]).toEqual([["2025-W48"], []]);
    await it.monitor.runUntil("12-01 01:00");
    await it.monitor.stop();
    expect(it.mailed).toEqual(["2025-W48"]);
    expect(it.monitor.ofKind("report.mail-failed").map(({ attempt, reason }) => [attempt, reason])).toEqual([[1, "sem conexão"], [2, "sem conexão"]]);
    expect(it.monitor.ofKind("report.mailed")).toMatchObject([{ recipients: 2 }]);
  });

  it("is given up after a day, and said so", async () => {
    const it = scene("11-30 12:00");
    it.mailAnswers.push(...Array.from({ length: 100 }, () => ({ ok: false, reason: "sem conexão" } as const)));
    await it.monitor.runUntil("12-03 00:00");
    const failed = it.monitor.ofKind("report.mail-failed");
    expect(failed.length).toBeGreaterThan(12);
    expect(failed.map(({ retryInMs }) => retryInMs).filter((ms) => ms === null)).toHaveLength(1);
    expect(failed.at(-1)?.retryInMs).toBeNull();
    await it.monitor.stop();
  });

  it("is sent after a restart, too: the file from the shelf, and once", async () => {
    const it = scene("11-30 12:00");
    it.mailAnswers.push({ ok: false, reason: "sem conexão" });
    await it.monitor.runUntil("12-01 00:06");
    it.monitor.kill();
    it.monitor.start();
    await it.monitor.runUntil("12-01 00:20");
    await it.monitor.stop();
    it.monitor.start();
    await it.monitor.runUntil("12-01 03:00");
    await it.monitor.stop();
    expect(it.mailed).toEqual(["2025-W48, the file alone"]);
    expect(it.monitor.running.context.ledger.state.monitor.mailsOwed).toEqual([]);
  });

  it("is given up a day after its report, restarts or not, and where the file is gone", async () => {
    const it = scene("11-30 12:00");
    it.mailAnswers.push(...Array.from({ length: 100 }, () => ({ ok: false, reason: "sem conexão" } as const)));
    await it.monitor.runUntil("12-01 20:00");
    await it.monitor.stop();
    it.monitor.start();
    await it.monitor.runUntil("12-02 06:00");
    expect(it.monitor.ofKind("report.mail-failed").filter(({ retryInMs }) => retryInMs === null)).toHaveLength(1);
    expect(it.monitor.running.context.ledger.state.monitor.mailsOwed).toEqual([]);
    await it.monitor.runUntil("12-08 00:06");
    it.monitor.kill();
    it.kept.length = 0;
    it.monitor.start();
    await it.monitor.runUntil("12-08 00:10");
    await it.monitor.stop();
    expect(it.monitor.ofKind("report.mail-failed").at(-1)).toMatchObject({ week: "2025-W49", reason: "a planilha não está mais na pasta", retryInMs: null });
    expect(it.mailed).toEqual([]);
  });

  it("that throws is tried again like any other", async () => {
    const it = scene("11-30 12:00");
    it.faults.send.push(new Error("inesperado"));
    await it.monitor.runUntil("12-01 01:00");
    await it.monitor.stop();
    expect(it.mailed).toEqual(["2025-W48"]);
    expect(it.monitor.ofKind("report.mail-failed")).toMatchObject([{ reason: "inesperado" }]);
  });

  it("waits for nobody when the monitor stops", async () => {
    const it = scene("11-30 12:00");
    it.mailAnswers.push(...Array.from({ length: 100 }, () => ({ ok: false, reason: "sem conexão" } as const)));
    await it.monitor.runUntil("12-01 03:00");
    expect(await it.monitor.stop()).toBeLessThan(15_000);
  });
});
