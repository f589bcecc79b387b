// SPEC section 6, outbox: nothing is dropped, order within a plant is kept, and Teams is not flooded.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, inverter, play, relay, withoutRepeats, type Expected, type Story } from "../support/scenario.ts";

/** One plant whose inverter fails at 08:25 (told at 08:30) and is back at 08:55 (told at 09:00), and keeps reporting. */
const unsteady = (plant: number): ReturnType<typeof inverter> => inverter(plant, 9).from("08:00").kw(50, 3).kw(0, 6).kwUntil("17:00", 50);
const failed = (by: string, after = "08:30"): Expected => ["inverter.failure", 9, { reading: "08:25", after, by }];
const normal = (by: string, after = "09:00"): Expected => ["inverter.normal", 9, { reading: "08:55", after, by }];
const run = (faults: NonNullable<Story["faults"]>, more: Partial<Story> = {}): ReturnType<typeof play> =>
  play({ start: "08:00", end: "12:00", devices: [unsteady(101)], faults, ...more });

describe("a send that may be tried again", () => {
  test.each(["timeout", "reset", "status:408", "status:429", "status:500", "status:502", "status:503", "body-error"])("%s for a moment: quick tries", async (fault) => {
    const { events, cards } = await run([["08:30:00", "08:30:02", "teams", fault]]);
    expectTold({ events }, [failed("08:30:30"), normal("09:00")]);
    expect(cards.map(({ attempt }) => attempt)).toEqual([expect.toSatisfy((n: number) => n >= 2), 1]);
  });

  test.each(["timeout", "reset", "status:408", "status:429", "status:503", "body-error"])("%s for twenty minutes: told within five of its end", async (fault) => {
    expectTold(await run([["08:29", "08:50", "teams", fault]]), [failed("08:55:30", "08:50"), normal("09:00")]);
  });

  test("backs off from 1 to at most 5 minutes, and goes on for as long as it takes", async () => {
    const { events, log } = await run([["08:29", "16:00", "teams", "status:503"]], { end: "16:30" });
    expect(events.map(({ kind }) => kind)).toEqual(["inverter.failure", "inverter.normal"]);
    expect(events.every(({ at }) => at <= "2025-12-01T16:05:30")).toBe(true);
    const tries = log.split("\n").filter((line) => line.includes("[TEAMS] Falha ao enviar webhook")).length;
    expect(tries).toBeGreaterThan(85); // 7 h 30 min at 5 min or a quarter less
    expect(tries).toBeLessThan(140);
  });

  test("a restart or a kill during the wait loses nothing", async () => {
    for (const ends of ["restarts", "kills"]) {
      expectTold(await run([["08:29", "09:10", "teams", "status:503"]], { [ends]: ["08:30:01", "08:30:30", "08:45", "09:01", "09:08"] }), [
        failed("09:15:30", "09:10"), normal("09:15:30", "09:10"),
      ]);
    }
  });
});

describe("Retry-After", () => {
  test.each([["in seconds", "status:429:120", "08:32"], ["as a date", "status:429:date", "08:31"], ["of another status", "status:503:120", "08:32"]])("%s is obeyed", async (_, fault, after) => {
    expectTold(await run([["08:30:00", "08:30:01", "teams", fault]]), [failed("08:33", after), normal("09:00")]);
  });

  test("holds all cards, and is bounded by 15 min", async () => {
    const devices = [unsteady(101), unsteady(102)];
    const { events } = await run([["08:30:00", "08:30:01", "teams", "status:429:7200"]], { devices });
    for (const { at } of events.filter(({ kind }) => kind === "inverter.failure")) {
      expect(at >= "2025-12-01T08:45:00").toBe(true);
      expect(at <= "2025-12-01T08:46:00").toBe(true);
    }
    expect(events).toHaveLength(4);
  });
});

describe("a webhook that is gone", () => {
  test.each([401, 403, 404, 410])("%i: one waiting card probes every five minutes; the log says so; nothing is lost", async (status) => {
    const devices = [101, 102, 103].map(unsteady);
    const { events, log } = await run([["08:29", "09:31", "teams", `status:${String(status)}`]], { devices });
    expectTold(byDevice({ events }), [101, 102, 103].flatMap((id): Expected[] => [
      ["inverter.failure", `${String(id)}/9`, { after: "09:31", by: "09:36" }], ["inverter.normal", `${String(id)}/9`, { after: "09:31", by: "09:36" }],
    ]));
    const told = log.split("\n").filter((line) => line.includes(String(status)) && line.includes("TEAMS")).length;
    expect(told).toBeGreaterThanOrEqual(10); // 08:30, 08:35 … 09:30
    expect(told).toBeLessThanOrEqual(16);
  });
});

