// Whatever becomes of a body on its way: a value, never a throw, and no reading but what stands in it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeDayInverter, decodeDayRelay } from "../../src/adapters/pvoperation/decode.ts";
import { decodePlantDevices, decodePlants } from "../../src/adapters/pvoperation/decode-lists.ts";
import { parseJson } from "../../src/adapters/pvoperation/fields.ts";
import { readDayInParts } from "../../src/adapters/pvoperation/read-day.ts";
import { parseWallClock } from "../../src/domain/local-time.ts";
import { parsePowerKw } from "../../src/domain/power.ts";
import type { DecodedDay, InverterReading, RelayReading } from "../../src/domain/reading.ts";
import { isActive } from "../../src/domain/relay-parameters.ts";
import type { Fetched } from "../../src/ports/plant-api.ts";
import { BODIES, mutated } from "./mutations.ts";

const ZONE = "America/Sao_Paulo";
const RUNS = { numRuns: 1_500, seed: 4 };

/** A record's fields, those of its content after its own: read anew, without the decoder. */
function fieldsOf(record: unknown): [string, unknown][] {
  const own = entriesOf(record);
  const content = own.find(([key]) => key === "conteudojson")?.[1];
  if (typeof content !== "string") return [...own, ...entriesOf(content)];
  try {
    return [...own, ...entriesOf(JSON.parse(content))];
  } catch {
    return own;
  }
}
const entriesOf = (value: unknown): [string, unknown][] => (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);

/** What independent eyes make of the body: null where it is no list. */
function recordsIn(body: Uint8Array): unknown[] | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    return Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

const REASONS = /^(?:plant-error|wrong-shape)$/;

function expectSound<R extends RelayReading | InverterReading>(fetched: Fetched<DecodedDay<R>>, body: Uint8Array, holds: (reading: R, fields: [string, unknown][]) => boolean): void {
  const records = recordsIn(body);
  if (fetched.kind === "unavailable") {
    expect([records, fetched.reason]).toEqual([null, expect.stringMatching(REASONS)]);
    expect(fetched.detail).toMatch(/^[^\p{Cc}]{1,300}$/u);
    return;
  }
  const { readings, unusable, unknownActive } = fetched.value;
  expect([fetched.value.records, readings.length + unusable.count]).toEqual([records?.length, records?.length]);
  expect(unusable.example ?? "").toMatch(/^[^\p{Cc}\p{Bidi_Control}]{0,200}$/u);
  for (const name of unknownActive) expect(name.length).toBeLessThanOrEqual(40);
  const fields = records?.map(fieldsOf) ?? [];
  for (const reading of readings) {
    const { device, at } = reading;
    expect([device.length > 0 && device.length <= 128, device, Number.isSafeInteger(at)]).toEqual([true, device.trim(), true]);
    const isThere = fields.some((own) => own.some(([, value]) => (typeof value === "string" || typeof value === "number") && String(value).trim() === device)
      && own.some(([, value]) => typeof value === "string" && parseWallClock(value, ZONE) === at) && holds(reading, own));
    expect({ reading, isThere }).toEqual({ reading, isThere: true });
  }
}

const POWERS = /^(?:Pac|PAC|Potencia_Saida|Pout|Potencia)$/;
const holdsPower = ({ powerKw }: InverterReading, fields: [string, unknown][]): boolean =>
  powerKw === null || fields.some(([key, value]) => POWERS.test(key) && parsePowerKw(value) === powerKw);

function holdsContacts({ active, hasWatched }: RelayReading, fields: [string, unknown][]): boolean {
  const isCanonical = active.every((name) => /^r[0-9A-Za-z_]{1,8}$/.test(name) || (/^r(?:50|51|79)(?!\d)/.test(name) && name.length <= 40));
  return isCanonical && (hasWatched || active.length === 0)
    && active.every((name) => fields.some(([key, value]) => key.slice(0, 40).toLowerCase() === name.toLowerCase() && isActive(value)));
}

