// The Python monitor's state files, of every age: what is active stays active, what reached nobody is owed, once.
import { describe, expect, it } from "vitest";
import { createFileStore, STATE_FILE } from "../../../src/adapters/file-store/file-store.ts";
import { HOUR_MS, MINUTE_MS, parseWallClock } from "../../../src/domain/local-time.ts";
import { effectiveMark } from "../../../src/domain/marks.ts";
import type { MonitorState } from "../../../src/domain/monitor-state.ts";
import { activeAlerts, failedInverters, type DeviceKind } from "../../../src/domain/plant.ts";
import { eventsOf } from "../../../src/domain/notification.ts";
import { createMemoryDisk, type MemoryDisk } from "../../../src/simulator/memory-disk.ts";
import { inOrder } from "../../contracts/arbitrary-states.ts";

const zone = "America/Sao_Paulo";
const COPY = `${STATE_FILE}.v1.bak`;
const at = (clock: string): number => parseWallClock(`2025-12-01 ${clock}`, zone) ?? NaN;
const NOW = at("13:00");

const relayAlert = (more: object = {}): object => ({
  base: "22873:1931", usina: "UFV A", capacidade: "1250.00", rele: "1931", horario: "01/12/2025 11:40:00", tipo: "SOBRETENSÃO",
  ts_iso: "2025-12-01T11:40:00", parametros: ["r59N", "r86"], ...more,
});
const inverterAlert = (more: object = {}): object => ({
  usina: "UFV A", capacidade: "1250.00", inversor: "46003", horario: "01/12/2025 11:20:30", ts_iso: "2025-12-01T11:20:30", status: "0", indicadores: { pac: 0.0 }, ...more,
});
/** A file of schema 1 with one relay and one inverter in failure, both told. */
const file = (more: object = {}): object => ({
  schema_version: 1,
  ultima_varredura_rele: "2025-12-01T12:50:00.123456",
  ultima_varredura_inversor: "2025-12-01T12:45:00",
  ultima_varredura_rele_por_usina: { "22873": "2025-12-01T12:49:00" },
  ultima_varredura_inversor_por_usina: { "22873": "2025-12-01T12:44:00" },
  rele_alertas_ativos: ["22873:1931:SOBRETENSÃO"],
  rele_notificados: ["22873:1931:SOBRETENSÃO"],
  rele_alerta_chave: { "22873:1931:SOBRETENSÃO": relayAlert() },
  estado_inversores: {
    "22873:46003": { ativa: true, rec_seq: 2, seq_zero: 9, alerta: inverterAlert(), notificado: true },
    "22873:46004": { ativa: false, rec_seq: 0, seq_zero: 2, alerta: null, notificado: false },
  },
  pending_notifications: {},
  ...more,
});

function diskWith(json: object): MemoryDisk {
  const disk = createMemoryDisk();
  disk.put(STATE_FILE, JSON.stringify(json, null, 2));
  return disk;
}
async function takenOver(json: object): Promise<MonitorState> {
  const { state, origin, corrupt } = await createFileStore({ disk: diskWith(json), zone }).load(NOW);
  expect([origin, corrupt]).toEqual(["predecessor", null]);
  return state;
}
const active = ({ plants }: MonitorState): string[] => [...plants.values()].flatMap((plant) => [
  ...activeAlerts(plant).map(({ device, alert }) => `${plant.info.id}:${device}:${alert.type}`),
  ...failedInverters(plant).map(({ device }) => `${plant.info.id}:${device}`),
]);
const owed = ({ outbox }: MonitorState): string[] => outbox.flatMap(({ notice }) =>
  eventsOf(notice).map(({ subject, kind, device, type, incident }) => [subject, kind, device, type, incident.first, incident.end].filter((word) => word !== null).join(" ")));
const markOf = (state: MonitorState, kind: DeviceKind, device: string, plantId = "22873"): number | undefined => {
  const section = state.plants.get(plantId)?.[kind];
  return section === undefined ? undefined : effectiveMark({ devices: section.devices, beginsAfter: section.beginsAfter ?? NaN, passOverUntil: null }, device);
};

