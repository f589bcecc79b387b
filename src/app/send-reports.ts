// Makes each week's report once, on Monday 00:05 or at the first start after it: file, card, e-mail.
import { nextWeek, reportDueAt, weekAt, weekBefore, weekNamed, type Week } from "../domain/iso-week.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from "../domain/local-time.ts";
import { owe, withMonitor } from "../domain/monitor-state.ts";
import { backoffMs } from "../domain/retry.ts";
import { reportNotice, type WeeklyReport } from "../domain/weekly-report.ts";
import type { History } from "../ports/history.ts";
import type { Mailer, ReportDesk, ReportFile } from "../ports/reports.ts";
import type { Context } from "./context.ts";
import { gatherReport } from "./gather-report.ts";
import type { Companion } from "./supervisor.ts";
import { waitUntilWallClock } from "./wall-clock.ts";

/** A monitor that was down for longer makes those of the last weeks only. */
const MOST_WEEKS_LATE = 4;
const MAIL_BACKOFF = { baseMs: 5 * MINUTE_MS, maxMs: 2 * HOUR_MS };
const MAIL_TRIED_FOR_MS = DAY_MS;

export interface ReportParts {
  readonly history: Pick<History, "incidents" | "outages" | "trouble">;
  readonly desk: ReportDesk;
  /** Null: no e-mail is wanted. */
  readonly mailer: Mailer | null;
}

export function reportWeekly(parts: ReportParts): Companion {
  return async ({ context }) => {
    const { clock, stop } = context;
    const mails: Promise<void>[] = [];
    while (!stop.aborted) {
      const week = nextToReport(context, clock.now());
      const due = reportDueAt(week);
      if (clock.now() >= due) {
        const made = await makeReport(parts, context, week);
        if (made !== null && parts.mailer !== null) mails.push(mailUntilSent(context, parts.mailer, made.report, made.file));
      } else await waitUntilWallClock(due, context);
    }
    await Promise.all(mails);
  };
}

/** The week whose report comes next. A state that is new, or that a clock which was ahead had reported on, begins with the week that goes on. */
function nextToReport({ ledger, settings: { zone } }: Context, now: EpochMs): Week {
  const current = weekAt(now, zone);
  const last = ledger.state.monitor.lastReport;
  const known = last === null ? null : weekNamed(last, zone);
  if (known === null || known.from >= current.from) {
    const done = weekBefore(current).name;
    if (last !== done) ledger.stage((state) => withMonitor(state, { lastReport: done }));
    return current;
  }
  let oldest = current;
  for (let i = 0; i < MOST_WEEKS_LATE; i += 1) oldest = weekBefore(oldest);
  const next = nextWeek(known);
  return next.from < oldest.from ? oldest : next;
}

/** The file first, as the card names it; then the card is owed and the week noted in one commit, so that it is never made twice. */
async function makeReport({ history, desk }: ReportParts, { clock, ledger, settings, telemetry, stop }: Context, week: Week): Promise<{ report: WeeklyReport; file: ReportFile } | null> {
  const report = await gatherReport({ week, now: clock.now(), history, state: ledger.state, rulesOf: settings.rulesOf });
  if (stop.aborted) return null;
  const file = await desk.compose(report);
  const kept = await desk.keep(file);
  if (!kept.ok) telemetry.tell({ kind: "report.not-kept", week: week.name, reason: kept.reason });
  const notice = reportNotice(report, kept.ok ? kept.value : null);
  const incidents = report.occurrences.length;
  telemetry.tell({ kind: "report.made", week: week.name, incidents, gaps: report.gaps.length, file: kept.ok ? kept.value : null });
  await ledger.commit((state) => owe(withMonitor(state, { lastReport: week.name }), [notice], clock.now()));
  return { report, file };
}

/** Tries for a day, ever more slowly. Not kept over a restart: the file lies on the shelf, and the card has said so. */
async function mailUntilSent({ clock, telemetry, random, stop }: Context, mailer: Mailer, report: WeeklyReport, file: ReportFile): Promise<void> {
  const week = report.week.name;
  const begunMs = clock.monotonicMs();
  for (let failures = 1; ; failures += 1) {
    const sent = await mailer.send(report, file, stop);
    if (sent.ok) {
      telemetry.tell({ kind: "report.mailed", week, recipients: mailer.to.length });
      return;
    }
    if (stop.aborted) return;
    const waitMs = backoffMs(failures, MAIL_BACKOFF, random);
    const isLast = clock.monotonicMs() + waitMs - begunMs > MAIL_TRIED_FOR_MS;
    telemetry.tell({ kind: "report.mail-failed", week, reason: sent.reason, attempt: failures, retryInMs: isLast ? null : waitMs });
    if (isLast) return;
    await clock.sleep(waitMs, stop);
  }
}
