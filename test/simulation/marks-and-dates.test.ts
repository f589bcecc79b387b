// SPEC section 2: which readings are new, which dates are asked for, and that nothing is lost, told twice or invented.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, inverter, moment, play, relay, type Story } from "../support/scenario.ts";

const morning = { start: "08:00", end: "10:00" };
const run = (devices: Story["devices"], more: Partial<Story> = {}): ReturnType<typeof play> => play({ ...morning, devices, ...more });

describe("late uploads", () => {
  test("a whole gap that comes at once is judged in order, reading by reading", async () => {
    const device = inverter(101, 9).from("08:00").kw(50, 6).uploadedAt("11:00").kw(0, 6).kw(50, 6).kw(0, 6).live().from("11:05").kw(0, 3);
    expectTold(await play({ start: "08:00", end: "12:00", devices: [device] }), [
      ["inverter.failure", 9, { reading: "08:40", after: "11:00", by: "11:15" }],
      ["inverter.normal", 9, { reading: "09:10", by: "11:15" }],
      ["inverter.failure", 9, { reading: "09:40", by: "11:15" }],
    ]);
  });

  test("of a relay that tripped and came back in the gap tell both", async () => {
    const device = relay(101, 7).from("08:00").clean(6).uploadedAt("10:30").active("r59N", 4).clean(6).live().from("10:30").clean(4);
    expectTold(await play({ start: "08:00", end: "11:00", devices: [device] }), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:30", after: "10:30", by: "10:40" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:50", by: "10:40" }],
    ]);
  });

  test("what comes behind newer readings of the same device stays old news, and is counted", async () => {
    const device = inverter(101, 9).from("08:00").kw(50, 6).uploadedAt("09:10").kw(0, 6).live().from("09:00").kw(50, 8);
    const { events, log } = await run([device]);
    expect(events).toEqual([]);
    expect(log).toMatch(/\[SCAN\].*\b6\b/);
  });

  test("one device's newer readings are no mark for another's", async () => {
    const late = inverter(101, 8).from("08:00").kw(50, 3).uploadedAt("09:20").kw(0, 4);
    const steady = inverter(101, 9).from("08:00").kw(50, 20);
    expectTold(await run([late, steady]), [["inverter.failure", 8, { reading: "08:25", after: "09:20", by: "09:30" }]]);
  });
});

describe("midnight", () => {
  const always = { GENERATION_WINDOW: "00:00-23:59" };

  test("a run goes on from one date to the next", async () => {
    const device = inverter(101, 9).from("23:00").kwUntil("23:55", 50).kw(0, 1).from("12-02 00:00").kw(0, 2).kw(50, 6);
    expectTold(await play({ start: "23:00", end: "12-02 01:00", devices: [device], config: always }), [
      ["inverter.failure", 9, { reading: "12-02 00:05" }],
      ["inverter.normal", 9, { reading: "12-02 00:20" }],
    ]);
  });

  test("a trip before midnight that is uploaded after it is told", async () => {
    const device = relay(101, 7).from("22:00").cleanUntil("23:40").uploadedAt("12-02 00:04").active("r27A", 4).live().from("12-02 00:05").clean(6);
    expectTold(await play({ start: "22:00", end: "12-02 01:00", devices: [device] }), [
      ["relay.failure", 7, "SUBTENSÃO", { reading: "23:40", after: "12-02 00:04", by: "12-02 00:10" }],
      ["relay.normal", 7, "SUBTENSÃO", { reading: "12-02 00:05" }],
    ]);
  });

  test("yesterday is asked for while the plant's newest reading is less than an hour into today", async () => {
    const steady = relay(101, 7).from("23:00").cleanUntil("12-02 02:00");
    const late = (upload: string): ReturnType<typeof relay> => relay(101, 8).from("23:00").clean(2).uploadedAt(upload).from("23:30").active("r49", 2);
    const night = { start: "23:00", end: "12-02 02:00" };
    expectTold(await play({ ...night, devices: [steady, late("12-02 00:55")] }), [["relay.failure", 8, "TÉRMICO", { reading: "23:30", by: "12-02 01:00" }]]);
    expectTold(await play({ ...night, devices: [steady, late("12-02 01:15")] }), []);
  });

  test("what came too late for that is read once its device reports again", async () => {
    const steady = relay(101, 7).from("23:00").cleanUntil("12-02 02:00");
    const late = relay(101, 8).from("23:00").clean(2).uploadedAt("12-02 01:15").from("23:30").active("r49", 2).live().from("12-02 01:30").clean();
    expectTold(await play({ start: "23:00", end: "12-02 02:00", devices: [steady, late] }), [
      ["relay.failure", 8, "TÉRMICO", { reading: "23:30", after: "12-02 01:30", by: "12-02 01:40" }],
      ["relay.normal", 8, "TÉRMICO", { reading: "12-02 01:30" }],
    ]);
  });
});

