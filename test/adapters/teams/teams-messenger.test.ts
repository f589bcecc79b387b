// What becomes of a card, against a real HTTP server: delivered, try again (when), webhook gone, card refused.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SAMPLES } from "../../../src/adapters/teams/samples.ts";
import { createShadowMessenger, createTeamsMessenger, retryAfter } from "../../../src/adapters/teams/teams-messenger.ts";
import type { Messenger, SendOutcome } from "../../../src/ports/messenger.ts";
import type { HttpRequest, HttpResult, Transport } from "../../../src/ports/transport.ts";

const NOW = Date.parse("2025-12-01T13:00:00Z");

/** The shortest transport that keeps the port's promises. */
function fetchTransport(seen: HttpRequest[] = []): Transport {
  return {
    async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
      seen.push(request);
      try {
        const { method, headers, body } = request;
        const answer = await fetch(request.url, { method, headers, body, redirect: "manual", signal: AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]) });
        return { kind: "answer", status: answer.status, headers: Object.fromEntries(answer.headers), body: new Uint8Array(await answer.arrayBuffer()) };
      } catch (error) {
        return { kind: "failed", reason: signal.aborted ? "stopped" : "connection", detail: String(error) };
      }
    },
  };
}

type Answer = (response: ServerResponse) => void;
let server: Server;
let answer: Answer;
let received: { headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterEach(() => new Promise((resolve) => {
  server.closeAllConnections();
  server.close(resolve);
}));

const isAddress = (address: unknown): address is AddressInfo => typeof address === "object" && address !== null;

function messenger(transport: Transport = fetchTransport()): Messenger {
  const address: unknown = server.address();
  return createTeamsMessenger({ webhookUrl: `http://127.0.0.1:${isAddress(address) ? address.port : 0}/gancho`, format: "adaptivecard", transport, now: () => NOW });
}

function send(to: Messenger, signal = new AbortController().signal): Promise<SendOutcome> {
  return to.post(to.compose(SAMPLES["relay-failure"], false)[0], signal);
}

const answers = (status: number, body = "", headers: Record<string, string> = {}): Answer => (response) => void response.writeHead(status, headers).end(body);

describe("enviar", () => {
  const FAILED_429 = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=1,server=x";
  const CASES: readonly (readonly [name: string, Answer, SendOutcome])[] = [
    ["200 com 1", answers(200, "1"), { kind: "delivered" }],
    ["202 vazio", answers(202), { kind: "delivered" }],
    ["204", answers(204), { kind: "delivered" }],
    ["200 com entrega falhada", answers(200, "Webhook message delivery failed with error: Bad payload"), { kind: "retry", reason: "entrega falhou", retryAfterMs: null }],
    ["200 com erro 429", answers(200, FAILED_429, { "retry-after": "7" }), { kind: "retry", reason: "entrega falhou (HTTP 429)", retryAfterMs: 7_000 }],
    ["408", answers(408), { kind: "retry", reason: "HTTP 408", retryAfterMs: null }],
    ["429", answers(429, "", { "Retry-After": "60" }), { kind: "retry", reason: "HTTP 429", retryAfterMs: 60_000 }],
    ["429 com data", answers(429, "", { "Retry-After": "Mon, 01 Dec 2025 13:01:30 GMT" }), { kind: "retry", reason: "HTTP 429", retryAfterMs: 90_000 }],
    ["500", answers(500), { kind: "retry", reason: "HTTP 500", retryAfterMs: null }],
    ["503", answers(503), { kind: "retry", reason: "HTTP 503", retryAfterMs: null }],
    ...[401, 403, 404, 410].map((status) => [`${status}`, answers(status), { kind: "gone", status }] as const),
    ...[302, 400, 405, 413, 415].map((status) => [`${status}`, answers(status), { kind: "refused", status }] as const),
    ["conexão cortada", (response) => void response.destroy(), { kind: "retry", reason: "sem conexão", retryAfterMs: null }],
  ];
  test.each(CASES)("%s", async (_, given, expected) => {
    answer = given;
    expect(await send(messenger())).toEqual(expected);
  });

  test("o cartão vai inteiro, como JSON, uma vez", async () => {
    answer = answers(202);
    const seen: HttpRequest[] = [];
    const to = messenger(fetchTransport(seen));
    await send(to);
    expect(received.map(({ body }) => body)).toEqual([to.compose(SAMPLES["relay-failure"], false)[0].body]);
    expect(received[0]?.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(seen.map(({ method, timeoutMs }) => [method, timeoutMs])).toEqual([["POST", 20_000]]);
  });

  test("um pedido de parada termina a espera", async () => {
    const stop = new AbortController();
    answer = () => { stop.abort(); };
    expect(await send(messenger(), stop.signal)).toEqual({ kind: "stopped" });
  });

  test("um tempo esgotado é tentado de novo", async () => {
    const transport: Transport = { exchange: () => Promise.resolve({ kind: "failed", reason: "timeout", detail: "" }) };
    expect(await send(messenger(transport))).toEqual({ kind: "retry", reason: "sem resposta em 20 s", retryAfterMs: null });
  });
});

test("na sombra, o cartão é composto e dado por entregue sem sair", async () => {
  const shadow = createShadowMessenger("messagecard");
  expect(shadow.compose(SAMPLES["relay-failure"], false)[0].body).toContain("MessageCard");
  expect(await send(shadow)).toEqual({ kind: "delivered" });
  expect(received).toEqual([]);
});

test.each([
  ["0", 0], ["1.5", 1_500], ["86400", 900_000], ["9".repeat(400), 900_000], [" 30 ", 30_000],
  ["Mon, 01 Dec 2025 12:00:00 GMT", 0], ["Fri, 01 Jan 2100 00:00:00 GMT", 900_000],
  ["", null], ["-5", null], ["logo", null], ["1e9", null], ["Mon, 99 Foo 2025", null], [undefined, null],
] as const)("Retry-After %s → %s ms", (header, expected) => {
  expect(retryAfter(header, NOW)).toBe(expected);
});