describe("a state of the predecessor", () => {
  it.each([["of schema 1", {}], ["without a version", { schema_version: undefined }], ["whose version is null", { schema_version: null }]])("%s is taken over: active stays active, and nothing is told again", async (_, more) => {
    const state = await takenOver(file(more));
    expect(active(state)).toEqual(["22873:1931:SOBRETENSÃO", "22873:46003"]);
    expect(owed(state)).toEqual([]);
    const plant = state.plants.get("22873");
    expect(plant?.info).toEqual({ id: "22873", name: "UFV A", capacityKwp: 1250 });
    expect(plant?.relay.devices.get("1931")?.alerts.get("SOBRETENSÃO")).toMatchObject({ first: at("11:40"), parameters: ["r59N", "r86"] });
    expect(plant?.inverter.devices.get("46003")?.failure).toMatchObject({ first: at("11:20:30") });
    expect(state.monitor.lastCycle).toEqual({ relay: at("12:50") + 123, inverter: at("12:45") });
  });

  it("leaves its unfinished runs behind", async () => {
    const { plants } = await takenOver(file());
    expect([...(plants.get("22873")?.inverter.devices.values() ?? [])].map(({ run }) => run)).toEqual([null, null]);
  });

  it.each(["rele_alertas_ativos", "estado_inversores", "falhas_ativas_por_inv", "ultima_varredura_rele", "ultima_varredura_inversor", "pending_notifications"])("may be as little as %s", async (key) => {
    expect(active(await takenOver({ [key]: key === "rele_alertas_ativos" ? [] : key.startsWith("ultima") ? null : {} }))).toEqual([]);
  });

  it("in the older shape has its inverters in three lists, by `plant_inverter` or `plant:inverter`", async () => {
    const state = await takenOver({
      ultima_varredura_inversor: "2025-12-01T12:45:00", rele_alertas_ativos: [],
      falhas_ativas_por_inv: { "22873_46003": true, "22873:46004": { ativa: true, rec_seq: 1, seq_zero: 4 }, "22873_46005": false, "22874:1_2": { ativa: true } },
      inversores_ativos: { "22873_46003": inverterAlert(), "22873:46006": inverterAlert({ inversor: "46006" }) },
      inv_notificados: ["22873:46003", "22873_46004", "22874_1_2"],
    });
    expect(active(state)).toEqual(["22873:46003", "22873:46004", "22873:46006", "22874:1_2"]);
    // Its own list does not name 46006: nobody was ever told.
    expect(owed(state)).toEqual([`inverter failure 46006 ${String(at("11:20:30"))}`]);
    expect(state.plants.get("22873")?.inverter.devices.get("46003")?.failure?.first).toBe(at("11:20:30"));
  });
});

describe("what the predecessor still owed", () => {
  it("is told: alerts that are not in its lists of the told", async () => {
    const state = await takenOver(file({
      rele_notificados: [], estado_inversores: { "22873:46003": { ativa: true, rec_seq: 0, seq_zero: 3, alerta: inverterAlert(), notificado: false } },
    }));
    expect(active(state)).toEqual(["22873:1931:SOBRETENSÃO", "22873:46003"]);
    expect(owed(state)).toEqual([`relay failure 1931 SOBRETENSÃO ${String(at("11:40"))}`, `inverter failure 46003 ${String(at("11:20:30"))}`]);
  });

  it.each([["absent", undefined], ["null", null]])("is nothing where those lists are %s", async (_, list) => {
    expect(owed(await takenOver(file({ rele_notificados: list, estado_inversores: { "22873:46003": { ativa: true, alerta: inverterAlert(), notificado: list } } })))).toEqual([]);
    expect(owed(await takenOver({ falhas_ativas_por_inv: { "1:2": true }, inv_notificados: list }))).toEqual([]);
  });

  it("is told: normalizations that were waiting, and they are active no longer", async () => {
    const state = await takenOver(file({
      rele_alertas_ativos: [], rele_notificados: [], rele_alerta_chave: {},
      estado_inversores: { "22873:46003": { ativa: false, rec_seq: 3, seq_zero: 0, alerta: null, notificado: false } },
      pending_notifications: {
        rele_normalizados: { "22873": [relayAlert(), relayAlert({ rele: "1932", tipo: "TÉRMICO" })], "22874": [relayAlert({ usina: "UFV B" })] },
        inv_normalizados: { "22873:46003": { alerta: inverterAlert({ ts_iso: "2025-12-01T12:10:00" }), alerta_prev: inverterAlert() } },
      },
    }));
    expect(active(state)).toEqual([]);
    const scanned = String(at("12:49"));
    expect(owed(state)).toEqual([
      `relay normal 1931 SOBRETENSÃO ${String(at("11:40"))} ${scanned}`, `relay normal 1932 TÉRMICO ${String(at("11:40"))} ${scanned}`,
      `inverter normal 46003 ${String(at("11:20:30"))} ${String(at("12:10"))}`,
      `relay normal 1931 SOBRETENSÃO ${String(at("11:40"))} ${String(at("12:50") + 123)}`,
    ]);
    expect(new Set(state.outbox.map(({ id }) => id)).size).toBe(state.outbox.length);
  });
});