describe("where a device begins", () => {
  test("without a mark: at 00:00 of the day on which its plant was first asked", async () => {
    const device = inverter(101, 9).from("06:30").kw(0, 5).kw(50, 1);
    expectTold(await run([device]), [["inverter.failure", 9, { reading: "06:40", by: "08:00" }]]);
  });

  test("what is of the day before the first is not told", async () => {
    const device = relay(101, 7).from("11-30 23:30").active("r59N", 3).from("00:10").clean(3);
    expectTold(await play({ start: "00:15", end: "02:00", devices: [device] }), []);
  });

  test("a failed call counts as being asked", async () => {
    const device = relay(101, 7).from("23:20").activeUntil("12-02 00:20", "r59N").clean(3);
    expectTold(await play({ start: "23:00", end: "12-02 01:00", devices: [device], faults: [["22:00", "12-02 00:05", "day_relay", "status:503"]] }), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "23:20", after: "12-02 00:05", by: "12-02 00:10" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "12-02 00:20" }],
    ]);
  });

  test("the first day is kept over a restart and a kill", async () => {
    const device = relay(101, 7).from("23:20").activeUntil("12-02 00:20", "r59N").clean(3);
    const faults: Story["faults"] = [["22:00", "12-02 00:25", "day_relay", "status:503"]];
    for (const end of ["restarts", "kills"]) {
      expectTold(await play({ start: "23:00", end: "12-02 01:00", devices: [device], faults, [end]: ["12-02 00:01"] }), [
        ["relay.failure", 7, "SOBRETENSÃO", { reading: "23:20" }],
        ["relay.normal", 7, "SOBRETENSÃO", { reading: "12-02 00:20" }],
      ]);
    }
  });
});

