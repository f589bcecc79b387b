// SPEC section 5: relay before inverter, two hours of relay silence, and what leaves the lists after seven days.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, inverter, play, relay, type Story } from "../support/scenario.ts";

const day = { start: "08:00", end: "13:00" };
const run = (devices: Story["devices"], more: Partial<Story> = {}): ReturnType<typeof play> => play({ ...day, devices, ...more });
const cardsAbout = (cards: Awaited<ReturnType<typeof play>>["cards"], word: RegExp): string[] => cards.map(({ title }) => title).filter((title) => word.test(title));

describe("while a relay is alerted", () => {
  test("its plant's inverters are hidden: a trip never shows as a wave of failures and normalizations", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("11:00", "r59N").cleanUntil("13:00");
    const inverters = [1, 2, 3].map((id) => inverter(101, id).from("08:00").kwUntil("09:00", 50).kwUntil("11:01", 0).kwUntil("13:00", 50));
    expectTold(await run([relays, ...inverters]), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "09:00", by: "09:10" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "11:00", by: "11:10" }],
    ]);
  });

  test("its inverters are not asked for", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("08:30").activeUntil("10:00", "r59N");
    const inverters = inverter(101, 9).from("08:00").kwUntil("08:30", 50).kwUntil("10:30", 0);
    // Were they asked for, the answer would be a log line about what failed.
    const { log } = await play({ start: "08:00", end: "10:00", devices: [relays, inverters], faults: [["08:35", "10:00", "day_inverter", "notjson"]] });
    expect(log).not.toMatch(/UFV 101.*bad-json|bad-json.*UFV 101/);
    const asked = await play({ start: "08:00", end: "10:00", devices: [inverters], faults: [["08:35", "10:00", "day_inverter", "notjson"]] });
    expect(asked.log).not.toBe(log);
  });

  test("other plants' inverters are watched", async () => {
    const relays = relay(101, 7).from("08:00").activeUntil("13:00", "r59N");
    const other = inverter(102, 9).from("08:00").kw(50, 6).kw(0, 6).kwUntil("13:00", 50);
    expectTold(byDevice(await run([relays, other])), [
      ["relay.failure", 7, "SOBRETENSÃO"], ["inverter.failure", "102/9"], ["inverter.normal", "102/9"],
    ]);
  });

  test("while one of two alerts lasts the inverters stay hidden", async () => {
    const first = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("09:30", "r59N").cleanUntil("13:00");
    const second = relay(101, 8).from("08:00").cleanUntil("09:00").activeUntil("11:30", "r27A").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:00", 50).kwUntil("11:31", 0).kwUntil("13:00", 50);
    expectTold(byDevice(await run([first, second, inverters])), [
      ["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO"], ["relay.failure", 8, "SUBTENSÃO"], ["relay.normal", 8, "SUBTENSÃO"],
    ]);
  });
});

describe("once the last alert is normalized", () => {
  test("readings at or before that moment are not judged, and runs start anew", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("10:00", "r59N").cleanUntil("13:00");
    // Zeros from two before to two after the end: no run of three lies after it.
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:50", 50).kw(0, 5).kwUntil("13:00", 50);
    expectTold(await run([relays, inverters]), [["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO", { reading: "10:00" }]]);
  });

  test("an inverter that stays down is told, by the readings after it", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("10:00", "r59N").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:00", 50).kwUntil("12:00", 0);
    expectTold(await run([relays, inverters]), [
      ["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO", { reading: "10:00" }],
      ["inverter.failure", 9, { reading: "10:15", by: "10:30" }],
    ]);
  });

  test("the same holds for a trip that began and ended within one scan", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").every("2m").from("09:01").active("r59N", 3).from("09:08").every("5m").cleanUntil("13:00");
    // Three zeros in a row, two of them during the trip.
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:00", 50).from("09:02").every("3m").kw(0, 3).every("5m").kwUntil("13:00", 50);
    expectTold(await run([relays, inverters]), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "09:01" }], ["relay.normal", 7, "SOBRETENSÃO", { reading: "09:08" }],
    ]);
  });

  test("a run from before such a trip does not go on after it", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").from("09:02").active("r59N", 1).from("09:04").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kwUntil("08:55", 50).from("08:55").kw(0, 1).from("09:00").kw(0, 1).from("09:06").kw(0, 1).kwUntil("13:00", 50);
    expectTold(await run([relays, inverters]), [["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO", { reading: "09:04" }]]);
  });

  test("an inverter in failure before the trip stays so until its three positives", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("10:00", "r59N").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kw(50, 3).kwUntil("09:30", 0).kwUntil("10:06", 50).kwUntil("11:00", 0).kwUntil("13:00", 50);
    expectTold(await run([relays, inverters]), [
      ["inverter.failure", 9, { reading: "08:25" }],
      ["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO"],
      ["inverter.normal", 9, { reading: "11:10" }],
    ]);
  });

  test.each(["restarts", "kills"])("all this holds over %s", async (ends) => {
    const relays = relay(101, 7).from("08:00").cleanUntil("09:00").activeUntil("10:00", "r59N").cleanUntil("13:00");
    const inverters = [1, 2].map((id) => inverter(101, id).from("08:00").kwUntil("09:00", 50).kwUntil("10:06", 0).kwUntil("13:00", 50));
    expectTold(await run([relays, ...inverters], { [ends]: ["09:04", "09:12", "09:40:30", "10:04", "10:11"] }), [
      ["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO"],
    ]);
  });
});

