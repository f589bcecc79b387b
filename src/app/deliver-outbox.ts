// claim → send → settle: whatever the outbox owes goes to Teams, in order within a plant, until it was accepted.
import { HOUR_MS, SECOND_MS } from "../domain/local-time.ts";
import { withMonitor } from "../domain/monitor-state.ts";
import { eventsOf, plantOf } from "../domain/notification.ts";
import {
  CARD_SPACING_MS, GONE_PROBE_MS, LONGEST_RETRY_AFTER_MS, nextParcels, noteProgress, putAside, retryDelayMs, settle, type Parcel,
} from "../domain/outbox.ts";
import type { ComposedCard, Message, SendOutcome } from "../ports/messenger.ts";
import type { DeliveredCard, Telling } from "../ports/telemetry.ts";
import type { Context } from "./context.ts";

/** What waits is looked at this often: a refused card may be due again. An empty outbox is not: a save wakes whoever delivers. */
const IDLE_MS = 60 * SECOND_MS;
const EMPTY_MS = HOUR_MS;

export interface Courier {
  /** Delivers until the stop signal. */
  deliverForever(): Promise<void>;
  /** Looks at the outbox at once: something was committed. */
  wake(): void;
  /** Posts a card that is not owed (heartbeat), at the same pace as the others. */
  post(composed: ComposedCard, card: DeliveredCard, telling: Telling): Promise<SendOutcome>;
}

type CourierParts = Pick<Context, "settings" | "messenger" | "ledger" | "clock" | "telemetry" | "random" | "stop">;

