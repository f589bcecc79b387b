// Real servers on loopback, and what the tests ask of them.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createTransport } from "../../../src/adapters/http/undici-transport.ts";
import type { Config } from "../../../src/config/config.ts";
import type { HttpRequest, Transport } from "../../../src/ports/transport.ts";

export interface Listening { readonly port: number; readonly origin: string; readonly sockets: Set<Socket> }

export async function listen(server: NetServer, scheme = "http"): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  const port = portOf(server);
  return { port, origin: `${scheme}://127.0.0.1:${String(port)}`, sockets };
}

function portOf(server: NetServer): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export async function serve(listener: RequestListener): Promise<Listening & { readonly server: Server }> {
  const server = createServer(listener);
  return { server, ...(await listen(server)) };
}

export const noProxy: Config["proxy"] = { http: null, https: null, none: null };

export function openTransport(settings: Partial<Pick<Config, "ca" | "proxy">> = {}): Transport & { close(): Promise<void> } {
  const transport = createTransport({ ca: null, proxy: noProxy, ...settings });
  onTestFinished(() => transport.close());
  return transport;
}

export const never = new AbortController().signal;

export function get(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, headers: {}, body: null, timeoutMs: 10_000, maxBytes: 1_000_000, ...changes };
}

export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);