describe("a body of which some places were changed", () => {
  test("of day_relay: each reading stands in it, and each record is read or counted", () => {
    fc.assert(fc.property(mutated(BODIES.dayRelay), (body) => {
      const json = parseJson(body);
      if (json === undefined) expect(recordsIn(body)).toBeNull();
      else expectSound(decodeDayRelay(json, ZONE), body, holdsContacts);
    }), RUNS);
  });

  test("of day_inverter", () => {
    fc.assert(fc.property(mutated(BODIES.dayInverter), (body) => {
      const json = parseJson(body);
      if (json === undefined) expect(recordsIn(body)).toBeNull();
      else expectSound(decodeDayInverter(json, ZONE), body, holdsPower);
    }), RUNS);
  });

  test("of plants: ids and names that can be kept and shown, none that is not in it", () => {
    fc.assert(fc.property(mutated(BODIES.plants), (body) => {
      const fetched = decodePlants(parseJson(body));
      if (fetched.kind === "unavailable") return;
      const ids = new Set((recordsIn(body) ?? []).flatMap(entriesOf).filter(([key]) => key === "id").map(([, value]) => Number(value)));
      for (const { id, name, capacityKwp } of fetched.value.plants) {
        expect([/^[1-9]\d{0,14}$/.test(id), ids.has(Number(id))]).toEqual([true, true]);
        expect(name).toMatch(/^[^\p{Cc}\p{Bidi_Control}]{1,200}$/u);
        expect(capacityKwp === null || (Number.isFinite(capacityKwp) && capacityKwp >= 0)).toBe(true);
      }
    }), RUNS);
  });

  test("of plant_devices: bounded ids, types and names", () => {
    fc.assert(fc.property(mutated(BODIES.plantDevices), (body) => {
      const fetched = decodePlantDevices(parseJson(body));
      if (fetched.kind === "unavailable") return;
      for (const { id, serial, name, type } of fetched.value) {
        expect([id.length <= 128, (serial ?? "").length <= 128, Array.from(name ?? "").length <= 200, type.length <= 128 && type !== ""]).toEqual([true, true, true, true]);
      }
    }), RUNS);
  });
});

test("cut at any byte, a body is no JSON, and never half a list", () => {
  for (const body of Object.values(BODIES)) {
    for (let length = 0; length < body.length; length += 1) expect(parseJson(body.subarray(0, length))).toBeUndefined();
    expect(parseJson(body)).toBeDefined();
  }
});

test("a long day, read in parts, is whole or not at all, wherever it is changed or cut", async () => {
  const text = new TextDecoder().decode(BODIES.dayInverter).slice(1, -1);
  const long = new TextEncoder().encode(`[${Array.from({ length: 30 }, () => text).join(",")}]`);
  const decode = (json: unknown): Fetched<DecodedDay<InverterReading>> => decodeDayInverter(json, ZONE);
  let read = 0;
  await fc.assert(fc.asyncProperty(mutated(long), async (body) => {
    const json = parseJson(body);
    const day = await readDayInParts(body, decode);
    read += day === null ? 0 : 1;
    if (day !== null) expect({ kind: "complete", value: day }).toEqual(decode(json));
  }), { numRuns: 60, seed: 4 });
  expect(read).toBeGreaterThan(0);
});

test("keys that every object answers to are keys like others, and bring no reading", () => {
  const hidden = '{"idrele":"9","esn":"9","Pac":5,"tsleitura":"2025-12-01 10:00:00","r59N":true}';
  for (const key of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]) {
    const body = new TextEncoder().encode(`[{"${key}":${hidden}},{"conteudojson":{"${key}":${hidden}}},{"idrele":"1","tsleitura":"2025-12-01 10:00:00","conteudojson":{"${key}":${hidden}}}]`);
    const relays = decodeDayRelay(parseJson(body), ZONE);
    expect(relays).toMatchObject({ value: { readings: [{ device: "1", active: [], hasWatched: false }], unusable: { count: 2 } } });
    expect(decodeDayInverter(parseJson(body), ZONE)).toMatchObject({ value: { readings: [], unusable: { count: 3 } } });
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
});
