// A PVOperation (or a Teams) of which every byte of the answers is a test's own, and the real clients in front of it.
import { createServer, type Socket } from "node:net";
import { createPlantApi } from "../../src/adapters/pvoperation/client.ts";
import { SAMPLES } from "../../src/adapters/teams/samples.ts";
import { createTeamsMessenger } from "../../src/adapters/teams/teams-messenger.ts";
import type { SendOutcome } from "../../src/ports/messenger.ts";
import { REASONS, type CallOptions, type Fetched, type PlantApi, type Reason } from "../../src/ports/plant-api.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { listen, never, openTransport, type Listening } from "../adapters/http/servers.ts";
import { manualClock, START, type ManualClock } from "../adapters/pvoperation/api-server.ts";

/** Whole bytes of an answer, or what is done with the connection instead. */
export type RawAnswer = string | Uint8Array | ((socket: Socket) => void);

export interface RawServer extends Listening { readonly paths: string[] }

/** Answers each request, however it came in pieces, as `answer` says; whoever logs in is let in. */
export async function rawServer(answer: (path: string) => RawAnswer): Promise<RawServer> {
  const paths: string[] = [];
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    let received = "";
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      for (let head = received.indexOf("\r\n\r\n"); head !== -1; head = received.indexOf("\r\n\r\n")) {
        const length = Number(/content-length: (\d+)/i.exec(received.slice(0, head))?.[1] ?? 0);
        if (received.length < head + 4 + length) return;
        const path = received.split(" ", 2)[1] ?? "";
        received = received.slice(head + 4 + length);
        paths.push(path);
        const raw = path === "/authenticate" ? jsonAnswer('{"token":"t"}') : answer(path);
        if (typeof raw === "function") raw(socket);
        else socket.write(raw);
      }
    });
  });
  return { paths, ...(await listen(server)) };
}

export function jsonAnswer(body: string, head = "HTTP/1.1 200 OK\r\n"): string {
  return `${head}content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
}

/** The same, but no call may take longer: what a test would wait for is the time-out, not the time. */
export function hurried(transport: Transport, mostMs: number): Transport {
  return { exchange: (request, signal) => transport.exchange({ ...request, timeoutMs: Math.min(request.timeoutMs, mostMs) }, signal) };
}

export interface Client { readonly api: PlantApi; readonly clock: ManualClock }

export function clientOf(origin: string, transport: Transport = openTransport()): Client {
  const clock = manualClock();
  const api = createPlantApi({
    baseUrl: origin, email: "monitor@example.com", password: "s3cret-password", concurrency: 3, transport, clock, random: () => 0.5, telemetry: { tell: () => undefined },
  });
  return { api, clock };
}

export const ONCE: CallOptions = { tries: 1, signal: never };
const ZONE = "America/Sao_Paulo";

/** Every call of the API, by the name of its body. */
export const CALLS = {
  login: (api, options = ONCE) => api.login(options),
  plants: (api, options = ONCE) => api.plants(options),
  plantDevices: (api, options = ONCE) => api.plantDevices("7", options),
  dayRelay: (api, options = ONCE) => api.dayRelay("7", "2025-12-01", ZONE, options),
  dayInverter: (api, options = ONCE) => api.dayInverter("7", "2025-12-01", ZONE, options),
} as const satisfies Readonly<Record<string, (api: PlantApi, options?: CallOptions) => Promise<Fetched<unknown>>>>;

/** What a call gave, as one word; throws where that is none of the closed set, or its words are not for a log. */
export function wordOf(fetched: Fetched<unknown>): Reason | "complete" {
  if (fetched.kind === "complete") return "complete";
  const { reason, detail } = fetched;
  if (!REASONS.includes(reason) || !/^[^\p{Cc}]{1,300}$/u.test(detail)) throw new Error(`${reason}: ${JSON.stringify(detail)}`);
  return reason;
}

export function postTo(origin: string, transport: Transport = openTransport(), signal: AbortSignal = never): Promise<SendOutcome> {
  const teams = createTeamsMessenger({ webhookUrl: `${origin}/gancho`, format: "adaptivecard", transport, now: () => START });
  return teams.post(teams.compose(SAMPLES["relay-failure"], false)[0], signal);
}
