// Bodies as the API sends them, and what faults, proxies and enemies make of them.
import fc from "fast-check";
import { makeFullSizeBodies } from "../../src/simulator/full-size.ts";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const DATE = "2025-12-01";
const whole = makeFullSizeBodies({ plants: 3, inverters: 2, date: DATE });

/** The first records of a list. */
function firstOf(list: string, count: number): unknown[] {
  const records: unknown = JSON.parse(list);
  return Array.isArray(records) ? records.slice(0, count) : [];
}
const contentAsText = (record: unknown): unknown =>
  typeof record === "object" && record !== null && "conteudojson" in record ? { ...record, conteudojson: JSON.stringify(record.conteudojson) } : record;

const relays = firstOf(whole.relay.replaceAll('"r59N":false', '"r59N":true'), 2);
const inverters = firstOf(whole.inverter, 2);

/** Real-shaped, `conteudojson` as an object and as a text. */
export const BODIES = {
  login: bytesOf(JSON.stringify({ token: "eyJhbGciOiJIUzI1NiJ9.e30.abc", message: "São Paulo" })),
  plants: bytesOf(whole.plants),
  plantDevices: bytesOf(whole.devices),
  dayRelay: bytesOf(JSON.stringify([...relays, ...relays.map(contentAsText)])),
  dayInverter: bytesOf(JSON.stringify([...inverters, ...inverters.map(contentAsText)])),
} as const;

/** What is put in somewhere: JSON that means something else, and bytes that are no text. */
const SNIPPETS = [
  "1e999", "-1e999", "9".repeat(400), "null", "true", "{}", "[]", '"', "\\", "\\u0000", "\\ud800", "\\udc00\\ud800", "\u0000", "\uFEFF", "[".repeat(200), "]}", "},{", ",",
  '"__proto__":{"idrele":"9","Pac":1},', '"constructor":{"prototype":{}},', '"idrele":"7","idrele":"8",', '"tsleitura":"2025-12-01 10:00:00",', '"Pac":"-",', '"Pac":1e308,',
  '"r59N":"trip",', '"R86":1,', '"r50":"ATIVO",', "2025-13-45 99:99:99", "x".repeat(300), "\u202E", "-", " ", "\r\n", "<html>", "0", "e5",
].map(bytesOf);
const NO_TEXT = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf]].map((bytes) => Uint8Array.from(bytes));

/** JSON that stands where another value or name was: the body stays JSON, and says something else. */
const VALUES = [
  "null", "true", "false", "0", "1", "-0", "1e999", "-1e999", "9".repeat(400), "1.5e-7", '""', '"-"', '" "', '"trip"', '"1"', '"12,5 kW"', '"1.234,5"', '"NaN"', "{}", "[]", "[1]", '{"a":1}',
  '"2025-12-01 10:00:00"', '"2025-12-01T10:00:00Z"', '"Mon, 01 Dec 2025 10:00:00 GMT"', '"9999-12-31 23:59:59"', '"0001-01-01 00:00:00"', '"2025-02-30 10:00:00"', "1764594000",
  '"\\u0000\\ud800"', '"\\u202e\\u2028\\n"', `"${"x".repeat(128)}"`, `"${"x".repeat(129)}"`, `" ${"\u00A0".repeat(2_000)}7"`, '"{\\"Pac\\":5,\\"tsleitura\\":\\"2025-12-01 10:00:00\\"}"',
];
const NAMES = [
  "__proto__", "constructor", "toString", "idrele", "idRele", "id_rele", "idinversor", "idefinversor", "Inversor", "esn", "Rele", "conteudojson", "tsleitura", "tsleitura_new",
  "dataleitura", "Pac", "PAC", "Pout", "r59N", "R59n", "r86", "r50N", "r512", "rNova", "token", "error", "id", "nome", "capacidade", "device_type", "device_id", "plant_devices", "",
].map((name) => JSON.stringify(name));

interface Edit { readonly at: number; readonly length: number; readonly put: Uint8Array }

function edited(body: Uint8Array, { at, length, put }: Edit): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([body.subarray(0, at), put, body.subarray(at + length)]));
}

/** One value or name of the body in another's place. */
function meaningEdit(body: Uint8Array): fc.Arbitrary<Edit> {
  const places = (pattern: RegExp): { at: number; length: number }[] =>
    Array.from(Buffer.from(body).toString("latin1").matchAll(pattern), ({ index, 0: { length } }) => ({ at: index, length }));
  const put = (at: { at: number; length: number }[], texts: readonly string[]): fc.Arbitrary<Edit> =>
    fc.tuple(fc.constantFrom(...at), fc.constantFrom(...texts)).map(([place, text]) => ({ ...place, put: bytesOf(text) }));
  const values = put(places(/(?<=[[:,])(?:"[^"\\]*"|-?[\d.]+|null|true|false)(?=[\],}])/g), VALUES);
  return fc.oneof({ weight: 3, arbitrary: values }, put(places(/"\w+"(?=:)/g), NAMES));
}

/** Bits and bytes changed, pieces put in, left out, repeated from elsewhere, cut off. */
function byteEdit(body: Uint8Array): fc.Arbitrary<Edit> {
  const at = fc.nat({ max: body.length });
  const piece = fc.tuple(at, fc.integer({ min: 1, max: 200 })).map(([start, length]) => body.subarray(start, start + length));
  const few = fc.nat({ max: 3 });
  const nothing = fc.constant(new Uint8Array());
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ at, length: few, put: fc.constantFrom(...SNIPPETS, ...NO_TEXT) }) },
    { weight: 4, arbitrary: fc.record({ at, length: fc.constant(1), put: fc.nat({ max: 255 }).map((byte) => Uint8Array.of(byte)) }) },
    { weight: 2, arbitrary: fc.record({ at, length: few, put: piece }) },
    { weight: 1, arbitrary: fc.record({ at, length: fc.integer({ min: 1, max: 200 }), put: nothing }) },
    { weight: 1, arbitrary: fc.record({ at, length: fc.constant(Infinity), put: nothing }) },
  );
}

/** The body with some of its values changed, then some of its bytes. */
export function mutated(body: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const values = fc.uniqueArray(meaningEdit(body), { selector: ({ at }) => at, maxLength: 4 }).map((edits) => edits.toSorted((a, b) => b.at - a.at));
  const bytes = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(byteEdit(body), { maxLength: 3 }) });
  return fc.tuple(values, bytes).map((both) => {
    const edits = both.flat();
    const told = edits.map(({ at, length, put }) => `${String(at)}+${String(length)}: ${JSON.stringify(Buffer.from(put).toString("latin1"))}`).join(", ");
    // Whoever reads a failure wants the changes, not the bytes.
    return Object.assign(edits.reduce(edited, Uint8Array.from(body)), { [fc.toStringMethod]: () => `changed: ${told}` });
  });
}
