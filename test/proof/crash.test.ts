// SIGKILL at random moments and at every step of a commit, the real process on the real file system: `npm run crash-test` in small.
import { describe, expect, it } from "vitest";
import { runKills, runSteps } from "../../proof/crash/cases.ts";
import type { Flaw } from "../../proof/crash/flawed.process.ts";
import { killTable, verdict } from "../../proof/crash/report.ts";
import type { KillKind, LifePlan, StepMoment } from "../../proof/crash/plans.ts";
import { runSeries } from "../../proof/crash/series.ts";

describe("a monitor that is killed", () => {
  it("at 50 random moments loses no event, repeats no more than it must, and keeps its state whole", { timeout: 600_000 }, async () => {
    const results = await runKills({ kills: 50, seed: 1, length: 25 });
    expect(results.flatMap(({ faults }) => faults), verdict(results)).toEqual([]);
    const kills = results.flatMap((result) => result.kills);
    expect(kills).toHaveLength(50);
    // The moments that matter were among them.
    expect(kills.some(({ isWithinSave }) => isWithinSave), killTable(results)).toBe(true);
    expect(kills.some(({ unnoted, repeats }) => unnoted > 0 && repeats > 0), killTable(results)).toBe(true);
  });

  it("before, in and after every step of two commits leaves the last safe state or the next one, and loses no event", { timeout: 600_000 }, async () => {
    const results = await runSteps(1);
    expect(results.flatMap(({ faults }) => faults), verdict(results)).toEqual([]);
    expect(results.flatMap(({ kills }) => kills).filter(({ cameToIt }) => cameToIt)).toHaveLength(2 * (9 * 2 + 1));
  });
});

/** One life that ends so, two devices changing. */
const life = (kind: KillKind, nth: number, moment: StepMoment = "before"): LifePlan => ({ kill: { kind, nth, moment, delayUs: 0 }, flips: 2, fault: "none" });

/** Step 2 empties the file, 9 ends the first commit: the events are in the state, and nobody was told yet. */
const FLAWS: readonly (readonly [flaw: Flaw, plan: LifePlan, fault: RegExp])[] = [
  ["in-place", life("step", 2, "after"), /estado quebrado: .*arquivo vazio/],
  ["never-replaced", life("accepted", 1), /em dois cartões diferentes|repetido 1 vezes, 0 explicadas/],
  ["nothing-owed", life("step", 9, "after"), /perdido: /],
  ["unlocked", life("second", 3), /a segunda instância chamou a API|segunda instância: código/],
];

describe("the harness itself", () => {
  it("says what was broken, and what runs that series again", () => {
    const kills = [{ kind: "call", cameToIt: true, isWithinSave: true, unnoted: 1, repeats: 1, isBroken: false }, { kind: "call", cameToIt: false, isWithinSave: false, unnoted: 0, repeats: 0, isBroken: true }] as const;
    const result = { kills, events: 5, lost: 1, faults: ["perdido: 101/7 down 10:05"], command: "npm run crash-test -- --only kills --kills 2 --seed 7" };
    expect(killTable([result]).split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["morte (SIGKILL)", "vezes", "gravação a meio", "aceito e não anotado", "repetidos", "estados quebrados"],
      ["em uma chamada à API", "1", "1", "1", "1", "0"], ["no prazo (o momento não veio)", "1", "0", "0", "0", "1"], ["todas", "2", "1", "1", "1", "1"],
    ]);
    expect(verdict([result])).toBe("5 eventos, 1 perdidos; PROMESSA QUEBRADA\n  - perdido: 101/7 down 10:05\n  de novo: npm run crash-test -- --only kills --kills 2 --seed 7");
    expect(verdict([{ ...result, lost: 0, faults: [] }])).toBe("5 eventos, 0 perdidos; promessas 1 a 5 mantidas");
  });

  it.each(FLAWS)("would see a monitor whose state is spoilt so: %s", { timeout: 60_000 }, async (flaw, plan, fault) => {
    const { faults } = await runSeries({ plans: [plan], seed: 1, flaw, longestEndMs: 3_000 });
    expect(faults.join("\n")).toMatch(fault);
  });
});
