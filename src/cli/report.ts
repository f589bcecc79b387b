// `pvmonitor report`: the report of one week as a file and as a table; on demand to Teams and by e-mail. Leaves the state as it is.
import { join, resolve } from "node:path";
import type { Writable } from "node:stream";
import { createPostgresHistoryReader } from "../adapters/postgres/history/history-reader.ts";
import { createHistoryReader } from "../adapters/history/history-reader.ts";
import { trustedAuthorities } from "../adapters/http/trusted-authorities.ts";
import { createPlantApi } from "../adapters/pvoperation/client.ts";
import { createReportDesk, writeWhole } from "../adapters/report/report-shelf.ts";
import { reportText } from "../adapters/report/report-text.ts";
import { createSmtpMailer } from "../adapters/report/smtp-mailer.ts";
import { createSystemClock } from "../adapters/system/system-clock.ts";
import { gatherReport } from "../app/gather-report.ts";
import { rebuildIncidents, type Rebuilt } from "../app/rebuild-incidents.ts";
import type { Config } from "../config/config.ts";
import { redactor, secretsOf } from "../config/secrets.ts";
import { weekAt, weekBefore, weekNamed, type Week } from "../domain/iso-week.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { reportNotice, type WeeklyReport } from "../domain/weekly-report.ts";
import type { Clock } from "../ports/clock.ts";
import type { ReportFile } from "../ports/reports.ts";
import type { History } from "../ports/history.ts";
import type { Transport } from "../ports/transport.ts";
import { wireMessenger } from "../wire.ts";
import { foreignOwner } from "./foreign-owner.ts";
import { connect } from "./database/connect.ts";
import { findState } from "./status/find-state.ts";
import { lockHolder } from "./status/lock-holder.ts";
import { EXIT_SETTINGS } from "./settings.ts";
import { adviceFor } from "./test-card.ts";

