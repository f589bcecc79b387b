// Silence that an operator asked for: a plant, or one device of it, until a moment and with a reason. What happens meanwhile is judged and
// recorded as ever, but not sent; the end of the silence tells what is failing by then.
import { incidentId } from "./incident-id.ts";
import { DAY_MS, type EpochMs } from "./local-time.ts";

export interface Mute {
  readonly id: string;
  readonly plantId: string;
  /** Null: the whole plant. */
  readonly device: string | null;
  readonly since: EpochMs;
  /** A moment, not a length: whatever the clock is set to, it ends when the clock shows this. */
  readonly until: EpochMs;
  /** As the operator wrote it. */
  readonly reason: string;
  /** `linha de comando (ana)`, `página, 10.0.0.7` */
  readonly by: string;
}

export const LONGEST_MUTE_MS = 90 * DAY_MS;
/** In characters. */
export const MUTE_REASON = { least: 3, most: 300 } as const;
/** Each plant and device has one at most; this bounds the state and the heartbeat. */
export const MOST_MUTES = 1_000;
/** A clock may be set back so far without ending a mute of the longest kind. */
const CLOCK_SLACK_MS = DAY_MS;

/** The letter keeps it apart from the ids of plants, which are numbers. */
export function muteId(plantId: string, device: string | null, since: EpochMs): string {
  return `S${incidentId(plantId, device ?? "", "mute", since)}`;
}

/** True once its time has come; also where that lies further ahead than any mute may last: the clock was ahead when it began. */
export function isOver({ until }: Mute, now: EpochMs): boolean {
  return now >= until || until - now > LONGEST_MUTE_MS + CLOCK_SLACK_MS;
}

/** The mute that keeps what this device does from being sent; that of its plant before its own. Null: there is none. */
export function muteOf(mutes: readonly Mute[], plantId: string, device: string, now: EpochMs): Mute | null {
  const holding = mutes.filter((mute) => mute.plantId === plantId && (mute.device === null || mute.device === device) && !isOver(mute, now));
  return holding.find((mute) => mute.device === null) ?? holding[0] ?? null;
}
