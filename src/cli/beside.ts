// What runs beside the monitor, in `run` and in the demo: its history, its figures, its page, its reports, and the ear for operators. None of it can stop the monitor.
import { fileURLToPath } from "node:url";
import { createHistory } from "../adapters/history/history.ts";
import { trustedAuthorities } from "../adapters/http/trusted-authorities.ts";
import { createMetrics, type Metrics } from "../adapters/metrics/create-metrics.ts";
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
import { createChangeFeed, type ChangeFeed } from "./page/change-feed.ts";
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

/** Of a process that watches alone. */
export function createBeside({ settingsInForce, version, ...parts }: BesideParts): Beside {
  const { config, clock, log } = parts;
  const history = createHistory({ folder: config.stateDir, days: config.historyDays, zone: config.zone, now: () => clock.now(), say: (news) => { log.tell(news); } });
  const watch = besideWatch({ ...parts, history });
  const metrics = createMetrics({ version });
  const feed = createChangeFeed(createSystemClock()); // whoever looks at the page lives in real time, in the demo too
  const page = createPage({ ...parts, history, feed, metrics, settingsInForce });
  const requests = serveRequests(config.stateDir, (text) => { log.say("warn", text); });
  return {
    telemetry: tellAll([log, ...watch.listeners, metrics, feed]),
    companions: [...watch.companions, ...[requests, ...(config.web.enabled ? [page] : [])].map((companion) => guarded(companion, clock, log))],
    close: () => history.close(),
  };
}

export interface WatchParts extends Pick<BesideParts, "config" | "clock" | "transport" | "log"> {
  readonly history: History;
}

/** What goes with whoever watches an account: it keeps the history, makes the reports, pings. `listeners`: of all that is told. */
export function besideWatch({ config, clock, transport, log, history }: WatchParts): { readonly listeners: readonly Telemetry[]; readonly keeper: Telemetry; readonly companions: readonly Companion[] } {
  const keeper = keepHistory(history, clock);
  const ping = config.pingUrl === null ? null : createPing(config.pingUrl, transport);
  const reports = reportWeekly({
    history, settled: keeper.settled, desk: createReportDesk(config.stateDir), mailer: config.mail === null ? null : createSmtpMailer(config.mail, trustedAuthorities(config.ca)),
  });
  return {
    listeners: [keeper.telemetry, ...(ping === null ? [] : [ping])],
    keeper: keeper.telemetry,
    companions: [keeper.reconcile, reports, ...(ping === null ? [] : [ping.companion])].map((companion) => guarded(companion, clock, log)),
  };
}

export interface PageParts extends Pick<BesideParts, "config" | "clock" | "log" | "settingsInForce"> {
  readonly history: History;
  readonly feed: ChangeFeed;
  readonly metrics: Metrics;
}

export function createPage({ config, clock, log, settingsInForce, history, feed, metrics }: PageParts): Companion {
  return async (running) => {
    // Where nobody looks at a page, its server takes no memory.
    const [{ createWebServer }, { createDesk }] = await Promise.all([import("../adapters/web/web-server.ts"), import("./page/create-desk.ts")]);
    const desk = createDesk({ running, history, feed, historyDays: config.historyDays, settingsInForce });
    const server = createWebServer({
      desk, now: () => clock.now(), pageFolder: PAGE_FOLDER, web: config.web,
      metrics: () => metrics.render(factsOf(running, history)),
      say: (level, text) => { log.say(level, `[PÁGINA] ${text}`); },
    });
    await server.accompany(running.context.stop, clock);
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
