// The server's machinery: fences around every request, then the table of routes.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { SECOND_MS } from "../../domain/local-time.ts";
import { createAccess, sessionKey, type Counter } from "./access.ts";
import { createEventStreams, type EventStreams } from "./event-streams.ts";
import { servePage } from "./page-files.ts";
import { Refusal, refusalOf } from "./request-faults.ts";
import { refuse } from "./route.ts";
import { createRoutes } from "./routes.ts";
import { LIMITS, type WebParts } from "./web-parts.ts";

const BODY_BYTES = 16 * 1_024;
const HEADER_BYTES = 16 * 1_024;
const KEEP_ALIVE_MS = 5 * SECOND_MS;
const COUNTED_MS = 60 * SECOND_MS;
/** Wrong tokens in a minute: from one address, and from all. The latter stops no session that is there. */
const MOST_WRONG = { address: 5, all: 60 };

/** No inline script or style, no eval, nothing from elsewhere, in nobody's frame. Without `upgrade-insecure-requests`: many sites have http only. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", "data:"], connectSrc: ["'self'"], fontSrc: ["'self'"],
    baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
  },
};

export interface App {
  readonly server: FastifyInstance;
  readonly streams: EventStreams;
}

export async function buildApp(parts: WebParts): Promise<App> {
  const { desk, web, say, now, limits = LIMITS } = parts;
  // The router makes code of the names of routes. Where Node may not, this throws here: later it would throw where nobody can catch it.
  fastify().get("/", () => null);
  const base = web.basePath === "/" ? "" : web.basePath;
  const server = fastify({
    trustProxy: "loopback", bodyLimit: BODY_BYTES, exposeHeadRoutes: false,
    requestTimeout: limits.requestMs, connectionTimeout: limits.idleMs, keepAliveTimeout: KEEP_ALIVE_MS,
    // Longer parameters than headers allow do not come; the schemas refuse them with words.
    routerOptions: { maxParamLength: HEADER_BYTES },
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkMs, maxHeaderSize: HEADER_BYTES },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => { answerError(error, reply); },
  });
  server.server.maxConnections = limits.connections;
  await server.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY_POLICY });
  await server.register(cookie, { secret: sessionKey(web.token) });
  await server.register(rateLimit, { global: false });

  const counters = [countWith(server, MOST_WRONG.address), countWith(server, MOST_WRONG.all, () => "all")];
  const access = createAccess({ token: web.token, basePath: web.basePath, now, counters, say });
  const streams = createEventStreams(desk, limits.streams);

  server.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    const refusal = access.guard(request);
    return refusal === null ? undefined : refuse(reply, refusal);
  });
  acceptOnlyJson(server);
  server.setErrorHandler((error, _request, reply) => { answerError(error, reply); });
  server.setNotFoundHandler((_request, reply) => refuse(reply, new Refusal(404, "Não há nada neste endereço.")));

  for (const { method, path, isOpen, run } of createRoutes({ ...parts, access, streams, basePath: web.basePath })) {
    server.route({
      method, url: `${base}${path}`, handler: run,
      ...(!isOpen && { onRequest: async (request, reply) => {
        const refusal = await access.admit(request, reply);
        return refusal === null ? undefined : refuse(reply, refusal);
      } }),
    });
  }
  await servePage(server, parts.pageFolder, `${base}/`);
  await server.ready();
  return { server, streams };

  function answerError(error: unknown, reply: FastifyReply): void {
    const refusal = refusalOf(error);
    // A client that is gone needs no answer, and what broke because it left is no fault.
    if (refusal === null && !reply.raw.destroyed) say("error", `Falha inesperada: ${error instanceof Error ? error.message : String(error)}`);
    refuse(reply, refusal ?? new Refusal(500, "Falha inesperada do monitor; o log diz qual."));
  }
}

function countWith(server: FastifyInstance, max: number, keyGenerator?: () => string): Counter {
  const look = server.createRateLimit({ max, timeWindow: COUNTED_MS, ...(keyGenerator && { keyGenerator }) });
  return async (request, isLook) => {
    const state = await look(request, { increment: !isLook });
    return state.isAllowed ? { left: max, retryAfterS: 0 } : { left: state.remaining, retryAfterS: Math.max(1, state.ttlInSeconds) };
  };
}

/** Forms cannot send it from another site; an empty body counts as `{}`. */
function acceptOnlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser("error", "error");
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const written = body.toString();
    if (written === "") done(null, {});
    else void parse(request, written, done);
  });
}

/** What is no HTTP at all, or too slow, or has too many headers. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, error: words } = refusalOf(error.code === undefined ? null : { code: error.code, statusCode: 400 }) ?? new Refusal(400, "Pedido errado.");
  const body = JSON.stringify({ error: words });
  socket.setTimeout(SECOND_MS, () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