describe("a card that is refused", () => {
  test.each([400, 413])("%i once: sent again at once as a small plain one, with the same events", async (status) => {
    // The world refuses what comes at that very moment only; the plain form follows a quarter of a second later.
    const { events, cards } = await run([["08:30:00", "08:30:00.200", "teams", `status:${String(status)}`]]);
    expectTold({ events }, [failed("08:30:01"), normal("09:00")]);
    expect(cards[0]).toMatchObject({ events: 1, severity: "danger" });
  });

  test("refused again: kept, and tried once more before a later card of its plant goes, so that all is told in order", async () => {
    const { events, log } = await run([["08:29", "08:31", "teams", "status:400"]]);
    expectTold({ events }, [failed("09:01", "09:00"), normal("09:01", "09:00")]);
    expect(log).toMatch(/HTTP 400/);
  });

  test("for hours: every hour, in order, over restarts", async () => {
    const { events } = await run([["08:29", "10:45", "teams", "status:413"]], { restarts: ["09:15"], kills: ["10:20"] });
    expectTold({ events }, [failed("11:05", "10:45"), normal("11:05", "10:45")]);
  });
});

describe("an answer that never came", () => {
  test("accepted-then-reset: sent again, and so at most told twice", async () => {
    const { events } = await run([["08:30:00", "08:30:00.500", "teams", "accepted-then-reset"]]);
    const { events: once, repeats } = withoutRepeats({ events });
    expectTold({ events: once }, [failed("08:30:30"), normal("09:00")]);
    expect(repeats).toBeLessThanOrEqual(1);
  });
});

describe("after an outage", () => {
  /** Down and up every 40 min from 08:10 on: what a morning without Teams owes. */
  const restless = (plant: number): ReturnType<typeof inverter> => {
    const device = inverter(plant, 9).from("08:00").kw(50, 2);
    for (let i = 0; i < 4; i += 1) device.kw(0, 4).kw(50, 4);
    return device.kwUntil("14:00", 50);
  };

  test("what was committed more than an hour ago is one digest a plant, every event in it, in order of time", async () => {
    const { events, cards } = await run([["08:05", "13:00", "teams", "status:503"]], { devices: [restless(101), restless(102)], end: "14:00" });
    for (const plant of ["101", "102"]) {
      const own = events.filter((event) => event.plant === plant);
      expect(own.map(({ kind }) => kind.split(".")[1])).toEqual(["failure", "normal", "failure", "normal", "failure", "normal", "failure", "normal"]);
      expect(own.map(({ reading }) => reading)).toEqual(own.map(({ reading }) => reading).toSorted());
      expect(own.every(({ at }) => at >= "2025-12-01T13:00:00" && at <= "2025-12-01T13:06:00")).toBe(true);
      expect(cards.filter((card) => card.plant === plant)).toHaveLength(1);
    }
  });

  test("what is younger keeps its own card", async () => {
    const { cards, events } = await run([["08:29", "09:20", "teams", "status:503"]]);
    expectTold({ events }, [failed("09:25:30", "09:20"), normal("09:25:30", "09:20")]);
    expect(cards.filter(({ plant }) => plant === "101").map(({ events: told }) => told)).toEqual([1, 1]);
  });

  test("a digest over several plants and a kill in the middle loses nothing and repeats at most one card", async () => {
    const devices = [101, 102, 103].map(restless);
    for (const kill of ["13:02", "13:04:10", "13:05"]) {
      const { events, repeats } = withoutRepeats(await run([["08:05", "13:00", "teams", "status:503"]], { devices, end: "14:00", kills: [kill] }));
      expect(repeats).toBeLessThanOrEqual(8);
      for (const plant of ["101", "102", "103"]) expect(events.filter((event) => event.plant === plant)).toHaveLength(8);
    }
  });

  test("a digest of many cards: numbered, every event in it once, though the process is killed between two of them", async () => {
    const many = Array.from({ length: 90 }, (_, i) => inverter(101, 7000 + i).from("08:00").every("5m").kw(50, 1 + (i % 3)).kw(0, 4).kw(50, 4).kw(0, 4).kw(50, 30));
    // The restart sends at once; cards are a quarter of a second apart.
    const down: Partial<Story> = { devices: many, end: "13:00", config: { INVERTER_INTERVAL: 300 }, restarts: ["12:01:00"] };
    const whole = await run([["08:05", "12:00:59", "teams", "status:503"]], down);
    const pages = whole.cards.filter(({ plant }) => plant === "101").map(({ title }) => title);
    expect(pages.length).toBeGreaterThan(1);
    pages.forEach((title, i) => { expect(title).toContain(`${String(i + 1)}/${String(pages.length)}`); });
    expect(whole.events).toHaveLength(360);
    expect(whole.events.map(({ reading }) => reading)).toEqual(whole.events.map(({ reading }) => reading).toSorted());
    for (const kill of ["12:01:00.100", "12:01:00.300", "12:01:00.600"]) {
      const killed = withoutRepeats(await run([["08:05", "12:00:59", "teams", "status:503"]], { ...down, kills: [kill] }));
      expect(killed.events).toHaveLength(360);
      expect(killed.repeats).toBe(0); // no card was under way at these moments
    }
  });

  test("a card of a digest that Teams refuses is sent in plain form, refused again an hour later, and no other is repeated", async () => {
    const many = Array.from({ length: 90 }, (_, i) => inverter(101, 7000 + i).from("08:00").every("5m").kw(50, 1 + (i % 3)).kw(0, 4).kw(50, 4).kw(0, 4).kw(50, 30));
    const down: Partial<Story> = { devices: many, end: "14:00", config: { INVERTER_INTERVAL: 300 }, restarts: ["12:01:00"] };
    const without: NonNullable<Story["faults"]>[number] = ["08:05", "12:00:59", "teams", "status:503"];
    const { cards: whole } = await run([without], down);
    for (const [until, end] of [["12:01:00.400", "12:02"], ["12:01:00.700", "13:02"]] as const) {
      const { cards, events } = await run([without, ["12:01:00.200", until, "teams", "status:413"]], down);
      const pages = (list: typeof cards): string[] => list.filter(({ plant }) => plant === "101").map(({ title }) => title);
      expect(pages(cards)).toEqual(pages(whole));
      expect(events).toHaveLength(360);
      expect(events.every(({ at }) => at.slice(11, 16) <= end)).toBe(true);
    }
  });

  test("one success wakes all that wait", async () => {
    // Every plant waits by its own backoff; the first that is accepted takes the others along.
    const devices = [101, 102, 103, 104, 105].map(unsteady);
    const { events } = await run([["08:29", "09:10", "teams", "reset"]], { devices });
    const moments = events.map(({ at }) => Date.parse(`${at}Z`));
    expect(events).toHaveLength(10);
    expect(Math.max(...moments) - Math.min(...moments)).toBeLessThanOrEqual(5_000);
  });

  test("at most four cards a second", async () => {
    const devices = Array.from({ length: 24 }, (_, i) => unsteady(101 + i));
    const { cards } = await run([["08:29", "08:50", "teams", "reset"]], { devices, end: "08:58" });
    const perSecond = Map.groupBy(cards, ({ at }) => at);
    expect(cards).toHaveLength(24);
    expect(Math.max(...[...perSecond.values()].map((list) => list.length))).toBeLessThanOrEqual(4);
  });
});

