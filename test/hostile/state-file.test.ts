// What a failing disk, an editor or an enemy leaves in the state's place: a state with which the monitor works, or a reason in Portuguese.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeText } from "../../src/state-codec/encode-state.ts";
import { createFileStore, STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { composeCards } from "../../src/adapters/teams/compose.ts";
import { isoLocal } from "../../src/domain/local-time.ts";
import { emptyState, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant, type InverterState, type PlantState, type RelayState } from "../../src/domain/plant.ts";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";
import { readState } from "../../src/state-codec/read-state.ts";
import { anyState, inOrder } from "../contracts/arbitrary-states.ts";
import { startVirtualMonitor } from "../e2e/virtual-monitor.ts";
import { inverter, relay } from "../support/scenario.ts";
import { mutated } from "./mutations.ts";

const ZONE = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (state: MonitorState): Promise<string> => encodeText(state, ZONE);
const REASON = /^(?:arquivo vazio|não é JSON em UTF-8|não tem a forma de um estado|escrito por uma versão mais nova|estado do monitor anterior com forma inesperada)/;

/** Every time of it is one that a calendar can be asked of, and everything that it owes can be told. */
function expectUsable(state: MonitorState): void {
  const times: unknown[] = [];
  JSON.stringify(inOrder(state), (key, value: unknown) => {
    if (/^(?:mark|first|last|latest|since|at|askedAt|committedAt|composedAt|lastScan|beginsAfter|passOverUntil|missingSince|refusedUntil)$/.test(key) && typeof value === "number") times.push(value);
    return value;
  });
  for (const at of times) expect(isoLocal(Number(at), "Pacific/Kiritimati")).toMatch(/^\d{4}-/);
  for (const { notice, committedAt } of state.outbox) {
    for (const plain of [false, true]) expect(composeCards({ kind: "notice", notice, committedAt }, "adaptivecard", plain)).toHaveLength(1);
  }
}

/** Null where it is no state; else the state, which was encoded and read again, and was the same. */
async function readAgain(bytes: Uint8Array): Promise<MonitorState | null> {
  const read = readState(bytes, ZONE, NOW);
  if (read.kind === "corrupt") {
    expect(read.reason).toMatch(REASON);
    return null;
  }
  expectUsable(read.state);
  const text = await textOf(read.state);
  const again = readState(bytesOf(text), ZONE, NOW);
  expect(again.kind).toBe("own");
  if (again.kind === "own") expect(JSON.parse(await textOf(again.state))).toEqual(JSON.parse(text));
  return read.state;
}

/** The predecessor's, with something of everything. */
const PREDECESSOR = JSON.stringify({
  ultima_varredura_rele: "2025-12-01T12:50:00", ultima_varredura_inversor: "2025-12-01T12:45:00",
  ultima_varredura_rele_por_usina: { 101: "2025-12-01T12:49:00" }, ultima_varredura_inversor_por_usina: { 101: "2025-12-01T12:44:00" },
  rele_alertas_ativos: ["101:7:SOBRETENSÃO", "101:8:OUTROS"], rele_notificados: ["101:7:SOBRETENSÃO"],
  rele_alerta_chave: { "101:7:SOBRETENSÃO": { usina: "UFV A", capacidade: "1.250,5", rele: "7", horario: "01/12/2025 12:40:00", tipo: "SOBRETENSÃO", ts_iso: "2025-12-01T12:40:00", parametros: ["r59N"] } },
  estado_inversores: { "101:9": { ativa: true, rec_seq: 1, seq_zero: 3, notificado: false, alerta: { usina: "UFV A", capacidade: "100", inversor: "9", horario: "01/12/2025 12:30:00", ts_iso: "2025-12-01T12:30:00" } } },
  pending_notifications: {
    rele_normalizados: { 101: [{ usina: "UFV A", rele: "6", tipo: "TÉRMICO", horario: "01/12/2025 12:00:00", parametros: "r49" }] },
    inv_normalizados: { "101:5": { alerta: { ts_iso: "2025-12-01T12:20:00" }, alerta_prev: { ts_iso: "2025-12-01T12:10:00" } } },
  },
});

describe("a state of which some values or bytes were changed", () => {
  test.each<[string, () => Promise<string[]>]>([
    ["ours", () => Promise.all(fc.sample(anyState, { numRuns: 12, seed: 4 }).map(textOf))],
    ["the predecessor's", () => Promise.resolve([PREDECESSOR])],
  ])("works, and is the same after it was written again, or is told to be none: %s", { timeout: 240_000 }, async (_name, make) => {
    const texts = (await make()).map(bytesOf);
    let read = 0;
    await fc.assert(fc.asyncProperty(fc.oneof(...texts.map(mutated)), async (bytes) => {
      if ((await readAgain(bytes)) !== null) read += 1;
    }), { numRuns: 800, seed: 4 });
    expect(read).toBeGreaterThan(50);
  });

  test("or cut at any byte", async () => {
    const [state = emptyState] = fc.sample(anyState, { numRuns: 1, seed: 5 });
    const bytes = bytesOf((await textOf(state)).trimEnd());
    for (let length = 0; length < bytes.length; length += 3) expect(readState(bytes.subarray(0, length), ZONE, NOW).kind).toBe("corrupt");
  });
});

test.each(["9999-W52", "2025-W53", "", "../../x", 7])("a last report of %j is none, and a mail that is owed for it is not", async (week) => {
  const file = JSON.parse(await textOf(emptyState)) as { monitor: object };
  const read = readState(bytesOf(JSON.stringify({ ...file, monitor: { ...file.monitor, lastReport: week, mailsOwed: [{ week, since: NOW }] } })), ZONE, NOW);
  expect(read.kind === "corrupt" ? read : read.state.monitor).toMatchObject({ lastReport: null, mailsOwed: [] });
});

test("ids that every object answers to come back, of plants and of devices, and are told apart", async () => {
  const ids = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "10", "007"];
  const relayState: RelayState = { mark: NOW, alerts: new Map(ids.map((type) => [type, { incidentId: type, type, parameters: ids, first: NOW, last: NOW }])), recentFailures: [NOW] };
  const inverterState: InverterState = { mark: NOW, lastInWindow: NOW, intervalsS: [300], run: { sign: "zero", count: 2, since: NOW }, failure: null, recentFailures: [] };
  const plant = (id: string): PlantState => {
    const fresh = newPlant({ id, name: id, capacityKwp: 1 });
    return {
      ...fresh,
      relay: { ...fresh.relay, lastScan: NOW, devices: new Map(ids.map((device) => [device, relayState])) },
      inverter: { ...fresh.inverter, lastScan: NOW, devices: new Map(ids.map((device) => [device, inverterState])) },
      deviceList: { ...fresh.deviceList, names: new Map(ids.map((device) => [device, device])) },
    };
  };
  const state = { ...emptyState, plants: new Map(ids.map((id) => [id, plant(id)])) };
  const read = await readAgain(bytesOf(await textOf(state)));
  expect(inOrder(read)).toStrictEqual(inOrder(state));
});

