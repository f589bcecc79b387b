// When each life of a series ends. The plan is the seed's; where exactly the process stands then is the machine's.
import { createRandom } from "../../src/simulator/random.ts";
import type { LifeFault } from "./flipping-fleet.ts";

export type KillKind = "start" | "call" | "accepted" | "answered" | "write" | "replaced" | "second" | "twins" | "step" | "traced";
export type StepMoment = "before" | "middle" | "after";

export interface Kill {
  readonly kind: KillKind;
  /** Of the calls, cards, writes or steps of that life, at which one. */
  readonly nth: number;
  /** So long after it was seen. */
  readonly delayUs: number;
  /** Of a step. */
  readonly moment: StepMoment;
  /** At whose `nth` time strace ends a traced life. */
  readonly syscall?: "fsync" | "rename";
}

export interface LifePlan {
  readonly kill: Kill;
  readonly flips: number;
  readonly fault: LifeFault;
}

/** Each with its share of the kills. Killed while it starts costs nothing and shows least. */
const SHARES: readonly (readonly [kind: Exclude<KillKind, "step" | "traced">, share: number])[] =
  [["start", 1], ["call", 4], ["accepted", 3], ["answered", 3], ["write", 5], ["replaced", 3], ["second", 1], ["twins", 1]];

export function planKills(count: number, seed: number): LifePlan[] {
  const random = createRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const kinds = SHARES.flatMap(([kind, share]) => Array.from({ length: share }, () => kind));
  return Array.from({ length: count }, () => {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? "call";
    const kill: Kill = {
      kind, moment: "before",
      nth: { start: 1, call: upTo(16), accepted: upTo(3), answered: upTo(3), write: upTo(3), replaced: upTo(3), second: upTo(10), twins: upTo(10) }[kind],
      delayUs: kind === "start" ? random() * 200_000 : random() < 0.3 ? 0 : random() * (kind === "write" ? 1_500 : 4_000),
    };
    return { kill, flips: upTo(2), fault: faultBeside(kind, random()) };
  });
}

/** A kill that waits for a card needs a Teams that takes one; one that waits for many calls, an API that answers. */
function faultBeside(kind: KillKind, chance: number): LifeFault {
  if (chance < 0.75 || kind === "second" || kind === "twins") return "none";
  const fits: readonly LifeFault[] = kind === "accepted" || kind === "answered"
    ? ["inverters-503", "teams-answer-lost"] : ["teams-503", "teams-silent", "teams-answer-lost", "inverters-503", "api-silent"];
  return fits[Math.floor((chance - 0.75) * 4 * fits.length)] ?? "none";
}

/** What one commit does to the disk, in order: see fs-steps.ts. */
const STEPS_OF_A_COMMIT = 9;
const WRITE_STEP = 3;

/** Every step of the `commit`-th commit of a life (from 0), and before, in (a write) and after each. */
export function planSteps(commit: number): LifePlan[] {
  return Array.from({ length: STEPS_OF_A_COMMIT }, (_, i) => i + 1).flatMap((step) => {
    const moments: readonly StepMoment[] = step === WRITE_STEP ? ["before", "middle", "after"] : ["before", "after"];
    return moments.map((moment): LifePlan => ({ kill: { kind: "step", nth: commit * STEPS_OF_A_COMMIT + step, delayUs: 0, moment }, flips: 2, fault: "none" }));
  });
}

/** System calls of the first three commits, at which the kernel ends the process on its way in. Needs strace. */
export function planTraced(): LifePlan[] {
  const at = (syscall: "fsync" | "rename", nth: number): LifePlan => ({ kill: { kind: "traced", nth, delayUs: 0, moment: "before", syscall }, flips: 2, fault: "none" });
  return [...[1, 2, 3, 4, 5, 6].map((nth) => at("fsync", nth)), ...[1, 2, 3].map((nth) => at("rename", nth))];
}
