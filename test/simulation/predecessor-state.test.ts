// SPEC section 8: what the predecessor left is taken over, in each of its documented shapes; what is no state is put aside.
import { describe, expect, test } from "vitest";
import { startMonitor } from "../support/live-monitor.ts";
import { expectTold, inverter, play, relay, type Story } from "../support/scenario.ts";

const ALERT = { base: "22873", usina: "UFV 101", capacidade: "100.00", rele: "7", horario: "01/12/2025 07:40:00", tipo: "SOBRETENSÃO", ts_iso: "2025-12-01T07:40:00", parametros: ["r59N"] };
const DOWN = { usina: "UFV 101", capacidade: "100.00", inversor: "9", horario: "01/12/2025 07:35:00", ts_iso: "2025-12-01T07:35:00", status: "0", indicadores: { pac: 0 } };
const SCANS = {
  ultima_varredura_rele: "2025-12-01T07:50:00", ultima_varredura_inversor: "2025-12-01T07:50:00",
  ultima_varredura_rele_por_usina: { 101: "2025-12-01T07:50:00" }, ultima_varredura_inversor_por_usina: { 101: "2025-12-01T07:50:00" },
};
const EMPTY = { ...SCANS, rele_alertas_ativos: [], rele_notificados: [], rele_alerta_chave: {}, estado_inversores: {}, pending_notifications: {} };
const without = (state: object, key: string): object => Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
const tripped = relay(101, 7).from("07:00").cleanUntil("07:40").activeUntil("09:00", "r59N").cleanUntil("10:30");
const quiet = relay(101, 7).from("07:00").cleanUntil("10:30");
const stopped = inverter(101, 9).from("07:00").kwUntil("07:25", 50).kwUntil("09:00", 0).kwUntil("10:30", 50);
const run = (state: unknown, devices: Story["devices"], more: Partial<Story> = {}): ReturnType<typeof play> => play({ start: "08:00", end: "10:30", devices, state, ...more });

describe("relay alerts", () => {
  const active = { ...EMPTY, rele_alertas_ativos: ["101:7:SOBRETENSÃO"], rele_notificados: ["101:7:SOBRETENSÃO"], rele_alerta_chave: { "101:7:SOBRETENSÃO": ALERT } };
  const normal = ["relay.normal", 7, "SOBRETENSÃO", { reading: "09:00", by: "09:10" }] as const;

  test("an active one stays active, is not told again, and ends by a clean reading", async () => {
    expectTold(await run(active, [tripped]), [normal]);
  });

  test("with schema_version 1 likewise, and over a kill right after the start", async () => {
    expectTold(await run({ ...active, schema_version: 1 }, [tripped], { kills: ["08:00:01", "08:05"] }), [normal]);
  });

  test("one that nobody was told of is sent", async () => {
    expectTold(await run({ ...active, rele_notificados: [] }, [tripped]), [["relay.failure", 7, "SOBRETENSÃO", { reading: "07:40", by: "08:05" }], normal]);
  });

  test("where the list of those told is absent, all count as told", async () => {
    expectTold(await run(without(active, "rele_notificados"), [tripped]), [normal]);
  });

  test("without its details", async () => {
    expectTold(await run({ ...active, rele_alerta_chave: {} }, [tripped]), [normal]);
  });

  test("a clean reading of before the alert does not close it", async () => {
    const { events } = await run({ ...active, ultima_varredura_rele_por_usina: { 101: "2025-12-01T07:30:00" } }, [relay(101, 7).from("07:00").cleanUntil("07:40").activeUntil("10:30", "r59N")]);
    expect(events).toEqual([]);
  });

  test("hides the plant's inverters from the first scan on", async () => {
    expectTold(await run(active, [tripped, stopped]), [normal]);
  });

  test("what happened since the last scan is told, what lies 15 min before it is not told again", async () => {
    const late = relay(101, 7).from("07:00").cleanUntil("07:20").active("r27A", 2).cleanUntil("07:45").active("r49", 2).cleanUntil("10:30");
    expectTold(await run(EMPTY, [late]), [["relay.failure", 7, "TÉRMICO", { reading: "07:45" }], ["relay.normal", 7, "TÉRMICO", { reading: "07:55" }]]);
  });
});

describe("inverters", () => {
  const state = (entry: object): object => ({ ...EMPTY, estado_inversores: { "101:9": entry } });
  const normal = ["inverter.normal", 9, { reading: "09:10", by: "09:20" }] as const;

  test("one in failure stays so until its three positives", async () => {
    expectTold(await run(state({ ativa: true, rec_seq: 2, seq_zero: 0, alerta: DOWN, notificado: true }), [stopped]), [normal]);
  });

  test("one that was not told is sent", async () => {
    expectTold(await run(state({ ativa: true, rec_seq: 0, seq_zero: 0, alerta: DOWN, notificado: false }), [stopped]), [["inverter.failure", 9, { reading: "07:35", by: "08:05" }], normal]);
  });

  test("unfinished runs are not taken over", async () => {
    const device = inverter(101, 9).from("07:55").kw(0, 2).kw(50, 20);
    expectTold(await run(state({ ativa: false, rec_seq: 0, seq_zero: 2, alerta: null, notificado: false }), [device]), []);
  });

  test.each([
    ["falhas_ativas_por_inv by plant_inverter, as bool", { falhas_ativas_por_inv: { "101_9": true }, inversores_ativos: { "101_9": DOWN }, inv_notificados: ["101_9"] }],
    ["falhas_ativas_por_inv by plant:inverter, as object", { falhas_ativas_por_inv: { "101:9": { ativa: true, rec_seq: 1, seq_zero: 0 } }, inversores_ativos: { "101:9": DOWN } }],
    ["inversores_ativos alone", { inversores_ativos: { "101:9": DOWN }, inv_notificados: ["101:9"] }],
    ["no details", { falhas_ativas_por_inv: { "101_9": true } }],
  ])("the older shape: %s", async (_, older) => {
    expectTold(await run({ ...without(EMPTY, "estado_inversores"), ...older }, [stopped]), [normal]);
  });

  test("the older shape, not told yet", async () => {
    const older = { ...without(EMPTY, "estado_inversores"), falhas_ativas_por_inv: { "101_9": true }, inversores_ativos: { "101_9": DOWN }, inv_notificados: [] };
    expectTold(await run(older, [stopped]), [["inverter.failure", 9, { by: "08:05" }], normal]);
  });
});