describe("a state too large or too deep to be one", () => {
  const soon = async (text: string, kind: "own" | "corrupt" | "predecessor"): Promise<string> => {
    const disk = createMemoryDisk();
    disk.put(STATE_FILE, text);
    const { user, system } = process.cpuUsage();
    const { corrupt, origin } = await createFileStore({ disk, zone: ZONE }).load(NOW);
    const used = process.cpuUsage();
    expect((used.user + used.system - user - system) / 1e6).toBeLessThan(8); // not by the wall clock: others may use the machine
    expect(corrupt === null ? origin : "corrupt").toBe(kind);
    if (corrupt !== null) expect(corrupt.reason).toMatch(REASON);
    return corrupt?.reason ?? "";
  };

  test("is read, or told to be none, within seconds", { timeout: 240_000 }, async () => {
    const empty = (await textOf(emptyState)).trimEnd();
    const keys = Array.from({ length: 300_000 }, (_, n) => `"k${String(n)}":0`).join(",");
    await soon(`${empty.slice(0, -1)},${keys}}`, "own");
    await soon(empty.replace('"reles":{', `"reles":{${keys}`), "corrupt");
    await soon(empty.replace('"usinas":[', `"usinas":[${"0,".repeat(300_000)}0`), "corrupt");
    for (const deep of ["[".repeat(1e6), `${"[".repeat(1e5)}${"]".repeat(1e5)}`, `${'{"a":'.repeat(1e5)}0${"}".repeat(1e5)}`]) {
      await soon(deep, "corrupt");
      await soon(`${empty.slice(0, -1)},"more":${deep}}`, deep.length > 9e5 ? "corrupt" : "own");
      await soon(`{"rele_alertas_ativos":${deep},"schema_version":1}`, "corrupt");
    }
  });

  test("a name of a megabyte in it makes no reason of a megabyte", async () => {
    const empty = await textOf(emptyState);
    const reason = await soon(empty.replace('"reles":{', `"reles":{"${"x\\n".repeat(500_000)}:1":0`), "corrupt");
    expect(reason.length).toBeLessThan(300);
    expect(reason).not.toMatch(/\p{Cc}/u);
  });
});

describe("one number of the state that is out of any calendar", () => {
  const story = { start: "08:00", devices: [relay(101, 7).from("08:05").active("r59N"), inverter(101, 9).from("08:00").kw(50, 3).kw(0, 4)] };
  const stories = async (): Promise<string> => {
    const monitor = startVirtualMonitor(story);
    await monitor.until("08:40");
    await monitor.stop();
    return monitor.disk.text(STATE_FILE) ?? "";
  };
  const owed = (zone: string): string => `"pending_notifications":[{"id":"1","committedAt":${String(NOW)},"notice":{"kind":"monitor","topic":"api","phase":"lost",`
    + `"since":${String(NOW)},"at":${String(NOW)},"zone":"${zone}","detail":null,"plants":null},"refusedUntil":null}]`;

  test.each<[string, string | RegExp, string]>([
    ["passed over until", '"passOverUntil":null', '"passOverUntil":9007199254740991'],
    ["begins after", /"beginsAfter":\d+/g, '"beginsAfter":-9007199254740991'],
    ["a mark", /"marca":"\d{4}/g, '"marca":"0000'],
    ["asked at", /"askedAt":\d+/g, '"askedAt":9007199254740991'],
    ["taken over until", /"takenOverUntil":\{[^}]*\}/, '"takenOverUntil":{"relay":9007199254740991,"inverter":-9007199254740991}'],
    ["a zone that is none", '"pending_notifications":[]', owed("America/Sao_Paulp")],
  ])("(%s) does not break the monitor at every start", async (_name, place, put) => {
    const text = await stories();
    const damaged = text.replaceAll(typeof place === "string" ? place : new RegExp(place.source, "g"), put);
    expect(damaged).not.toBe(text);
    const monitor = startVirtualMonitor({ ...story, start: "08:41", state: JSON.parse(damaged) });
    await monitor.until("09:30");
    expect(monitor.log()).toContain("monitor_state.json.corrupt");
    expect(monitor.events()).toContain("relay.failure 101/7");
    await monitor.stop();
  });
});
