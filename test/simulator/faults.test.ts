import { afterEach, describe, expect, it } from "vitest";
import { instantOf, parseScenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { FRONTS, type Front, type Outcome } from "./fronts.ts";

type FaultRow = NonNullable<ScenarioFile["faults"]>[number];

const DAY = "2025-12-01";
const DURING = "09:20:00";
const PLANTS = [{ id: 101, nome: "UFV A" }, { id: 102, nome: "UFV B" }, { id: 103, nome: "UFV C" }];
const RECORDS = [{ idinversor: 9, conteudojson: { Pac: 50, tsleitura: `${DAY} 06:00:00` } }];
const ENDPOINTS = ["authenticate", "plants", "plant_devices", "day_relay", "day_inverter", "day_meteo"] as const;
const CARD = JSON.stringify({ type: "message" });

const open: Front[] = [];
afterEach(async () => {
  for (const front of open.splice(0)) await front.close();
});

async function worldBehind(frontOf: (typeof FRONTS)[number], rows: readonly (Pick<FaultRow, "endpoint" | "fault"> & Partial<FaultRow>)[]) {
  const scenario = parseScenario({
    start: `${DAY}T05:00:00`, end: `${DAY}T21:00:00`, plants: PLANTS,
    day_relay: { "101": RECORDS, "102": RECORDS }, day_inverter: { "101": RECORDS }, day_meteo: { "101": RECORDS },
    faults: rows.map((row) => ({ from: `${DAY}T09:00:00`, to: `${DAY}T09:40:00`, ...row })),
  });
  let now = instantOf(scenario, `${DAY}T08:00:00`);
  const world = createWorld(scenario, { now: () => now });
  const front = await frontOf.open(world);
  open.push(front);
  let token = "";
  const call = async (endpoint: (typeof ENDPOINTS)[number], id = 101): Promise<Outcome> => {
    if (endpoint === "plants") return front.exchange("GET", "/plants", null, token);
    const body = endpoint === "authenticate" ? { username: "u", password: "p" } : { id, date: DAY };
    return front.exchange("POST", `/${endpoint}`, JSON.stringify(body), token);
  };
  const login = async (): Promise<Outcome> => {
    const outcome = await call("authenticate");
    if (outcome.kind === "answer" && outcome.status === 200) token = /"token":"([^"]+)"/.exec(outcome.text)?.[1] ?? "";
    return outcome;
  };
  await login();
  return {
    world, front, call, login,
    at: (time: string) => (now = instantOf(scenario, `${DAY}T${time}`)),
    teams: () => front.exchange("POST", "/teams", CARD),
  };
}

const answered = (status: number, text: string | RegExp, retryAfter: string | null = null) => ({
  kind: "answer", status, retryAfter, text: typeof text === "string" ? text : expect.stringMatching(text) as unknown,
});

/** What a call meets during the fault, whatever the endpoint. */
const EVERYWHERE: readonly [string, unknown][] = [
  ["timeout", { kind: "timeout" }],
  ["reset", { kind: "connection" }],
  ["status:500", answered(500, /./)],
  ["status:429:60", answered(429, /./, "60")],
  ["status:429:date", answered(429, /./, "Mon, 01 Dec 2025 12:21:00 GMT")],
  ["unauthorized", answered(401, /Token/)],
  ["empty", answered(200, "[]")],
  ["notjson", answered(200, /^<!DOCTYPE html>/)],
  ["wrongtype", answered(200, /^\{"message":".*"\}$/)],
];

