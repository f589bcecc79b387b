// Keeps the history beside the monitor: hears what happens, looks at the state, records. A projection: it may miss something, and is
// set right at the next start; nothing waits for it, and nothing that it does changes what is told.
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from "../domain/local-time.ts";
import type { MonitorRecord, MonitorState } from "../domain/monitor-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { History, HistoryIncident, HistoryOutage, HistoryRecord } from "../ports/history.ts";
import type { DeliveredCard, Happening, Telemetry } from "../ports/telemetry.ts";
import { createCallTally } from "./call-figures.ts";
import type { Context } from "./context.ts";
import { cardRecord, closedUnseen, outagesBetween, outagesOver, owedIncidents, recordsOf } from "./history-records.ts";
import { openIncidents } from "./open-incidents.ts";
import type { Companion } from "./supervisor.ts";

export interface HistoryKeeper {
  /** To be told everything, beside the log. */
  readonly telemetry: Telemetry;
  /** Sets the history right against the state at the start; from then on the listener knows the state. */
  readonly reconcile: Companion;
  /** Resolves when that is done, and its records are on their way. */
  readonly settled: Promise<unknown>;
}

const RETRY_MS = MINUTE_MS;
/** What is open is recorded again this often, changed or not: a file that was moved aside meanwhile knows nothing of it. */
const REPEAT_MS = HOUR_MS;
const OUTAGES_BACK_MS = 90 * DAY_MS;

export function keepHistory(history: History, clock: Clock): HistoryKeeper {
  const calls = createCallTally();
  const refresh = createRefresh();
  let context: Context | null = null;
  let seen: MonitorRecord | null = null;
  let heartbeat: DeliveredCard | null = null;
  const settled = Promise.withResolvers<null>();

  /** What needs more than the fact itself. */
  function recordsInContext(happening: Happening, now: EpochMs): HistoryRecord[] {
    switch (happening.kind) {
      case "api.called": calls.note(happening); return [];
      case "card.posting":
        if (happening.telling.kind === "heartbeat") heartbeat = happening.card;
        return [];
      // One that Teams took is also a `card.delivered`.
      case "heartbeat.delivered": return heartbeat === null || context?.settings.teamsEnabled !== false ? [] : [cardRecord(heartbeat, "shadow", null, now)];
      case "heartbeat.dropped": return heartbeat === null ? [] : [cardRecord(heartbeat, "failed", happening.reason, now)];
      case "scan.finished": {
        const { scan: kind, durationMs, plants, complete, unavailable, unwatched, readings, reasons, endedEarly } = happening;
        const scan = { at: now, kind, durationMs, plants, complete, unavailable, unwatched, readings, reasons, endedEarly, ...calls.take() };
        return [{ kind: "scan", scan }, ...(context === null ? [] : refresh(context.ledger.state, clock.monotonicMs()))];
      }
      case "state.not-saved": return [outageRecord({ topic: "state", since: context?.ledger.trouble?.since ?? now, until: null, detail: happening.detail })];
      case "state.saved-again": return [outageRecord({ topic: "state", since: happening.since, until: Math.max(now, happening.since), detail: "" })];
      default: return [];
    }
  }

  /** What changed in the monitor's own record since the last fact: outages of the API, of Teams, of the data. */
  function outageRecords(now: EpochMs): HistoryRecord[] {
    const monitor = context?.ledger.state.monitor;
    if (monitor === undefined || monitor === seen) return [];
    const outages = outagesBetween(seen, monitor, now);
    seen = monitor;
    return outages.map(outageRecord);
  }

  return {
    telemetry: {
      tell(happening) {
        const now = clock.now();
        const records = [...recordsOf(happening, now), ...recordsInContext(happening, now), ...outageRecords(now)];
        if (records.length > 0) history.record(records);
      },
    },
    settled: settled.promise,
    async reconcile(running) {
      ({ context } = running);
      const { ledger, stop } = context;
      const now = clock.now();
      // Its records are written before whatever is found below, and what the outbox knows of an end counts more than silence.
      history.record([...owedIncidents(ledger.state).map(incidentRecord), ...refresh(ledger.state, clock.monotonicMs()), ...outageRecords(now)]);
      while (!stop.aborted) {
        const found = await askHistory(history, running.startedAt);
        if (found !== null) {
          history.record(corrections(found, context, running.startedAt, clock.now()));
          settled.resolve(null);
          return;
        }
        await clock.sleep(RETRY_MS, stop);
      }
    },
  };
}

function incidentRecord(incident: HistoryIncident): HistoryRecord {
  return { kind: "incident", incident };
}

function outageRecord(outage: HistoryOutage): HistoryRecord {
  return { kind: "outage", outage };
}

/** The open incidents that changed since the last time: most scans find the same ones, a reading older. */
function createRefresh(): (state: MonitorState, nowMs: number) => HistoryRecord[] {
  let recorded = new Map<string, string>();
  let repeatAtMs = -Infinity;
  return (state, nowMs) => {
    const isRepeat = nowMs >= repeatAtMs;
    if (isRepeat) repeatAtMs = nowMs + REPEAT_MS;
    const open = [...state.plants.values()].flatMap(openIncidents).map((incident) => ({ incident, form: `${incident.last} ${incident.parameters.length}` }));
    const changed = open.filter(({ incident, form }) => isRepeat || recorded.get(incident.id) !== form);
    recorded = new Map(open.map(({ incident, form }) => [incident.id, form]));
    return changed.map(({ incident }) => incidentRecord(incident));
  };
}

interface Found {
  readonly open: readonly HistoryIncident[];
  readonly outages: readonly HistoryOutage[];
  /** End of the last scan before this start, of the last day; null: none. */
  readonly lastScan: EpochMs | null;
}

async function askHistory(history: History, startedAt: EpochMs): Promise<Found | null> {
  const [open, outages, scans] = await Promise.all([
    history.openIncidents(),
    history.outages({ from: startedAt - OUTAGES_BACK_MS, to: startedAt }),
    history.scans({ from: startedAt - DAY_MS, to: startedAt }),
  ]);
  if (!open.ok || !outages.ok || !scans.ok) return null;
  return { open: open.value, outages: outages.value, lastScan: latest(scans.value.map(({ at }) => at)) };
}

function corrections({ open, outages, lastScan }: Found, { ledger, settings }: Context, startedAt: EpochMs, now: EpochMs): HistoryRecord[] {
  const { monitor } = ledger.state;
  const down = downBefore(startedAt, lastScan, monitor, 2 * Math.max(...Object.values(settings.intervalMs)));
  return [
    ...closedUnseen(open, ledger.state, now).map(incidentRecord),
    ...outagesOver(outages, monitor, startedAt).map(outageRecord),
    ...(down === null ? [] : [outageRecord(down)]),
  ];
}

/** The monitor did not run between its last scan and this start. An API that is down keeps scans from ending, and is an outage of its own. */
function downBefore(startedAt: EpochMs, lastScan: EpochMs | null, { lastCycle, api }: MonitorRecord, longestMs: number): HistoryOutage | null {
  const since = latest([lastScan, lastCycle.relay, lastCycle.inverter].filter((at) => at !== null && at <= startedAt));
  if (since === null || api?.told === true || startedAt - since <= longestMs) return null;
  return { topic: "down", since, until: startedAt, detail: "" };
}

function latest(times: readonly (EpochMs | null)[]): EpochMs | null {
  return times.reduce((newest, at) => (at !== null && (newest === null || at > newest) ? at : newest), null);
}
