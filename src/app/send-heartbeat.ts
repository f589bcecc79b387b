// Scheduled proof of life. Never queued: it tells of now, so it is sent now or not at all.
import { Cron } from "croner";
import { gatherHeartbeat } from "../domain/heartbeat-facts.ts";
import type { Heartbeat } from "../domain/heartbeat.ts";
import { DAY_MS, SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import type { Context } from "./context.ts";
import type { Courier } from "./deliver-outbox.ts";
import { waitUntilWallClock } from "./wall-clock.ts";

const QUICK_TRIES = 3;
const TRY_WITHIN_MS = 10 * SECOND_MS;
const MOST_DAYS_WALKED = 2;

/** Each time once, whatever the clock does. One that comes late (a machine that slept, a clock set forward) is told at once and
 *  stands for the latest time that has passed: those before it are skipped. Those that a clock set back shows again are not. */
export async function sendHeartbeatsForever(context: Context, courier: Courier, startedAt: EpochMs): Promise<void> {
  const { clock, settings: { heartbeatTimesS: times, zone }, stop } = context;
  /** As many as a day has. */
  let told: readonly EpochMs[] = [];
  let after = clock.now();
  let next = nextUntold(times, zone, after, told);
  while (!stop.aborted) {
    const begunMs = clock.monotonicMs();
    await waitUntilWallClock(next, context);
    const now = clock.now();
    if (now < next) {
      // Where the clock was set back, on from what it should have shown when the wait began.
      const shown = now - (clock.monotonicMs() - begunMs);
      if (shown >= after) continue;
      after = shown;
    } else {
      after = latestPassed(times, zone, next, now);
      told = [...told, after].slice(-times.length);
      await sendHeartbeat(context, courier, startedAt);
    }
    next = nextUntold(times, zone, after, told);
  }
}

function nextUntold(times: readonly number[], zone: string, after: EpochMs, told: readonly EpochMs[]): EpochMs {
  let next = nextHeartbeat(times, zone, after);
  while (next !== null && told.includes(next)) next = nextHeartbeat(times, zone, next);
  return next ?? Infinity;
}

/** The latest heartbeat time up to `now`, `due` being one; a leap of years is not walked through. */
function latestPassed(times: readonly number[], zone: string, due: EpochMs, now: EpochMs): EpochMs {
  let latest = due;
  let next: EpochMs | null = Math.max(due, now - MOST_DAYS_WALKED * DAY_MS);
  while ((next = nextHeartbeat(times, zone, next)) !== null && next <= now) latest = next;
  return latest;
}

/** Next of the given seconds of the day by the wall clock of `zone`, after `now`. */
export function nextHeartbeat(timesS: readonly number[], zone: string, now: EpochMs): EpochMs | null {
  const next = timesS.map((second) => {
    return cronOf(second, zone).nextRun(new Date(now))?.getTime() ?? Infinity;
  });
  return next.length === 0 ? null : Math.min(...next);
}

/** By second of the day and zone: as many as the settings name. */
const crons = new Map<string, Cron>();

function cronOf(second: number, zone: string): Cron {
  const pattern = `${second % 60} ${Math.floor(second / 60) % 60} ${Math.floor(second / 3600)} * * *`;
  const cron = crons.get(`${pattern} ${zone}`) ?? new Cron(pattern, { timezone: zone, paused: true });
  crons.set(`${pattern} ${zone}`, cron);
  return cron;
}

export async function sendHeartbeat(context: Context, courier: Courier, startedAt: EpochMs): Promise<void> {
  const { clock, messenger, telemetry, settings, stop } = context;
  await context.lookAround();
  if (stop.aborted) return;
  const heartbeat = currentHeartbeat(context, startedAt);
  const [card] = messenger.compose({ kind: "heartbeat", heartbeat }, false);
  const begunMs = clock.monotonicMs();
  let reason = "parado";
  for (let attempt = 1; attempt <= QUICK_TRIES; attempt += 1) {
    const told = { title: card.title, severity: card.severity, plantId: null, events: 0, attempt };
    const outcome = await courier.post(card, told, { kind: "heartbeat", heartbeat });
    if (outcome.kind === "delivered") {
      telemetry.tell({ kind: "heartbeat.delivered", heartbeat });
      if (settings.teamsEnabled) telemetry.tell({ kind: "card.delivered", card: told, notice: null });
      return;
    }
    reason = outcome.kind === "retry" ? outcome.reason : outcome.kind === "stopped" ? reason : `HTTP ${String(outcome.status)}`;
    const waitMs = attempt * SECOND_MS;
    if (outcome.kind !== "retry" || clock.monotonicMs() + waitMs - begunMs > TRY_WITHIN_MS) break;
    await clock.sleep(waitMs, stop);
  }
  telemetry.tell({ kind: "heartbeat.dropped", reason });
}

function currentHeartbeat({ clock, ledger, settings, identity }: Context, startedAt: EpochMs): Heartbeat {
  return gatherHeartbeat(ledger.state, {
    now: clock.now(), startedAt, ...identity, zone: settings.zone, rulesOf: settings.rulesOf,
    intervalMs: settings.intervalMs, relayPlants: settings.relayPlants, stateTrouble: ledger.trouble,
  });
}
