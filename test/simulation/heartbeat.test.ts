// SPEC section 6, heartbeat, and the monitor's own cards: when, what, and for which reasons ATENÇÃO.
import { describe, expect, test } from "vitest";
import { inverter, play, relay, type Story } from "../support/scenario.ts";

const good = (plant: number, until = "17:00"): ReturnType<typeof inverter> => inverter(plant, 9).from("07:00").kwUntil(until, 50);
const talk = (plant: number, until = "17:00"): ReturnType<typeof relay> => relay(plant, 7).from("07:00").cleanUntil(until);
const run = (story: Partial<Story>): ReturnType<typeof play> => play({ start: "08:00", end: "12:30", devices: [talk(101), good(101)], config: { HEARTBEAT_TIMES: "12:00" }, ...story });

describe("times", () => {
  test("07:00, 12:00, 17:00, 20:00 and 23:00, where nothing is set", async () => {
    const { heartbeats } = await run({ start: "00:30", end: "12-02 07:30", config: { HEARTBEAT_TIMES: "07:00,12:00,17:00,20:00,23:00" } });
    expect(heartbeats.map(({ at }) => at.slice(5, 16))).toEqual(["12-01T07:00", "12-01T12:00", "12-01T17:00", "12-01T20:00", "12-01T23:00", "12-02T07:00"]);
  });

  test("neither doubled nor skipped by restarts and kills around them", async () => {
    const { heartbeats } = await run({ config: { HEARTBEAT_TIMES: "09:00,10:00,11:00,12:00" }, restarts: ["08:59:50", "09:00:10", "10:59:59"], kills: ["10:00:05", "11:59:59"] });
    expect(heartbeats.map(({ at }) => at.slice(11))).toEqual(["09:00:00", "10:00:00", "11:00:00", "12:00:00"]);
  });

  test("one is a card of its own, and never an event", async () => {
    const { heartbeats, cards, events } = await run({});
    expect(heartbeats).toEqual([{ at: "2025-12-01T12:00:00", kind: "heartbeat", relays: 0, inverters: 0, status: "OK" }]);
    expect(cards).toMatchObject([{ plant: null, events: 0, attempt: 1 }]);
    expect(events).toEqual([]);
  });
});

describe("never queued", () => {
  test.each(["timeout", "reset", "status:503", "status:410", "body-error"])("Teams down by %s: dropped, and said so in the log", async (fault) => {
    const { heartbeats, log } = await run({ faults: [["11:59", "12:10", "teams", fault]], end: "13:30" });
    expect(heartbeats).toEqual([]);
    expect(log).toMatch(/\[HEARTBEAT\].*(descartado|não enviado|perdido)/i);
  });

  test("a moment's trouble is bridged within 10 s", async () => {
    const { heartbeats } = await run({ faults: [["12:00:00", "12:00:02", "teams", "reset"]] });
    expect(heartbeats.map(({ at }) => at <= "2025-12-01T12:00:10")).toEqual([true]);
  });

  test("it does not wait behind what waits", async () => {
    const failing = inverter(102, 9).from("07:00").kwUntil("08:05", 50).kwUntil("17:00", 0);
    const { heartbeats } = await run({ devices: [talk(101), good(101), failing], faults: [["08:15", "08:59", "teams", "status:429:3600"]], config: { HEARTBEAT_TIMES: "09:00" }, end: "09:05" });
    expect(heartbeats.map(({ at, status }) => [at.slice(11), status])).toEqual([["09:00:00", "ATENÇÃO"]]);
  });
});

describe("what it counts", () => {
  test("active relay alerts and inverters in failure", async () => {
    const devices = [
      relay(101, 7).from("07:00").cleanUntil("10:00").activeUntil("17:00", "r59N"), relay(101, 8).from("07:00").cleanUntil("10:00").activeUntil("17:00", "r27A"),
      inverter(102, 1).from("07:00").kwUntil("10:00", 50).kwUntil("17:00", 0), inverter(102, 2).from("07:00").kwUntil("10:00", 50).kwUntil("17:00", 0), good(102),
      inverter(103, 1).from("07:00").kwUntil("10:00", 50).kwUntil("17:00", 0), good(103),
    ];
    const { heartbeats } = await run({ devices });
    expect(heartbeats).toMatchObject([{ relays: 2, inverters: 3 }]);
  });
});

