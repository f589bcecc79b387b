import { describe, expect, it } from "vitest";
import { instantOf, parseScenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { createWorld, TEAMS_MOST_BYTES, type WorldOptions } from "../../src/simulator/world.ts";

const DAY = "2025-12-01";

function worldOf(file: Partial<ScenarioFile>, options: Omit<WorldOptions, "now"> = {}) {
  const scenario = parseScenario({ start: `${DAY}T05:00:00`, end: `${DAY}T21:00:00`, plants: [{ id: 101 }, { id: "102" }], ...file });
  let now = instantOf(scenario, scenario.start);
  const world = createWorld(scenario, { now: () => now, ...options });
  const send = (method: string, path: string, body: unknown, token = ""): { status: number; json: unknown } => {
    const answer = world.answer({ method, path, headers: { "x-access-token": token }, body: body === null ? null : JSON.stringify(body) });
    if (answer.kind !== "answer") throw new Error(`expected an answer, got ${answer.kind}`);
    const json: unknown = JSON.parse(answer.body);
    return { status: answer.status, json };
  };
  const login = send("POST", "/authenticate", { username: "u", password: "p" }).json;
  const token = typeof login === "object" && login !== null && "token" in login ? String(login.token) : "";
  return {
    world,
    send,
    token,
    at: (time: string) => (now = instantOf(scenario, `${DAY}T${time}`)),
    ask: (path: string, body: unknown = null) => send(body === null ? "GET" : "POST", path, body, token),
  };
}

const reading = (time: string, more: object = {}) => ({ idinversor: 9, conteudojson: { Pac: 1, tsleitura: `${DAY} ${time}` }, ...more });
const day = (id: unknown, date = DAY) => ({ id, date });

describe("what the simulated API serves", () => {
  it("serves a record from its time on, or from when it became available", () => {
    const early = reading("08:00:00");
    const late = reading("06:00:00");
    const { at, ask } = worldOf({ day_inverter: { "101": [early, { ...late, _available: `${DAY}T09:00:00` }] } });
    at("07:59:59");
    expect(ask("/day_inverter", day(101)).json).toEqual([]);
    at("08:00:00");
    expect(ask("/day_inverter", day(101)).json).toEqual([early]);
    at("09:00:00");
    expect(ask("/day_inverter", day(101)).json).toEqual([early, late]);
  });

  it("never serves keys that begin with _, at any depth, in records, plants and devices", () => {
    const noted = { _available: `${DAY}T00:00:00`, _why: 1, conteudojson: { Pac: 1, _x: 1, list: [{ _y: 1, z: "_z" }], tsleitura: `${DAY} 04:00:00` } };
    const { ask } = worldOf({
      plants: [{ id: 101, _note: "x" }],
      plant_devices: { "101": [{ plant_devices: [{ device_id: 1, _note: 1 }] }] },
      day_inverter: { "101": [noted] },
    });
    expect(ask("/day_inverter", day(101)).json).toEqual([{ conteudojson: { Pac: 1, list: [{ z: "_z" }], tsleitura: `${DAY} 04:00:00` } }]);
    expect(ask("/plants").json).toEqual([{ id: 101 }]);
    expect(ask("/plant_devices", { id: 101 }).json).toEqual([{ plant_devices: [{ device_id: 1 }] }]);
  });

  it("serves the records of the date asked for and those without a usable time, in the order of the file", () => {
    const timeless = [null, 7, "x", [], { idinversor: 9 }, { conteudojson: { tsleitura: "ontem" } }];
    const yesterday = { ...reading("00:00:00"), conteudojson: { tsleitura: "2025-11-30 12:00:00" } };
    const records = [reading("04:30:00"), ...timeless, yesterday, reading("04:10:00")];
    const { ask } = worldOf({ day_inverter: { "101": records } });
    expect(ask("/day_inverter", day(101)).json).toEqual(records.filter((record) => record !== yesterday));
    expect(ask("/day_inverter", day(101, "2025-11-30")).json).toEqual([...timeless, yesterday]);
    expect(ask("/day_inverter", day(101, "2025-11-29")).json).toEqual(timeless);
  });

  it("finds the time in a content that is text, outside it, and for relays only in dataleitura", () => {
    const midnight = "Mon, 01 Dec 2025 04:00:00 GMT";
    const asText = { conteudojson: JSON.stringify({ tsleitura: "2025-11-30 10:00:00" }), dataleitura: midnight };
    const outside = { tsleitura: "Sun, 30 Nov 2025 10:00:00 GMT", dataleitura: midnight };
    const dated = { dataleitura: midnight };
    const records = { "101": [asText, outside, dated] };
    const { ask } = worldOf({ day_inverter: records, day_relay: records });
    expect(ask("/day_relay", day(101)).json).toEqual([dated]);
    expect(ask("/day_relay", day(101, "2025-11-30")).json).toEqual([asText, outside]);
    expect(ask("/day_inverter", day(101, "2025-11-30")).json).toEqual([asText, outside, dated]);
  });

  it("makes the device list of identities in the readings, where the scenario has none", () => {
    const { ask } = worldOf({
      day_inverter: { "101": [reading("04:00:00"), reading("23:00:00"), { conteudojson: { Inversor: "S1", esn: "E1" }, idefinversor: 4 }, null] },
      day_relay: { "101": [{ idrele: null, conteudojson: JSON.stringify({ esn: "rele_101" }) }, { idRele: 7 }, { conteudojson: null }] },
      plant_devices: { "102": [{ device_id: 5, device_type: "INVERTER" }] },
    });
    const { json } = ask("/plant_devices", { id: 101 });
    expect(json).toMatchObject([{ plant_devices: [
      { device_id: 9, device_type: "INVERTER" }, { device_id: "S1", device_esn: "E1", device_type: "INVERTER" },
      { device_id: "rele_101", device_type: "RELE" }, { device_id: 7, device_type: "RELE" },
    ] }]);
    expect(json).toHaveProperty("0.plant_devices.length", 4);
    expect(ask("/plant_devices", { id: "102" }).json).toEqual([{ plant_devices: [{ device_id: 5, device_type: "INVERTER" }] }]);
  });
});

describe("who may ask what", () => {
  it("lets anyone in who says a name and a password", () => {
    const { send } = worldOf({});
    expect(send("POST", "/authenticate", { username: "u", password: "" }).status).toBe(401);
    expect(send("POST", "/authenticate", { username: 7 }).status).toBe(401);
    expect(send("POST", "/authenticate", null).status).toBe(401);
  });

  it("checks the credentials that it was given", () => {
    const { send } = worldOf({}, { credentials: { username: "op@example.org", password: "certa" } });
    expect(send("POST", "/authenticate", { username: "op@example.org", password: "errada" }).status).toBe(401);
    expect(send("POST", "/authenticate", { username: "op@example.org", password: "certa" }).status).toBe(200);
  });

  it("answers 401 without a token of its own", () => {
    const { send, token } = worldOf({});
    expect(send("GET", "/plants", null, "").status).toBe(401);
    expect(send("POST", "/day_relay", day(101), `${token}x`).status).toBe(401);
    expect(send("GET", "/plants", null, token).status).toBe(200);
  });

  it("takes ids as numbers and as text, and answers 401 Invalid id for those it does not list", () => {
    const { ask } = worldOf({ plants: [{ id: 101 }, { id: "102" }, {}, null] });
    for (const id of [101, "101", 102, "102"]) expect(ask("/day_relay", day(id)).status).toBe(200);
    for (const id of [999, null, undefined, {}]) expect(ask("/day_relay", day(id))).toEqual({ status: 401, json: { message: "Invalid id" } });
    expect(ask("/day_relay", { id: 101, date: "2025-02-30" }).status).toBe(400);
  });

  it("answers 404 for what it does not know", () => {
    const { send, token } = worldOf({});
    for (const [method, path] of [["GET", "/day_relay"], ["POST", "/plants"], ["POST", "/day_energy"], ["GET", "/"], ["GET", "/constructor"]] as const) {
      expect(send(method, path, null, token).status).toBe(404);
    }
  });
});

describe("the simulated Teams", () => {
  it("takes cards with 202 and remembers them, with the moment", () => {
    const told: string[] = [];
    const { world, at } = worldOf({}, { onCard: ({ body }) => told.push(body) });
    const now = at("10:00:00");
    expect(world.teams('{"a":1}')).toMatchObject({ accepted: true, status: 202 });
    expect(world.cards).toEqual([{ at: now, body: '{"a":1}' }]);
    expect(told).toEqual(['{"a":1}']);
  });

  it("refuses what is no JSON object, or too large in bytes", () => {
    const { world } = worldOf({});
    expect(world.teams("x")).toMatchObject({ accepted: false, status: 400 });
    expect(world.teams(JSON.stringify({ text: "ã".repeat(TEAMS_MOST_BYTES / 2) }))).toMatchObject({ accepted: false, status: 413 });
    expect(world.cards).toEqual([]);
  });
});
