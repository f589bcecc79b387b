import { queryObjects } from "node:v8";
import { text } from "node:stream/consumers";
import type { ServerResponse } from "node:http";
import { createServer, Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { get, listen, never, openTransport, serve, textOf } from "./servers.ts";

const MIB = 2 ** 20;

describe("an answer", () => {
  test("comes with status, lower-case headers and body", async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(503, { "Retry-After": "7", "X-Two": ["a", "b"] }).end("até já");
    });
    const result = await openTransport().exchange(get(`${origin}/x`), never);
    expect(result).toMatchObject({ kind: "answer", status: 503, headers: { "retry-after": "7", "x-two": "a, b" } });
    expect(result.kind === "answer" && textOf(result.body)).toBe("até já");
  });

  test.each(["GET", "POST"] as const)("to a %s that carries a body", async (method) => {
    const { origin } = await serve((request, response) => {
      void text(request).then((body) => response.end(JSON.stringify({ method: request.method, body, type: request.headers["content-type"] })));
    });
    const request = get(origin, { method, body: '{"id":1}', headers: { "content-type": "application/json" } });
    const result = await openTransport().exchange(request, never);
    expect(result.kind === "answer" && JSON.parse(textOf(result.body))).toEqual({ method, body: '{"id":1}', type: "application/json" });
  });

  test("that redirects is given back as it is", async () => {
    const asked: (string | undefined)[] = [];
    const { origin } = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(await openTransport().exchange(get(`${origin}/here`), never)).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
    expect(asked).toEqual(["/here"]);
  });

  test("keeps its connections for the next, and close leaves none", async () => {
    const { origin, server, sockets } = await serve((_request, response) => response.end("ok"));
    let connections = 0;
    server.on("connection", () => { connections += 1; });
    const transport = openTransport();
    for (let call = 0; call < 10; call += 1) await transport.exchange(get(origin), never);
    // Two at most: a connection is free again only a moment after its answer was read.
    expect(connections).toBeLessThanOrEqual(2);
    const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    expect(closed.length).toBeGreaterThan(0);
    await transport.close();
    await Promise.all(closed);
    expect(sockets.size).toBe(0);
  });

  test("leaves nothing of a connection that is over", async () => {
    const { origin, server, sockets } = await serve((_request, response) => response.writeHead(200, { connection: "close" }).end("ok"));
    let connections = 0;
    server.on("connection", () => { connections += 1; });
    const transport = openTransport();
    const before = queryObjects(Socket, { format: "count" });
    for (let call = 0; call < 40; call += 1) await transport.exchange(get(origin), never);
    await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    expect(connections).toBe(40);
    expect(queryObjects(Socket, { format: "count" }) - before).toBeLessThan(20);
  });
});

describe("compression", () => {
  const plain = Buffer.from(JSON.stringify(Array.from({ length: 2_000 }, (_, n) => ({ n, nome: "São João" }))));

  test.each([
    ["gzip", gzipSync(plain)], ["x-gzip", gzipSync(plain)], ["br", brotliCompressSync(plain)], ["deflate", deflateSync(plain)],
    ["gzip, br", brotliCompressSync(gzipSync(plain))], ["identity", plain], ["GZIP", gzipSync(plain)],
  ])("%s is asked for and decoded", async (encoding, body) => {
    let asked: unknown;
    const { origin } = await serve((request, response) => {
      asked = request.headers["accept-encoding"];
      response.writeHead(200, { "content-encoding": encoding }).end(body);
    });
    const result = await openTransport().exchange(get(origin), never);
    expect(asked).toBe("gzip, br");
    expect(result.kind === "answer" && plain.equals(result.body)).toBe(true);
  });

  test.each([
    ["gzip", gzipSync(Buffer.alloc(64 * MIB))], ["br", brotliCompressSync(Buffer.alloc(64 * MIB))],
  ])("a bomb in %s is given up at the bound", async (encoding, bomb) => {
    expect(bomb.byteLength).toBeLessThan(MIB);
    const { origin } = await serve((_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(bomb));
    expect(await openTransport().exchange(get(origin, { maxBytes: MIB }), never)).toMatchObject({ kind: "failed", reason: "too-large" });
  });

  test.each([["cut", "gzip", gzipSync(plain).subarray(0, 300)], ["no gzip at all", "gzip", plain], ["unknown", "compress", plain]])(
    "%s is a failure in words", async (_name, encoding, body) => {
      const { origin } = await serve((_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(body));
      const result = await openTransport().exchange(get(origin), never);
      expect(result).toMatchObject({ kind: "failed", reason: "connection", detail: expect.stringMatching(/comprimido|codificação/) });
    });

  test("an empty body that calls itself gzip is empty", async () => {
    const { origin } = await serve((_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end());
    expect(await openTransport().exchange(get(origin), never)).toMatchObject({ kind: "answer", body: Buffer.alloc(0) });
  });
});

describe("bounds", () => {
  test("a body without end is left at the bound of size", async () => {
    const { origin } = await serve((_request, response) => {
      const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) { /* until the buffer is full */ } };
      response.on("drain", more);
      more();
    });
    expect(await openTransport().exchange(get(origin, { maxBytes: MIB }), never)).toMatchObject({ reason: "too-large" });
  });

  test.each([
    ["that never answers", (): void => undefined],
    ["whose body never ends", (_request: unknown, response: ServerResponse): void => { response.write("["); }],
    ["that drips a byte at a time", (_request: unknown, response: ServerResponse): void => {
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => { clearInterval(drip); });
    }],
  ])("a server %s times out, and the connection is dropped", async (_name, listener) => {
    const { origin, server } = await serve(listener);
    const dropped = new Promise((resolve) => server.on("connection", (socket) => socket.on("close", resolve)));
    const started = performance.now();
    const result = await openTransport().exchange(get(origin, { timeoutMs: 120 }), never);
    expect(result).toMatchObject({ kind: "failed", reason: "timeout" });
    expect(performance.now() - started).toBeLessThan(2_000);
    await dropped;
  });

  test("a server that accepts the connection and says nothing in TLS times out too", async () => {
    const { port } = await listen(createServer());
    expect(await openTransport().exchange(get(`https://127.0.0.1:${String(port)}/`, { timeoutMs: 120 }), never)).toMatchObject({ reason: "timeout" });
  });
});

