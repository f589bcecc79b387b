// What operators ask of the running monitor, and what it answers: facts, whose words are the asking side's.
import type { EpochMs } from "../domain/local-time.ts";
import type { Mute } from "../domain/mute.ts";
import type { NotifiedPlant } from "../domain/notification.ts";
import type { ComposedCard, SendOutcome } from "./messenger.ts";

export interface MuteAsked {
  readonly kind: "mute";
  readonly plantId: string;
  /** Null: the whole plant. */
  readonly device: string | null;
  readonly until: EpochMs;
  readonly reason: string;
}
export interface UnmuteAsked { readonly kind: "unmute"; readonly muteId: string }
/** `card`: made and marked as a test by whoever knows the samples. */
export interface TestCardAsked { readonly kind: "test-card"; readonly card: ComposedCard }
export type MuteRequest = MuteAsked | UnmuteAsked;
export type OperatorRequest = MuteRequest | TestCardAsked;

/** Whom an answer is about. */
export interface MuteTarget {
  readonly plant: NotifiedPlant;
  /** Name of the device; null: the whole plant. */
  readonly device: string | null;
}

export type RefusalReason = "unknown-plant" | "unknown-device" | "until-past" | "until-too-far" | "reason-length" | "too-many" | "unknown-mute" | "teams-off";
type Refusal =
  | { readonly kind: "refused"; readonly why: RefusalReason }
  /** Done, but it could not be written to disk: a restart would forget it. `detail`: the system's word. */
  | { readonly kind: "not-saved"; readonly detail: string };
/** `failing`: how many failures of the target last now. */
export type MuteAnswer =
  | { readonly kind: "muted"; readonly mute: Mute; readonly target: MuteTarget; readonly replaced: Mute | null; readonly failing: number }
  | { readonly kind: "unmuted"; readonly mute: Mute; readonly target: MuteTarget; readonly failing: number }
  | Refusal;
export type RequestAnswer = MuteAnswer | { readonly kind: "test-card"; readonly title: string; readonly outcome: SendOutcome };