describe("order", () => {
  test("a device's events are told in their order, however sends fail", async () => {
    const device = relay(101, 7).from("08:00");
    for (let i = 0; i < 8; i += 1) device.clean(2).active("r59N", 2);
    device.clean(20);
    const faults: Story["faults"] = [["08:09", "08:11", "teams", "reset"], ["08:19", "08:36", "teams", "body-error"], ["08:40", "08:40:01", "teams", "status:429:30"], ["09:00", "09:05", "teams", "timeout"]];
    const { events } = withoutRepeats(await run(faults, { devices: [device] }));
    expect(events.map(({ kind }) => kind)).toEqual(Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? "relay.failure" : "relay.normal")));
    expect(events.map(({ reading }) => reading)).toEqual(events.map(({ reading }) => reading).toSorted());
  });
});

describe("TEAMS_ENABLED=False", () => {
  test("everything runs, nothing is sent, cards are settled by writing them to the log", async () => {
    const { lines, log, state } = await run([], { config: { TEAMS_ENABLED: "False", HEARTBEAT_TIMES: "08:45" } });
    expect(lines.filter((line) => !line.includes('"heartbeat"'))).toEqual([]);
    expect(log).toContain("UFV 101");
    expect(log).toMatch(/\[ALERTA INVERSOR\]/);
    expect(state).toContain('"pending_notifications":[]');
  });

  test("and switching it on later sends none of them", async () => {
    const device = inverter(101, 9).from("08:00").kw(50, 3).kwUntil("10:00", 0).kwUntil("12:00", 50);
    const shadow = await play({ start: "08:00", end: "09:30", devices: [device], config: { TEAMS_ENABLED: "não" } });
    const on = await play({ start: "09:30", end: "12:00", devices: [device], state: JSON.parse(shadow.state) });
    expect(shadow.events).toEqual([]);
    expectTold(on, [["inverter.normal", 9, { reading: "10:10", by: "10:20" }]]);
  });
});
