// The proof of the cluster: that its judge sees what is wrong, that a seed decides all, and a small crowd to which everything happens once.
import { describe, expect, it } from "vitest";
import { judge } from "../../proof/cluster/judge.ts";
import { makePlan } from "../../proof/cluster/plan.ts";
import { runCluster } from "../../proof/cluster/run.ts";
import { makeDay } from "../../proof/cluster/scenario.ts";

const LONGEST_MS = 420_000;

const failure = { kind: "inverter.failure", plant: "1", device: "9", type: null };
const normal = { ...failure, kind: "inverter.normal" };
const card = (incident: string, ...events: readonly (typeof failure)[]) => ({ events: events.map((event) => ({ ...event, incident })) });

describe("the judge of a cluster", () => {
  it("finds nothing wrong where each event was told once, or once more for what happened to the cluster", () => {
    const cards = [card("A", failure), card("A", failure), card("A", normal), card("B", failure)];
    expect(judge([failure, normal, failure], { cards, disturbances: 1 })).toEqual({ expected: 3, told: 3, repeated: 1, wrong: [] });
  });

  it.each([
    ["is missing", [card("A", failure)], ["1/9: inverter.failure was told instead of inverter.failure, inverter.normal"]],
    ["was invented", [card("A", failure), card("A", normal), card("B", failure)], ["1/9: inverter.failure, inverter.normal, inverter.failure was told instead of inverter.failure, inverter.normal"]],
    ["came too early", [card("A", normal), card("A", failure)], ["1/9: inverter.normal, inverter.failure was told instead of inverter.failure, inverter.normal"]],
    ["was told again for no reason", [card("A", failure), card("A", normal), card("A", normal)], ["1 cards were told again, though only 0 things happened to the cluster"]],
  ])("sees what %s", (_, cards, wrong) => {
    expect(judge([failure, normal], { cards, disturbances: 0 }).wrong).toEqual(wrong);
  });
});

describe("the plan of the proof", () => {
  it("is decided by its seed, and takes the database away thrice where there is time", () => {
    const options = { seed: 3, workers: 3, seconds: 1_400, goneS: 20 };
    const plan = makePlan(options);
    expect(makePlan(options)).toEqual(plan);
    expect(makePlan({ ...options, seed: 4 })).not.toEqual(plan);
    expect(plan.filter(({ kind }) => kind === "database").map(({ forS }) => forS)).toEqual([0, 20, 0]);
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(["kill", "stop", "cut", "database"]));
    expect(makeDay({ plants: 5, hours: 4, seed: 3 })).toEqual(makeDay({ plants: 5, hours: 4, seed: 3 }));
  });
});

describe("a cluster of three", () => {
  it("tells what one process tells, while workers die and hang and the database comes and goes", async () => {
    const seed = 5;
    const { expected, wrong } = await runCluster({ plants: 20, hours: 4, seed, factor: 180, goneS: 6, intervalS: 600 });
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(expected).toBeGreaterThan(10);
  }, LONGEST_MS);
});
