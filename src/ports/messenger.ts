// Whoever tells the operators: composes cards out of facts and posts them.
import type { Heartbeat } from "../domain/heartbeat.ts";
import type { EpochMs } from "../domain/local-time.ts";
import type { Notice, Notification, NotifiedPlant, Severity } from "../domain/notification.ts";

/** What was committed for one plant while Teams did not answer, told together. */
export interface Digest {
  readonly plant: NotifiedPlant | null;
  readonly notifications: readonly Notification[];
  /** Incidents among them that are still open when the digest is composed. */
  readonly activeIncidents: ReadonlySet<string>;
  readonly composedAt: EpochMs;
}

export type Message =
  | { readonly kind: "notice"; readonly notice: Notice; readonly committedAt: EpochMs }
  | { readonly kind: "digest"; readonly digest: Digest }
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat };

export interface ComposedCard {
  readonly title: string;
  readonly severity: Severity;
  /** JSON body of the request, within Teams' limit. */
  readonly body: string;
}

export type SendOutcome =
  | { readonly kind: "delivered" }
  /** Worth another try: time-out, connection, 408, 429, 5xx, a 2xx that tells of a failed delivery. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs: number | null }
  /** The webhook is gone or switched off: 401, 403, 404, 410. */
  | { readonly kind: "gone"; readonly status: number }
  /** This very card is refused: 400, 413, or another status that trying again will not change. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "stopped" };

export interface Messenger {
  /** Cards of a message, in order: one, or the numbered pages of a digest. `plain` asks for the small form that follows a refusal. */
  compose(message: Message, plain: boolean): readonly [ComposedCard, ...ComposedCard[]];
  post(card: ComposedCard, signal: AbortSignal): Promise<SendOutcome>;
}
