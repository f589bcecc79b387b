// The real web server on loopback, with a desk in memory.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { request } from "undici";
import { onTestFinished } from "vitest";
import type { WebParts } from "../../src/adapters/web/web-parts.ts";
import { createWebServer, type WebServer } from "../../src/adapters/web/web-server.ts";
import { createInMemoryDesk, NOON, type InMemoryDesk } from "./in-memory-desk.ts";

export const TOKEN = "uma-senha-de-teste-com-32-caracteres-ou-mais";
export const JSON_BODY = { "content-type": "application/json" };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; null where it is no JSON. */
  readonly json: unknown;
}

interface Asked {
  readonly method?: "GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ServedPage {
  readonly server: WebServer;
  readonly desk: InMemoryDesk;
  /** With a slash at its end. */
  readonly address: string;
  readonly port: number;
  /** `level text` */
  readonly said: string[];
  call(path: string, asked?: Asked): Promise<Answer>;
  /** A session's cookie. */
  signIn(): Promise<string>;
}

export interface Served extends Partial<Omit<WebParts, "web" | "desk">> {
  readonly desk?: InMemoryDesk;
  readonly web?: Partial<WebParts["web"]>;
}

export function webParts({ desk = createInMemoryDesk(), web, ...rest }: Served, said: string[] = []): WebParts & { readonly desk: InMemoryDesk } {
  return {
    desk, pageFolder: "/nowhere", now: () => NOON,
    metrics: () => Promise.resolve("# TYPE pvmonitor_up gauge\npvmonitor_up 1\n"),
    say: (level, text) => { said.push(`${level} ${text}`); },
    ...rest,
    web: { enabled: true, host: "127.0.0.1", port: 0, basePath: "/", token: null, ...web },
  };
}

export async function servePage(served: Served = {}): Promise<ServedPage> {
  const said: string[] = [];
  const parts = webParts(served, said);
  const server = createWebServer(parts);
  onTestFinished(() => server.close());
  const listening = await server.listen();
  if ("wrong" in listening) throw new Error(listening.wrong);
  const { address } = listening;
  const call: ServedPage["call"] = async (path, { method = "GET", headers = {}, body } = {}) => {
    const { statusCode, headers: answered, body: content } = await request(new URL(path, address), { method, headers: { connection: "close", ...headers }, ...(body !== undefined && { body }) });
    const written = (await buffer(content)).toString(); // text() would take a BOM away
    return { status: statusCode, headers: answered, text: written, json: String(answered["content-type"]).startsWith("application/json") && written !== "" ? JSON.parse(written) : null };
  };
  return {
    server, desk: parts.desk, address, port: Number(new URL(address).port), said, call,
    signIn: async () => {
      const { headers } = await call("api/session", { method: "POST", headers: JSON_BODY, body: JSON.stringify({ token: parts.web.token }) });
      return String(headers["set-cookie"]).split(";")[0] ?? "";
    },
  };
}

/** What `npm run build` leaves, in small. */
export function createPageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-page-"));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>pvmonitor</title>");
  writeFileSync(join(folder, "assets", "index-abc123.js"), "console.log(1)");
  writeFileSync(join(folder, ".secret"), "never");
  return folder;
}

/** Bytes as they are, and all that comes back until the other side ends. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = openSocket(port);
  socket.write(bytes, "latin1");
  return text(socket).catch(() => "");
}

export function openSocket(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined); // a test that cares looks at "close"
  onTestFinished(() => { socket.destroy(); });
  return socket;
}