describe("where the predecessor left off", () => {
  it("is its plant's last scan less 15 minutes, never before the time of an active alert", async () => {
    const state = await takenOver(file({ rele_alerta_chave: { "22873:1931:SOBRETENSÃO": relayAlert({ ts_iso: "2025-12-01T12:47:00" }) } }));
    expect(markOf(state, "relay", "1931")).toBe(at("12:47"));
    expect(markOf(state, "relay", "never seen")).toBe(at("12:49") - 15 * MINUTE_MS);
    expect(markOf(state, "inverter", "46003")).toBe(at("12:44") - 15 * MINUTE_MS);
    expect(markOf(state, "inverter", "46004")).toBe(at("12:44") - 15 * MINUTE_MS);
  });

  it("is the last scan of all less 15 minutes where the plant has none of its own, also for plants it never knew", async () => {
    const state = await takenOver(file({ ultima_varredura_rele_por_usina: {}, ultima_varredura_inversor_por_usina: null }));
    expect(markOf(state, "inverter", "46003")).toBe(at("12:45") - 15 * MINUTE_MS);
    expect(markOf(state, "relay", "1931")).toBe(at("12:50") + 123 - 15 * MINUTE_MS);
    expect(state.monitor.takenOverUntil).toEqual({ relay: at("12:50") + 123 - 15 * MINUTE_MS, inverter: at("12:45") - 15 * MINUTE_MS });
  });

  it("is read from the operators' date where the other is missing or no time", async () => {
    const state = await takenOver(file({ rele_alerta_chave: { "22873:1931:SOBRETENSÃO": relayAlert({ ts_iso: "ontem", horario: "30/11/2025 23:59:59" }) } }));
    expect(state.plants.get("22873")?.relay.devices.get("1931")?.alerts.get("SOBRETENSÃO")?.first).toBe(at("00:00") - 1000);
  });

  it("does not go unnoticed where an alert comes without its details", async () => {
    const state = await takenOver(file({ rele_alertas_ativos: ["22873:1931:SOBRETENSÃO", "22999:a:b:OUTROS"], rele_alerta_chave: {} }));
    expect(active(state)).toEqual(["22873:1931:SOBRETENSÃO", "22873:46003", "22999:a:b:OUTROS"]);
    expect(state.plants.get("22999")?.relay.devices.has("a:b")).toBe(true);
  });

  it("two alerts of one relay are both kept, and its mark is behind both", async () => {
    const keys = ["22873:1931:SOBRETENSÃO", "22873:1931:TÉRMICO"];
    const state = await takenOver(file({ rele_alertas_ativos: keys, rele_notificados: keys, rele_alerta_chave: {
      "22873:1931:SOBRETENSÃO": relayAlert({ ts_iso: "2025-12-01T12:48:00" }), "22873:1931:TÉRMICO": relayAlert({ tipo: "TÉRMICO", ts_iso: "2025-12-01T12:46:00" }),
    } }));
    expect(active(state)).toEqual([...keys, "22873:46003"]);
    expect(markOf(state, "relay", "1931")).toBe(at("12:48"));
  });
});

