// Bodies as faults and enemies send them, over real HTTP, through the real client: a value or a reason, soon, and the next call works.
import { constants, brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlantApi } from "../../src/ports/plant-api.ts";
import { openTransport, serve } from "../adapters/http/servers.ts";
import { loggingIn, world, type Reply } from "../adapters/pvoperation/api-server.ts";
import { BODIES, mutated } from "./mutations.ts";
import { CALLS, clientOf, jsonAnswer, ONCE, rawServer, wordOf } from "./raw-api.ts";

const MIB = 2 ** 20;
const READINGS = BODIES.dayRelay;
const day = (api: PlantApi): ReturnType<PlantApi["dayRelay"]> => CALLS.dayRelay(api, ONCE);

/** A client of an API that answers with whatever was put there last. */
async function answering(): Promise<{ readonly api: PlantApi; readonly ask: (reply: Reply) => Promise<string> }> {
  const served: { reply: Reply } = { reply: {} };
  const { api } = await world(loggingIn(() => served.reply));
  return {
    api,
    ask: async (reply) => {
      served.reply = reply;
      const word = wordOf(await day(api));
      served.reply = { body: Buffer.from(READINGS) };
      expect(await day(api), "the next call works").toMatchObject({ kind: "complete", value: { readings: { length: 4 } } });
      return word;
    },
  };
}

/** `times` over, so that 1 MB stands for a gigabyte: gzip takes members one after another. */
const members = (one: Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => one));
const spaces = gzipSync(Buffer.alloc(16 * MIB, " "));
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } };
const just = Buffer.alloc(64 * MIB + 1, " ");

describe("compressed bodies", () => {
  test.each<[string, () => Buffer, string, string]>([
    ["1 GB of spaces", () => members(spaces, 64), "gzip", "too-large"],
    ["1 GB of `[`", () => members(gzipSync(Buffer.alloc(16 * MIB, "[")), 64), "gzip", "too-large"],
    ["64 MB and one byte in gzip", () => gzipSync(just), "gzip", "too-large"],
    ["in deflate", () => deflateSync(just), "deflate", "too-large"],
    ["in brotli", () => brotliCompressSync(just, quick), "br", "too-large"],
    ["gzip of gzip of gzip", () => gzipSync(gzipSync(gzipSync(just))), "gzip, gzip, gzip", "too-large"],
    ["brotli of gzip", () => brotliCompressSync(gzipSync(just), quick), "gzip, br", "too-large"],
    ["just 64 MB of spaces", () => gzipSync(just.subarray(1)), "gzip", "bad-json"],
    ["just 64 MB of `[`", () => gzipSync(Buffer.alloc(64 * MIB, "[")), "gzip", "too-large"],
    ["20 million empty objects in one record", () => gzipSync(Buffer.concat([Buffer.from('[{"a":['), Buffer.alloc(60 * MIB, "{},"), Buffer.from("0]}]")])), "gzip", "too-large"],
    ["four layers", () => members(spaces, 1), "gzip, gzip, gzip, gzip", "connection"],
    ["a thousand layers", () => members(spaces, 1), Array.from({ length: 1_000 }, () => "gzip").join(","), "connection"],
    ["zstd, which was not asked for", () => zstdCompressSync(Buffer.from("[]")), "zstd", "connection"],
    ["gzip that is none", () => Buffer.from("[]"), "gzip", "connection"],
    ["gzip followed by something", () => Buffer.concat([gzipSync("[]"), Buffer.from("[{}]")]), "gzip", "connection"],
    ["gzip cut off", () => gzipSync(READINGS).subarray(0, -9), "gzip", "connection"],
    ["an encoding that nobody knows", () => Buffer.from("[]"), "\u00e9;q=1", "connection"],
    ["no encoding, by many names", () => Buffer.from("[]"), " , identity,,Identity ", "complete"],
  ])("%s", async (_name, body, encoding, word) => {
    const { ask } = await answering();
    expect(await ask({ body: body(), headers: { "content-encoding": encoding } })).toBe(word);
  });
});

const deep = (opening: string, closing = ""): string => `${opening.repeat(100_000)}${closing.repeat(100_000)}`;
const one = (fields: string): string => `[{"idrele":1950,"conteudojson":{"tsleitura":"2025-12-01 10:00:00",${fields}}}]`;

