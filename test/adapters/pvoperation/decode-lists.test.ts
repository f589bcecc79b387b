import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePlantDevices, decodePlants } from "../../../src/adapters/pvoperation/decode-lists.ts";
import { cleanText, parseJson } from "../../../src/adapters/pvoperation/fields.ts";
import type { PlantInfo } from "../../../src/domain/plant.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

function plants(...records: unknown[]): { plants: readonly PlantInfo[]; count: number; example: string | null } {
  const fetched = decodePlants(records);
  if (fetched.kind !== "complete") throw new Error(fetched.reason);
  return { plants: fetched.value.plants, ...fetched.value.unusable };
}

describe("plants", () => {
  test.each<[unknown, string | null]>([
    [19447, "19447"], ["19447", "19447"], [" 19447 ", "19447"], ["007", "7"], [1e15 - 1, "999999999999999"],
    [0, null], [-5, null], [1.5, null], ["1e5", null], ["abc", null], ["", null], [null, null], [undefined, null], [true, null], [[7], null], [1e22, null],
  ])("id %j is %j", (id, expected) => {
    const listed = plants({ id, nome: "x" });
    expect(listed.plants[0]?.id ?? null).toBe(expected);
    expect(listed.count).toBe(expected === null ? 1 : 0);
  });

  test.each<[string, unknown, string]>([
    ["non-breaking and stray blanks", "  UFV1.ALF\u00a0\u00a04800.26 \t L03\n", "UFV1.ALF 4800.26 L03"],
    ["a right-to-left mark and controls", "UFV \u202eA\u200f \u0007B\u0000", "UFV A B"],
    ["Markdown and HTML, left as they are", "**UFV** <at>x</at>", "**UFV** <at>x</at>"],
    ["half a character", "UFV \ud83d", "UFV \ufffd"],
    ["a number", 42, "42"],
    ["missing", undefined, "Usina 7"], ["null", null, "Usina 7"], ["blank", " \u00a0\u200b ", "Usina 7"], ["no text", { a: 1 }, "Usina 7"],
  ])("name: %s", (_what, nome, name) => {
    expect(plants({ id: 7, nome }).plants[0]?.name).toBe(name);
  });

  test("a name of 10,000 characters is cut to 200, never through a character", () => {
    expect(plants({ id: 7, nome: "😀".repeat(10_000) }).plants[0]?.name).toBe("😀".repeat(200));
  });

  test.each<[unknown, number | null]>([["353.70", 353.7], ["1.250,5 kWp", 1250.5], [80, 80], ["-", null], ["", null], [undefined, null], ["-5", null], ["muita", null]])(
    "capacity %j is %j kWp", (capacidade, kwp) => { expect(plants({ id: 7, capacidade }).plants[0]?.capacityKwp).toBe(kwp); });

  test("of a plant listed twice the last counts; what is no plant is counted", () => {
    const listed = plants({ id: 7, nome: "old" }, null, { nome: "sem id" }, { id: 8 }, { id: "7", nome: "new" });
    expect(listed).toMatchObject({ plants: [{ id: "7", name: "new" }, { id: "8" }], count: 2, example: "usina sem id: null" });
  });

  test.each<unknown>([{ error: "x" }, { message: "x" }, null, 5, "x"])("%j is no list: never an error of one plant", (json) => {
    expect(decodePlants(json)).toMatchObject({ kind: "unavailable", reason: "wrong-shape" });
  });

  test("bytes that are no UTF-8 cost one letter, not the list", () => {
    const body = Buffer.concat([Buffer.from('[{"id":7,"nome":"S'), Buffer.from([0xe3]), Buffer.from('o Jo\u00e3o"}]')]);
    expect(decodePlants(parseJson(body))).toMatchObject({ value: { plants: [{ name: "S\ufffdo João" }] } });
  });

  test("a byte order mark is no obstacle", () => {
    expect(parseJson(Buffer.from("\ufeff[1]"))).toEqual([1]);
  });
});

describe("devices", () => {
  test("are flattened; cancelled and blocked ones, and what is no device, are left out", () => {
    const json = [
      { plant_devices: [
        { device_id: 46115, device_esn: "118", device_name: "INV\u00a01", device_type: "INVERTER", device_status: 1 },
        { device_id: "1949", device_esn: "ssu", device_name: "", device_type: " rele ", device_status: "2" },
        { device_id: 3, device_type: "INVERTER", device_status: 3 }, { device_id: 4, device_type: "INVERTER", device_status: "4" },
        null, 5, {}, { device_id: 9 },
      ] },
      null, {}, { plant_devices: null },
      { plant_devices: [{ device_type: "METER" }, { device_esn: "e", device_type: "RELETEMP" }] },
    ];
    expect(decodePlantDevices(json)).toEqual({ kind: "complete", value: [
      { id: "46115", serial: "118", name: "INV 1", type: "INVERTER" },
      { id: "1949", serial: "ssu", name: null, type: "RELE" },
      { id: "", serial: null, name: null, type: "METER" },
      { id: "e", serial: "e", name: null, type: "RELETEMP" },
    ] });
  });

  test("an error in a 200 is about the plant; another shape is none of ours", () => {
    expect(decodePlantDevices({ error: "sem acesso" })).toEqual({ kind: "unavailable", reason: "plant-error", detail: "sem acesso" });
    expect(decodePlantDevices({ plant_devices: [] })).toMatchObject({ reason: "wrong-shape" });
  });
});

test("whatever JSON comes, nothing throws, ids are whole numbers and names are clean", () => {
  // Lone halves of characters among them (the library's own "binary" unit takes 3 s to set up).
  const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
  const record = fc.oneof(fc.jsonValue(), fc.record({ id: fc.oneof(fc.jsonValue(), fc.integer()), nome: fc.oneof(fc.jsonValue(), anyText), capacidade: fc.jsonValue() }));
  fc.assert(fc.property(fc.array(record), (json) => {
    decodePlantDevices(json);
    decodePlantDevices([{ plant_devices: json }]);
    for (const { id, name } of plants(...json).plants) {
      expect(id).toMatch(/^[1-9]\d*$/);
      expect(name).toBe(cleanText(name, 200));
      expect(name).not.toBe("");
    }
  }));
});