describe("a predecessor's file of a wrong shape", () => {
  it.each<[string, object]>([
    ["a list for the alerts' details", { rele_alerta_chave: [] }], ["alerts that are numbers", { rele_alertas_ativos: [1] }], ["a text for the alerts", { rele_alertas_ativos: "x" }],
    ["inverters that are numbers", { estado_inversores: { "1:2": 3 } }], ["pending ones in a list", { pending_notifications: [] }], ["a time that is a number", { ultima_varredura_rele: 5 }],
  ])("(%s) is moved aside, not guessed at", async (_, wrong) => {
    const disk = diskWith(file(wrong));
    const { corrupt, origin } = await createFileStore({ disk, zone }).load(NOW);
    expect(origin).toBe("none");
    expect(corrupt?.reason).toContain(`(em ${Object.keys(wrong)[0] ?? ""}`);
    expect(disk.names()).toEqual([corrupt?.movedTo]);
  });

  it("or with keys that every object answers to, harms nobody", async () => {
    const text = '{"rele_alertas_ativos":["constructor:toString:__proto__","__proto__:1:X",":::","no key",""],"estado_inversores":{"__proto__:1":{"ativa":true},"constructor":{"ativa":true}},'
      + '"ultima_varredura_rele_por_usina":{"__proto__":"2025-12-01T12:00:00"}}';
    const disk = createMemoryDisk();
    disk.put(STATE_FILE, text);
    const store = createFileStore({ disk, zone });
    const { state, origin } = await store.load(NOW);
    expect([origin, active(state)]).toEqual(["predecessor", ["__proto__:1:X", "__proto__:1", "constructor:toString:__proto__"]]);
    expect(await store.save(state)).toEqual({ ok: true });
  });
});

describe("the predecessor's file itself", () => {
  it("is kept beside, as it was, and the new one is written only by the first save", async () => {
    const disk = diskWith(file());
    const before = disk.text(STATE_FILE);
    const store = createFileStore({ disk, zone });
    const { state } = await store.load(NOW);
    expect([disk.text(STATE_FILE), disk.text(COPY)]).toEqual([before, before]);
    await store.save(state);
    expect(disk.text(COPY)).toBe(before);
    const reloaded = await createFileStore({ disk, zone }).load(NOW + HOUR_MS);
    expect(reloaded.origin).toBe("own");
    expect(inOrder(reloaded.state)).toEqual(inOrder(state));
  });

  it("is taken over anew, and the same way, after a crash before the first save", async () => {
    const disk = diskWith(file({ rele_notificados: [], pending_notifications: { rele_normalizados: { "22874": [relayAlert({ usina: "UFV B" })] } } }));
    const before = disk.text(STATE_FILE);
    const first = await createFileStore({ disk, zone }).load(NOW);
    expect(first.state.outbox).toHaveLength(2);
    const second = await createFileStore({ disk, zone }).load(NOW);
    expect(second).toEqual(first);
    expect(disk.text(COPY)).toBe(before);
  });

  it("is not replaced before its copy is in safety: a full disk keeps nobody from starting", async () => {
    const disk = diskWith(file());
    const before = disk.text(STATE_FILE);
    disk.failWrites("ENOSPC");
    const store = createFileStore({ disk, zone });
    const { state } = await store.load(NOW);
    expect(active(state)).toHaveLength(2);
    expect(await store.save(state)).toEqual({ ok: false, detail: "ENOSPC" });
    expect([disk.text(STATE_FILE), disk.text(COPY)]).toEqual([before, null]);
    disk.failWrites(null);
    expect(await store.save(state)).toEqual({ ok: true });
    expect(disk.text(COPY)).toBe(before);
    expect((await createFileStore({ disk, zone }).load(NOW)).origin).toBe("own");
  });
});
