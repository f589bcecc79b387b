import { readFileSync } from "node:fs";
import { createServer as createHttpServer, request as forward } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTransport } from "../../../src/adapters/http/undici-transport.ts";
import { get, listen, never, noProxy, openTransport, serve, textOf } from "./servers.ts";

/** A proxy that writes down what it was asked for. */
async function proxy(status = 200): Promise<{ address: string; asked: string[]; credentials: (string | undefined)[] }> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    credentials.push(request.headers["proxy-authorization"]);
    if (status !== 200) return void response.writeHead(status).end();
    const onward = forward(request.url ?? "", { method: request.method, headers: { via: "1.1 proxy" } }, (answer) => answer.pipe(response));
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url ?? ""}`);
    credentials.push(request.headers["proxy-authorization"]);
    socket.on("error", () => undefined);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${String(status)} no\r\n\r\n`);
    const [host, port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 ok\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  const { port } = await listen(server);
  return { address: `127.0.0.1:${String(port)}`, asked, credentials };
}

async function secureSite(): Promise<{ origin: string; port: number; caPath: string }> {
  const given = (name: string): string => join(import.meta.dirname, "certificates", name);
  const caPath = given("ca.pem");
  const server = createHttpsServer({ key: readFileSync(given("good.key")), cert: readFileSync(given("good.pem")) }, (_request, response) => response.end("secure"));
  server.on("tlsClientError", () => undefined);
  return { ...(await listen(server, "https")), caPath };
}

test("http goes through HTTP_PROXY, with the credentials of its address", async () => {
  const { origin } = await serve((request, response) => response.end(request.headers.via));
  const { address, asked, credentials } = await proxy();
  const result = await openTransport({ proxy: { ...noProxy, http: `http://user:p%40ss@${address}` } }).exchange(get(`${origin}/x`), never);
  expect(result.kind === "answer" && textOf(result.body)).toBe("1.1 proxy");
  expect(asked).toEqual([`GET ${origin}/x`]);
  expect(credentials).toEqual([`Basic ${btoa("user:p@ss")}`]);
});

test("https is tunnelled through HTTPS_PROXY, whose certificate checks are those of a direct connection", async () => {
  const { origin, port, caPath } = await secureSite();
  const { address, asked } = await proxy();
  const settings = { ...noProxy, https: address };
  const result = await openTransport({ proxy: settings, ca: { path: caPath } }).exchange(get(origin), never);
  expect(result.kind === "answer" && textOf(result.body)).toBe("secure");
  expect(asked).toEqual([`CONNECT 127.0.0.1:${String(port)}`]);
  expect(await openTransport({ proxy: settings }).exchange(get(origin), never)).toMatchObject({ kind: "failed", reason: "connection", detail: expect.stringContaining("certificado") });
});

test("HTTP_PROXY is not for https, nor HTTPS_PROXY for http", async () => {
  const plain = await serve((_request, response) => response.end("direct"));
  const secure = await secureSite();
  const { address, asked } = await proxy();
  const ca = { path: secure.caPath };
  expect(await openTransport({ ca, proxy: { ...noProxy, http: address } }).exchange(get(secure.origin), never)).toMatchObject({ status: 200 });
  expect(await openTransport({ ca, proxy: { ...noProxy, https: address } }).exchange(get(plain.origin), never)).toMatchObject({ status: 200 });
  expect(asked).toEqual([]);
});

test.each(["127.0.0.1", "*", "example.com, 127.0.0.1"])("NO_PROXY=%s goes past the proxy", async (none) => {
  const { origin } = await serve((_request, response) => response.end("direct"));
  const { address, asked } = await proxy();
  expect(await openTransport({ proxy: { http: address, https: address, none } }).exchange(get(origin), never)).toMatchObject({ status: 200 });
  expect(asked).toEqual([]);
});

test("only the settings count, not the environment that they were read from", async () => {
  vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1").stubEnv("http_proxy", "http://127.0.0.1:1");
  onTestFinished(() => { vi.unstubAllEnvs(); });
  const { origin } = await serve((_request, response) => response.end("direct"));
  expect(await openTransport().exchange(get(origin), never)).toMatchObject({ status: 200 });
});

test("a proxy that refuses, or is not there, is a failure without its password", async () => {
  const { origin } = await secureSite();
  const { address } = await proxy(407);
  const through = (where: string): Promise<unknown> =>
    openTransport({ proxy: { ...noProxy, http: `http://user:s3cret@${where}`, https: `http://user:s3cret@${where}` } }).exchange(get(origin), never);
  expect(await through(address)).toEqual({ kind: "failed", reason: "connection", detail: "o proxy respondeu 407" });
  const absent = await through("127.0.0.1:1");
  expect(absent).toMatchObject({ kind: "failed", reason: "connection", detail: expect.stringContaining("ECONNREFUSED") });
  expect(JSON.stringify(absent)).not.toContain("s3cret");
});

test("an address that is none is told by its setting's name", () => {
  const open = (): unknown => createTransport({ ca: null, proxy: { ...noProxy, https: "http://user:s3cret@:x" } });
  expect(open).toThrow(/HTTPS_PROXY não é válido/);
  expect(open).not.toThrow(/s3cret/);
});
