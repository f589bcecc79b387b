// What runs beside the monitor, in `run` and in the demo: its history, its figures, its page, its reports, and the ear for operators. None of it can stop the monitor.
import { fileURLToPath } from "node:url";
import { createHistory } from "../adapters/history/history.ts";
import { trustedAuthorities } from "../adapters/http/trusted-authorities.ts";
import { createMetrics } from "../adapters/metrics/create-metrics.ts";
import { createReportDesk } from "../adapters/report/report-shelf.ts";
import { createSmtpMailer } from "../adapters/report/smtp-mailer.ts";
import { createSystemClock } from "../adapters/system/system-clock.ts";
import { keepHistory } from "../app/keep-history.ts";
import { metricsFacts } from "../app/metrics-facts.ts";
import { createPing } from "../app/ping.ts";
import { reportWeekly } from "../app/send-reports.ts";
import type { Companion, Running } from "../app/supervisor.ts";
import type { Config } from "../config/config.ts";
import type { SettingInForce } from "../config/settings-in-force.ts";
import { MINUTE_MS } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { History } from "../ports/history.ts";
import type { MetricsFacts } from "../ports/metrics.ts";
import { tellAll, type Telemetry } from "../ports/telemetry.ts";
import type { Transport } from "../ports/transport.ts";
import { serveRequests } from "./mute/serve-requests.ts";
import { createChangeFeed } from "./page/change-feed.ts";
import { plantMute } from "./page/plant-mute.ts";

export interface BesideParts {
  readonly config: Config;
  readonly settingsInForce: readonly SettingInForce[];
  readonly clock: Clock;
  readonly transport: Transport;
  /** Of the whole monitor: what these tell reaches the log too. */
  readonly log: Telemetry & { say(level: "info" | "warn" | "error", text: string): void };
  readonly version: string;
}

export interface Beside {
  /** The log and all that listens with it. */
  readonly telemetry: Telemetry;
  readonly companions: readonly Companion[];
  /** Writes what the history still owes its file. */
  close(): Promise<void>;
}

const TRY_AGAIN_MS = 10 * MINUTE_MS;
/** Built by `npm run build`. */
const PAGE_FOLDER = fileURLToPath(new URL("../../dist/page", import.meta.url));

export function createBeside({ config, settingsInForce, clock, transport, log, version }: BesideParts): Beside {
  const now = (): number => clock.now();
  const history = createHistory({ folder: config.stateDir, days: config.historyDays, zone: config.zone, now, say: (news) => { log.tell(news); } });
  const keeper = keepHistory(history, clock);
  const metrics = createMetrics({ version });
  const feed = createChangeFeed(createSystemClock()); // whoever looks at the page lives in real time, in the demo too
  const ping = config.pingUrl === null ? null : createPing(config.pingUrl, transport);
  const page: Companion = async (running) => {
    // Where nobody looks at a page, its server takes no memory.
    const [{ createWebServer }, { createDesk }] = await Promise.all([import("../adapters/web/web-server.ts"), import("./page/create-desk.ts")]);
    const desk = createDesk({ running, history, feed, historyDays: config.historyDays, settingsInForce });
    const server = createWebServer({
      desk, now, pageFolder: PAGE_FOLDER, web: config.web,
      metrics: () => metrics.render(factsOf(running, history)),
      say: (level, text) => { log.say(level, `[PÁGINA] ${text}`); },
    });
    await server.accompany(running.context.stop, clock);
  };
  const reports = reportWeekly({
    history, settled: keeper.settled, desk: createReportDesk(config.stateDir), mailer: config.mail === null ? null : createSmtpMailer(config.mail, trustedAuthorities(config.ca)),
  });
  return {
    telemetry: tellAll([log, keeper.telemetry, metrics, feed, ...(ping === null ? [] : [ping])]),
    companions: [
      keeper.reconcile, reports, serveRequests(config.stateDir, (text) => { log.say("warn", text); }), ...(config.web.enabled ? [page] : []), ...(ping === null ? [] : [ping.companion]),
    ].map((companion) => guarded(companion, clock, log)),
    close: () => history.close(),
  };
}

/** A defect in what is beside the monitor is told, and costs that alone; it begins again after a while. */
function guarded(companion: Companion, clock: Clock, log: BesideParts["log"]): Companion {
  return async (running) => {
    const { stop } = running.context;
    while (!stop.aborted) {
      try {
        await companion(running);
        return;
      } catch (error) {
        log.say("error", `Defeito interno fora da vigilância, que segue; nova tentativa em 10 min: ${error instanceof Error ? error.message : String(error)}`);
        await clock.sleep(TRY_AGAIN_MS, stop);
      }
    }
  };
}

function factsOf({ context: { ledger, clock, settings } }: Running, history: History): MetricsFacts {
  const { state } = ledger;
  return metricsFacts(state, {
    now: clock.now(), settings, isStateSaved: ledger.trouble === null,
    isMuted: ({ info }) => plantMute(state, info.id, settings.rulesOf, clock.now()) !== null,
    mutes: state.monitor.mutes.length, historyLost: history.trouble?.lost ?? 0,
  });
}
