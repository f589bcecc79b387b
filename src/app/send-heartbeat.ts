// Scheduled proof of life. Never queued: it tells of now, so it is sent now or not at all.
import { Cron } from "croner";
import { gatherHeartbeat } from "../domain/heartbeat-facts.ts";
import type { Heartbeat } from "../domain/heartbeat.ts";
import { SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import type { Context } from "./context.ts";
import type { Courier } from "./deliver-outbox.ts";

const QUICK_TRIES = 3;
const TRY_WITHIN_MS = 10 * SECOND_MS;

export async function sendHeartbeatsForever(context: Context, courier: Courier, startedAt: EpochMs): Promise<void> {
  const { clock, settings, stop } = context;
  while (!stop.aborted) {
    const next = nextHeartbeat(settings.heartbeatTimesS, settings.zone, clock.now());
    await clock.sleepUntil(next ?? Infinity, stop);
    await sendHeartbeat(context, courier, startedAt);
  }
}

/** Next of the given seconds of the day by the wall clock of `zone`, after `now`. */
export function nextHeartbeat(timesS: readonly number[], zone: string, now: EpochMs): EpochMs | null {
  const next = timesS.map((second) => {
    const pattern = `${second % 60} ${Math.floor(second / 60) % 60} ${Math.floor(second / 3600)} * * *`;
    return new Cron(pattern, { timezone: zone, paused: true }).nextRun(new Date(now))?.getTime() ?? Infinity;
  });
  return next.length === 0 ? null : Math.min(...next);
}

export async function sendHeartbeat(context: Context, courier: Courier, startedAt: EpochMs): Promise<void> {
  const { clock, messenger, telemetry, settings, stop } = context;
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
