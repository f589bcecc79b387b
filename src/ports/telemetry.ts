// Everything worth a log line or a figure, as typed facts. The Portuguese words are the logging adapter's.
import type { Heartbeat } from "../domain/heartbeat.ts";
import type { EpochMs } from "../domain/local-time.ts";
import type { DeviceEvent, FailingDevice, Notice, NotifiedPlant, Severity } from "../domain/notification.ts";
import type { Mute } from "../domain/mute.ts";
import type { DeviceKind } from "../domain/plant.ts";
import type { InverterReading } from "../domain/reading.ts";
import type { SendOutcome } from "./messenger.ts";
import type { Reason } from "./plant-api.ts";

export interface DeliveredCard {
  readonly title: string;
  readonly severity: Severity;
  readonly plantId: string | null;
  /** How many events the card's notification holds. */
  readonly events: number;
  readonly attempt: number;
}

/** What a card's acceptance completes: the events of a notification (on a digest's last card, all of them) or a heartbeat. */
export type Telling =
  | { readonly kind: "events"; readonly plant: NotifiedPlant; readonly events: readonly DeviceEvent[] }
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly kind: "nothing" };

export type Happening =
  | { readonly kind: "monitor.started"; readonly version: string; readonly pid: number; readonly host: string; readonly note: string | null }
  | { readonly kind: "monitor.stopping"; readonly signal: string }
  | { readonly kind: "monitor.stopped"; readonly isSaved: boolean }
  | { readonly kind: "state.loaded"; readonly plants: number; readonly waiting: number; readonly takenOver: boolean }
  | { readonly kind: "state.corrupt"; readonly movedTo: string; readonly reason: string }
  | { readonly kind: "state.not-saved"; readonly detail: string; readonly times: number }
  | { readonly kind: "state.saved-again"; readonly since: EpochMs }
  | { readonly kind: "login.failed"; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: "plants.listed"; readonly plants: number; readonly missing: readonly string[]; readonly unusable: number; readonly example: string | null }
  | { readonly kind: "plants.unavailable"; readonly reason: Reason; readonly detail: string; readonly known: number }
  | { readonly kind: "scan.finished"; readonly scan: DeviceKind; readonly durationMs: number; readonly plants: number; readonly complete: number;
      readonly unavailable: number; readonly unwatched: number; readonly calls: number; readonly readings: number; readonly oldNews: number;
      readonly unusable: number; readonly reasons: Readonly<Partial<Record<Reason, number>>>; readonly endedEarly: boolean }
  | { readonly kind: "plant.unavailable"; readonly scan: DeviceKind; readonly plant: NotifiedPlant; readonly reason: Reason; readonly detail: string }
  | { readonly kind: "records.unusable"; readonly scan: DeviceKind; readonly plant: NotifiedPlant; readonly count: number; readonly example: string | null }
  | { readonly kind: "relay.unknown-parameters"; readonly plant: NotifiedPlant; readonly parameters: readonly string[] }
  | { readonly kind: "event.detected"; readonly event: DeviceEvent; readonly plant: NotifiedPlant; readonly name: string; readonly mutedReason: string | null }
  | { readonly kind: "relay.silent"; readonly plant: NotifiedPlant; readonly since: EpochMs }
  | { readonly kind: "device.gone"; readonly plant: NotifiedPlant; readonly device: string | null; readonly type: string | null }
  /** `name`: of the device; null: the whole plant. */
  | { readonly kind: "mute.begun"; readonly mute: Mute; readonly plant: NotifiedPlant; readonly name: string | null }
  /** `endedBy` null: its time had come. `failing`: devices' failures that last. */
  | { readonly kind: "mute.ended"; readonly mute: Mute; readonly plant: NotifiedPlant; readonly name: string | null; readonly endedBy: string | null; readonly failing: number }
  | { readonly kind: "test-card.sent"; readonly by: string; readonly title: string; readonly outcome: SendOutcome["kind"] }
  | { readonly kind: "api.outage"; readonly phase: "lost" | "back"; readonly reason: string }
  /** A card goes to Teams now. If it is accepted, it has told these events, whether or not its answer arrives. */
  | { readonly kind: "card.posting"; readonly card: DeliveredCard; readonly body: string; readonly telling: Telling }
  | { readonly kind: "card.delivered"; readonly card: DeliveredCard; readonly notice: Notice | null }
  /** A notification (one card, or a digest's last) was accepted: its events have reached the operators, in this order. */
  | { readonly kind: "events.delivered"; readonly plant: NotifiedPlant; readonly events: readonly DeviceEvent[] }
  /** So was one that holds the ends of mutes, which told these failures: for those from within the mute it is the first time. */
  | { readonly kind: "failures.delivered"; readonly plant: NotifiedPlant; readonly failing: readonly FailingDevice[] }
  | { readonly kind: "card.failed"; readonly title: string; readonly reason: string; readonly attempt: number; readonly retryInMs: number }
  | { readonly kind: "card.refused"; readonly title: string; readonly status: number; readonly plainToo: boolean; readonly attempt: number }
  | { readonly kind: "webhook.gone"; readonly status: number; readonly waiting: number }
  /** TEAMS_ENABLED=False: the card is settled by this line. */
  | { readonly kind: "card.shadow"; readonly title: string }
  | { readonly kind: "heartbeat.delivered"; readonly heartbeat: Heartbeat }
  | { readonly kind: "heartbeat.dropped"; readonly reason: string }
  /** Whoever watches over the monitor (HEARTBEAT_PING_URL) could not be reached; told once, until it can again. Never the address: it is a secret. */
  | { readonly kind: "ping.failed"; readonly reason: string; readonly detail: string }
  | { readonly kind: "ping.back" }
  | { readonly kind: "report.made"; readonly week: string; readonly incidents: number; readonly gaps: number; readonly file: string | null }
  /** It is tried again in an hour. */
  | { readonly kind: "report.failed"; readonly week: string; readonly reason: string }
  | { readonly kind: "report.not-kept"; readonly week: string; readonly reason: string }
  | { readonly kind: "report.mailed"; readonly week: string; readonly recipients: number }
  /** `retryInMs` null: it is given up. */
  | { readonly kind: "report.mail-failed"; readonly week: string; readonly reason: string; readonly attempt: number; readonly retryInMs: number | null }
  | { readonly kind: "lock.lost"; readonly path: string }
  /** The history (STATE_DIR/history.db) is not written, is again, or began anew; no alert depends on it. */
  | { readonly kind: "history.not-written"; readonly reason: string }
  | { readonly kind: "history.written-again"; readonly since: EpochMs; readonly lost: number }
  | { readonly kind: "history.moved-aside"; readonly movedTo: string; readonly reason: string }
  /** One request to PVOperation has ended, every try counted; `call` is its path without slash (`day_relay`). */
  | { readonly kind: "api.called"; readonly call: string; readonly outcome: "ok" | Reason; readonly durationMs: number }
  /** One request to Teams has ended. */
  | { readonly kind: "card.posted"; readonly outcome: SendOutcome["kind"]; readonly durationMs: number }
  | { readonly kind: "state.saved"; readonly durationMs: number }
  /** A ping after a scan cycle has ended, its second try counted in. */
  | { readonly kind: "ping.ended"; readonly signal: "success" | "fail"; readonly isTaken: boolean }
  /** Readings of inverters that were not seen before, of a whole scan of the plant. */
  | { readonly kind: "inverters.read"; readonly plant: NotifiedPlant; readonly readings: readonly InverterReading[] };

export interface Telemetry {
  tell(happening: Happening): void;
}

/** Tells each of them, in order. */
export function tellAll(listeners: readonly Telemetry[]): Telemetry {
  return { tell: (happening) => { for (const listener of listeners) listener.tell(happening); } };
}
