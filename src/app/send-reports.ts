// Makes each week's report once, on Monday 00:05 or at the first start after it: file, card, e-mail.
import { nextWeek, reportDueAt, weekAt, weekBefore, weekNamed, type Week } from "../domain/iso-week.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import { owe, withMonitor } from "../domain/monitor-state.ts";
import { reportNotice } from "../domain/weekly-report.ts";
import type { History } from "../ports/history.ts";
import type { Mailer, ReportDesk, ReportMail } from "../ports/reports.ts";
import type { Context } from "./context.ts";
import { gatherReport } from "./gather-report.ts";
import { mailOwed, mailUntilSent } from "./mail-reports.ts";
import type { Companion } from "./supervisor.ts";
import { waitUntilWallClock } from "./wall-clock.ts";

/** A monitor that was down for longer makes those of the last weeks only. */
const MOST_WEEKS_LATE = 4;
/** A report that could not be made is tried again after so long. */
const RETRY_MS = HOUR_MS;
/** Later than this, the machine slept over its time. */
const LATE_MS = MINUTE_MS;
/** For what happened while nobody looked, at least; two intervals where they are longer. */
const LOOK_FOR_MS = HOUR_MS;
const LOOK_AGAIN_MS = 5 * SECOND_MS;

export interface ReportParts {
  readonly history: Pick<History, "incidents" | "outages" | "trouble" | "flush">;
  /** Resolves when the history is set right against the state after the start; never rejects. */
  readonly settled: Promise<unknown>;
  readonly desk: ReportDesk;
  /** Null: no e-mail is wanted. */
  readonly mailer: Mailer | null;
}

/** Its own faults are told, and end nothing. */
export function reportWeekly(parts: ReportParts): Companion {
  return async ({ context, startedAt }) => {
    const { clock, stop, telemetry } = context;
    const { desk, mailer } = parts;
    const mails = mailOwed(context, desk, mailer);
    /** Nobody has looked yet at what happened before then; null: somebody has. */
    let unseenUntil: EpochMs | null = startedAt;
    while (!stop.aborted) {
      const week = nextToReport(context, clock.now());
      const due = reportDueAt(week);
      if (clock.now() < due) {
        await waitUntilWallClock(due, context);
        if (clock.now() - due > LATE_MS) unseenUntil = clock.now();
      } else if (unseenUntil !== null) {
        await waitUntilSeen(unseenUntil, parts, context);
        unseenUntil = null;
      } else {
        try {
          const mail = await makeReport(parts, context, week);
          if (mail !== null && mailer !== null) mails.push(mailUntilSent(context, mailer, mail, clock.now()));
        } catch (error) {
          telemetry.tell({ kind: "report.failed", week: week.name, reason: error instanceof Error ? error.message : String(error) });
          await clock.sleep(RETRY_MS, stop);
        }
      }
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

/** The history is set right by then, and a whole cycle of each kind has ended since `until`. Where they do not come (the API is down), the
 *  report is made without, and says what it did not see. */
async function waitUntilSeen(until: EpochMs, { history, settled }: ReportParts, { clock, ledger, settings, stop }: Context): Promise<void> {
  const deadlineMs = clock.monotonicMs() + Math.max(LOOK_FOR_MS, 2 * Math.max(...Object.values(settings.intervalMs)));
  let isSettled = false;
  void settled.then(() => { isSettled = true; });
  const isSeen = (): boolean => isSettled && Object.values(ledger.state.monitor.lastCycle).every((at) => at !== null && at >= until);
  do await clock.sleep(LOOK_AGAIN_MS, stop);
  while (!isSeen() && clock.monotonicMs() < deadlineMs && !stop.aborted);
  await history.flush();
}

/** The file first, as the card names it; then the card is owed and the week noted in one commit, so that it is never made twice. */
async function makeReport({ history, desk, mailer }: ReportParts, { clock, ledger, settings, telemetry, stop }: Context, week: Week): Promise<ReportMail | null> {
  const report = await gatherReport({ week, now: clock.now(), history, state: ledger.state, rulesOf: settings.rulesOf });
  if (stop.aborted) return null;
  const file = await desk.compose(report);
  const kept = await desk.keep(file);
  if (!kept.ok) telemetry.tell({ kind: "report.not-kept", week: week.name, reason: kept.reason });
  const notice = reportNotice(report, kept.ok ? kept.value : null);
  const incidents = report.occurrences.length;
  telemetry.tell({ kind: "report.made", week: week.name, incidents, gaps: report.gaps.length, file: kept.ok ? kept.value : null });
  const now = clock.now();
  const mail = mailer === null ? [] : [{ week: week.name, since: now }];
  await ledger.commit((state) => owe(withMonitor(state, { lastReport: week.name, mailsOwed: [...state.monitor.mailsOwed, ...mail] }), [notice], now));
  return { week: week.name, report, file };
}
