// `pvmonitor report` as a process, against the simulated PVOperation and Teams and a real mail server.
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { startSimulator, type Simulator } from "../../src/simulator/http-server.ts";
import { parseScenario } from "../../src/simulator/scenario.ts";
import { createWorld, type World } from "../../src/simulator/world.ts";
import { readXlsx, valuesFrom, wallClock } from "../adapters/report/read-xlsx.ts";
import { inverter, relay, scenarioFile, type FaultRow } from "../support/scenario.ts";
import { PASSWORD, settingsFor, SIGNATURE, spawnMonitor } from "./spawned-monitor.ts";

/** A week that was over long before this was written. */
const WEEK = "2025-W48";
let world: World;
let simulator: Simulator;
let folder = "";

/** Plant 101: inverter 8 stands from Sunday afternoon to Monday morning, inverter 9 on Tuesday for two hours; on Wednesday relay 7 trips,
 *  and both stand with it, which is nobody's failure but the relay's. Inverter 9 stands again from Saturday on. */
async function serve(faults: readonly FaultRow[] = []): Promise<void> {
  const night = (day: number): string => `11-${String(day)} 17:00`;
  const morning = (day: number): string => `11-${String(day)} 07:00`;
  const eight = inverter(101, 8).from(morning(23)).kwUntil("11-23 16:00", 50).kwUntil(night(23), 0).from(morning(24)).kwUntil("11-24 08:00", 0).kwUntil(night(24), 50);
  const nine = inverter(101, 9).from(morning(25)).kwUntil("11-25 09:00", 50).kwUntil("11-25 11:00", 0).kwUntil(night(25), 50);
  for (const one of [eight, nine]) one.from(morning(26)).kwUntil("11-26 10:00", 50).kwUntil("11-26 12:00", 0).kwUntil(night(26), 50);
  nine.from(morning(29)).kwUntil("11-29 15:00", 50).kwUntil(night(29), 0).from(morning(30)).kwUntil(night(30), 0).from("12-01 07:00").kw(50, 10);
  const seven = relay(101, 7).from("11-25 00:00").cleanUntil("11-26 09:55").activeUntil("11-26 12:00", "r59N").cleanUntil("11-27 00:00");
  const steady = inverter(102, 1).from(morning(24)).kwUntil(night(24), 20);
  world = createWorld(parseScenario(scenarioFile({ start: "11-20 00:00", end: "12-10 00:00", devices: [eight, nine, seven, steady], faults })), { now: () => Date.UTC(2025, 11, 5, 15) });
  simulator = await startSimulator({ world });
}

