// SPEC section 3: relay classes and their order, what unites, and that only a clean reading normalizes.
import { describe, expect, test } from "vitest";
import { byDevice, expectTold, play, relay, type Expected, type Story } from "../support/scenario.ts";

const run = (devices: Story["devices"], more: Partial<Story> = {}): ReturnType<typeof play> => play({ start: "08:00", end: "10:00", devices, ...more });
const WATCHED = (
  "r27A r27B r27C r27_0 r32A r32A_2 r32B r32B_2 r32C r32C_2 r46Q r47 r49 r49_2 r59A r59B r59C r59N r67A r67A_2 r67B r67B_2 r67C r67C_2 " +
  "r67N_1 r67N_2 r78 r81O r81U r86 rAR rBA rDO rEPwd rERLS rEl2t rFR rGS rHLT rRL1 rRL2 rRL3 rRL4 rRL5 rRR"
).split(" ");
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  SOBRETENSÃO: ["r59A", "r59B", "r59C", "r59N"],
  SUBTENSÃO: ["r27A", "r27B", "r27C", "r27_0"],
  FREQUÊNCIA: ["r81O", "r81U"],
  TÉRMICO: ["r49", "r49_2"],
  BLOQUEIO: ["rAR", "rBA", "rDO"],
};
const typeOf = (name: string): string => Object.entries(CLASSES).find(([, names]) => names.includes(name))?.[0] ?? "OUTROS";

describe("types", () => {
  test("each watched parameter, in any letter case, is of its class", async () => {
    // One relay a parameter, so that one scenario tells them all.
    const named = [...WATCHED, ...WATCHED.map((name) => name.toUpperCase()), ...WATCHED.map((name) => name.toLowerCase())];
    const devices = named.map((name, i) => relay(101, `R${i}`).from("08:00").clean().active(name));
    const { events } = await play({ start: "08:00", end: "08:20", devices });
    expect(Object.fromEntries(events.map(({ device, type }) => [named[Number(device.slice(1))], type]))).toEqual(
      Object.fromEntries(named.map((name, i) => [name, typeOf(WATCHED[i % WATCHED.length] ?? "")])));
  });

  test.each([
    ["r50", "OUTROS"], ["r50N", "OUTROS"], ["r51GS", "OUTROS"], ["r51V", "OUTROS"], ["r50A_2", "OUTROS"], ["R51C", "OUTROS"], ["r79", "OUTROS"],
  ])("%s, though not in the list, is %s", async (name, type) => {
    expectTold(await run([relay(101, 7).clean().active(name).clean()]), [["relay.failure", 7, type], ["relay.normal", 7, type]]);
  });

  test("an unknown r… that is active is no alert; it is logged once a day", async () => {
    const { events, log } = await run([relay(101, 7).clean().active("r99Z", 20)]);
    expect(events).toEqual([]);
    expect(log.split("\n").filter((line) => line.includes("r99Z"))).toHaveLength(1);
  });

  test("rACheck is always true and means nothing", async () => {
    expectTold(await run([relay(101, 7).active("rACheck", 20)]), []);
  });

  test.each([
    ["SOBRETENSÃO before SUBTENSÃO", "r27A r59N", "SOBRETENSÃO"],
    ["SUBTENSÃO before FREQUÊNCIA", "r81O r27_0", "SUBTENSÃO"],
    ["FREQUÊNCIA before TÉRMICO", "r49 r81U", "FREQUÊNCIA"],
    ["TÉRMICO before BLOQUEIO", "rBA r49_2", "TÉRMICO"],
    ["BLOQUEIO before OUTROS", "r86 rDO", "BLOQUEIO"],
  ])("%s", async (_, parameters, type) => {
    expectTold(await run([relay(101, 7).clean().active(parameters, 2)]), [["relay.failure", 7, type]]);
  });
});

describe("active", () => {
  test.each([true, 1, "1", "true", "TRUE", "on", "yes", "Sim", "ativo", "active", "alarm", "Alarme", "trip", "TRIPPED"])("%j is", async (value) => {
    expectTold(await run([relay(101, 7).clean().fields({ r59N: value })]), [["relay.failure", 7, "SOBRETENSÃO"]]);
  });

  test.each([false, 0, 2, -1, 0.5, null, "", "0", "false", "off", "no", "não", "normal", "2", "-", "11", [1], {}])("%j is not", async (value) => {
    expectTold(await run([relay(101, 7).clean().fields({ r59N: value, r27A: false })]), []);
  });
});