export function createCourier(context: CourierParts): Courier {
  const { clock, ledger, messenger, telemetry, stop, random } = context;
  /** Failed tries and next moment (monotonic) of each lane that waits. */
  const waits = new Map<string, { failures: number; dueMs: number }>();
  let pausedUntilMs = 0;
  /** Teams asked for a wait (Retry-After): nothing at all goes out before. */
  let throttledUntilMs = 0;
  let nextSendMs = 0;
  let nap = new AbortController();
  stop.addEventListener("abort", () => {
    nap.abort();
  });

  async function post(composed: ComposedCard, card: DeliveredCard, telling: Telling): Promise<SendOutcome> {
    const turnMs = Math.max(nextSendMs, clock.monotonicMs());
    nextSendMs = turnMs + CARD_SPACING_MS;
    await clock.sleep(turnMs - clock.monotonicMs(), stop);
    if (stop.aborted) return { kind: "stopped" };
    const leftMs = throttledUntilMs - clock.monotonicMs();
    if (leftMs > 0) return { kind: "retry", reason: "Teams pediu para esperar", retryAfterMs: leftMs };
    telemetry.tell({ kind: "card.posting", card, body: composed.body, telling });
    const begunMs = clock.monotonicMs();
    const outcome = await messenger.post(composed, stop);
    telemetry.tell({ kind: "card.posted", outcome: outcome.kind, durationMs: clock.monotonicMs() - begunMs });
    noteOutcome(outcome);
    return outcome;
  }

  function noteOutcome(outcome: SendOutcome): void {
    const { teams } = ledger.state.monitor;
    const since = teams?.since ?? clock.now();
    if (outcome.kind === "delivered") {
      waits.clear(); // one success wakes all that wait
      pausedUntilMs = 0;
      nap.abort();
      if (teams !== null) ledger.stage((state) => withMonitor(state, { teams: null }));
    } else if (outcome.kind === "gone") {
      pausedUntilMs = clock.monotonicMs() + GONE_PROBE_MS;
      telemetry.tell({ kind: "webhook.gone", status: outcome.status, waiting: ledger.state.outbox.length });
      ledger.stage((state) => withMonitor(state, { teams: { since, reason: `HTTP ${String(outcome.status)}`, goneStatus: outcome.status } }));
    }
    if (outcome.kind !== "retry") return;
    const askedMs = Math.min(outcome.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
    throttledUntilMs = Math.max(throttledUntilMs, clock.monotonicMs() + askedMs);
    if (teams?.goneStatus !== null) {
      ledger.stage((state) => withMonitor(state, { teams: { since, reason: outcome.reason, goneStatus: null } }));
    }
  }

  /** Sends the cards of a parcel that are not accepted yet; from one that Teams refuses on in plain form. Both forms of a digest have
   *  the same pages. */
  async function deliver(parcel: Parcel): Promise<void> {
    let { digest } = parcel;
    const message = messageOf(parcel);
    const attempt = (waits.get(parcel.lane)?.failures ?? 0) + 1;
    let isPlain = digest?.isPlain ?? false;
    let cards = messenger.compose(message, isPlain);
    for (let page = digest?.pagesAccepted ?? 0; page < cards.length; page += 1) {
      const card = cards[page] ?? cards[0];
      const told = aboutCard(parcel, card, attempt);
      const outcome = await post(card, told, page + 1 === cards.length ? tellingOf(parcel) : { kind: "nothing" });
      if (outcome.kind === "delivered") {
        tellDelivered(context, parcel, told);
        if (digest === null || page + 1 === cards.length) continue;
        const progress = { ...digest, isPlain, pagesAccepted: page + 1 };
        digest = progress;
        await ledger.commit((state) => noteProgress(state, progress));
      } else if (outcome.kind === "refused" && !isPlain) {
        telemetry.tell({ kind: "card.refused", title: card.title, status: outcome.status, plainToo: false, attempt });
        isPlain = true;
        cards = messenger.compose(message, isPlain);
        page -= 1;
      } else return noteUndelivered({ ...parcel, digest }, card, outcome, attempt);
    }
    const telling = tellingOf(parcel);
    if (telling.kind === "events" && context.settings.teamsEnabled) telemetry.tell({ ...telling, kind: "events.delivered" });
    tellFailuresDelivered(context, parcel);
    await ledger.commit((state) => settle(state, parcel));
  }

  async function noteUndelivered(parcel: Parcel, card: ComposedCard, outcome: SendOutcome, attempt: number): Promise<void> {
    if (outcome.kind === "refused") {
      telemetry.tell({ kind: "card.refused", title: card.title, status: outcome.status, plainToo: true, attempt });
      await ledger.commit((state) => putAside(state, parcel, clock.now()));
    } else if (outcome.kind === "retry") {
      const delayMs = retryDelayMs(attempt, outcome.retryAfterMs, random);
      waits.set(parcel.lane, { failures: attempt, dueMs: clock.monotonicMs() + delayMs });
      telemetry.tell({ kind: "card.failed", title: card.title, reason: outcome.reason, attempt, retryInMs: delayMs });
    }
  }

  async function deliverForever(): Promise<void> {
    while (!stop.aborted) {
      nap = new AbortController();
      const nowMs = clock.monotonicMs();
      const idleMs = ledger.sendable.outbox.length === 0 ? EMPTY_MS : IDLE_MS;
      const parcels = nextParcels(ledger.sendable, clock.now());
      const dueMs = ({ lane }: Parcel): number => Math.max(pausedUntilMs, throttledUntilMs, waits.get(lane)?.dueMs ?? 0);
      const due = parcels.find((parcel) => dueMs(parcel) <= nowMs);
      if (due === undefined) await clock.sleep(Math.min(idleMs, ...parcels.map((parcel) => dueMs(parcel) - nowMs)), nap.signal);
      else await deliver(due);
    }
  }

  return {
    deliverForever,
    wake: () => {
      if (ledger.sendable.outbox.length > 0) nap.abort();
    },
    post,
  };
}

function messageOf({ notifications, digest }: Parcel): Message {
  const [{ notice, committedAt }] = notifications;
  if (digest === null) return { kind: "notice", notice, committedAt };
  return { kind: "digest", digest: { plant: plantOf(notice), notifications, activeIncidents: new Set(digest.activeIncidents), composedAt: digest.composedAt } };
}

function aboutCard({ lane, notifications }: Parcel, { title, severity }: ComposedCard, attempt: number): DeliveredCard {
  const events = notifications.reduce((sum, { notice }) => sum + eventsOf(notice).length, 0);
  const [{ notice }] = notifications;
  return { title, severity, plantId: plantOf(notice) === null ? null : lane, events, attempt };
}

function tellDelivered({ telemetry, settings }: CourierParts, { notifications, digest }: Parcel, card: DeliveredCard): void {
  const [{ notice }] = notifications;
  if (settings.teamsEnabled) telemetry.tell({ kind: "card.delivered", card, notice: digest === null ? notice : null });
  else telemetry.tell({ kind: "card.shadow", title: card.title });
}

function tellFailuresDelivered({ telemetry, settings }: CourierParts, { notifications }: Parcel): void {
  const plant = plantOf(notifications[0].notice);
  const failing = notifications.flatMap(({ notice }) => (notice.kind === "mute-ended" ? notice.failing : []));
  if (plant !== null && failing.length > 0 && settings.teamsEnabled) telemetry.tell({ kind: "failures.delivered", plant, failing });
}

/** A digest's events are told in order of time, whatever the order in which its cards show them. */
function tellingOf({ notifications }: Parcel): Telling {
  const [{ notice }] = notifications;
  const events = notifications.flatMap((notification) => eventsOf(notification.notice));
  const plant = plantOf(notice);
  if (plant === null || events.length === 0) return { kind: "nothing" };
  return { kind: "events", plant, events: notifications.length === 1 ? events : events.toSorted((a, b) => a.reading - b.reading) };
}