describe("outages of days", () => {
  // Another plant is well, so that cycles go on; hourly ones, so that the days pass quickly.
  const hourly = { RELAY_INTERVAL: 3600, INVERTER_INTERVAL: 3600 };
  const other = relay(102, 1).from("08:00").clean();

  test("of theirs: every day is read, oldest first", async () => {
    const device = relay(101, 7).from("08:00").clean(6)
      .from("12-02 09:00").active("r59N", 2).clean(2).from("12-03 10:00").active("r81U", 3).from("12-04 07:00").clean(4);
    const faults: Story["faults"] = [["09:00", "12-04 07:30", "day_relay", "reset", 101]];
    expectTold(await play({ start: "08:00", end: "12-04 09:30", devices: [device, other], faults, config: hourly }), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "12-02 09:00", after: "12-04 07:30", by: "12-04 08:00" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "12-02 09:10" }],
      ["relay.failure", 7, "FREQUÊNCIA", { reading: "12-03 10:00" }],
      ["relay.normal", 7, "FREQUÊNCIA", { reading: "12-04 07:00" }],
    ]);
  });

  test("at most today and the seven dates before it are asked for", async () => {
    const device = relay(101, 7).from("08:00").clean(6).from("12-03 09:00").active("r59N", 1).clean(1).from("12-04 09:00").active("r49", 1).clean(1);
    const faults: Story["faults"] = [["09:00", "12-11 07:30", "day_relay", "reset", 101]];
    expectTold(await play({ start: "08:00", end: "12-11 09:00", devices: [device, other], faults, config: hourly }), [
      ["relay.failure", 7, "TÉRMICO", { reading: "12-04 09:00", after: "12-11 07:30" }],
      ["relay.normal", 7, "TÉRMICO", { reading: "12-04 09:05" }],
    ]);
  });

  test("a device that is back with readings from before the dates asked for has them fetched first", async () => {
    const steady = inverter(101, 8).every("10m").from("08:00").kwUntil("17:00", 50).from("12-02 08:00").kwUntil("17:00", 50).from("12-03 08:00").kw(50, 12);
    const back = inverter(101, 9).from("08:00").kwUntil("12:00", 50)
      .uploadedAt("12-03 09:00").kw(0, 4).from("12-02 09:00").kw(50, 4).kw(0, 4).live().from("12-03 09:00").kw(50, 6);
    expectTold(await play({ start: "08:00", end: "12-03 10:00", devices: [steady, back], config: hourly }), [
      ["inverter.failure", 9, { reading: "12:10", after: "12-03 09:00", by: "12-03 09:00" }],
      ["inverter.normal", 9, { reading: "12-02 09:10" }],
      ["inverter.failure", 9, { reading: "12-02 09:30" }],
      ["inverter.normal", 9, { reading: "12-03 09:10" }],
    ]);
  });

  test("where one date's call fails, no later date is judged in that scan, and nothing is jumped over", async () => {
    const device = relay(101, 7).from("23:00").clean(3).from("23:20").active("r59N", 2).from("12-02 00:10").active("r59N", 1).clean(6);
    // The three tries for yesterday at 00:10 begin before 00:11:05 and fail; a call for today after them would be answered.
    const faults: Story["faults"] = [["23:15", "12-02 00:11:05", "day_relay", "timeout", 101]];
    expectTold(await play({ start: "23:00", end: "12-02 01:00", devices: [device, other], faults }), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "23:20", after: "12-02 00:20" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "12-02 00:15" }],
    ]);
  });
});

