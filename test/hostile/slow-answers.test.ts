// Servers that never end: a byte now and then keeps no call alive beyond its time-out, and no connection beyond its call.
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import type { CallOptions } from "../../src/ports/plant-api.ts";
import { openTransport } from "../adapters/http/servers.ts";
import { CALLS, clientOf, hurried, jsonAnswer, postTo, rawServer, wordOf, type RawServer } from "./raw-api.ts";

const MOST_MS = 150;

/** `begin` at once, then `drip` every few milliseconds for as long as there is anybody. */
const dripping = (begin: string, drip: string) => (socket: Socket): void => {
  socket.write(begin);
  const drops = setInterval(() => socket.write(drip), 5);
  socket.once("close", () => { clearInterval(drops); });
};

const LORISES: readonly (readonly [name: string, answer: (socket: Socket) => void])[] = [
  ["the status line, letter by letter", dripping("HTTP/1.1 200 ", "O")],
  ["one header, letter by letter", dripping("HTTP/1.1 200 OK\r\nx-slow: ", "a")],
  ["header after header", dripping("HTTP/1.1 200 OK\r\n", "x-slow: a\r\n")],
  ["early hints, for ever", dripping("", "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")],
  ["a body with a length", dripping("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[", " ")],
  ["a body of chunks", dripping("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\n \r\n")],
  ["one chunk's extension", dripping("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", "x")],
  ["trailers", dripping("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n", "x: y\r\n")],
  ["a compressed body", dripping("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f", "\0")],
  ["a refusal", dripping("HTTP/1.1 500 x\r\ncontent-length: 1000\r\n\r\n", "x")],
  ["nothing at all", () => undefined],
];

/** All of the server's connections are gone, and no handle of a connection is left in this process: its own end included. */
async function expectNoneLeft({ sockets }: RawServer): Promise<void> {
  await Promise.all(Array.from(sockets, (socket) => new Promise((resolve) => socket.once("close", resolve))));
  expect(sockets.size).toBe(0);
}
const handles = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap" || name === "Timeout").length;

test.each(LORISES)("%s: a call of the API ends in time, and so does its connection", async (_name, answer) => {
  const hung = Promise.withResolvers<unknown>();
  const server = await rawServer(() => (socket) => {
    socket.once("close", hung.resolve);
    answer(socket);
  });
  const { api } = clientOf(server.origin, hurried(openTransport(), MOST_MS));
  const started = performance.now();
  expect(wordOf(await CALLS.dayInverter(api))).toBe("timeout");
  expect(performance.now() - started).toBeLessThan(2_000);
  await hung.promise;
});

test.each(LORISES)("%s: a card counts as not taken, in time", async (_name, answer) => {
  const server = await rawServer(() => answer);
  const started = performance.now();
  expect(await postTo(server.origin, hurried(openTransport(), MOST_MS))).toEqual({ kind: "retry", reason: "sem resposta em 20 s", retryAfterMs: null });
  expect(performance.now() - started).toBeLessThan(2_000);
  await expectNoneLeft(server);
});

test("three tries of six calls at once, then a stop: no socket and no timer is left", async () => {
  const before = handles();
  const server = await rawServer((path) => (path === "/plants" ? jsonAnswer("[]") : dripping("HTTP/1.1 200 OK\r\n", "x: y\r\n")));
  const transport = openTransport();
  const { api } = clientOf(server.origin, hurried(transport, MOST_MS));
  const stop = new AbortController();
  const options: CallOptions = { tries: 3, signal: stop.signal };
  const words = await Promise.all(Array.from({ length: 6 }, async () => wordOf(await CALLS.dayRelay(api, options))));
  expect(new Set(words)).toEqual(new Set(["timeout"]));
  expect(server.paths.filter((path) => path === "/day_relay")).toHaveLength(18);
  const hanging = Array.from({ length: 3 }, async () => wordOf(await CALLS.dayRelay(api, options)));
  stop.abort();
  expect(new Set(await Promise.all(hanging))).toEqual(new Set(["stopped"]));
  expect(wordOf(await CALLS.plants(api)), "the API is as before").toBe("complete");
  await transport.close();
  await expectNoneLeft(server);
  expect(handles()).toBeLessThanOrEqual(before);
});
