// Who may see the page. Open only where the server listens on loopback; else a token, as a signed cookie (people) or a bearer (machines).
import { createHash, hkdfSync, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../../config/setting-values.ts";
import { DAY_MS, HOUR_MS, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import { Refusal } from "./request-faults.ts";

export const COOKIE = "pvmonitor_session";
const SESSION_MS = 12 * HOUR_MS;
/** Renewed while it is used, a TV on the wall all day; after this long somebody signs in again. */
const LONGEST_SESSION_MS = 30 * DAY_MS;

/** How many wrong tokens are still taken; counts one more unless `isLook`. */
export type Counter = (request: FastifyRequest, isLook: boolean) => Promise<{ readonly left: number; readonly retryAfterS: number }>;

export interface AccessParts {
  readonly token: string | null;
  readonly basePath: string;
  readonly now: () => EpochMs;
  /** By address, and in all: addresses may be forged where a proxy forwards them unchecked. */
  readonly counters: readonly Counter[];
  readonly say: (level: "info" | "warn", text: string) => void;
}

/** Changing the token ends every session: cookies are signed with a key made from it. */
export function sessionKey(token: string | null): Buffer {
  return Buffer.from(hkdfSync("sha256", token ?? "", "", "pvmonitor session v1", 32));
}

/** The client's; behind a proxy on this machine the one that it forwards, if that is an address at all. */
export function addressOf(request: FastifyRequest): string {
  return isIP(request.ip) === 0 ? "endereço desconhecido" : request.ip;
}

export interface Access {
  readonly isOpen: boolean;
  /** Before anything else, for every request: null where it may go on. */
  guard(request: FastifyRequest): Refusal | null;
  /** Null: may see the data. A session that is used lives on. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<Refusal | null>;
  hasSession(request: FastifyRequest): boolean;
  signIn(request: FastifyRequest, reply: FastifyReply, token: string): Promise<Refusal | null>;
  signOut(reply: FastifyReply): void;
}

export function createAccess({ token, basePath, now, counters, say }: AccessParts): Access {
  const isRight = (given: string): boolean => token !== null && timingSafeEqual(digest(given), digest(token));

  /** A sign-in form refuses before it compares: past the bound the right token would otherwise tell itself from the wrong ones. */
  async function checkToken(request: FastifyRequest, given: string): Promise<Refusal | null> {
    for (const count of counters) {
      const { left, retryAfterS } = await count(request, true);
      if (left === 0) return new Refusal(429, `Tentativas demais com senha errada. Tente de novo em ${retryAfterS} s.`, retryAfterS);
    }
    if (isRight(given)) return null;
    const counts = await Promise.all(counters.map((count) => count(request, false)));
    const isLast = counts.some(({ left }) => left === 0);
    say("warn", `Entrada recusada de ${addressOf(request)}: senha errada${isLast ? "; por um minuto nenhuma outra é aceita" : ""}`);
    return new Refusal(401, "Senha errada.");
  }

  /** Until when and since when it is valid; null: there is none. */
  function sessionOf(request: FastifyRequest): { readonly until: EpochMs; readonly since: EpochMs } | null {
    const cookie = request.cookies[COOKIE];
    if (token === null || cookie === undefined) return null;
    const { valid, value } = request.unsignCookie(cookie);
    const [until = NaN, since = NaN] = (value ?? "").split("-").map(Number);
    return valid && until > now() ? { until, since } : null;
  }

  function setSession(request: FastifyRequest, reply: FastifyReply, since: EpochMs): void {
    const until = Math.min(now() + SESSION_MS, since + LONGEST_SESSION_MS);
    reply.setCookie(COOKIE, `${until}-${since}`, {
      signed: true, httpOnly: true, sameSite: "strict", path: basePath, secure: request.protocol === "https", maxAge: Math.round((until - now()) / SECOND_MS),
    });
  }

  return {
    isOpen: token === null,
    hasSession: (request) => sessionOf(request) !== null,
    guard: (request) => (token === null ? refuseForeignHost(request) : null) ?? (request.method === "POST" ? refuseForeignPost(request) : null),
    async admit(request, reply) {
      if (token === null) return null;
      const bearer = bearerOf(request);
      // Whoever holds the token is never locked out by others' wrong ones: Prometheus would go blind.
      if (bearer !== null) return isRight(bearer) ? null : checkToken(request, bearer);
      const session = sessionOf(request);
      if (session === null) return new Refusal(401, "É preciso entrar com a senha da página (WEB_TOKEN).");
      if (session.until - now() < SESSION_MS / 2 && session.since + LONGEST_SESSION_MS > session.until) setSession(request, reply, session.since);
      return null;
    },
    async signIn(request, reply, given) {
      if (token === null) return null;
      const refusal = await checkToken(request, given);
      if (refusal !== null) return refusal;
      setSession(request, reply, now());
      say("info", `Entrada de ${addressOf(request)}`);
      return null;
    },
    signOut: (reply) => {
      reply.clearCookie(COOKIE, { path: basePath });
    },
  };
}

/** Hashes have one length, which `timingSafeEqual` needs and which says nothing. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

/** Open to this machine only: a foreign page whose name was made to point to 127.0.0.1 (DNS rebinding) comes with its own name. */
function refuseForeignHost(request: FastifyRequest): Refusal | null {
  const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
  return isLoopback(host) ? null : new Refusal(421, "Sem WEB_TOKEN a página só atende a este computador: http://127.0.0.1 ou http://localhost.");
}

/** Another site can make a browser send a form, with cookies where it is old; it cannot make it send JSON, nor claim our origin. */
function refuseForeignPost(request: FastifyRequest): Refusal | null {
  if (!/^application\/json *(?:;|$)/i.test(request.headers["content-type"] ?? "")) return new Refusal(415, "Pedido errado: o corpo tem de ser application/json.");
  if (bearerOf(request) !== null) return null;
  return isSameOrigin(request) ? null : new Refusal(403, "Pedido recusado: veio de outro site.");
}

function isSameOrigin(request: FastifyRequest): boolean {
  const { "sec-fetch-site": site, origin } = request.headers;
  if (site !== undefined) return site === "same-origin";
  if (origin !== undefined) return URL.parse(origin)?.host === request.host.toLowerCase();
  // No browser: none has a cookie of ours to be misused.
  return request.cookies[COOKIE] === undefined;
}
