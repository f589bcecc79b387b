// Headers that no server should send, from the API and from Teams, byte for byte: obeyed within bounds, or a reason.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTransport } from "../adapters/http/servers.ts";
import { START } from "../adapters/pvoperation/api-server.ts";
import { CALLS, clientOf, jsonAnswer, ONCE, postTo, rawServer, wordOf, type RawAnswer } from "./raw-api.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const LIST = '[{"idrele":1,"tsleitura":"2025-12-01 10:00:00"}]';

describe("Retry-After", () => {
  const far = (ms: number): string => new Date(START + ms).toUTCString();
  const HEADERS = [
    "-1", "-9999999999", "0", "00", "1e308", "1E3", "0x10", "NaN", "Infinity", "+5", "5;q=1", "60, 120", "", " ", "\t", "3.7.1", ".5", "9".repeat(4_000), `0.${"0".repeat(4_000)}1`,
    far(0), far(-1e12), far(1e12), "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 275760 00:00:00 GMT", "Mon, 99 Xyz 9999 99:99:99 GMT", "Mon, GMT",
    "2025-12-01T12:00:30Z", "amanh\u00e3", "\u00ff\u00fe", "<script>", "${7*7}", "120 seconds", `Mon, ${" ".repeat(5_000)}GMT`,
  ];
  const text = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...HEADERS) },
    { weight: 1, arbitrary: fc.double().map(String) },
    { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()) },
    { weight: 1, arbitrary: fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/) },
  );
  const headers = fc.array(text, { minLength: 1, maxLength: 3 }).map((values) => values.map((value) => `Retry-After: ${value}\r\n`).join(""));

  test("holds the API's next try back for a minute at most, whatever it says", async () => {
    const served = { headers: "", status: "429 Too Many Requests" };
    const { origin } = await rawServer(() => Buffer.from(jsonAnswer("", `HTTP/1.1 ${served.status}\r\n${served.headers}`), "latin1"));
    const { api, clock } = clientOf(origin);
    const asked = async (): Promise<void> => {
      clock.waits.length = 0;
      expect(wordOf(await CALLS.dayRelay(api, { ...ONCE, tries: 2 }))).toMatch(/^(?:throttled|server-error)$/);
      expect(clock.waits).toHaveLength(1);
      expect(clock.waits.every((ms) => ms >= 1_000 && ms <= 60_000)).toBe(true);
    };
    for (const header of HEADERS) {
      served.headers = `Retry-After: ${header}\r\n`;
      await asked();
    }
    await fc.assert(fc.asyncProperty(headers, fc.constantFrom("429 x", "503 x", "599 x"), async (many, status) => {
      Object.assign(served, { headers: many, status });
      await asked();
    }), { numRuns: 100, seed: 4 });
  });

  test("holds Teams' next try back for a quarter of an hour at most", async () => {
    const served = { headers: "" };
    const { origin } = await rawServer(() => Buffer.from(jsonAnswer("", `HTTP/1.1 429 x\r\n${served.headers}`), "latin1"));
    const transport = openTransport();
    const posted = async (): Promise<number | null> => {
      const outcome = await postTo(origin, transport);
      if (outcome.kind !== "retry") throw new Error(outcome.kind);
      const { retryAfterMs } = outcome;
      expect(retryAfterMs === null || (Number.isInteger(retryAfterMs) && retryAfterMs >= 0 && retryAfterMs <= 900_000)).toBe(true);
      return retryAfterMs;
    };
    const seen = new Set<number | null>();
    for (const header of HEADERS) {
      served.headers = `Retry-After: ${header}\r\n`;
      seen.add(await posted());
    }
    expect([...seen]).toEqual(expect.arrayContaining([null, 0, 900_000]));
    await fc.assert(fc.asyncProperty(headers, async (many) => {
      served.headers = many;
      await posted();
    }), { numRuns: 100, seed: 4 });
  });
});