async function report(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const env = settingsFor(simulator, { INVERTER_INTERVAL: "900", STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"), ...more });
  const run = spawnMonitor({ folder, env, args: ["report", ...args] });
  const { code } = await run.exit;
  for (const secret of [PASSWORD, SIGNATURE]) expect(run.stdout() + run.stderr()).not.toContain(secret);
  return { code, out: run.stdout(), err: run.stderr() };
}

const sheetsIn = (path: string): ReturnType<typeof readXlsx> => readXlsx(readFileSync(path));

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "pvmonitor-report-")); });
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("report --from-api", () => {
  it("rebuilds the week: what began before it, the relay before its inverters, what still lasts", async () => {
    await serve();
    const { code, out, err } = await report(["--week", WEEK, "--from-api"]);
    expect({ code, err: err.split("\n").at(-2) }).toEqual({ code: 0, err: "Lendo a PVOperation: 28 de 28 dias de usinas (100 %)" });
    expect(out).toMatch(/Todas as usinas +Inversores +3 +1 /);
    expect(out).toMatch(/Todas as usinas +Relés +1 +0 /);
    expect(out).toContain("- Histórico: não há histórico em ");
    const path = join(folder, "state/relatorios/pvmonitor-2025-W48.xlsx");
    expect(out).toContain(`Planilha: ${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [summary, occurrences] = sheetsIn(path);
    if (summary === undefined || occurrences === undefined) throw new Error("sheets");
    const told = valuesFrom(occurrences, 4).map((row) => [...row.slice(0, 2).map((value) => (typeof value === "number" ? wallClock(value) : value)), ...row.slice(4, 5), row[6]]);
    expect(told).toEqual([
      ["2025-11-23T16:00", "2025-11-24T08:00", "Inversor", "8"],
      ["2025-11-25T09:00", "2025-11-25T11:00", "Inversor", "9"],
      ["2025-11-26T09:55", "2025-11-26T12:00", "Relé", "7"],
      ["2025-11-29T15:00", "–", "Inversor", "9"],
    ]);
    // Monday 00:00 to 08:00, Tuesday 2 h, Saturday 15:00 to the week's end.
    expect(valuesFrom(occurrences, 4).map((row) => row[9])).toEqual([8, 2, expect.closeTo(2.0833, 3), 33]);
    expect(valuesFrom(summary, 4).map((row) => row[0])).toEqual(expect.arrayContaining(["UFV 101", "UFV 102"]));
    expect(world.cards).toEqual([]);
  });

  it("says which days could not be read, and goes on without them", async () => {
    await serve([["11-20 00:00", "12-10 00:00", "day_inverter", "status:400", 102], ["11-20 00:00", "12-10 00:00", "day_relay", "status:400", 102]]);
    const out = join(folder, "w48.xlsx");
    const run = await report(["--week", WEEK, "--from-api", "--out", out]);
    expect(run.code).toBe(0);
    expect(run.out).toContain("UFV 102 (102): dias de inversores que não puderam ser lidos: 17/11, 18/11, 19/11");
    expect(run.out).toMatch(/Todas as usinas +Inversores +3 +1 /);
    expect(valuesFrom(sheetsIn(out)[0] ?? { name: "", cells: new Map(), xml: "" }, 5).flat().join("\n")).toContain("UFV 102 (102): dias de inversores que não puderam ser lidos");
  });

  it("ends with 3 where the API does not even tell its plants", async () => {
    await serve([["11-20 00:00", "12-10 00:00", "plants", "status:400"]]);
    expect(await report(["--week", WEEK, "--from-api"])).toMatchObject({ code: 3, err: expect.stringContaining("as usinas não puderam ser lidas") });
  });
});

describe("report", () => {
  test.each(["2025-W53", "2099-W01", "9999-W52"])("refuses %s as a week", async (week) => {
    await serve();
    expect(await report(["--week", week])).toMatchObject({ code: 2, err: expect.stringContaining("não é uma semana que já começou") });
  });

  // Only root can make a folder another's.
  it.runIf(process.geteuid?.() === 0)("as another user than the state's it leaves nothing behind, and ends with 3", async () => {
    await serve();
    mkdirSync(join(folder, "state"));
    chownSync(join(folder, "state"), 12_345, 12_345);
    expect(await report(["--week", WEEK])).toMatchObject({ code: 3, err: expect.stringContaining("é de outro usuário (uid 12345)") });
    expect(readdirSync(join(folder, "state"))).toEqual([]);
  });

  it("reads the history where there is one, and makes none", async () => {
    await serve();
    expect(await report(["--week", WEEK])).toMatchObject({ code: 0, out: expect.stringContaining("- Histórico: não há histórico em ") });
    expect(readdirSync(join(folder, "state"))).toEqual(["relatorios"]);
  });

  it("ends with 3 where the file cannot be written", async () => {
    await serve();
    writeFileSync(join(folder, "file"), "no folder");
    expect(await report(["--week", WEEK, "--out", join(folder, "file", "report.xlsx")])).toMatchObject({ code: 3, err: expect.stringContaining("não pôde ser gravada") });
  });

  it("goes to Teams and by e-mail with --send", async () => {
    await serve();
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true, hideSTARTTLS: true, disabledCommands: ["AUTH"], logger: false,
      onData: (stream, _, done) => void text(stream).then((body) => { mails.push(body); done(); }),
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.server.address();
    const mail = { SMTP_URL: `smtp://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`, REPORT_EMAIL_TO: "a@exemplo.invalid" };
    const run = await report(["--week", WEEK, "--from-api", "--send"], mail);
    await new Promise<void>((done) => { server.close(done); });
    expect([run.code, run.out.split("\n").slice(-3, -1)]).toEqual([0, ["Teams: cartão aceito.", "E-mail: aceito pelo servidor para a@exemplo.invalid."]]);
    expect(world.cards).toHaveLength(1);
    expect(world.cards[0]?.body).toContain("Relatório da semana 2025-W48: 4 ocorrências");
    expect(mails).toHaveLength(1);
  });

  it("ends with 3 where Teams does not take the card", async () => {
    await serve([["11-20 00:00", "12-10 00:00", "teams", "status:404"]]);
    expect(await report(["--week", WEEK, "--send"])).toMatchObject({ code: 3, out: expect.stringContaining("Teams: O webhook não existe mais") });
  });
});