describe("close", () => {
  test("ends calls under way, and connections that are only being made", async () => {
    const [answering, connecting] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const plain = await serve(() => { answering.resolve(null); });
    const silent = await listen(createServer((socket) => { socket.once("data", () => { connecting.resolve(null); }); }));
    const transport = openTransport();
    const calls = [plain.origin, silent.origin.replace("http:", "https:")].map((url) => transport.exchange(get(url), never));
    await Promise.all([answering.promise, connecting.promise]);
    const closed = [...plain.sockets, ...silent.sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    const started = performance.now();
    await transport.close();
    await Promise.all(closed);
    for (const result of await Promise.all(calls)) expect(result).toMatchObject({ kind: "failed", reason: "connection" });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("stop", () => {
  test("before the call sends nothing", async () => {
    const { origin, server } = await serve((_request, response) => response.end());
    let connections = 0;
    server.on("connection", () => { connections += 1; });
    expect(await openTransport().exchange(get(origin), AbortSignal.abort())).toMatchObject({ kind: "failed", reason: "stopped" });
    expect(connections).toBe(0);
  });

  test("ends a call at once that waits for headers, for the body, or for the connection", async () => {
    const stop = new AbortController();
    const reached: PromiseWithResolvers<null>[] = [Promise.withResolvers(), Promise.withResolvers(), Promise.withResolvers()];
    const { origin } = await serve((request, response) => {
      if (request.url === "/body") response.write("[");
      reached[request.url === "/body" ? 0 : 1]?.resolve(null);
    });
    const silent = createServer(() => reached[2]?.resolve(null));
    const { port } = await listen(silent);
    const transport = openTransport();
    const calls = [`${origin}/body`, `${origin}/headers`, `https://127.0.0.1:${String(port)}/`].map((url) => transport.exchange(get(url), stop.signal));
    await Promise.all(reached.map(({ promise }) => promise));
    const started = performance.now();
    stop.abort();
    for (const result of await Promise.all(calls)) expect(result).toMatchObject({ kind: "failed", reason: "stopped" });
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("a broken connection", () => {
  test("closed without an answer", async () => {
    const { origin } = await serve((request) => request.socket.resetAndDestroy());
    expect(await openTransport().exchange(get(origin), never)).toMatchObject({ kind: "failed", reason: "connection", detail: expect.stringContaining("conexão encerrada") });
  });

  test("closed in the middle of the body", async () => {
    const { origin } = await serve((request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("[", () => request.socket.destroy());
    });
    expect(await openTransport().exchange(get(origin), never)).toMatchObject({ kind: "failed", reason: "connection" });
  });

  test("refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    const address = server.address();
    await new Promise((resolve) => { server.close(resolve); });
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await openTransport().exchange(get(`http://127.0.0.1:${String(port)}/`), never))
      .toEqual({ kind: "failed", reason: "connection", detail: "conexão recusada (ECONNREFUSED)" });
  });

  test("no HTTP at all", async () => {
    const { origin } = await listen(createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")));
    expect(await openTransport().exchange(get(origin), never)).toMatchObject({ kind: "failed", reason: "connection" });
  });

  test.each(["http://", "ftp://127.0.0.1/", "not an address", "http://user:s3cret@127.0.0.1:1/"])("%s never rejects, never shows credentials", async (url) => {
    const result = await openTransport().exchange(get(url), never);
    expect(result).toMatchObject({ kind: "failed", reason: "connection" });
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });

  test("a header that no header may be is a failure too", async () => {
    const { origin } = await serve((_request, response) => response.end());
    const result = await openTransport().exchange(get(origin, { headers: { "x-access-token": "s3cret\r\nx: y" } }), never);
    expect(result).toMatchObject({ kind: "failed", reason: "connection" });
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });
});