describe("pending normalizations are sent", () => {
  test("of relays", async () => {
    const pending = { rele_normalizados: { 101: [{ ...ALERT, ts_iso: "2025-12-01T07:40:00" }] } };
    expectTold(await run({ ...EMPTY, pending_notifications: pending }, [quiet]), [["relay.normal", 7, "SOBRETENSÃO", { by: "08:05" }]]);
  });

  test("of inverters", async () => {
    const pending = { inv_normalizados: { "101:9": { alerta: { ...DOWN, ts_iso: "2025-12-01T07:45:00" }, alerta_prev: DOWN } } };
    expectTold(await run({ ...EMPTY, pending_notifications: pending }, [inverter(101, 9).from("07:00").kwUntil("10:30", 50)]), [["inverter.normal", 9, { reading: "07:45", by: "08:05" }]]);
  });

  test("once, also where the process is killed right after the start", async () => {
    const pending = { rele_normalizados: { 101: [ALERT] } };
    const { events } = await run({ ...EMPTY, pending_notifications: pending }, [quiet], { kills: ["08:00:02"], restarts: ["08:30"] });
    expect(events).toHaveLength(1);
  });
});

test.each([
  ["no scan at all", { ...EMPTY, ultima_varredura_rele: null, ultima_varredura_inversor: null, ultima_varredura_rele_por_usina: {}, ultima_varredura_inversor_por_usina: {} }],
  ["an empty object", {}], ["only schema_version 1", { schema_version: 1 }],
])("a file of the predecessor with %s starts as a clean one does", async (_, state) => {
  expectTold(await run(state, [relay(101, 7).from("07:00").clean(2).activeUntil("10:30", "r81U")]), [["relay.failure", 7, "FREQUÊNCIA", { reading: "07:10", by: "08:00" }]]);
});

describe("files", () => {
  const startWith = (content: string | Uint8Array) => {
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: [quiet] });
    monitor.kill(); // before its first step
    monitor.disk.put("monitor_state.json", content);
    monitor.start();
    return monitor;
  };

  test("the predecessor's is kept beside", async () => {
    const content = JSON.stringify(EMPTY);
    const monitor = startWith(content);
    await monitor.runUntil("08:05");
    await monitor.stop();
    expect(monitor.disk.text("monitor_state.json.v1.bak")).toBe(content);
    expect(monitor.disk.text("monitor_state.json")).toContain('"schema_version":');
  });

  test.each([
    ["empty", ""], ["cut", '{"schema_version":2,"ultima_varredura_rele":nu'], ["not JSON", "olá"], ["a list", "[]"], ["a number", "42"], ["null", "null"],
    ["of a newer version", '{"schema_version":99}'], ["of other types", '{"schema_version":1,"rele_alertas_ativos":"x"}'], ["of a version that is a text", '{"schema_version":"x"}'],
    ["not UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ])("one that is %s is moved aside, logged, and the monitor starts clean", async (_, content) => {
    const monitor = startWith(content);
    await monitor.runUntil("08:05");
    expect(monitor.ofKind("state.corrupt").map(({ movedTo }) => movedTo)).toEqual(["monitor_state.json.corrupt.20251201_080000"]);
    expect(monitor.disk.names()).toContain("monitor_state.json.corrupt.20251201_080000");
    await monitor.stop();
    expect(monitor.disk.text("monitor_state.json")).toContain('"schema_version":');
  });

  test("one of its own, cut at any byte, is never taken for a whole one", async () => {
    const first = startMonitor({ start: "08:00", end: "09:00", devices: [tripped, stopped] });
    await first.runUntil("08:20");
    await first.stop();
    const whole = first.disk.text("monitor_state.json") ?? "";
    for (let length = 0; length < whole.trimEnd().length; length += Math.ceil(whole.length / 40)) {
      const monitor = startWith(whole.slice(0, length));
      await monitor.clock.settle();
      expect(monitor.ofKind("state.corrupt"), `cut at ${String(length)}`).toHaveLength(1);
      await monitor.stop();
    }
  });
});

test("all keys of the state file are present, and their shapes are the predecessor's", async () => {
  const { state } = await run(undefined, [tripped, stopped, inverter(102, 5).from("07:00").kwUntil("10:30", 50)], { end: "08:30" });
  const file: unknown = JSON.parse(state);
  expect(file).toMatchObject({
    schema_version: expect.any(Number), ultima_varredura_rele: expect.stringMatching(/^2025-12-01T08:30/), ultima_varredura_inversor: expect.stringMatching(/^2025-12-01T08:30/),
    ultima_varredura_rele_por_usina: { 101: expect.stringMatching(/^2025-12-01T/) }, ultima_varredura_inversor_por_usina: { 102: expect.stringMatching(/^2025-12-01T/) },
    rele_alertas_ativos: ["101:7:SOBRETENSÃO"], estado_inversores: { "102:5": expect.anything() }, pending_notifications: [],
  });
});
