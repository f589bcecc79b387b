// Where the server cannot listen the monitor goes on, says so once, and tries again; and it stops in time, whatever hangs on it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { createWebServer } from "../../../src/adapters/web/web-server.ts";
import { openSocket, servePage, webParts } from "../../support/served-page.ts";

async function takePort(): Promise<{ readonly port: number; readonly free: () => Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const free = async (): Promise<void> => { await new Promise((resolve) => server.close(resolve)); };
  onTestFinished(free);
  return { port: (server.address() as AddressInfo).port, free };
}

describe("an address that cannot be had", () => {
  it.each([
    ["203.0.113.7", "o endereço 203.0.113.7 não é deste computador (WEB_HOST)"],
    ["nada.exemplo.invalid", "o nome nada.exemplo.invalid não foi encontrado (WEB_HOST)"],
  ])("%s is told in words", async (host, wrong) => {
    expect(await createWebServer(webParts({ web: { host } })).listen()).toEqual({ wrong });
  });

  it("a port that is taken is tried again every minute, told once, and served as soon as it is free", async () => {
    const { port, free } = await takePort();
    const said: string[] = [];
    const stop = new AbortController();
    const slept: number[] = [];
    const server = createWebServer(webParts({ web: { port }, say: (level, words) => {
      said.push(`${level} ${words}`);
      if (level === "info") stop.abort();
    } }));
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
      if (slept.length === 3) await free();
    };
    await server.accompany(stop.signal, { sleep });
    expect(slept).toEqual([60_000, 60_000, 60_000]);
    expect(said).toEqual([
      `error A página não pôde ser aberta: a porta ${port} já está em uso por outro programa (WEB_PORT); nova tentativa a cada minuto, o resto do monitor funciona`,
      `info Página em http://127.0.0.1:${port}/, só para este computador`,
    ]);
  });

  it("a stop ends the waiting", async () => {
    const { port } = await takePort();
    const stop = new AbortController();
    await createWebServer(webParts({ web: { port } })).accompany(stop.signal, { sleep: () => {
      stop.abort();
      return Promise.resolve();
    } });
  });
});

it("localhost is 127.0.0.1", async () => {
  const page = await servePage({ web: { host: "localhost", basePath: "/pv" } });
  expect(page.address).toBe(`http://127.0.0.1:${page.port}/pv/`);
});

it("closes in time with connections that are idle, half a request or never read", async () => {
  const page = await servePage();
  const sockets = ["", "GET /api/overview HTTP/1.1\r\n", "POST /api/mutes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"].map((bytes) => {
    const socket = openSocket(page.port).resume();
    socket.write(bytes);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  await page.call("healthz"); // by now the server has them all
  const closed = sockets.map((socket) => once(socket, "close"));
  await page.server.close();
  await Promise.all(closed);
});

describe("Node's own fences", () => {
  const run = async (...flags: string[]): Promise<string> => {
    const child = spawn(process.execPath, [...flags, fileURLToPath(new URL("serve-once.process.ts", import.meta.url))], { stdio: ["ignore", "pipe", "inherit"] });
    return text(child.stdout);
  };

  it("all answers without a prototype to reach by name", { timeout: 60_000 }, async () => {
    expect(await run("--disable-proto=throw")).toBe("GET / 200\nGET /api/overview 200\nPOST /api/session 401\nPOST /api/session 200\nGET /api/openapi.json 200\n");
  });

  it("where Node may make no code from text the router cannot be built: that is told, and no more happens", { timeout: 60_000 }, async () => {
    expect(await run("--disallow-code-generation-from-strings")).toBe("wrong: o Node foi proibido de fazer código de texto (--disallow-code-generation-from-strings), de que o roteador da página precisa\n");
  });
});