describe.each(FRONTS)("faults of the API $name", (frontOf) => {
  it.each(EVERYWHERE)("%s, at every endpoint", async (fault, met) => {
    const { at, call } = await worldBehind(frontOf, ENDPOINTS.map((endpoint) => ({ endpoint, fault })));
    at(DURING);
    const outcomes = await Promise.all(ENDPOINTS.map((endpoint) => call(endpoint)));
    expect(outcomes).toEqual(ENDPOINTS.map(() => met));
  });

  it("truncated: half of the right body", async () => {
    const { at, call } = await worldBehind(frontOf, ENDPOINTS.map((endpoint) => ({ endpoint, fault: "truncated" })));
    for (const endpoint of ENDPOINTS.slice(1)) {
      at("08:00:00");
      const whole = await call(endpoint);
      at(DURING);
      const cut = await call(endpoint);
      if (whole.kind !== "answer" || cut.kind !== "answer") throw new Error("no answer");
      expect(cut.status).toBe(200);
      expect(cut.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)));
      expect(cut.text.length).toBeGreaterThan(0);
    }
  });

  it("partial: the list without those plants, which answer all the same", async () => {
    const { at, call } = await worldBehind(frontOf, [{ endpoint: "plants", fault: "partial:101,103" }]);
    at(DURING);
    expect(await call("plants")).toEqual(answered(200, JSON.stringify([PLANTS[1]])));
    expect(await call("day_inverter")).toEqual(answered(200, JSON.stringify(RECORDS)));
  });

  it("unauthorized: until the next login, and for good", async () => {
    const { at, call, login } = await worldBehind(frontOf, [{ endpoint: "day_relay", fault: "unauthorized" }]);
    at(DURING);
    expect(await call("day_relay")).toMatchObject({ status: 401 });
    expect(await call("day_relay", 102)).toMatchObject({ status: 401 });
    expect(await call("day_inverter")).toMatchObject({ status: 200 });
    await login();
    expect(await call("day_relay")).toMatchObject({ status: 200 });
    at("09:39:59");
    expect(await call("day_relay")).toMatchObject({ status: 200 });
  });

  it("unauthorized: only a login that succeeds helps", async () => {
    const { at, call, login } = await worldBehind(frontOf, [
      { endpoint: "day_relay", fault: "unauthorized" },
      { endpoint: "authenticate", fault: "status:503", to: `${DAY}T09:25:00` },
    ]);
    at(DURING);
    await call("day_relay");
    expect(await login()).toMatchObject({ status: 503 });
    expect(await call("day_relay")).toMatchObject({ status: 401 });
    at("09:25:00");
    await login();
    expect(await call("day_relay")).toMatchObject({ status: 200 });
  });

  it("begins at from, and is over at to", async () => {
    const { at, call } = await worldBehind(frontOf, [{ endpoint: "plants", fault: "status:503" }]);
    const seen: unknown[] = [];
    for (const time of ["08:59:59", "09:00:00", "09:39:59", "09:40:00"]) {
      at(time);
      const outcome = await call("plants");
      seen.push(outcome.kind === "answer" ? outcome.status : outcome.kind);
    }
    expect(seen).toEqual([200, 503, 503, 200]);
  });

  it("concerns its plant only, where it names one", async () => {
    const { at, call } = await worldBehind(frontOf, [{ endpoint: "day_relay", plant: 101, fault: "status:503" }]);
    at(DURING);
    expect(await call("day_relay", 101)).toMatchObject({ status: 503 });
    expect(await call("day_relay", 102)).toMatchObject({ status: 200 });
    expect(await call("day_inverter", 101)).toMatchObject({ status: 200 });
  });

  it("takes the first of several that fits; a lifted unauthorized makes room for the next", async () => {
    const { world, at, call, login } = await worldBehind(frontOf, [
      { endpoint: "day_relay", plant: 102, fault: "reset" },
      { endpoint: "day_relay", fault: "unauthorized" },
      { endpoint: "day_relay", fault: "empty" },
    ]);
    at(DURING);
    expect(await call("day_relay", 102)).toEqual({ kind: "connection" });
    expect(await call("day_relay", 101)).toMatchObject({ status: 401 });
    await login();
    expect(await call("day_relay", 101)).toEqual(answered(200, "[]"));
    expect(await call("day_relay", 102)).toEqual({ kind: "connection" });
    expect(Object.fromEntries(world.faultsMet)).toEqual({ reset: 2, unauthorized: 1, empty: 1 });
    expect(world.calls.get("day_relay")).toBe(4);
  });

  it("leaves alone what it cannot mean", async () => {
    const { world, at, call, teams } = await worldBehind(frontOf, [
      { endpoint: "day_relay", fault: "partial:101" }, { endpoint: "plants", fault: "body-error" }, { endpoint: "teams", fault: "empty" },
    ]);
    at(DURING);
    expect(await call("day_relay")).toEqual(answered(200, JSON.stringify(RECORDS)));
    expect(await call("plants")).toEqual(answered(200, JSON.stringify(PLANTS)));
    expect(await teams()).toEqual(answered(202, ""));
    expect(world.faultsMet.size).toBe(0);
  });
});

describe.each(FRONTS)("faults of Teams $name", (frontOf) => {
  const ROWS: readonly [string, unknown, number][] = [
    ["timeout", { kind: "timeout" }, 0],
    ["reset", { kind: "connection" }, 0],
    ["status:503", answered(503, /./), 0],
    ["status:429:60", answered(429, /./, "60"), 0],
    ["status:429:date", answered(429, /./, "Mon, 01 Dec 2025 12:21:00 GMT"), 0],
    ["body-error", answered(200, /Webhook message delivery failed/), 0],
    ["accepted-then-reset", { kind: "connection" }, 1],
  ];
  it.each(ROWS)("%s", async (fault, met, accepted) => {
    const { world, at, teams } = await worldBehind(frontOf, [{ endpoint: "teams", fault }]);
    at(DURING);
    expect(await teams()).toEqual(met);
    expect(world.cards).toHaveLength(accepted);
    at("09:40:00");
    expect(await teams()).toEqual(answered(202, ""));
    expect(world.cards).toHaveLength(accepted + 1);
  });
});
