// HTTP over undici: keep-alive, proxy, private CA, one bound on time and one on size for the whole exchange.
import { Socket } from "node:net";
import { buildConnector, EnvHttpProxyAgent, request as send, type Dispatcher } from "undici";
import type { Config } from "../../config/config.ts";
import type { Content, HttpFailure, HttpRequest, HttpResult, Transport } from "../../ports/transport.ts";
import { ACCEPTED_ENCODINGS, readContent, receive, type Read } from "./content-encoding.ts";
import { failureOf } from "./failure.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";

const STOPPED: HttpFailure = { kind: "failed", reason: "stopped", detail: "interrompido" };
const TOO_LARGE: HttpFailure = { kind: "failed", reason: "too-large", detail: "resposta maior que o limite" };

/** Of what is over: without it each call would make an error of its own, with a stack. */
const ENDED = new DOMException("over", "AbortError");

/** Throws, in Portuguese, where the CA bundle or a proxy's address cannot be used; the transport itself never does. */
export function createTransport({ ca, proxy }: Pick<Config, "ca" | "proxy">): Transport & { close(): Promise<void> } {
  const closing = new AbortController();
  const agents = createAgents(ca, proxy, closing.signal);
  return {
    exchange: (request, signal) => within(request, signal, (ended) => exchange(request, ended, request.url.startsWith("https:") ? agents.https : agents.http)),
    close: async () => {
      // Reaches the sockets that undici does not: those that are still connecting.
      closing.abort();
      await Promise.all([agents.http.destroy(), agents.https.destroy()]);
    },
  };
}

/** Two, so that HTTP_PROXY is never used for https, as elsewhere. An empty text (not an absent one) keeps undici from the environment. */
function createAgents(ca: Config["ca"], proxy: Config["proxy"], signal: AbortSignal): { readonly http: Dispatcher; readonly https: Dispatcher } {
  // Said outright: NODE_TLS_REJECT_UNAUTHORIZED=0 must not turn verification off.
  const tls = { secureContext: trustedAuthorities(ca), rejectUnauthorized: true, allowH2: false };
  const connect = untilAborted(buildConnector(tls), signal);
  const through = (address: string | null, name: string): Dispatcher => {
    try {
      return new EnvHttpProxyAgent({
        httpProxy: proxyUrl(address), httpsProxy: proxyUrl(address), noProxy: proxy.none ?? "",
        connect, requestTls: { ...tls, signal }, proxyTls: { ...tls, signal },
      });
    } catch {
      // No cause: it may hold the proxy's password.
      throw new Error(`O endereço do proxy em ${name} não é válido. Exemplo: http://proxy.empresa.local:3128`);
    }
  };
  return { http: through(proxy.http, "HTTP_PROXY"), https: through(proxy.https, "HTTPS_PROXY") };
}

/** An abort ends the sockets that are still connecting. Node would do it too, but keeps each socket that was ever given a signal for as long
 *  as that one lives: thousands a day where every plant is asked for its devices. */
function untilAborted(connect: (...given: Parameters<buildConnector.connector>) => unknown, signal: AbortSignal): buildConnector.connector {
  const connecting = new Set<Socket>();
  signal.addEventListener("abort", () => { for (const socket of connecting) socket.destroy(new Error("closed")); });
  return (options, callback) => {
    const socket = connect(options, (...result) => {
      if (socket instanceof Socket) connecting.delete(socket);
      callback(...result);
    });
    if (socket instanceof Socket) connecting.add(socket);
  };
}

/** curl and Python take an address without a scheme too. */
function proxyUrl(address: string | null): string {
  if (address === null || address === "") return "";
  return address.includes("://") ? address : `http://${address}`;
}

/** Ends at the time-out and at the signal, whatever the connection is doing: undici itself cannot be interrupted while it connects. */
async function within(request: HttpRequest, signal: AbortSignal, work: (ended: AbortSignal) => Promise<HttpResult>): Promise<HttpResult> {
  if (signal.aborted) return STOPPED;
  const ender = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<HttpFailure>();
  const stop = (): void => { end(STOPPED); };
  const timedOut: HttpFailure = { kind: "failed", reason: "timeout", detail: `sem resposta completa em ${String(Math.round(request.timeoutMs / 1000))} s` };
  const timer = setTimeout(end, request.timeoutMs, timedOut);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([ended, work(ender.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    ender.abort(ENDED);
  }
}

async function exchange(request: HttpRequest, signal: AbortSignal, dispatcher: Dispatcher): Promise<HttpResult> {
  try {
    const answer = await send(request.url, {
      dispatcher, signal, method: request.method, body: request.body,
      headers: { "accept-encoding": ACCEPTED_ENCODINGS, ...request.headers },
      headersTimeout: 0, bodyTimeout: 0,
    });
    const headers = plainHeaders(answer.headers);
    const received = await receive(answer.body, request.maxBytes);
    if (received === null) return TOO_LARGE;
    const content: Content = async (take) => failureIn(await readContent(received, headers["content-encoding"] ?? "", request.maxBytes, take));
    const answered = { kind: "answer", status: answer.statusCode, headers } as const;
    if (request.isLong === true && answer.statusCode >= 200 && answer.statusCode < 300) return { ...answered, body: new Uint8Array(), content };
    const parts: Uint8Array[] = [];
    return (await content((bytes) => { parts.push(Uint8Array.from(bytes)); })) ?? { ...answered, body: Buffer.concat(parts) };
  } catch (error) {
    return failureOf(error);
  }
}

function failureIn(read: Read): HttpFailure | null {
  if (read.kind === "read") return null;
  return read.kind === "too-large" ? TOO_LARGE : { kind: "failed", reason: "connection", detail: read.detail };
}

function plainHeaders(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]]);
  return Object.fromEntries(entries);
}
