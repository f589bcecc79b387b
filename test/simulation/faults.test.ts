// SCENARIO.md's fault table: each fault on each endpoint, alone and together. What happened is told after it; nothing is invented or lost.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, inverter, play, relay, withoutRepeats, type Expected, type FaultRow, type Story } from "../support/scenario.ts";

const API_FAULTS = [
  "timeout", "reset", "status:500", "status:503", "status:404", "status:403", "status:429", "status:429:60", "status:429:date", "status:408",
  "unauthorized", "empty", "truncated", "notjson", "wrongtype",
];
const TEAMS_FAULTS = ["timeout", "reset", "status:429:60", "status:429:date", "status:503", "status:401", "status:410", "status:400", "status:413", "body-error"];

/** The relay of 101 trips and comes back, an inverter of 102 fails and comes back: both begin and end under the fault of 08:30–09:10.
 *  (The inverter of 101 runs on: where its relay cannot be asked, its failure would be told as well, and rightly.) */
const devices = [
  relay(101, 7).from("07:00").cleanUntil("08:40").activeUntil("09:00", "r59N").cleanUntil("10:30"),
  inverter(101, 1).from("07:00").kwUntil("10:30", 50),
  inverter(102, 2).from("07:00").kwUntil("08:35", 50).kwUntil("09:00", 0).kwUntil("10:30", 50),
];
const expected: readonly Expected[] = [
  ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:40" }],
  ["relay.normal", 7, "SOBRETENSÃO", { reading: "09:00" }],
  ["inverter.failure", "102/2", { reading: "08:45" }],
  ["inverter.normal", "102/2", { reading: "09:10" }],
];
const run = (faults: readonly FaultRow[], more: Partial<Story> = {}): ReturnType<typeof play> =>
  play({ start: "08:00", end: "10:30", devices, faults, ...more });
const during = (endpoint: FaultRow[2], fault: string): FaultRow => ["08:30", "09:10", endpoint, fault];

test("without a fault all is told in time", async () => {
  const { events, repeats } = withoutRepeats(await run([]));
  expectTold(byDevice({ events }), expected);
  expect(repeats).toBe(0);
  expect(events.every(({ at, reading }) => Date.parse(at) - Date.parse(reading) <= 15 * 60_000)).toBe(true);
});

describe.each([
  ["authenticate", API_FAULTS], ["plants", API_FAULTS], ["day_relay", API_FAULTS], ["day_inverter", API_FAULTS],
  ["plant_devices", ["timeout", "status:500", "empty", "wrongtype"]],
] as const)("%s", (endpoint, faults) => {
  test.each(faults)("%s", async (fault) => {
    // A login is asked for only where the token went stale.
    const stale: FaultRow[] = endpoint === "authenticate" ? [["08:20", "09:10", "day_relay", "unauthorized"], ["08:20", "09:10", "day_inverter", "unauthorized"]] : [];
    const { events } = await run([...stale, during(endpoint, fault)]);
    expectTold(byDevice({ events }), expected);
    expect(events.every(({ at }) => at <= "2025-12-01T09:40:00"), JSON.stringify(events)).toBe(true);
  });
});

describe("teams", () => {
  test.each(TEAMS_FAULTS)("%s", async (fault) => {
    const { events } = await run([during("teams", fault)]);
    expectTold(byDevice({ events: [...events].sort((a, b) => (a.reading < b.reading ? -1 : 1)) }), expected);
    const refused = fault === "status:400" || fault === "status:413"; // tried hourly
    expect(events.every(({ at }) => at <= (refused ? "2025-12-01T10:20:00" : "2025-12-01T09:20:00")), JSON.stringify(events)).toBe(true);
  });

  test("accepted-then-reset repeats cards, and loses none", async () => {
    const { events } = withoutRepeats(await run([during("teams", "accepted-then-reset")]));
    expectTold(byDevice({ events }), expected);
  });
});

describe("the plant list", () => {
  test.each(["partial:101", "partial:102", "partial:101,102", "empty", "wrongtype", "status:500"])("%s in the middle: those plants go on being scanned, also after a restart", async (fault) => {
    const { events } = await run([["08:05", "10:30", "plants", fault]], { restarts: ["08:36"], kills: ["08:52"] });
    expectTold(byDevice({ events }), expected);
    expect(events.every(({ at, reading }) => Date.parse(at) - Date.parse(reading) <= 20 * 60_000)).toBe(true);
  });

  test.each(["empty", "status:500", "timeout", "notjson", "truncated", "reset", "partial:101", "partial:101,102"])("%s at the start is waited for", async (fault) => {
    const { events } = await run([["07:00", "08:42", "plants", fault]]);
    expectTold(byDevice({ events }), expected);
  });

  test("with an id that is a text, no name, no id, nonsense: the others are watched", async () => {
    const plants = [
      { id: "101", nome: "UFV\u00a0A", capacidade: "1.250,50" }, { nome: "sem id" }, null, 42, "x", { id: null }, { id: {} }, { id: -1 },
      { id: 102 }, { id: 102, nome: "**UFV** <at>B</at> \u202e" + "n".repeat(10_000) },
    ];
    const { events, cards } = await run([], { plants });
    expectTold(byDevice({ events }), expected);
    expect(cards.every(({ title }) => title.length < 400)).toBe(true);
  });
});

describe("an API that is down at start is waited for", () => {
  test.each(["timeout", "reset", "status:503", "notjson"])("%s on all of it", async (fault) => {
    const all: FaultRow[] = (["authenticate", "plants", "day_relay", "day_inverter"] as const).map((endpoint) => ["07:00", "08:40", endpoint, fault]);
    expectTold(byDevice(await run(all)), expected);
  });
});

describe("several at once", () => {
  const mixes: readonly (readonly FaultRow[])[] = [
    [during("day_relay", "timeout"), during("teams", "status:503"), ["08:40", "09:20", "plants", "empty"]],
    [during("day_inverter", "truncated"), ["08:20", "08:50", "day_relay", "empty", 101], ["08:50", "09:05", "day_relay", "notjson"], during("teams", "body-error")],
    [["08:15", "09:30", "authenticate", "status:500"], during("day_relay", "unauthorized"), during("day_inverter", "status:429:60")],
    [["08:10", "08:35", "teams", "timeout"], ["08:35", "08:55", "teams", "status:410"], ["08:55", "09:15", "teams", "status:429:date"], ["08:30", "09:00", "plants", "partial:102"]],
    [["08:00", "08:20", "plants", "status:500"], ["08:20", "08:45", "day_relay", "reset"], ["08:45", "09:05", "day_inverter", "wrongtype"], ["09:05", "09:20", "authenticate", "timeout"]],
  ];
  test.each(mixes.map((faults, i) => [i + 1, faults] as const))("mix %i", async (_, faults) => {
    const { events } = withoutRepeats(await run(faults, { restarts: ["08:44"], kills: ["09:02:30"] }));
    expectTold(byDevice({ events: [...events].sort((a, b) => (a.reading < b.reading ? -1 : 1)) }), expected);
  });
});

describe("a failure told while its relay cannot be asked", () => {
  test("is told at the inverter scan that finds it", async () => {
    const tripless = [relay(103, 7).from("07:00").cleanUntil("10:30"), inverter(103, 2).from("07:00").kwUntil("08:35", 50).kwUntil("10:30", 0)];
    const { events } = await play({ start: "08:00", end: "10:30", devices: tripless, faults: [["08:25", "10:00", "day_relay", "status:500"]] });
    expectTold({ events }, [["inverter.failure", "103/2", { reading: "08:45", by: "08:46" }]]);
  });
});