export interface ReportOptions {
  readonly config: Config;
  /** Null: the last week that is over. */
  readonly week: string | null;
  readonly fromApi: boolean;
  /** Null: STATE_DIR/relatorios. */
  readonly out: string | null;
  readonly send: boolean;
  readonly stdout: Writable;
  /** Progress and faults. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly transport: Transport;
}

const EXIT_NOT_DONE = 3;

/** 0: done; 2: no such week, or one to come; 3: it could not be made, kept or sent. */
export async function reportCommand(options: ReportOptions): Promise<number> {
  const { config, stdout, stderr } = options;
  const redact = redactor(secretsOf(config));
  const complain = (text: string): void => void stderr.write(`pvmonitor report: ${redact(text)}\n`);
  const clock = createSystemClock();
  const week = wantedWeek(options, clock.now());
  if (week === null) {
    complain(`${JSON.stringify(options.week)} não é uma semana que já começou; use o ano e a semana ISO, como ${weekBefore(weekAt(clock.now(), config.zone)).name}.`);
    return EXIT_SETTINGS;
  }
  const foreign = foreignOwner(config.stateDir);
  if (foreign !== null) {
    complain(foreign);
    return EXIT_NOT_DONE;
  }
  const rebuilt = options.fromApi ? await rebuild(options, week, clock) : null;
  if (rebuilt !== null && !rebuilt.ok) {
    complain(`as usinas não puderam ser lidas da PVOperation: ${rebuilt.reason}`);
    return EXIT_NOT_DONE;
  }
  const history = await openHistory(config);
  if (!history.ok) {
    complain(history.text);
    return EXIT_NOT_DONE;
  }
  const state = await readStateOf(config, clock.now());
  const report = await gatherReport({ week, now: clock.now(), history: history.reader, state, rulesOf: config.rulesOf, ...(rebuilt === null ? {} : { rebuilt: rebuilt.value }) })
    .finally(() => history.close());
  stdout.write(`${redact(reportText(report))}\n`);
  const kept = await keep(options, report);
  if (kept.file === null) {
    complain(`a planilha não pôde ser gravada: ${kept.reason}`);
    return EXIT_NOT_DONE;
  }
  stdout.write(`\nPlanilha: ${kept.path}\n`);
  return options.send && !(await send(options, report, kept.file, (text) => void stdout.write(`${redact(text)}\n`), clock)) ? EXIT_NOT_DONE : 0;
}

function wantedWeek({ config, week }: ReportOptions, now: number): Week | null {
  if (week === null) return weekBefore(weekAt(now, config.zone));
  const named = weekNamed(week, config.zone);
  return named === null || named.from > now ? null : named;
}

type HistoryFound =
  | { readonly ok: true; readonly reader: Pick<History, "incidents" | "outages" | "trouble">; close(): Promise<void> }
  | { readonly ok: false; readonly text: string };

/** Wherever the monitor keeps it; only read. */
async function openHistory({ database: address, account, stateDir, zone, ca }: Config): Promise<HistoryFound> {
  if (address === null) {
    const reader = createHistoryReader(stateDir, zone);
    return { ok: true, reader, close: () => reader.close() };
  }
  const connected = await connect({ address, ca });
  if (!connected.ok) return connected;
  const { database } = connected;
  const reader = createPostgresHistoryReader({ database, tenant: account });
  return { ok: true, reader: { ...reader, trouble: null }, close: () => database.close() };
}

async function readStateOf(config: Config, now: number): Promise<MonitorState | null> {
  const { found } = await findState(config, now);
  return "wrong" in found ? null : found.state;
}

/** Beside a monitor that runs, one call at a time: both share what the API allows the account. */
async function rebuild({ config, stderr, transport }: ReportOptions, week: Week, clock: Clock): Promise<{ readonly ok: true; readonly value: Rebuilt } | { readonly ok: false; readonly reason: string }> {
  const { state } = config.database === null ? await lockHolder(config.stateDir) : (await findState(config, clock.now())).lock;
  const concurrency = state === "free" ? config.pvop.concurrency : 1;
  const api = createPlantApi({ ...config.pvop, concurrency, transport, clock, random: Math.random, telemetry: { tell: () => undefined } });
  const settings = { intervalMs: { relay: config.relayIntervalMs, inverter: config.inverterIntervalMs }, relayPlants: config.relayPlants, rulesOf: config.rulesOf };
  let told = -1;
  const onProgress = (done: number, total: number): void => {
    const share = Math.floor((done / total) * 100);
    // In a file or a pipe a line for each tenth is enough.
    if (share === told || (stderr.isTTY !== true && Math.floor(share / 10) === Math.floor(told / 10) && done < total)) return;
    told = share;
    const line = `Lendo a PVOperation: ${String(done)} de ${String(total)} dias de usinas (${String(share)} %)`;
    stderr.write(stderr.isTTY === true ? `\r${line}${done === total ? "\n" : ""}` : `${line}\n`);
  };
  return rebuildIncidents({ api, settings, week, now: clock.now(), signal: new AbortController().signal, onProgress });
}

async function keep({ config, out }: ReportOptions, report: WeeklyReport): Promise<{ readonly file: ReportFile; readonly path: string } | { readonly file: null; readonly reason: string }> {
  const desk = createReportDesk(config.stateDir);
  const file = await desk.compose(report);
  if (out !== null) {
    const written = await writeWhole(resolve(out), file.content);
    return written.ok ? { file, path: out } : { file: null, reason: `${out} (${written.reason})` };
  }
  const kept = await desk.keep(file);
  return kept.ok ? { file, path: join(config.stateDir, kept.value) } : { file: null, reason: `${config.stateDir} (${kept.reason})` };
}

/** To Teams and, where it is set up, by e-mail; one try each, and all that was not sent is said. */
async function send({ config, transport, out }: ReportOptions, report: WeeklyReport, file: ReportFile, say: (text: string) => void, clock: Clock): Promise<boolean> {
  const never = new AbortController().signal;
  let isSent = true;
  if (config.teams.enabled) {
    const messenger = wireMessenger(config, transport, clock);
    const notice = reportNotice(report, out ?? `relatorios/${file.name}`);
    const outcome = await messenger.post(messenger.compose({ kind: "notice", notice, committedAt: clock.now() }, false)[0], never);
    isSent = outcome.kind === "delivered";
    say(isSent ? "Teams: cartão aceito." : `Teams: ${adviceFor(outcome)}`);
  } else say("Teams: desligado (TEAMS_ENABLED=False), nada enviado.");
  if (config.mail === null) {
    say("E-mail: SMTP_URL e REPORT_EMAIL_TO não estão definidos, nada enviado.");
    return isSent;
  }
  const sent = await createSmtpMailer(config.mail, trustedAuthorities(config.ca)).send({ week: report.week.name, report, file }, never);
  say(sent.ok ? `E-mail: aceito pelo servidor para ${config.mail.to.join(", ")}.` : `E-mail: não enviado: ${sent.reason}`);
  return isSent && sent.ok;
}
