// The weekly report's e-mail: tried for a day, ever more slowly, over restarts too; it holds nothing else up.
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from "../domain/local-time.ts";
import { withMonitor } from "../domain/monitor-state.ts";
import { backoffMs } from "../domain/retry.ts";
import type { Done, Mailer, ReportDesk, ReportMail } from "../ports/reports.ts";
import type { Context } from "./context.ts";

const BACKOFF = { baseMs: 5 * MINUTE_MS, maxMs: 2 * HOUR_MS };
const TRIED_FOR_MS = DAY_MS;

/** What an earlier process still owed goes on, with the file from the shelf. None of these rejects. */
export function mailOwed(context: Context, desk: Pick<ReportDesk, "find">, mailer: Mailer | null): Promise<void>[] {
  const { ledger, telemetry } = context;
  return ledger.state.monitor.mailsOwed.map(async ({ week, since }) => {
    const file = mailer === null ? null : await desk.find(week);
    if (mailer !== null && file !== null) return mailUntilSent(context, mailer, { week, report: null, file }, since);
    if (mailer !== null) telemetry.tell({ kind: "report.mail-failed", week, reason: "a planilha não está mais na pasta", attempt: 1, retryInMs: null });
    settle(context, week);
  });
}

/** Owed since `since`. Ends where it was sent or is given up, or with the monitor: it stays owed then. Never rejects. */
export async function mailUntilSent(context: Context, mailer: Mailer, mail: ReportMail, since: EpochMs): Promise<void> {
  const { clock, telemetry, random, stop } = context;
  const { week } = mail;
  const begunMs = clock.monotonicMs() - Math.max(0, clock.now() - since);
  for (let failures = 1; ; failures += 1) {
    const sent = await mailer.send(mail, stop).catch((error: unknown): Done<null> => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }));
    if (sent.ok) {
      telemetry.tell({ kind: "report.mailed", week, recipients: mailer.to.length });
      settle(context, week);
      return;
    }
    if (stop.aborted) return;
    const waitMs = backoffMs(failures, BACKOFF, random);
    const isLast = clock.monotonicMs() + waitMs - begunMs > TRIED_FOR_MS;
    telemetry.tell({ kind: "report.mail-failed", week, reason: sent.reason, attempt: failures, retryInMs: isLast ? null : waitMs });
    if (isLast) {
      settle(context, week);
      return;
    }
    await clock.sleep(waitMs, stop);
  }
}

function settle({ ledger }: Context, settled: string): void {
  ledger.stage((state) => withMonitor(state, { mailsOwed: state.monitor.mailsOwed.filter(({ week }) => week !== settled) }));
}