describe("before a new inverter failure is told", () => {
  test("the relays are asked once more in the same scan", async () => {
    // The trip comes to the service right after the relay scan of 09:00; the inverter scan of 09:15 meets the zeros first.
    const config = { RELAY_INTERVAL: 3600 };
    const relays = relay(101, 7).from("08:00").cleanUntil("09:01").activeUntil("10:00", "r59N").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:01", 50).kwUntil("10:01", 0).kwUntil("13:00", 50);
    expectTold(await run([relays, inverters], { config }), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "09:05", by: "09:15" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "10:00" }],
    ]);
  });

  test("where they cannot be asked the failure is told all the same, and the card says so", async () => {
    const relays = relay(101, 7).from("08:00").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kwUntil("09:00", 50).kwUntil("13:00", 0);
    const faults: Story["faults"] = [["08:55", "11:00", "day_relay", "timeout"]];
    expectTold(await run([relays, inverters], { faults }), [["inverter.failure", 9, { reading: "09:10", by: "09:20" }]]);
  });

  test("a plant without relays waits for none", async () => {
    expectTold(await run([inverter(101, 9).from("08:00").kw(50, 3).kwUntil("13:00", 0)], { faults: [["08:05", "13:00", "day_relay", "timeout"]] }), [
      ["inverter.failure", 9, { reading: "08:25", by: "08:35" }],
    ]);
  });
});

describe("a relay that is silent for two hours", () => {
  const alerted = (): ReturnType<typeof relay> => relay(101, 7).from("08:00").clean(2).active("r59N", 2); // newest reading 08:15
  const title = /sem comunicação|não comunica/i;

  test("frees the inverters from the inverter scan that finds it so, and one card says so", async () => {
    const inverters = inverter(101, 9).from("08:00").kw(50, 2).kwUntil("13:00", 0);
    const { events, cards } = await run([alerted(), inverters]);
    // 10:15 is that scan; readings up to it are passed over; the third after it is of 10:30.
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO"], ["inverter.failure", 9, { reading: "10:30", after: "10:30", by: "10:30" }]]);
    expect(cardsAbout(cards, title)).toHaveLength(1);
  });

  test("not a second earlier", async () => {
    const nearly = relay(101, 7).from("08:00").clean(2).active("r59N", 2).from("08:15:01").active("r59N");
    const { events, cards } = await run([nearly, inverter(101, 9).from("08:00").kw(50, 2).kwUntil("13:00", 0)]);
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO"], ["inverter.failure", 9, { reading: "10:45" }]]);
    expect(cardsAbout(cards, title)).toHaveLength(1);
  });

  test("for whatever reason: an outage of day_relay too", async () => {
    const relays = relay(101, 7).from("08:00").clean(2).activeUntil("12:00", "r59N").cleanUntil("13:00");
    const inverters = inverter(101, 9).from("08:00").kw(50, 2).kwUntil("13:00", 0);
    const { events } = await run([relays, inverters], { faults: [["08:18", "11:20", "day_relay", "status:503", 101]] });
    expectTold({ events: events.slice(0, 2) }, [["relay.failure", 7, "SOBRETENSÃO"], ["inverter.failure", 9, { reading: "10:30" }]]);
  });

  test("keeps its alert; a clean reading ends it as ever", async () => {
    const relays = alerted().from("11:30").clean(18);
    const inverters = inverter(101, 9).from("08:00").kw(50, 60);
    expectTold(await run([relays, inverters]), [
      ["relay.failure", 7, "SOBRETENSÃO"], ["relay.normal", 7, "SOBRETENSÃO", { reading: "11:30", by: "11:40" }],
    ]);
  });

  test("and reports again, still alerted, hides the inverters again; silent once more, it is told once more", async () => {
    const relays = alerted().from("10:40").active("r59N", 1);
    const inverters = inverter(101, 9).from("08:00").kwUntil("10:38", 50).kwUntil("12:30", 0).kwUntil("14:00", 50);
    const { events, cards } = await play({ start: "08:00", end: "14:00", devices: [relays, inverters] });
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO"]]);
    expect(cardsAbout(cards, title)).toHaveLength(2);
  });

  test("is one card over restarts and kills too", async () => {
    const { cards, events } = await run([alerted(), inverter(101, 9).from("08:00").kw(50, 60)], { restarts: ["10:20", "11:20"], kills: ["10:50", "12:01"] });
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO"]]);
    expect(cardsAbout(cards, title)).toHaveLength(1);
  });

  test("while another alerted relay of the plant talks, the inverters stay hidden", async () => {
    const talks = relay(101, 8).from("08:00").clean(2).activeUntil("13:00", "r27A");
    const inverters = inverter(101, 9).from("08:00").kw(50, 2).kwUntil("13:00", 0);
    const { events, cards } = await run([alerted(), talks, inverters]);
    expect(events.map(({ kind }) => kind)).toEqual(["relay.failure", "relay.failure"]);
    expect(cardsAbout(cards, title)).toEqual([]);
  });
});

