import { describe, expect, it } from "vitest";
import { instantOf, parseFaultKind, parseScenario, ScenarioError, type FaultKind } from "../../src/simulator/scenario.ts";

const least = { start: "2025-12-01T05:55:00", end: "2025-12-01T21:00:00", plants: [] };

function faultsOf(json: unknown): readonly string[] {
  try {
    parseScenario(json);
  } catch (error) {
    if (error instanceof ScenarioError) return error.faults;
    throw error;
  }
  return [];
}

describe("a scenario file", () => {
  it("needs a start, an end and plants; the rest has its defaults", () => {
    expect(parseScenario(least)).toEqual({
      ...least, timezone: "America/Sao_Paulo", seed: 1, config: {}, state: undefined, plant_devices: {},
      day_relay: {}, day_inverter: {}, day_meteo: {}, faults: [], restarts: [], kills: [],
    });
  });

  it("keeps plants, records and state raw, and does not mind keys that it does not know", () => {
    const plants = [{ id: "101" }, { nome: "sem id" }, null, 7];
    const day_relay = { "101": [null, 7, "x", [], { idrele: 7, _note: 1 }] };
    const scenario = parseScenario({ ...least, plants, day_relay, state: "[", novidade: true });
    expect(scenario.plants).toEqual(plants);
    expect(scenario.day_relay).toEqual(day_relay);
    expect(scenario.state).toBe("[");
    expect(scenario).not.toHaveProperty("novidade");
  });

  it("tells all that is wrong at once, in Portuguese, with the place", () => {
    const told = faultsOf({
      start: "ontem", end: 3, plants: {}, timezone: "Marte/Base", day_relay: { "101": "x" }, kills: ["2025-13-01T00:00"],
      faults: [
        { from: "2025-12-01T09:00", to: "2025-12-01T10:00", endpoint: "day_energy", fault: "status:99" },
        { from: "2025-12-01T10:00", to: "2025-12-01T09:00", endpoint: "plants", fault: "empty" },
      ],
    });
    expect(told.map((fault) => fault.slice(0, fault.indexOf(":"))).sort()).toEqual(
      ["day_relay.101", "end", "faults[0].endpoint", "faults[0].fault", "faults[1].to", "kills[0]", "plants", "start", "timezone"].sort(),
    );
    expect(told.find((fault) => fault.startsWith("start"))).toContain("não é data e hora");
    expect(told.find((fault) => fault.startsWith("plants"))).toMatch(/esperava/);
  });

  it("ends after it starts", () => {
    expect(faultsOf({ ...least, end: "2025-12-01T05:00:00" })).toEqual(["end: vem antes de start"]);
  });

  it.each([[null], [[]], ["x"], [7]])("says so of a file that holds %j", (json) => {
    expect(faultsOf(json)).toHaveLength(1);
  });

  it.each<[string, FaultKind | null]>([
    ["timeout", { kind: "timeout" }],
    ["status:503", { kind: "status", status: 503, retryAfter: null }],
    ["status:429:60", { kind: "status", status: 429, retryAfter: 60 }],
    ["status:429:date", { kind: "status", status: 429, retryAfter: "date" }],
    ["partial:101, 102", { kind: "partial", plants: ["101", "102"] }],
    ["accepted-then-reset", { kind: "accepted-then-reset" }],
    ["status:99", null], ["status:503:", null], ["partial:", null], ["partial:,", null], ["Timeout", null], ["", null],
  ])("reads the fault %j", (text, kind) => {
    expect(parseFaultKind(text)).toEqual(kind);
  });

  it("keeps a fault's plant as text, whatever it was, and its own words", () => {
    const row = { from: "2025-12-01T09:00", to: "2025-12-01T10:00", endpoint: "day_relay", fault: "status:500" };
    const { faults } = parseScenario({ ...least, faults: [{ ...row, plant: 101 }, { ...row, plant: "101" }, row, { ...row, plant: null }] });
    expect(faults.map(({ plant }) => plant)).toEqual(["101", "101", null, null]);
    expect(faults[0]).toMatchObject({ text: "status:500", fault: { kind: "status", status: 500 } });
  });

  it("reads its times as wall clock of its zone", () => {
    expect(instantOf({ timezone: "America/Sao_Paulo" }, "2025-12-01T05:55:00")).toBe(Date.parse("2025-12-01T08:55:00Z"));
    expect(instantOf({ timezone: "America/Manaus" }, "2025-12-01T05:55:00")).toBe(Date.parse("2025-12-01T09:55:00Z"));
  });
});
