// What goes out next, and when a failed send is tried again. Nothing leaves the outbox but by being accepted.
import { backoffMs } from "./retry.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from "./local-time.ts";
import type { DigestProgress, MonitorState } from "./monitor-state.ts";
import { laneOf, type Notification } from "./notification.ts";
import { activeAlerts } from "./plant.ts";

/** What was committed longer ago than this is told as one digest a plant instead of a flood. */
const DIGEST_AGE_MS = HOUR_MS;
const QUICK_TRIES = 3;
const BACKOFF = { baseMs: MINUTE_MS, maxMs: 5 * MINUTE_MS };
export const LONGEST_RETRY_AFTER_MS = 15 * MINUTE_MS;
/** A webhook that is gone is probed, and a card that is refused tried again, this often. */
export const GONE_PROBE_MS = 5 * MINUTE_MS;
export const REFUSED_RETRY_MS = HOUR_MS;
/** At most 4 cards a second to one webhook. */
export const CARD_SPACING_MS = SECOND_MS / 4;

/** What one lane sends next: a notification, or a digest of those that are older than an hour. */
export interface Parcel {
  readonly lane: string;
  readonly notifications: readonly [Notification, ...Notification[]];
  /** Null: a card of its own. */
  readonly digest: DigestProgress | null;
}

/** The next parcel of every lane, oldest first. A refused card lets later ones of its lane pass. Asked before every card: it costs as
 *  much as there are notifications and devices, and no more where thousands of lanes wait. */
export function nextParcels(state: MonitorState, now: EpochMs): Parcel[] {
  const lanes = Map.groupBy(state.outbox, laneOf);
  const digests: Digests = {
    begun: new Map([...state.digests.values()].flatMap((progress) => progress.notificationIds.map((id) => [id, progress]))),
    activeIncidents: lazily(() => activeIncidents(state)),
  };
  return [...lanes].flatMap(([lane, notifications]) => {
    const parcel = nextParcel(lane, notifications, digests, now);
    return parcel === null ? [] : [parcel];
  });
}

interface Digests {
  /** By each of their notifications. */
  readonly begun: ReadonlyMap<string, DigestProgress>;
  readonly activeIncidents: () => readonly string[];
}

function nextParcel(lane: string, notifications: readonly Notification[], digests: Digests, now: EpochMs): Parcel | null {
  const newest = notifications.reduce((latest, { refusedUntil, committedAt }) => (refusedUntil === null && committedAt <= now ? Math.max(latest, committedAt) : latest), -Infinity);
  const due = notifications.filter(({ refusedUntil }) => refusedUntil === null || isDue(refusedUntil, newest, now));
  const [first] = due;
  if (first === undefined) return null;
  const begun = digests.begun.get(first.id);
  if (begun === undefined && first.refusedUntil !== null) return { lane, notifications: [first], digest: null };
  const [head, ...others] = begun === undefined
    ? due.filter(({ committedAt, refusedUntil }) => refusedUntil === null && now - committedAt > DIGEST_AGE_MS)
    : notifications.filter(({ id }) => digests.begun.get(id) === begun);
  if (head === undefined || others.length === 0) return { lane, notifications: [first], digest: null };
  const notificationIds: DigestProgress["notificationIds"] = [head.id, ...others.map(({ id }) => id)];
  const digest = begun ?? { notificationIds, activeIncidents: digests.activeIncidents(), composedAt: now, pagesAccepted: 0, isPlain: false };
  return { lane, notifications: [head, ...others], digest };
}

/** A refused card is tried again after its hour, and once before each newer card of its lane passes it: Teams may take it by now,
 *  and then all is told in order. A clock that was stepped back puts it off no longer than the hour it was given. */
function isDue(refusedUntil: EpochMs, newest: EpochMs, now: EpochMs): boolean {
  const lastTry = refusedUntil - REFUSED_RETRY_MS;
  return now >= refusedUntil || lastTry > now || newest > lastTry;
}

/** Wait before try `failures + 1` of a parcel: two quick ones, then from 1 to 5 minutes; longer only if Teams asks for it. */
export function retryDelayMs(failures: number, retryAfterMs: number | null, random: () => number): number {
  const own = failures < QUICK_TRIES ? failures * SECOND_MS : backoffMs(failures - QUICK_TRIES + 1, BACKOFF, random);
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}

/** Takes accepted notifications out of the outbox. */
export function settle(state: MonitorState, { notifications }: Parcel): MonitorState {
  const told = new Set(notifications.map(({ id }) => id));
  const digests = new Map(state.digests);
  digests.delete(notifications[0].id);
  return { ...state, outbox: state.outbox.filter(({ id }) => !told.has(id)), digests };
}

/** Notes how many cards of a digest were accepted, so that the rest tells the same events after a restart. */
export function noteProgress(state: MonitorState, digest: DigestProgress): MonitorState {
  return { ...state, digests: new Map(state.digests).set(digest.notificationIds[0], digest) };
}

/** Teams refused this card, also in its plain form: what it tells is kept and tried again in an hour. A digest falls apart into cards
 *  of their own, so that one that is refused keeps no other back; but not once some of its cards were accepted: it goes on from there. */
export function putAside(state: MonitorState, { notifications, digest }: Parcel, now: EpochMs): MonitorState {
  const refused = new Set(notifications.map(({ id }) => id));
  const outbox = state.outbox.map((entry) => (refused.has(entry.id) ? { ...entry, refusedUntil: now + REFUSED_RETRY_MS } : entry));
  const kept = { ...state, outbox };
  return digest === null || digest.pagesAccepted === 0 ? kept : noteProgress(kept, { ...digest, isPlain: true });
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Incidents of any plant that are open in this state. Of 100,000 inverters: nothing is made of those that work. */
function activeIncidents({ plants }: MonitorState): string[] {
  const open: string[] = [];
  for (const plant of plants.values()) {
    open.push(...activeAlerts(plant).map(({ alert }) => alert.incidentId));
    for (const { failure } of plant.inverter.devices.values()) if (failure !== null) open.push(failure.incidentId);
  }
  return open;
}
