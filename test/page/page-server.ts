// Serves dist/page and canned answers under the policy of the real server: what the page may do there, it does here.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { muteRequest, signInRequest, testCardRequest } from "../../src/api/schemas.ts";
import type { MuteView } from "../../src/api/schemas.ts";
import { cannedAction, cannedIncidents, cannedMonitor, cannedMuteList, cannedMutes, cannedOverview, cannedPlantDay, type World } from "./canned-api.ts";

export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const FOLDER = join(import.meta.dirname, "../../dist/page");
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };

export interface PageServer {
  readonly origin: string;
  /** Of the POSTs that came, in order. */
  readonly posts: readonly { readonly path: string; readonly body: unknown }[];
  /** From now on the world is this, and who listens is told. */
  change(world: World): void;
  /** While dark nobody is answered. */
  setDark(isDark: boolean): void;
  /** While refused, the stream answers 503: 200 others listen already. */
  refuseStreams(): void;
  close(): Promise<void>;
}

/** `token`: who has not sent it is signed out. `basePath`: as behind a proxy. */
export async function openPageServer(first: World, token: string | null = null, basePath = "/"): Promise<PageServer> {
  let world = first;
  let isDark = false;
  let hasStreams = true;
  let mutes: readonly MuteView[] = cannedMutes(world);
  const streams = new Set<ServerResponse>();
  const posts: { path: string; body: unknown }[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://x");
    if (isDark) return void request.socket.destroy();
    response.setHeader("content-security-policy", POLICY);
    if (!url.pathname.startsWith(basePath)) { send(response, 404, { error: "não há nada aqui" }); return; }
    const path = url.pathname.slice(basePath.length);
    if (!path.startsWith("api/")) return sendFile(response, path === "" ? "index.html" : path);
    const body: unknown = request.method === "POST" ? JSON.parse(Buffer.concat(await request.toArray()).toString()) : null;
    const isIn = token === null || (request.headers.cookie ?? "").includes("session=yes");
    if (path === "api/session" && request.method === "POST") {
      if (signInRequest.parse(body).token !== token) { send(response, 401, { error: "Senha errada." }); return; }
      response.setHeader("set-cookie", "session=yes; HttpOnly; SameSite=Strict; Path=/");
      send(response, 200, { isSignedIn: true, isOpen: false }); return;
    }
    if (path === "api/session") { send(response, 200, { isSignedIn: isIn, isOpen: token === null }); return; }
    if (!isIn) { send(response, 401, { error: "Entre com a senha da página." }); return; }
    if (request.method === "POST") {
      posts.push({ path, body });
      act(response, path, body); return;
    }
    read(request, response, path, url.searchParams);
  };

  const act = (response: ServerResponse, path: string, body: unknown): void => {
    const ended = /^api\/mutes\/([^/]+)\/end$/.exec(path)?.[1];
    if (path === "api/session/end") {
      response.setHeader("set-cookie", "session=no; Path=/");
      send(response, 200, { isSignedIn: false, isOpen: false });
    } else if (path === "api/mutes") {
      const asked = muteRequest.parse(body);
      mutes = [...mutes, { ...asked, id: `m${String(mutes.length)}`, plantName: "UFV", deviceName: asked.device, since: world.at, by: "página, 127.0.0.1" }];
      send(response, 200, cannedAction("Silenciada."));
    } else if (ended !== undefined) {
      mutes = mutes.filter(({ id }) => id !== ended);
      send(response, 200, cannedAction("O silêncio acabou."));
    } else if (path === "api/test-card" && testCardRequest.safeParse(body).success) {
      send(response, 200, cannedAction("Cartão de teste entregue."));
    } else {
      send(response, 400, { error: "pedido errado" });
    }
  };

  const read = (request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): void => {
    const plant = /^api\/plants\/([^/]+)$/.exec(path)?.[1];
    if (plant !== undefined) {
      const day = cannedPlantDay(world, decodeURIComponent(plant), query.get("date"));
      if (day === null) send(response, 404, { error: "Não há usina com este id." });
      else send(response, 200, day);
      return;
    }
    switch (path) {
      case "api/overview": { send(response, 200, cannedOverview(world)); return; }
      case "api/incidents": { send(response, 200, cannedIncidents(world, query)); return; }
      case "api/monitor": { send(response, 200, cannedMonitor(world, mutes)); return; }
      case "api/mutes": { send(response, 200, cannedMuteList(world, mutes)); return; }
      case "api/stream": {
        if (!hasStreams) { send(response, 503, { error: "há páginas demais abertas" }); return; }
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).write(": ok\n\n");
        streams.add(response);
        request.on("close", () => streams.delete(response));
        return;
      }
      default: send(response, 404, { error: "não há nada aqui" });
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => { response.writeHead(500).end(String(error)); });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${String(address.port)}`, posts,
    change: (next) => {
      world = next;
      for (const stream of streams) stream.write(`event: changed\ndata: ${String(world.revision)}\n\n`);
    },
    setDark: (dark) => {
      isDark = dark;
      if (dark) server.closeAllConnections();
    },
    refuseStreams: () => { hasStreams = false; },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }).end(JSON.stringify(body));
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const text = await readFile(join(FOLDER, path)).catch(() => null);
  if (text === null) send(response, 404, { error: "não há nada aqui" });
  else response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(text);
}
