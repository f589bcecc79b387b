// SPEC sections 6 and 8: a process that is killed at any moment loses no event and repeats at most one card; determinism.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, inverter, later, play, relay, withoutRepeats, type Expected, type Story } from "../support/scenario.ts";

/** An eventful hour: a trip, two inverters down and back, one of them twice. */
const devices = [
  relay(101, 7).from("08:00").cleanUntil("08:20").activeUntil("08:40", "r59N r86").cleanUntil("10:00"),
  inverter(101, 1).from("08:00").kwUntil("08:20", 50).kwUntil("08:41", 0).kwUntil("10:00", 50),
  inverter(102, 2).from("08:00").kwUntil("08:10", 50).kwUntil("08:30", 0).kwUntil("08:50", 50).kwUntil("09:10", 0).kwUntil("10:00", 50),
  inverter(102, 3).from("08:00").kwUntil("08:30", 50).kwUntil("08:55", 0).kwUntil("10:00", 50),
];
const expected: readonly Expected[] = [
  ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:20", by: "08:33" }], ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:40", by: "08:53" }],
  ["inverter.failure", "102/2", { reading: "08:20" }], ["inverter.normal", "102/2", { reading: "08:40" }],
  ["inverter.failure", "102/2", { reading: "09:00" }], ["inverter.normal", "102/2", { reading: "09:20" }],
  ["inverter.failure", "102/3", { reading: "08:40" }], ["inverter.normal", "102/3", { reading: "09:05" }],
];
/** Whenever it is told. */
function withoutTime(row: Expected): Expected {
  return row.length === 4 ? [row[0], row[1], row[2]] : row;
}
const run = (more: Partial<Story>): ReturnType<typeof play> => play({ start: "08:00", end: "10:00", devices, ...more });

test.each(Array.from({ length: 24 }, (_, i) => later("08:05", i * 180 + (i % 4) * 61).slice(11)))("a kill at %s", async (moment) => {
  const { events, repeats } = withoutRepeats(await run({ kills: [moment] }));
  expectTold(byDevice({ events }), expected);
  expect(repeats).toBeLessThanOrEqual(1);
});

test("a kill every other minute", async () => {
  const { events } = withoutRepeats(await run({ kills: Array.from({ length: 55 }, (_, i) => later("08:00:30", i * 120)) }));
  expectTold(byDevice({ events }), expected);
});

test("a graceful restart at every quarter of an hour and between repeats nothing", async () => {
  const { events, repeats } = withoutRepeats(await run({ restarts: Array.from({ length: 14 }, (_, i) => later("08:07:30", i * 450)) }));
  expectTold(byDevice({ events }), expected);
  expect(repeats).toBe(0);
});

test("kills while Teams is down lose nothing", async () => {
  const { events } = withoutRepeats(await run({ faults: [["08:15", "09:25", "teams", "timeout"]], kills: ["08:33:07", "08:47", "09:01:30", "09:15:03", "09:26"] }));
  expectTold(byDevice({ events: events.toSorted((a, b) => (a.reading < b.reading ? -1 : 1)) }), expected.map(withoutTime));
});

describe("determinism", () => {
  test("the same file twice prints the same bytes, log and state too", async () => {
    const story: Partial<Story> = {
      seed: 7, kills: ["08:33:07"], restarts: ["09:01"],
      faults: [["08:10", "08:25", "day_inverter", "status:503"], ["08:35", "09:00", "teams", "timeout"], ["09:10", "09:20", "day_relay", "status:429:60"]],
    };
    const [first, second] = [await run(story), await run(story)];
    expect(second.lines).toEqual(first.lines);
    expect(second.log).toBe(first.log);
    expect(second.state).toBe(first.state);
  });

  test("another seed changes no event", async () => {
    const story: Partial<Story> = { faults: [["08:10", "08:25", "day_inverter", "status:503"], ["08:35", "09:00", "teams", "status:503"]] };
    const tellings: unknown[] = [];
    for (const seed of [1, 2, 3]) tellings.push(byDevice(await run({ ...story, seed })).events.map(({ kind, plant, device, type, reading }) => [kind, plant, device, type, reading]));
    expect(tellings[1]).toEqual(tellings[0]);
    expect(tellings[2]).toEqual(tellings[0]);
  });
});