describe("gone after seven days", () => {
  const slow = { RELAY_INTERVAL: 14_400, INVERTER_INTERVAL: 14_400, HEARTBEAT_TIMES: "12:30" };
  /** Two inverters; the second says nothing after its failure. */
  const steady = inverter(101, 8).from("08:00").kw(50, 3);
  for (let date = 1; date <= 9; date += 1) steady.from(`12-${String(date).padStart(2, "0")} 09:00`).every("1h").kw(50, 3);
  const failed = inverter(101, 9).from("08:00").kw(0, 6);

  test("a device that is silent while its plant reports leaves the active lists, without a normalization", async () => {
    const { events, heartbeats } = await play({ start: "08:00", end: "12-10 13:00", devices: [steady, failed], config: slow });
    expectTold({ events }, [["inverter.failure", 9]]);
    const active = heartbeats.map(({ at, inverters }) => [at.slice(5, 10), inverters]);
    expect(active).toEqual([
      ...["01", "02", "03", "04", "05", "06", "07"].map((date) => [`12-${date}`, 1]),
      ...["08", "09", "10"].map((date) => [`12-${date}`, 0]),
    ]);
  });

  test("a device whose whole plant is silent stays", async () => {
    const { heartbeats } = await play({ start: "08:00", end: "12-10 13:00", devices: [failed], config: slow });
    expect(heartbeats.at(-1)).toMatchObject({ inverters: 1 });
  });

  test("a plant that complete lists lack for seven days leaves; one that is back before stays", async () => {
    const other = inverter(102, 1).from("08:00").kw(50, 3);
    const story = { start: "08:00", end: "12-10 13:00", devices: [failed, other], config: slow };
    const gone = await play({ ...story, faults: [["10:00", "12-31 00:00", "plants", "partial:101"]] });
    expect(gone.heartbeats.map(({ inverters }) => inverters)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    expectTold(gone, [["inverter.failure", 9]]);
    expect(gone.log).toMatch(/UFV 101.*7 dias/);
    const back = await play({ ...story, faults: [["10:00", "12-06 00:00", "plants", "partial:101"], ["12-07 00:00", "12-31 00:00", "plants", "partial:101"]] });
    expect(back.heartbeats.at(-1)).toMatchObject({ inverters: 1 });
  });

  test("lists that fail or are empty count for nothing", async () => {
    const story = { start: "08:00", end: "12-10 13:00", devices: [failed], config: slow };
    const { heartbeats } = await play({ ...story, faults: [["10:00", "12-05 00:00", "plants", "empty"], ["12-05 00:00", "12-31 00:00", "plants", "status:500"]] });
    expect(heartbeats.at(-1)).toMatchObject({ inverters: 1 });
  });
});
