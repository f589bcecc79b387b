import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeDayInverter, decodeDayRelay } from "../../../src/adapters/pvoperation/decode.ts";
import { parseJson } from "../../../src/adapters/pvoperation/fields.ts";
import { parseWallClock } from "../../../src/domain/local-time.ts";
import type { DecodedDay, InverterReading, RelayReading } from "../../../src/domain/reading.ts";
import type { Fetched } from "../../../src/ports/plant-api.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const ZONE = "America/Sao_Paulo";
const TIME = "2025-12-01 10:15:00";
const AT = Date.parse("2025-12-01T10:15:00-03:00");

function complete<T>(fetched: Fetched<T>): T {
  if (fetched.kind !== "complete") throw new Error(`${fetched.reason}: ${fetched.detail}`);
  return fetched.value;
}
const relays = (...records: unknown[]): DecodedDay<RelayReading> => complete(decodeDayRelay(records, ZONE));
const inverters = (...records: unknown[]): DecodedDay<InverterReading> => complete(decodeDayInverter(records, ZONE));

describe("identity", () => {
  const order = { idrele: "1", idRele: "2", IdRele: "3", id_rele: "4" };
  const inside = { idrele: "5", Rele: "6", rele: "7", esn: "8" };

  test("of a relay: the first that is present, outside before inside", () => {
    const outer: Record<string, unknown> = { ...order };
    const inner: Record<string, unknown> = { ...inside, tsleitura: TIME };
    const seen: (string | undefined)[] = [];
    for (const [at, keys] of [[outer, Object.keys(order)], [inner, Object.keys(inside)]] as const) {
      for (const key of keys) {
        seen.push(relays({ ...outer, conteudojson: inner }).readings[0]?.device);
        at[key] = key.length % 2 === 0 ? null : "";
      }
    }
    expect(seen).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
    expect(relays({ ...outer, conteudojson: inner }).unusable.count).toBe(1);
  });

  test("of an inverter: idinversor, then inside, then idefinversor", () => {
    const content = { Inversor: "B", esn: "C", tsleitura: TIME };
    const of = (outside: object, inner: object): string | undefined => inverters({ ...outside, conteudojson: { ...content, ...inner } }).readings[0]?.device;
    expect(of({ idinversor: 9, idefinversor: 4 }, {})).toBe("9");
    expect(of({ idefinversor: 4 }, {})).toBe("B");
    expect(of({ idinversor: "-", idefinversor: 4 }, { Inversor: " " })).toBe("C");
    expect(of({ idefinversor: 4 }, { Inversor: null, esn: "" })).toBe("4");
  });

  test.each<[unknown, string | null]>([
    [1950, "1950"], [" 1950 ", "1950"], ["0", "0"], [0, "0"], ["x".repeat(128), "x".repeat(128)], ["x".repeat(129), null], [true, null], [{}, null], [[7], null],
  ])("%j is %j", (id, device) => {
    expect(relays({ idrele: id, conteudojson: { tsleitura: TIME } }).readings[0]?.device ?? null).toBe(device);
  });
});