describe("records as they come", () => {
  const orderly = (): ReturnType<typeof inverter> => inverter(101, 9).from("08:00").kw(50, 6).kw(0, 6).kw(50, 6);
  const expected = [["inverter.failure", 9, { reading: "08:40" }], ["inverter.normal", 9, { reading: "09:10" }]] as const;
  const relayed = (): ReturnType<typeof relay> => relay(101, 7).from("08:00").clean(2).active("r59N", 2).clean(4);

  test("in any order", async () => {
    const { records, ...track } = orderly();
    expectTold(await run([{ ...track, kind: "inverter", plant: "101", records: records.toReversed() }]), expected);
    const shuffled = records.map((record, i) => ({ record, key: (i * 7) % records.length })).sort((a, b) => a.key - b.key).map(({ record }) => record);
    expectTold(await run([{ kind: "inverter", plant: "101", records: shuffled }]), expected);
  });

  test("twice and three times", async () => {
    const { records } = orderly();
    expectTold(await run([{ kind: "inverter", plant: "101", records: [...records, ...records.toReversed(), ...records] }]), expected);
  });

  test("of one device and one time the last wins", async () => {
    const first = inverter(101, 9).from("08:00").kw(50, 3).kw(0, 3);
    const corrected = inverter(101, 9).from("08:25").kw(50, 1);
    expectTold(await run([first, corrected]), []);
    expectTold(await run([corrected, first]), [["inverter.failure", 9, { reading: "08:25" }]]);
  });

  test.each([
    ["no device", { conteudojson: { Pac: 0, tsleitura: "2025-12-01 08:20:00" } }],
    ["no time", { idinversor: 9, conteudojson: { Pac: 0 } }],
    ["a time that does not exist", { idinversor: 9, conteudojson: { Pac: 0, tsleitura: "2025-02-30 08:00:00" } }],
    ["midnight as its only time", { idinversor: 9, dataleitura: "Mon, 01 Dec 2025 00:00:00 GMT", conteudojson: { Pac: 0 } }],
    ["not an object", 42], ["null", null], ["a list", [1, 2]], ["a text", "erro"],
    ["ten years old", { idinversor: 9, conteudojson: { Pac: 0, tsleitura: "2015-12-01 08:20:00" } }],
    ["from the future", { idinversor: 9, conteudojson: { Pac: 0, tsleitura: "2035-12-01 08:20:00" } }],
    ["a time to come", { idinversor: 9, _available: moment("08:00"), conteudojson: { Pac: 0, tsleitura: "2025-12-01 10:30:00" } }],
  ])("a record with %s stops no other", async (_, record) => {
    const noise = inverter(101, 9).raw(record).raw(record).raw(record).raw(record);
    expectTold(await run([noise, orderly(), noise]), expected);
  });

  test("unusable ones are counted and logged once a scan, with an example", async () => {
    const noise = inverter(101, 9).raw({ idinversor: 9, conteudojson: { Pac: 0 } }).raw(17).raw({});
    const { log } = await play({ start: "08:00", end: "08:20", devices: [noise, inverter(101, 9).kw(50, 4)] });
    const lines = log.split("\n").filter((line) => line.includes("UFV 101") && /\b3 registros?\b/.test(line));
    expect(lines, log).toHaveLength(2); // scans of 08:00 and 08:15
  });

  test("10 minutes ahead of the clock is usable, more is not, until its time comes", async () => {
    // A logger whose clock is ahead; its zeros are served at once.
    const ahead = (first: string): ReturnType<typeof inverter> => inverter(101, 9).uploadedAt("08:00").from("07:40").every("2m").kw(50, 4).from(first).kw(0, 3);
    expectTold(await play({ start: "08:00", end: "08:10", devices: [ahead("08:06")] }), [["inverter.failure", 9, { reading: "08:10", by: "08:00" }]]);
    expectTold(await play({ start: "08:00", end: "08:20", devices: [ahead("08:07")] }), [["inverter.failure", 9, { reading: "08:11", after: "08:15", by: "08:15" }]]);
  });

  test("conteudojson as a text that holds the object", async () => {
    const textual = (records: readonly unknown[]): unknown[] => records.map((record) =>
      typeof record === "object" && record !== null && "conteudojson" in record ? { ...record, conteudojson: JSON.stringify(record.conteudojson) } : record);
    expectTold(await run([{ kind: "inverter", plant: "101", records: textual(orderly().records) }]), expected);
    expectTold(await run([{ kind: "relay", plant: "101", records: textual(relayed().records) }]), [["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO"]]);
  });

  test.each([
    ["tsleitura_new", "2025-12-01 08:05:00"], ["tsleitura", "Mon, 01 Dec 2025 08:05:00 GMT"], ["dataleitura", "Mon, 01 Dec 2025 08:05:00 GMT"],
  ])("a relay's time is found outside, in %s, as the plant's wall clock", async (field, time) => {
    const device = relay(101, 7).raw({ idrele: 7, [field]: time, conteudojson: { r59N: true } });
    expectTold(await run([device]), [["relay.failure", 7, "SOBRETENSÃO", { reading: "08:05", by: "08:10" }]]);
  });

  test("the time inside comes before those outside", async () => {
    const device = relay(101, 7).raw({ idrele: 7, dataleitura: "Mon, 01 Dec 2025 08:30:00 GMT", tsleitura_new: "2025-12-01 08:31:00", conteudojson: { r59N: true, tsleitura: "2025-12-01 08:05:00" } });
    expectTold(await run([device]), [["relay.failure", 7, "SOBRETENSÃO", { reading: "08:05" }]]);
  });

  test("readings are of the zone that is set", async () => {
    const device = inverter(101, 9).from("06:20").kw(0, 6);
    expectTold(await play({ timezone: "America/Rio_Branco", start: "06:00", end: "07:10", devices: [device] }), [["inverter.failure", 9, { reading: "06:40", by: "06:45" }]]);
  });
});

test("ten plants are each judged by themselves", async () => {
  const devices = Array.from({ length: 10 }, (_, i) => inverter(101 + i, 9).from("08:00").kw(50, i).kw(0, 5).kw(50, 14 - i));
  const played = await run(devices);
  expectTold(byDevice(played), devices.flatMap(({ plant }) => [["inverter.failure", `${plant}/9`], ["inverter.normal", `${plant}/9`]] as const));
});
