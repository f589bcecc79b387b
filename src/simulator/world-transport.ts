// The way to the simulated world without a network: answers take no virtual time, unless told otherwise.
import type { Clock } from "../ports/clock.ts";
import type { Content, HttpRequest, HttpResult, Transport } from "../ports/transport.ts";
import type { WorldAnswer } from "./world-answer.ts";
import type { AnsweringWorld } from "./world.ts";

export const WORLD_BASE_URL = "http://127.0.0.1/api/v1";
export const WORLD_WEBHOOK_URL = "http://127.0.0.1/teams";
const API_PREFIX = new URL(WORLD_BASE_URL).pathname;

const lowerNames = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function ask(world: AnsweringWorld, { method, url, headers, body }: HttpRequest): WorldAnswer {
  const { pathname } = new URL(url);
  if (pathname === "/teams" && method === "POST") return world.teams(body ?? "");
  const path = pathname.startsWith(`${API_PREFIX}/`) ? pathname.slice(API_PREFIX.length) : "";
  return world.answer({ method, path, headers: lowerNames(headers), body });
}

const stopped: HttpResult = { kind: "failed", reason: "stopped", detail: "interrompida" };
const timedOut = ({ timeoutMs }: HttpRequest): HttpResult => ({ kind: "failed", reason: "timeout", detail: `sem resposta em ${timeoutMs / 1000} s` });

async function sleptThrough(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  await clock.sleep(ms, signal);
  return !signal.aborted;
}

/** `latencyMs`: virtual time between what the world does and the answer's arrival, in which a process may be killed. */
export function createWorldTransport(world: AnsweringWorld, clock: Clock, latencyMs = 0): Transport {
  return {
    async exchange(request, signal) {
      if (signal.aborted) return stopped;
      const answer = ask(world, request);
      const tooLate = answer.kind === "never" || latencyMs >= request.timeoutMs;
      const waitMs = tooLate ? request.timeoutMs : latencyMs;
      if (waitMs > 0 && !(await sleptThrough(clock, waitMs, signal))) return stopped;
      if (tooLate) return timedOut(request);
      if (answer.kind === "reset") return { kind: "failed", reason: "connection", detail: "conexão encerrada pelo servidor" };
      const body = new TextEncoder().encode(answer.body);
      if (body.length > request.maxBytes) return { kind: "failed", reason: "too-large", detail: `resposta acima de ${request.maxBytes} bytes` };
      const answered = { kind: "answer", status: answer.status, headers: lowerNames(answer.headers) } as const;
      if (request.isLong !== true || answer.status < 200 || answer.status > 299) return { ...answered, body };
      const content: Content = (take) => {
        take(body);
        return Promise.resolve(null);
      };
      return { ...answered, body: new Uint8Array(), content };
    },
  };
}
