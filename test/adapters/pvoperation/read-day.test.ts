import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeDayInverter } from "../../../src/adapters/pvoperation/decode.ts";
import { readDayInParts } from "../../../src/adapters/pvoperation/read-day.ts";
import type { DecodedDay, InverterReading } from "../../../src/domain/reading.ts";
import type { Fetched } from "../../../src/ports/plant-api.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const decode = (json: unknown): Fetched<DecodedDay<InverterReading>> => decodeDayInverter(json, "America/Sao_Paulo");

/** A list that takes several parts: the records, again and again. */
function longText(records: readonly unknown[], separator = ","): string {
  const one = records.map((record) => JSON.stringify(record)).join(separator);
  const times = Math.ceil(300_000 / (one.length + separator.length));
  return `[${Array.from({ length: times }, () => one).join(separator)}]`;
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const record = (minute: number, more: object = {}): object =>
  ({ conteudojson: { Pac: minute, Inversor: "UFV São João", tsleitura: `2025-12-01 10:${String(minute).padStart(2, "0")}:07`, ...more } });

const usual = [record(1), record(2, { nota: "sol, vento e \"aspas\"" }), null, record(3, { Pac: "-" }), { semNada: true }];

describe("a day in parts", () => {
  test.each([
    ["as the API writes it", longText(usual)],
    ["as Python writes it", longText(usual, ", ")],
    ["indented", JSON.stringify(JSON.parse(longText(usual)), null, 1)],
    ["with blanks around it", `\uFEFF\n ${longText(usual, " \t\r\n, ")}\n`],
  ])("is the same as the whole, %s", async (_, text) => {
    const day = await readDayInParts(bytesOf(text), decode);
    expect({ kind: "complete", value: day }).toEqual(decode(JSON.parse(text.replace("\uFEFF", ""))));
    expect(day?.readings.length).toBeGreaterThan(1_000);
  });

  test("leaves a turn of the event loop to others between two parts", async () => {
    let turns = 0;
    let counter = setImmediate(function count() {
      turns += 1;
      counter = setImmediate(count);
    });
    await readDayInParts(bytesOf(longText(usual)), decode);
    clearImmediate(counter);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test("gives the memory of the body back", async () => {
    const body = bytesOf(longText(usual));
    await readDayInParts(body, decode);
    expect(body.buffer.detached).toBe(true);
  });

  test("keeps a body that shares its memory with others", async () => {
    const text = longText(usual);
    const shared = bytesOf(`${text}outro`);
    expect(await readDayInParts(shared.subarray(0, shared.byteLength - 5), decode)).not.toBeNull();
    expect(new TextDecoder().decode(shared.subarray(-5))).toBe("outro");
  });

  const long = longText(usual);
  test.each([
    ["short", JSON.stringify(usual)],
    ["cut off", long.slice(0, -200)],
    ["cut off after a record", `${long.slice(0, long.lastIndexOf("},{"))}}`],
    ["followed by something", `${long}]`],
    ["two lists", `${long},${long}`],
    ["no list", `{"error":${long}}`],
    ["a list with a gap", `${long.slice(0, -1)},,{}]`],
    ["without a boundary", `[${JSON.stringify("x".repeat(300_000))}]`],
  ])("leaves to the whole what is %s, untouched", async (_, text) => {
    const body = bytesOf(text);
    expect(await readDayInParts(body, decode)).toBeNull();
    expect(new TextDecoder().decode(body)).toBe(text);
  });

  test("is the whole or nothing, wherever what looks like a boundary stands", async () => {
    const boundary = fc.constantFrom("},{", "}, {", "}}\n,{", "\"},{\"", "\\\"},{", "[{},{}]", "é},{ü");
    const values = fc.oneof(boundary, fc.array(fc.dictionary(boundary, boundary), { maxLength: 3 }), fc.array(fc.constant({}), { maxLength: 3 }), fc.string());
    await fc.assert(fc.asyncProperty(fc.array(fc.dictionary(fc.oneof(boundary, fc.constant("nota")), values, { minKeys: 1 }), { minLength: 1, maxLength: 8 }), async (extras) => {
      const text = longText([...extras, ...extras.map((extra, i) => record(i, extra))]);
      const day = await readDayInParts(bytesOf(text), decode);
      if (day !== null) expect({ kind: "complete", value: day }).toEqual(decode(JSON.parse(text)));
    }), { numRuns: 40 });
  });
});