const head = (...lines: readonly string[]): string => jsonAnswer(LIST, `${OK}${lines.map((line) => `${line}\r\n`).join("")}`);
const bare = (...lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n${LIST}`;
const chunked = (body: string): string => `${OK}Transfer-Encoding: chunked\r\n\r\n${body}`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const closed = (raw: string): RawAnswer => (socket) => { socket.end(Buffer.from(raw, "latin1")); };

describe("an answer that is not as HTTP wants it", () => {
  const CASES: readonly (readonly [name: string, RawAnswer, word: string])[] = [
    ["names that every object answers to", head("__proto__: x", "constructor: y", "toString: z", "hasOwnProperty: a"), "complete"],
    ["an absurd Date", head("Date: yesterday", "Date: 1e308", "Age: -1", "Expires: 0"), "complete"],
    ["a Location on a 200", head("Location: http://exemplo.invalid/"), "complete"],
    ["cookies, junk", head(...Array.from({ length: 150 }, (_, n) => `Set-Cookie: ;;=${"x".repeat(n % 90)}; Domain=.; Max-Age=1e308`)), "complete"],
    ["a content type of something else", head("Content-Type: text/html; charset=\u00ff"), "complete"],
    ["a header of 20 KB", head(`X-Long: ${"y".repeat(20_000)}`), "connection"],
    ["5,000 headers", head(...Array.from({ length: 5_000 }, (_, n) => `x-${String(n)}: y`)), "connection"],
    ["NUL in a header", head("X-Nul: a\u0000b"), "connection"],
    ["a header without a name", head(": x"), "connection"],
    ["folded lines", head("X-Old: a", " b"), "connection"],
    ["lines ended by LF alone", `HTTP/1.1 200 OK\ncontent-length: ${String(LIST.length)}\n\n${LIST}`, "connection"],
    ["two lengths", bare("HTTP/1.1 200 OK", `Content-Length: ${String(LIST.length)}`, "Content-Length: 2"), "connection"],
    ["a length and chunks", bare("HTTP/1.1 200 OK", "Content-Length: 2", "Transfer-Encoding: chunked"), "connection"],
    ["a length beyond all bounds", closed(bare("HTTP/1.1 200 OK", `Content-Length: ${"9".repeat(30)}`)), "connection"],
    ["a length below zero", bare("HTTP/1.1 200 OK", "Content-Length: -5"), "connection"],
    ["a length in another notation", bare("HTTP/1.1 200 OK", "Content-Length: 0x30"), "connection"],
    ["a longer length than the body", closed(bare("HTTP/1.1 200 OK", "Content-Length: 100000")), "connection"],
    ["a shorter length than the body", closed(bare("HTTP/1.1 200 OK", "Content-Length: 5")), "bad-json"],
    ["no length, ended by the end", closed(bare("HTTP/1.1 200 OK")), "complete"],
    ["chunks, as they should be", chunked(`${chunk(LIST)}0\r\n\r\n`), "complete"],
    ["a byte a chunk, with extensions", chunked(`${Array.from(LIST, (byte) => `1;x="${"y".repeat(50)}"\r\n${byte}\r\n`).join("")}0\r\n\r\n`), "complete"],
    ["a chunk of no number", chunked(`zz\r\n${LIST}\r\n0\r\n\r\n`), "connection"],
    ["a chunk of 2^72 bytes", chunked(`${"f".repeat(18)}\r\n${LIST}`), "connection"],
    ["a chunk that is longer than it says", chunked(`5\r\n${LIST}\r\n0\r\n\r\n`), "connection"],
    ["chunks cut off", closed(chunked(chunk(LIST))), "connection"],
    ["a trailer that says gzip", `${OK}Transfer-Encoding: chunked\r\nTrailer: content-encoding\r\n\r\n${chunk(LIST)}0\r\ncontent-encoding: gzip\r\n\r\n`, "complete"],
    ["3,000 times 103", `${"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(3_000)}${jsonAnswer(LIST)}`, "complete"],
    ["100, which was not asked for", `HTTP/1.1 100 Continue\r\n\r\n${jsonAnswer(LIST)}`, "connection"],
    ["101", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", "connection"],
    ["204 with a body", jsonAnswer(LIST, "HTTP/1.1 204 No Content\r\n"), "bad-json"],
    ["a status of 000", jsonAnswer(LIST, "HTTP/1.1 000 x\r\n"), "connection"],
    ["a status of 999", jsonAnswer(LIST, "HTTP/1.1 999 x\r\n"), "server-error"],
    ["a status of four digits", jsonAnswer(LIST, "HTTP/1.1 2000 OK\r\n"), "connection"],
    ["HTTP/0.9", closed(LIST), "connection"],
    ["a redirect to itself", jsonAnswer("", "HTTP/1.1 307 x\r\nLocation: /day_relay\r\n"), "http-status"],
    ["401 with a challenge", jsonAnswer("", "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=x\r\n"), "unauthorized"],
    ["407, as a proxy says it", jsonAnswer("", "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n"), "http-status"],
    ["nothing but the end", closed(""), "connection"],
  ];

  test.each(CASES)("%s", async (_name, answer, word) => {
    const { origin } = await rawServer(() => (typeof answer === "string" ? Buffer.from(answer, "latin1") : answer));
    const { api } = clientOf(origin);
    expect(wordOf(await CALLS.dayRelay(api, ONCE))).toBe(word);
    // Teams' answer is read with the same eyes: what is no 2xx never counts as delivered.
    const { kind } = await postTo(origin);
    expect(kind === "delivered").toBe(["complete", "bad-json"].includes(word));
  });

  test("a second answer that nobody asked for is never taken for the next one", async () => {
    const forged = jsonAnswer('[{"idrele":666,"tsleitura":"2025-12-01 10:00:00"}]');
    const { origin, paths } = await rawServer(() => `${jsonAnswer(LIST)}${forged.repeat(3)}`);
    const { api } = clientOf(origin);
    for (let call = 0; call < 20; call += 1) {
      const fetched = await CALLS.dayRelay(api, ONCE);
      if (fetched.kind === "complete") expect(fetched.value.readings.map(({ device }) => device)).toEqual(["1"]);
      else expect(fetched.reason).toBe("connection");
    }
    expect(paths.filter((path) => path === "/day_relay").length).toBeGreaterThan(10);
  });
});
