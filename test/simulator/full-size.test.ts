import { describe, expect, it } from "vitest";
import { createFullSizeWorld, makeFullSizeBodies } from "../../src/simulator/full-size.ts";
import { contentOf, isObject, type JsonObject } from "../../src/simulator/served-records.ts";

const bodies = makeFullSizeBodies({ plants: 200, date: "2025-12-01" });

function recordsOf(body: string): JsonObject[] {
  const parsed: unknown = JSON.parse(body);
  return Array.isArray(parsed) ? parsed.filter(isObject) : [];
}

const timesOf = (records: readonly JsonObject[]): string[] => records.map((record) => String(contentOf(record)?.["tsleitura"]));

describe("bodies of full size", () => {
  it("are as large as the real ones", () => {
    const inverters = recordsOf(bodies.inverter);
    expect(bodies.inverter.length / 2_550_000).toBeCloseTo(1, 1);
    expect(inverters.length).toBeGreaterThan(1_900);
    expect(Object.keys(contentOf(inverters[0] ?? {}) ?? {})).toHaveLength(71);
    const relays = recordsOf(bodies.relay);
    expect(bodies.relay.length / 446_000).toBeCloseTo(1, 1);
    expect(relays.length).toBeGreaterThan(275);
    expect(Object.keys(contentOf(relays[0] ?? {}) ?? {})).toHaveLength(103);
  });

  it("hold ten inverters, of the day and the day before, newest first; the relay oldest first", () => {
    const inverters = recordsOf(bodies.inverter);
    expect(new Set(inverters.map(({ idefinversor }) => idefinversor)).size).toBe(10);
    const days = timesOf(inverters).map((time) => time.slice(0, 10));
    expect([...new Set(days)]).toEqual(["2025-12-01", "2025-11-30"]);
    expect(timesOf(recordsOf(bodies.relay))).toEqual(timesOf(recordsOf(bodies.relay)).toSorted());
  });

  it("are the same for the same seed", () => {
    expect(makeFullSizeBodies({ plants: 1, date: "2025-12-01" }).inverter).toBe(bodies.inverter);
    expect(makeFullSizeBodies({ plants: 1, date: "2025-12-01", seed: 2 }).inverter).not.toBe(bodies.inverter);
  });

  it("serve any number of plants from one copy", () => {
    const world = createFullSizeWorld(bodies);
    const ask = (id: number): unknown => world.answer({ method: "POST", path: "/day_inverter", headers: {}, body: JSON.stringify({ id, date: "2025-12-01" }) });
    expect(recordsOf(bodies.plants)).toHaveLength(200);
    expect(ask(40_001)).toMatchObject({ status: 200, body: bodies.inverter });
    expect(ask(40_150)).toEqual(ask(40_001));
    expect(world.answer({ method: "GET", path: "/nada", headers: {}, body: null })).toMatchObject({ status: 404 });
  });
});
