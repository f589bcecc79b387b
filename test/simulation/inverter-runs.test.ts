// SPEC section 4: what makes an inverter's failure and its normalization, and what does not.
import { describe, expect, test } from "vitest";
import { expectTold, inverter, play, type Story } from "../support/scenario.ts";

const morning = { start: "08:00", end: "10:00" };
const run = (device: Story["devices"][number], more: Partial<Story> = {}): ReturnType<typeof play> => play({ ...morning, devices: [device], ...more });

describe("three in a row", () => {
  test("the third zero is the failure, the third positive the normalization", async () => {
    expectTold(await run(inverter(101, 9).from("08:00").kw(50, 6).kw(0, 6).kw(50, 12)), [
      ["inverter.failure", 9, { reading: "08:40", by: "08:50" }],
      ["inverter.normal", 9, { reading: "09:10", by: "09:20" }],
    ]);
  });

  test("two zeros are a dip of the grid, however often", async () => {
    expectTold(await run(inverter(101, 9).kw(50, 2).kw(0, 2).kw(25).kw(0, 2).kw(60).kw(0, 2).kw(50, 3)), []);
  });

  test("two positives end no failure", async () => {
    expectTold(await run(inverter(101, 9).kw(0, 3).kw(50, 2).kw(0, 2).kw(50, 2).kw(0, 3)), [["inverter.failure", 9, { reading: "08:10" }]]);
  });

  test("the numbers of readings are settings", async () => {
    const config = { INVERTER_FAILURE_READINGS: 5, INVERTER_RECOVERY_READINGS: 2 };
    expectTold(await run(inverter(101, 9).kw(50).kw(0, 6).kw(50, 4), { config }), [
      ["inverter.failure", 9, { reading: "08:25" }],
      ["inverter.normal", 9, { reading: "08:40" }],
    ]);
  });

  test("several inverters of a plant fail on one card", async () => {
    const devices = [7, 8, 9].map((id) => inverter(101, id).kw(50, 2).kw(0, 8));
    const { events, cards } = await play({ start: "08:00", end: "09:00", devices });
    expect(events.map(({ device }) => device).sort()).toEqual(["7", "8", "9"]);
    expect(cards.map(({ severity, events: told }) => [severity, told])).toEqual([["danger", 3]]);
  });
});

describe("power", () => {
  test.each([
    ["missing", undefined], ["null", null], ["a dash", "-"], ["empty", ""], ["words", "offline"], ["an object", {}],
  ])("%s neither counts nor breaks a run", async (_, nothing) => {
    expectTold(await run(inverter(101, 9).kw(50, 3).kw(0, 2).kw(nothing).kw(0).kw(nothing).kw(50).kw(nothing, 2).kw(50, 2)), [
      ["inverter.failure", 9, { reading: "08:30" }],
      ["inverter.normal", 9, { reading: "09:00" }],
    ]);
  });

  test.each([["0,0 kW"], ["0.00"], [" 0 "], ["-3,5"], [-12.4], ["-1.250,5 kW"]])("%s is zero", async (power) => {
    expectTold(await run(inverter(101, 9).kw(50, 3).kw(power, 3).kw("1.234,5 kW", 3)), [
      ["inverter.failure", 9, { reading: "08:25" }],
      ["inverter.normal", 9, { reading: "08:40" }],
    ]);
  });

  test.each(["Pac", "PAC", "Potencia_Saida", "Pout", "Potencia"])("is read from %s", async (field) => {
    const records = inverter(101, 9).kw(50, 3).kw(0, 3).records.map((record) => JSON.stringify(record).replace("Pac", field)).map((text): unknown => JSON.parse(text));
    expectTold(await run({ kind: "inverter", plant: "101", records }), [["inverter.failure", 9]]);
  });

  test("the first field that is present and not null counts", async () => {
    const device = inverter(101, 9).from("08:00");
    for (const minute of ["00", "05", "10", "15"]) device.raw({ idinversor: 9, conteudojson: { Pac: null, PAC: 0, Pout: 80, tsleitura: `2025-12-01 08:${minute}:00` } });
    expectTold(await run(device), [["inverter.failure", 9, { reading: "08:10" }]]);
  });

  test("a field that is present but empty is an unreadable power: the next one is of another meaning", async () => {
    const device = inverter(101, 9).from("08:00");
    for (const minute of ["00", "05", "10", "15"]) device.raw({ idinversor: 9, conteudojson: { Pac: "", Pout: 0, tsleitura: `2025-12-01 08:${minute}:00` } });
    expectTold(await run(device), []);
  });

  test("an inverter on standby counts as stopped where INVERTER_ZERO_KW says so", async () => {
    const standby = inverter(101, 9).kw(50, 3).kw(0.05, 4).kw(0.051, 3);
    expectTold(await run(standby), []);
    expectTold(await run(standby, { config: { INVERTER_ZERO_KW: "0,05" } }), [
      ["inverter.failure", 9, { reading: "08:25" }],
      ["inverter.normal", 9, { reading: "08:45" }],
    ]);
  });
});