describe("JSON", () => {
  test.each<[string, string | Buffer, string]>([
    ["100,000 lists, open", deep("["), "bad-json"],
    ["100,000 lists, closed", deep("[", "]"), "complete"],
    ["100,000 objects, open", deep('{"a":'), "bad-json"],
    ["100,000 objects, closed", `${'{"a":'.repeat(100_000)}0${"}".repeat(100_000)}`, "wrong-shape"],
    ["deep inside a record", one(`"r59N":${deep("[", "]")}`), "complete"],
    ["deep inside a text inside a record", JSON.stringify([{ idrele: 1, tsleitura: "2025-12-01 10:00:00", conteudojson: deep("[") }]), "complete"],
    ["numbers beyond all bounds", one(`"r59N":1e999,"r86":-1e999,"rFREQ":${"9".repeat(400)},"id":1${"0".repeat(400)}`), "complete"],
    ["lone halves of characters", one('"esn":"\\ud800","\\udc00":"\\udfff","r59N":"\\ud83d"'), "complete"],
    ["NUL, escaped", one('"r\\u000059N":true,"esn":"\\u0000"'), "complete"],
    ["NUL, as it is", '[{"idrele":"\u0000"}]', "bad-json"],
    ["keys twice", '[{"idrele":1,"idrele":2,"tsleitura":"x","tsleitura":"2025-12-01 10:00:00"}]', "complete"],
    ["keys of an object's nature", '[{"__proto__":{"idrele":1,"tsleitura":"2025-12-01 10:00:00"}},{"constructor":{"prototype":{"idrele":1}}}]', "complete"],
    ["a text of 8 MB", one(`"r59N":"${"x".repeat(8 * MIB)}"`), "complete"],
    ["a key of 8 MB", one(`"r${"x".repeat(8 * MIB)}":true`), "complete"],
    ["100,000 keys", one(Array.from({ length: 100_000 }, (_, n) => `"r${n.toString(36)}":0`).join(",")), "complete"],
    ["a mark of byte order", `\uFEFF${one('"r59N":true')}`, "complete"],
    ["two marks of byte order", "\uFEFF\uFEFF[]", "bad-json"],
    ["UTF-16", Buffer.from("[]", "utf16le"), "bad-json"],
    ["bytes that are no UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0xc3, 0xed, 0xa0, 0x80, 0x22, 0x5d]), "complete"],
    ["JavaScript", "[{idrele: 1}]", "bad-json"],
    ["NaN", "[NaN, Infinity]", "bad-json"],
    ["an error of many kinds", JSON.stringify({ error: { message: "\u001b[31m\u202e<script>\r\n".repeat(10_000) } }), "plant-error"],
  ])("%s", async (_name, body, word) => {
    const { ask } = await answering();
    expect(await ask({ body: Buffer.from(body) })).toBe(word);
  });
});

describe("a body of which some places were changed", () => {
  test.each(["plants", "plantDevices", "dayRelay", "dayInverter"] as const)("%s: a value or a reason of the closed set", async (call) => {
    const { api } = await world(loggingIn(() => ({ body: served.body })));
    const served = { body: Buffer.from("") };
    const words = new Set<string>();
    await fc.assert(fc.asyncProperty(mutated(BODIES[call]), async (body) => {
      served.body = Buffer.from(body);
      const word = wordOf(await CALLS[call](api));
      expect(word).toMatch(/^(?:complete|bad-json|wrong-shape|plant-error)$/);
      words.add(word);
    }), { numRuns: 150, seed: 4 });
    expect([...words]).toEqual(expect.arrayContaining(["complete", "bad-json"]));
  });

  test("authenticate: let in, or a reason; the token is what a header can carry", async () => {
    const served = { body: Buffer.from(""), token: "" };
    const { origin } = await serve((request, response) => {
      served.token = String(request.headers["x-access-token"]);
      response.end(request.url === "/authenticate" ? served.body : "[]");
    });
    const transport = openTransport();
    const words = new Set<string>();
    await fc.assert(fc.asyncProperty(mutated(BODIES.login), async (body) => {
      served.body = Buffer.from(body);
      const { api } = clientOf(origin, transport);
      const word = wordOf(await CALLS.login(api));
      expect(word).toMatch(/^(?:complete|login-refused|login-unavailable)$/);
      words.add(word);
      if (word !== "complete") return;
      expect(wordOf(await CALLS.plants(api))).toBe("complete");
      expect(JSON.parse(new TextDecoder().decode(body))).toMatchObject({ token: served.token });
    }), { numRuns: 150, seed: 4 });
    expect(words.size).toBe(3);
  });
});

test("cut at any of many bytes, with the length of the whole or of the rest", async () => {
  const served: { length: number; body: Uint8Array } = { length: 0, body: READINGS };
  const { origin } = await rawServer(() => (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(served.length)}\r\nconnection: close\r\n\r\n`);
    socket.end(served.body);
  });
  const { api } = clientOf(origin, openTransport());
  for (let length = 0; length < READINGS.length; length += 61) {
    served.body = READINGS.subarray(0, length);
    served.length = length;
    expect(wordOf(await day(api))).toBe("bad-json");
    served.length = READINGS.length;
    expect(wordOf(await day(api))).toBe("connection");
  }
  // More than was announced is not read: what comes too much is no answer to anything.
  served.body = Buffer.concat([READINGS, Buffer.from(jsonAnswer("[]"))]);
  expect(wordOf(await day(api))).toBe("complete");
});