describe("time", () => {
  test("inside first, then tsleitura_new, tsleitura and, for relays only, dataleitura", () => {
    const later = (hour: number): string => `2025-12-01 ${String(hour)}:00:00`;
    const record: Record<string, unknown> = { idrele: 1, idinversor: 1, tsleitura_new: later(12), tsleitura: "Mon, 01 Dec 2025 13:00:00 GMT", dataleitura: "Mon, 01 Dec 2025 14:00:00 GMT" };
    const hours: [number | null, number | null][] = [];
    const hour = ({ readings }: DecodedDay<{ at: number }>): number | null => (readings[0] === undefined ? null : new Date(readings[0].at).getUTCHours() - 3);
    for (const gone of ["", "inside", "tsleitura_new", "tsleitura", "dataleitura"]) {
      if (gone === "inside") record["conteudojson"] = { tsleitura: "amanhã" };
      else record[gone] = gone === "tsleitura" ? 1_764_594_000 : "";
      const withInside = gone === "" ? { ...record, conteudojson: { tsleitura: later(11) } } : record;
      hours.push([hour(relays(withInside)), hour(inverters(withInside))]);
    }
    expect(hours).toEqual([[11, 11], [12, 12], [13, 13], [14, null], [null, null]]);
  });

  test("is the plant's wall clock, whatever the zone, second by second", () => {
    const wall = fc.date({ min: new Date("2018-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 19));
    const text = fc.tuple(wall, fc.constantFrom("T", " ")).map(([iso, between]) => iso.replace("T", between));
    fc.assert(fc.property(fc.array(text, { maxLength: 5 }), fc.constantFrom(ZONE, "America/Manaus", "Europe/Berlin", "UTC"), (times, zone) => {
      const { readings } = complete(decodeDayInverter(times.map((tsleitura) => ({ idinversor: 1, tsleitura })), zone));
      expect(readings.map(({ at }) => at)).toEqual(times.map((time) => parseWallClock(time, zone)));
    }));
  });

  test.each(["", "2025-12-01", "2025-02-30 10:00:00", "2025-12-01 24:00:00", "2025-12-01 10:60:00", "2025-12-01 10:00:61", `2025${" ".repeat(1_000)}`])(
    "%j is none", (tsleitura) => { expect(inverters({ idinversor: 1, tsleitura }).unusable.count).toBe(1); });
});

describe("content", () => {
  test.each<[string, unknown, number | null]>([
    ["an object", { Pac: 12 }, 12], ["a text that holds one", '{"Pac": "12,5"}', 12.5], ["a broken text", '{"Pac": 1', null],
    ["a text that holds a list", "[1]", null], ["a list", [{ Pac: 1 }], null], ["null", null, null], ["nothing", undefined, null],
  ])("%s", (_name, conteudojson, powerKw) => {
    expect(inverters({ idinversor: 1, tsleitura: TIME, conteudojson }).readings).toEqual([{ device: "1", at: AT, powerKw }]);
  });

  test("the first power that is present and not null counts, readable or not", () => {
    const of = (content: object): number | null | undefined => inverters({ idinversor: 1, tsleitura: TIME, conteudojson: content }).readings[0]?.powerKw;
    expect(of({ Potencia: 5, Pout: 4, Potencia_Saida: 3, PAC: 2, Pac: 1 })).toBe(1);
    expect(of({ Potencia: 5, Pout: 4, Potencia_Saida: 3, PAC: 2, Pac: null })).toBe(2);
    expect(of({ Potencia: 5, Pout: 4, Potencia_Saida: 3, PAC: "" })).toBeNull();
    expect(of({ Potencia: 5, Pout: 4 })).toBe(4);
    expect(of({ Potencia: 5 })).toBe(5);
    expect(of({ Pac: "-", PAC: 2 })).toBeNull();
    expect(of({ pac: 1 })).toBeNull();
  });

  test("relay parameters, unknown ones collected for the log", () => {
    const day = relays(
      { idrele: 1, conteudojson: { tsleitura: TIME, R59n: "trip", r86: false, rNova: true } },
      { idrele: 1, conteudojson: { tsleitura: "2025-12-01 10:20:00", rACheck: true, rNova: true, rcosA: 1 } },
    );
    expect(day.readings).toEqual([
      { device: "1", at: AT, active: ["r59N"], hasWatched: true },
      { device: "1", at: AT + 300_000, active: [], hasWatched: false },
    ]);
    expect(day.unknownActive).toEqual(["rNova"]);
  });
});

describe("records that cannot be used", () => {
  test("are counted with the first as example, and stop no other", () => {
    const good = { idinversor: 1, tsleitura: TIME, conteudojson: { Pac: 1 } };
    const day = inverters({ tsleitura: TIME, nome: `\u202e${"x".repeat(5_000)}\nlinha` }, null, 7, "x", [], good, { idinversor: 2 });
    expect(day).toMatchObject({ records: 7, readings: [{ device: "1" }], unusable: { count: 6 } });
    expect(day.unusable.example).toMatch(/^sem identidade: \{tsleitura="2025-12-01 10:15:00"/);
    expect(day.unusable.example?.length).toBeLessThanOrEqual(200);
    expect(day.unusable.example).not.toMatch(/[\u202e\n]/);
  });

  test("a record 10,000 levels deep, or with keys of an object's own nature", () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    const json = parseJson(Buffer.from(`[${deep}, {"a": ${deep}}, {"__proto__": {"idinversor": 1}, "tsleitura": "${TIME}"}, {"idinversor": 2, "tsleitura": "${TIME}", "conteudojson": ${JSON.stringify(deep)}}]`));
    expect(complete(decodeDayInverter(json, ZONE))).toMatchObject({ readings: [{ device: "2", powerKw: null }], unusable: { count: 3, example: "não é um registro: […]" } });
  });

  test("of a key that comes twice the last counts", () => {
    const json = parseJson(Buffer.from(`[{"idinversor": 1, "idinversor": 2, "tsleitura": "${TIME}", "conteudojson": {"Pac": 5, "Pac": 0}}]`));
    expect(complete(decodeDayInverter(json, ZONE)).readings).toEqual([{ device: "2", at: AT, powerKw: 0 }]);
  });
});

describe("no list", () => {
  test.each<[unknown, string, string]>([
    [{ error: "Usina sem dados" }, "plant-error", "Usina sem dados"], [{ error: { code: 5 } }, "plant-error", "error: {code=5}"], [{ error: "" }, "plant-error", "erro sem texto"],
    [{ message: "x" }, "wrong-shape", 'esperava uma lista, veio: {message="x"}'], [{ error: null }, "wrong-shape", "esperava uma lista, veio: {error=null}"],
    [null, "wrong-shape", "esperava uma lista, veio: null"], ["x", "wrong-shape", 'esperava uma lista, veio: "x"'], [7, "wrong-shape", "esperava uma lista, veio: 7"],
  ])("%j is %s", (json, reason, detail) => {
    expect(decodeDayRelay(json, ZONE)).toEqual({ kind: "unavailable", reason, detail });
    expect(decodeDayInverter(json, ZONE)).toEqual({ kind: "unavailable", reason, detail });
  });
});

test("whatever JSON comes, every record is read or counted, and nothing throws", () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(TIME, "-", "1.234,5 kW", '{"esn":"7"}'));
  const keys = fc.constantFrom("idrele", "idinversor", "conteudojson", "tsleitura", "tsleitura_new", "dataleitura", "esn", "Pac", "r59N", "__proto__");
  const content = fc.dictionary(keys, value);
  const record = fc.oneof(value, content, fc.record({ idrele: value, idinversor: value, tsleitura: value, conteudojson: content }));
  fc.assert(fc.property(fc.oneof(fc.array(record), value), (json) => {
    for (const fetched of [decodeDayRelay(json, ZONE), decodeDayInverter(json, ZONE)]) {
      if (fetched.kind !== "complete") continue;
      expect(fetched.value.readings.length + fetched.value.unusable.count).toBe(fetched.value.records);
      for (const { device, at } of fetched.value.readings) expect(device !== "" && device.length <= 128 && Number.isSafeInteger(at)).toBe(true);
    }
  }));
});