describe("the generation window", () => {
  test.each([
    ["17:30:00 is in", "17:20:00", [["inverter.failure", 9, { reading: "17:30" }]] as const],
    ["17:30:01 is out", "17:20:01", []],
  ])("%s", async (_, from, expected) => {
    const device = inverter(101, 9).from("17:00").kw(50, 4).from(from).kw(0, 8);
    expectTold(await play({ start: "16:50", end: "18:30", devices: [device] }), expected);
  });

  test.each([
    ["06:30:00 is in", "06:30:00", "06:40:00"],
    ["06:29:59 is out", "06:29:59", "06:44:59"],
  ])("%s", async (_, from, third) => {
    expectTold(await play({ start: "06:00", end: "07:30", devices: [inverter(101, 9).from(from).kw(0, 5)] }), [["inverter.failure", 9, { reading: third }]]);
  });

  test("the zeros of dusk and dawn are no failure", async () => {
    const device = inverter(101, 9).from("16:30").kwUntil("17:25", 50).kwUntil("18:30", 0).from("12-02 05:00").kwUntil("12-02 06:40", 0).kw(30, 10);
    expectTold(await play({ start: "16:30", end: "12-02 07:30", devices: [device] }), []);
  });

  test("is a setting", async () => {
    const device = inverter(101, 9).from("05:00").kw(0, 6);
    const config = { GENERATION_WINDOW: "05:00-18:00" };
    expectTold(await play({ start: "05:00", end: "06:00", devices: [device], config }), [["inverter.failure", 9, { reading: "05:10" }]]);
  });
});

describe("a gap", () => {
  test("of one missed reading at 315 s does not break a run", async () => {
    const device = inverter(101, 9).every("315s").kw(50, 6).kw(0).miss(1).kw(0).miss(1).kw(0).kw(0);
    expectTold(await run(device), [["inverter.failure", 9]]);
  });

  test("of two missed readings does", async () => {
    const device = inverter(101, 9).every("315s").kw(50, 6).kw(0, 2).miss(2).kw(0, 2).miss(2).kw(50, 3);
    expectTold(await run(device), []);
  });

  test("is measured by the device's own usual interval", async () => {
    // At 10 min apart, 25 min is 2.5 times; a second more breaks.
    const slow = (gap: string): ReturnType<typeof inverter> => inverter(101, 9).from("07:00").every("10m").kw(50, 5).kw(0, 2).from(gap).kw(0, 1);
    expectTold(await play({ start: "07:00", end: "09:00", devices: [slow("08:25:00")] }), [["inverter.failure", 9, { reading: "08:25" }]]);
    expectTold(await play({ start: "07:00", end: "09:00", devices: [slow("08:25:01")] }), []);
  });

  test("of 12 min 30 s holds while fewer than three intervals are known, and a second more breaks", async () => {
    const young = (next: string): ReturnType<typeof inverter> => inverter(101, 9).from("08:00").every("10m").kw(50).kw(0, 2).from(next).kw(0);
    expectTold(await run(young("08:32:30")), [["inverter.failure", 9, { reading: "08:32:30" }]]);
    expectTold(await run(young("08:32:31")), []);
  });

  test("between readings with an unreadable power between them is no gap", async () => {
    expectTold(await run(inverter(101, 9).kw(50, 6).kw(0, 2).kw("-", 4).kw(0)), [["inverter.failure", 9, { reading: "09:00" }]]);
  });

  test("never ends a failure, however long", async () => {
    const device = inverter(101, 9).from("08:00").kw(50, 4).kw(0, 4).from("12:00").kw(50, 2).from("14:00").kw(50, 3);
    expectTold(await play({ start: "08:00", end: "15:00", devices: [device] }), [
      ["inverter.failure", 9, { reading: "08:30" }],
      ["inverter.normal", 9, { reading: "14:10" }],
    ]);
  });

  test("of a night starts runs anew, and keeps the failure", async () => {
    const device = inverter(101, 9).from("17:00").kw(0, 4).kw(40, 2).from("12-02 06:30").kw(40).kw(40, 2);
    expectTold(await play({ start: "17:00", end: "12-02 07:30", devices: [device] }), [
      ["inverter.failure", 9, { reading: "17:10" }],
      ["inverter.normal", 9, { reading: "12-02 06:40" }],
    ]);
  });
});