describe("ATENÇÃO", () => {
  const status = async (story: Partial<Story>): Promise<string | undefined> => (await run(story)).heartbeats.at(-1)?.status;

  test("not for failures as such", async () => {
    const failing = inverter(102, 1).from("07:00").kwUntil("10:00", 50).kwUntil("17:00", 0);
    const tripped = relay(101, 7).from("07:00").cleanUntil("10:00").activeUntil("17:00", "r59N");
    expect(await status({ devices: [tripped, good(101), failing, good(102)] })).toBe("OK");
  });

  test("for a plant none of whose inverters has a reading of the last 60 minutes", async () => {
    const devices = (until: string): Story["devices"] => [good(101), good(102), good(103, until)];
    expect(await status({ devices: devices("10:55") })).toBe("ATENÇÃO");
    expect(await status({ devices: devices("11:05") })).toBe("OK");
  });

  test("not for a single inverter that is silent while its plant reports", async () => {
    expect(await status({ devices: [good(101), inverter(101, 8).from("07:00").kwUntil("09:00", 50)] })).toBe("OK");
  });

  test("not for inverters that are silent at night; for relays at any hour", async () => {
    const night = { end: "22:30", config: { HEARTBEAT_TIMES: "22:00" } };
    expect(await status({ ...night, devices: [talk(101, "22:30"), good(101, "18:00")] })).toBe("OK");
    expect(await status({ ...night, devices: [talk(101, "20:55"), good(101, "18:00")] })).toBe("ATENÇÃO");
  });

  test("not right after the window opened", async () => {
    const device = inverter(101, 9).from("16:00").kwUntil("17:35", 50).from("12-02 07:05").kw(50, 10);
    const story = { devices: [device], start: "16:00", end: "12-02 07:10" };
    expect(await status({ ...story, config: { HEARTBEAT_TIMES: "07:00" } })).toBe("OK");
  });

  test("for an API that fails", async () => {
    const down: Story["faults"] = [["11:00", "12:30", "day_relay", "status:503"], ["11:00", "12:30", "day_inverter", "status:503"], ["11:00", "12:30", "plants", "status:503"]];
    expect(await status({ faults: down })).toBe("ATENÇÃO");
  });

  test("for a scan that is more than two intervals late", async () => {
    // Only the inverters cannot be read: the API as a whole answers.
    expect(await status({ devices: [talk(101), good(101)], faults: [["11:20", "12:30", "day_inverter", "status:503"]] })).toBe("ATENÇÃO");
  });

  test("for notifications that wait, and cards that were refused", async () => {
    const failing = inverter(102, 9).from("07:00").kwUntil("11:00", 50).kwUntil("17:00", 0);
    expect(await status({ devices: [good(101), failing, talk(101)], faults: [["11:10", "11:16", "teams", "status:400"]] })).toBe("ATENÇÃO");
    expect(await status({ devices: [good(101), failing, talk(101)] })).toBe("OK");
  });

  test("for inverters that are not watched for 12 h, not before", async () => {
    const tripped = (since: string): Story["devices"] => [relay(101, 7).from("00:00").cleanUntil(since).activeUntil("20:00", "r59N"), good(102)];
    const story = { start: "00:30", config: { HEARTBEAT_TIMES: "16:00" }, end: "16:05" };
    expect(await status({ ...story, devices: tripped("03:00") })).toBe("ATENÇÃO");
    expect(await status({ ...story, devices: tripped("05:00") })).toBe("OK");
  });

  test("and OK again once all that is over", async () => {
    expect(await status({ faults: [["09:00", "10:30", "day_relay", "status:503"], ["09:00", "10:30", "day_inverter", "status:503"], ["09:00", "09:30", "teams", "status:500"]] })).toBe("OK");
  });
});

describe("the monitor about itself", () => {
  const own = async (story: Partial<Story>): Promise<string[]> => (await run({ ...story, config: { HEARTBEAT_TIMES: "23:59" } })).cards
    .filter(({ plant }) => plant === null).map(({ at, title }) => `${at.slice(11, 16)} ${title}`);
  const everything = (from: string, to: string, fault: string): NonNullable<Story["faults"]> =>
    (["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint) => [from, to, endpoint, fault] as const);

  test.each(["timeout", "reset", "status:500", "status:429", "notjson"])("an API that is unreachable for two intervals: one card, and one when it is back (%s)", async (fault) => {
    const cards = await own({ faults: everything("09:00", "10:30", fault) });
    expect(cards).toHaveLength(2);
    expect(cards[0] ?? "").toMatch(/^09:[23]\d/);
    expect(cards[1] ?? "").toMatch(/^10:3[0-5]/);
  });

  test("a login that is refused for two intervals, likewise", async () => {
    const faults: Story["faults"] = [["09:00", "10:30", "day_relay", "unauthorized"], ["09:00", "10:30", "day_inverter", "unauthorized"], ["09:00", "10:30", "plants", "unauthorized"], ["09:00", "10:30", "authenticate", "status:401"]];
    expect(await own({ faults })).toHaveLength(2);
  });

  test("not for an outage of less than two intervals, nor for one endpoint", async () => {
    expect(await own({ faults: everything("09:01", "09:19", "status:500") })).toEqual([]);
    expect(await own({ devices: [talk(101), good(101)], faults: [["09:00", "11:30", "day_relay", "status:500"]] })).toEqual([]);
  });

  test("an outage over a restart and a kill is still told once", async () => {
    expect(await own({ faults: everything("09:00", "11:00", "reset"), restarts: ["09:40"], kills: ["10:10:03"] })).toHaveLength(2);
  });

  test("more than half of the plants without data at once: one card, and one when it is over", async () => {
    const gap = (plant: number): ReturnType<typeof inverter> => inverter(plant, 9).from("07:00").kwUntil("08:30", 50).from("11:00").kwUntil("17:00", 50);
    const cards = await own({ devices: [gap(101), gap(102), gap(103), good(104), good(105)] });
    expect(cards).toHaveLength(2);
    expect(cards[0] ?? "").toMatch(/^09:[34]/);
    expect(cards[1] ?? "").toMatch(/^11:[01]/);
    expect(await own({ devices: [gap(101), gap(102), good(103), good(104)] })).toEqual([]);
  });

  test("inverters that cannot be read while the relays can: the plants are without data, and that is told", async () => {
    const cards = await own({ devices: [good(101), talk(101)], faults: [["09:00", "11:30", "day_inverter", "status:500"]] });
    expect(cards).toHaveLength(2);
    expect(cards[0] ?? "").toMatch(/^(09:[45]|10:0)\d .*sem dados/);
    expect(cards[1] ?? "").toMatch(/^11:[34]/);
  });
});
