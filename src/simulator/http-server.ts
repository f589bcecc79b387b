// The simulated PVOperation and Teams as a real HTTP server on loopback, for the demo, the tests and other clients.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip as gzipCallback } from "node:zlib";
import { withValidators } from "./validators.ts";
import type { WorldAnswer } from "./world-answer.ts";
import type { AnsweringWorld } from "./world.ts";

const gzip = promisify(gzipCallback);

export interface SimulatorOptions {
  readonly world: AnsweringWorld;
  /** Loopback only: the simulator lets anyone in. */
  readonly host?: "127.0.0.1" | "::1" | "localhost";
  /** 0: any free one. */
  readonly port?: number;
  /** Real milliseconds before each answer. */
  readonly latencyMs?: number;
  /** Compress for clients that accept it. */
  readonly gzip?: boolean;
  /** Names the version of each day, and does not send one again to who knows it. */
  readonly validators?: boolean;
  /** Told of what went wrong in the simulator itself; the client then sees its connection closed. */
  readonly onError?: (error: unknown) => void;
}

export interface Simulator {
  /** `http://127.0.0.1:PORT/api/v1` */
  readonly baseUrl: string;
  /** `http://127.0.0.1:PORT/teams` */
  readonly webhookUrl: string;
  readonly port: number;
  /** Ends all connections, also those that wait for an answer that never comes. */
  readonly close: () => Promise<void>;
}

const API_PREFIX = "/api/v1";
const MOST_REQUEST_BYTES = 1024 * 1024;
const LEAST_BYTES_TO_COMPRESS = 1_024;
// Bodies of full size come again and again in benchmarks; compressing one costs more than all the rest.
const LEAST_CHARS_TO_KEEP = 200_000;
const MOST_KEPT = 8;

const PAGE = `<!DOCTYPE html>
<html lang="pt-BR"><head><meta charset="utf-8"><title>pvmonitor: simulador</title></head>
<body>
<h1>Simulador do pvmonitor</h1>
<p>Uma PVOperation e um Teams de mentira, só nesta máquina. Nenhuma usina daqui existe.</p>
<ul>
<li>API: <code>${API_PREFIX}</code> (<code>POST /authenticate</code> com qualquer usuário e senha, <code>GET /plants</code>,
<code>/plant_devices</code>, <code>POST /day_relay</code>, <code>/day_inverter</code>, <code>/day_meteo</code>)</li>
<li>Teams: <code>POST /teams</code></li>
</ul>
<p>Para apontar um monitor para cá: <code>PVOP_BASE_URL=http://127.0.0.1:PORTA${API_PREFIX}</code> e
<code>TEAMS_WEBHOOK_URL=http://127.0.0.1:PORTA/teams</code>.</p>
</body></html>
`;

function createCompressor(): (body: string) => Promise<Buffer> {
  const kept = new Map<string, Promise<Buffer>>();
  return (body) => {
    const known = kept.get(body);
    if (known !== undefined) return known;
    const compressed = gzip(body, { level: constants.Z_BEST_SPEED });
    if (body.length < LEAST_CHARS_TO_KEEP) return compressed;
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
    kept.set(body, compressed);
    return compressed;
  };
}

/** Null where the body is larger than any call of this API has it. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MOST_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]));
}

function answerOf(world: AnsweringWorld, request: IncomingMessage, body: string): WorldAnswer {
  const method = request.method ?? "GET";
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (path === "/" && method === "GET") return { kind: "answer", status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE };
  if (path === "/teams" && method === "POST") return world.teams(body);
  const underApi = path.startsWith(`${API_PREFIX}/`) ? path.slice(API_PREFIX.length) : "";
  return world.answer({ method, path: underApi, headers: headersOf(request), body: body === "" ? null : body });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts to listen; rejects with the system's error where the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = "127.0.0.1", port = 0, latencyMs = 0 } = options;
  const world = options.validators === true ? withValidators(options.world) : options.world;
  const compress = createCompressor();

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const answer: WorldAnswer = body === null ? { kind: "answer", status: 413, headers: {}, body: "" } : answerOf(world, request, body);
    if (latencyMs > 0) await pause(latencyMs);
    if (answer.kind === "never") return;
    if (answer.kind === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    const wantsGzip = options.gzip === true && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const compressed = wantsGzip && answer.body.length >= LEAST_BYTES_TO_COMPRESS;
    const bytes = compressed ? await compress(answer.body) : Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, ...(compressed ? { "content-encoding": "gzip" } : {}), "content-length": bytes.length });
    response.end(bytes);
  }

  const server = createServer((request, response) => {
    // A client that hangs up midway is its own affair; what is wrong here must not pass for an answer.
    respond(request, response).catch((error: unknown) => {
      if (request.errored === null) options.onError?.(error);
      request.socket.destroy();
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : port;
  const origin = `http://${host === "::1" ? "[::1]" : host}:${listening}`;
  return {
    baseUrl: origin + API_PREFIX,
    webhookUrl: `${origin}/teams`,
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