describe("daylight saving", () => {
  // New York, 2 November 2025: the hour from 01:00 comes twice. 9 March 2025: 02:00 does not exist.
  test("the hour that does not exist is no gap", async () => {
    const config = { GENERATION_WINDOW: "00:00-23:59" };
    const device = inverter(101, 9).from("2025-03-09 01:30").kw(50, 4).kw(0, 2).from("2025-03-09 03:00").kw(0).kw(50, 3);
    expectTold(await play({ timezone: "America/New_York", start: "2025-03-09 01:00", end: "2025-03-09 04:00", devices: [device], config }), [
      ["inverter.failure", 9, { reading: "2025-03-09 03:00" }],
      ["inverter.normal", 9, { reading: "2025-03-09 03:15" }],
    ]);
  });

  test("windows and heartbeats are of the wall clock, before and after", async () => {
    const zeros = (date: string): ReturnType<typeof inverter> => inverter(101, 9).from(`${date} 06:20`).kw(0, 6);
    for (const [date, before] of [["2025-11-02", "2025-11-01"], ["2025-03-09", "2025-03-08"]] as const) {
      const played = await play({
        timezone: "America/New_York", start: `${before} 22:00`, end: `${date} 08:00`, devices: [zeros(date)], config: { HEARTBEAT_TIMES: "07:00" },
      });
      expectTold(played, [["inverter.failure", 9, { reading: `${date} 06:40` }]]);
      expect(played.heartbeats.map(({ at }) => at)).toEqual([`${date}T07:00:00`]);
    }
  });
});

describe("runs go on", () => {
  test.each([["a restart", "restarts"], ["a kill", "kills"]] as const)("over %s between two zeros", async (_, end) => {
    const device = inverter(101, 9).from("08:00").kw(50, 2).kw(0, 2).kw(0, 1).kw(50, 3);
    expectTold(await run(device, { [end]: ["08:14:00", "08:16:00", "08:19:00", "08:31:30"] }), [
      ["inverter.failure", 9, { reading: "08:20" }],
      ["inverter.normal", 9, { reading: "08:35" }],
    ]);
  });

  test("over scans that each see one reading", async () => {
    const device = inverter(101, 9).kw(50, 3).kw(0, 3).kw(50, 3);
    expectTold(await run(device, { config: { INVERTER_INTERVAL: 120 } }), [
      ["inverter.failure", 9, { reading: "08:25", by: "08:27" }],
      ["inverter.normal", 9, { reading: "08:40", by: "08:42" }],
    ]);
  });
});

describe("identity", () => {
  test.each([
    ["idinversor before all", { idinversor: 9, idefinversor: 5 }, { Inversor: "SN1", esn: "SN2" }, "9"],
    ["Inversor where idinversor is null", { idinversor: null, idefinversor: 5 }, { Inversor: "SN1", esn: "SN2" }, "SN1"],
    ["esn where Inversor is empty", { idinversor: "", idefinversor: 5 }, { Inversor: "", esn: "SN2" }, "SN2"],
    ["idefinversor last", { idefinversor: 5 }, { Inversor: null, esn: "" }, "5"],
  ])("%s", async (_, outside, inside, device) => {
    const track = inverter(101, 9);
    for (const minute of ["00", "05", "10"]) track.raw({ ...outside, conteudojson: { ...inside, Pac: 0, tsleitura: `2025-12-01 08:${minute}:00` } });
    expectTold(await run(track), [["inverter.failure", device, { reading: "08:10" }]]);
  });
});
