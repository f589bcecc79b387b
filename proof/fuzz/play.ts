// Plays a case: first everything goes wrong that is in it, then all is calm, and what is owed must arrive.
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../src/domain/local-time.ts";
import { instantOf } from "../../src/simulator/scenario.ts";
import type { FuzzCase } from "./fuzz-file.ts";
import type { Violation } from "./promises.ts";
import { setStage, type Stage } from "./stage.ts";

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly plantDays: number;
  readonly events: number;
  readonly cards: number;
  readonly duplicates: number;
  readonly lives: number;
}

/** A card that was refused is tried again after an hour. */
const REFUSED_RETRY_MS = 60 * MINUTE_MS;
/** A monitor that has nothing to do waits for its next scan, its next card, its next heartbeat, the next end of a silence. */
const MOST_TIMERS = 7;
/** Nothing fails any more, and no world has many plants. */
const LONGEST_CYCLE_MS = 5 * MINUTE_MS;

export async function play(fuzzCase: FuzzCase): Promise<Verdict> {
  const { scenario, chaos } = fuzzCase;
  if (scenario.state !== undefined) throw new Error("a case that begins with a state of its own cannot be watched: nobody saw what led to it");
  const start = instantOf(scenario, scenario.start);
  const calm = instantOf(scenario, chaos.calm);
  const stage = setStage(fuzzCase);
  const { promises } = stage;
  for (const { at, act } of mishaps(fuzzCase, stage, start, calm)) {
    await stage.runTo(at);
    if (promises.violations.length === 0) await act();
  }
  await stage.runTo(calm + chaos.graceS * SECOND_MS);
  if (promises.hasRefused) await stage.runTo(stage.now() + REFUSED_RETRY_MS);
  if (promises.violations.length === 0) await settleAccounts(stage);
  return {
    violations: promises.violations, events: promises.events, duplicates: promises.duplicates, cards: stage.cards, lives: stage.lives,
    plantDays: (scenario.plants.length * (stage.now() - start)) / DAY_MS,
  };
}

/** All that happens at a moment of its own, in order, up to the calm. */
function mishaps({ scenario, chaos }: FuzzCase, stage: Stage, start: number, calm: number): { at: number; act: () => Promise<void> | void }[] {
  const instant = (text: string): number => instantOf(scenario, text);
  const acts = [
    ...scenario.restarts.map((text) => ({ at: instant(text), act: () => stage.restart() })),
    ...scenario.kills.map((text) => ({ at: instant(text), act: () => stage.kill() })),
    ...chaos.clock.map(({ at, seconds, kind }) => ({ at: instant(at), act: () => { stage.step(seconds * SECOND_MS, kind === "suspend"); } })),
    ...chaos.disk.flatMap(({ from, to, fault }) => [
      { at: instant(from), act: () => { stage.failDisk(fault); } }, { at: instant(to), act: () => { stage.failDisk(null); } },
    ]),
  ];
  const inTime = acts.filter(({ at }) => at >= start && at <= calm).sort((a, b) => a.at - b.at);
  return [...inTime, { at: calm, act: () => { stage.failDisk(null); stage.setRight(); } }];
}

/** After the calm nothing may be owed any more, and nothing left behind. */
async function settleAccounts(stage: Stage): Promise<void> {
  const { promises } = stage;
  // A cycle may be under way just now: only who waits has nothing to do.
  for (let waitedMs = 0; stage.calls > 0 && waitedMs < LONGEST_CYCLE_MS; waitedMs += SECOND_MS) await stage.runTo(stage.now() + SECOND_MS);
  for (const key of promises.untoldSince(stage.now() - MINUTE_MS)) promises.violate(promises.hasRefused ? 6 : 1, `${key} was found, and never told`);
  if (stage.timers > MOST_TIMERS) promises.violate(6, `${String(stage.timers)} timers in a monitor that has nothing to do`);
  const { timers, calls } = await stage.stop();
  if (timers + calls > 0) promises.violate(6, `${String(timers)} timers and ${String(calls)} calls are left after the end`);
}