describe("an alert", () => {
  test("that goes on sends nothing, and unites its parameters", async () => {
    const { events, state } = await run([relay(101, 7).clean(2).active("r59N", 2).active("r59A r86", 2).active("r59N", 14)]);
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO", { reading: "08:10", by: "08:10" }]]);
    for (const name of ["r59N", "r59A", "r86"]) expect(state).toContain(name);
    expect(state).toContain("101:7:SOBRETENSÃO");
  });

  test("ends when no parameter of its class is active any more, others or not", async () => {
    const device = relay(101, 7).active("r59N r27A", 2).active("r27A", 2).clean(2);
    expectTold(await run([device]), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:00" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:10" }],
      ["relay.failure", 7, "SUBTENSÃO", { reading: "08:10" }],
      ["relay.normal", 7, "SUBTENSÃO", { reading: "08:20" }],
    ]);
  });

  test("stays while any of its class is active, though the reading's type is another", async () => {
    const device = relay(101, 7).active("r27A", 2).active("r27A r59N", 2).active("r27A", 2).clean(2);
    expectTold(byDevice(await run([device])), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:10" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:20" }],
      ["relay.failure", 7, "SUBTENSÃO", { reading: "08:00" }],
      ["relay.normal", 7, "SUBTENSÃO", { reading: "08:30" }],
    ]);
  });

  test("again is a failure again", async () => {
    const device = relay(101, 7).clean().active("r59N", 2).clean(3).active("r59N", 2).clean(8);
    expectTold(await run([device]), [
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:05" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:15" }],
      ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:30" }],
      ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:40" }],
    ]);
  });

  test("of one relay is none of another's; a clean reading normalizes its own relay only", async () => {
    const tripped = relay(101, 7).clean(2).active("r59N", 22);
    const quiet = relay(101, 8).clean(24);
    expectTold(await run([tripped, quiet]), [["relay.failure", 7, "SOBRETENSÃO"]]);
  });

  test("of two relays of one kind in one scan is told on one card", async () => {
    const { cards, events } = await run([7, 8].map((id) => relay(101, id).clean(1).active("r81U", 23)));
    expect(events.map(({ device }) => device).sort()).toEqual(["7", "8"]);
    expect(cards.map(({ severity, events: told }) => [severity, told])).toEqual([["warning", 2]]);
  });

  test("that came and went within one scan is one card with both its events", async () => {
    const { cards, events } = await run([relay(101, 7).clean(2).from("08:11").every("2m").active("r59N", 2).clean(2)]);
    expectTold({ events }, [["relay.failure", 7, "SOBRETENSÃO", { reading: "08:11", by: "08:20" }], ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:15", by: "08:20" }]]);
    expect(cards.filter(({ plant }) => plant === "101").map(({ events: told }) => told)).toEqual([2]);
  });
});

describe("only a clean reading normalizes", () => {
  const trip = (): ReturnType<typeof relay> => relay(101, 7).clean(2).active("r59N", 2);
  const failure: Expected = ["relay.failure", 7, "SOBRETENSÃO", { reading: "08:10" }];
  const normal: Expected = ["relay.normal", 7, "SOBRETENSÃO", { reading: "11:00", after: "11:00", by: "11:30" }];
  const long = { start: "08:00", end: "12:00" };
  const back = (): ReturnType<typeof relay> => trip().from("11:00").clean(12);

  test("not silence", async () => {
    expectTold(await play({ ...long, devices: [back()] }), [failure, normal]);
  });

  test.each([
    ["an empty body", {}],
    ["measurements only", { rFREQ: 60, rVfaseA: 8271.5, tpLei: "rele" }],
    ["unknown parameters only", { r99Z: false, rACheck: true }],
  ])("not %s", async (_, body) => {
    expectTold(await play({ ...long, devices: [trip().from("08:20").fields(body, 20).from("11:00").clean(12)] }), [failure, normal]);
  });

  test.each(["r59N", "r27A", "rRL5", "r86", "r50", "r51GS", "r79"])("but one whose only parameter is %s does", async (name) => {
    expectTold(await play({ ...long, devices: [trip().from("11:00").fields({ [name]: false }, 12)] }), [failure, normal]);
  });

  test.each([
    ["timeout"], ["reset"], ["status:500"], ["status:401"], ["status:404"], ["unauthorized"], ["empty"], ["truncated"], ["notjson"], ["wrongtype"],
  ])("not the fault %s", async (fault) => {
    const clean = trip().from("08:20").clean(44);
    expectTold(await play({ ...long, devices: [clean], faults: [["08:15", "11:00", "day_relay", fault]] }), [
      failure, ["relay.normal", 7, "SOBRETENSÃO", { reading: "08:20", ...(fault === "unauthorized" ? {} : { after: "11:00" }) }],
    ]);
  });

  test("not a plant that is missing from the list", async () => {
    const devices = [back(), relay(102, 1).clean(40)];
    expectTold(await play({ ...long, devices, faults: [["08:15", "10:50", "plants", "partial:101"]] }), [failure, normal]);
  });

  test("not a restart, not a kill", async () => {
    expectTold(await play({ ...long, devices: [back()], kills: ["08:25", "09:00:05"], restarts: ["08:35", "10:20"] }), [failure, normal]);
  });
});

describe("the identity of a relay", () => {
  test.each([
    [{ idrele: 1, idRele: 2 }, { idrele: 3 }, "1"], [{ idRele: 2, IdRele: 3 }, { idrele: 4 }, "2"], [{ idrele: null, IdRele: 3, id_rele: 4 }, {}, "3"],
    [{ idrele: "", id_rele: 4 }, { idrele: 9 }, "4"], [{}, { idrele: 5, Rele: "X" }, "5"], [{}, { Rele: "X", rele: "Y" }, "X"], [{}, { rele: "Y", esn: "Z" }, "Y"],
    [{}, { rele: "", esn: "Z" }, "Z"],
  ])("%j, %j is %s", async (outside, inside, device) => {
    const track = relay(101, 7).raw({ ...outside, conteudojson: { ...inside, r59N: true, tsleitura: "2025-12-01 08:00:00" } });
    expectTold(await run([track]), [["relay.failure", device, "SOBRETENSÃO"]]);
  });
});
