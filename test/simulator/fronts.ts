// The two ways to the simulated world, in memory and over HTTP, as one: so that one table of tests holds for both.
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { startSimulator } from "../../src/simulator/http-server.ts";
import type { AnsweringWorld } from "../../src/simulator/world.ts";
import { createWorldTransport, WORLD_BASE_URL, WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";

export type Outcome =
  | { readonly kind: "answer"; readonly status: number; readonly retryAfter: string | null; readonly text: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "connection" };

export interface Front {
  /** `path` under the base of the API, or `/teams`. */
  exchange(method: "GET" | "POST", path: string, body: string | null, token?: string): Promise<Outcome>;
  close(): Promise<void>;
}

function memoryFront(world: AnsweringWorld): Front {
  const clock = createVirtualClock(0);
  const transport = createWorldTransport(world, clock);
  return {
    async exchange(method, path, body, token = "") {
      const url = path === "/teams" ? WORLD_WEBHOOK_URL : WORLD_BASE_URL + path;
      const request = { method, url, headers: { "X-Access-Token": token }, body, timeoutMs: 20_000, maxBytes: 1_000_000 };
      const pending = transport.exchange(request, new AbortController().signal);
      await clock.runUntil(clock.now() + 20_000);
      const result = await pending;
      if (result.kind === "answer") {
        return { kind: "answer", status: result.status, retryAfter: result.headers["retry-after"] ?? null, text: new TextDecoder().decode(result.body) };
      }
      if (result.reason !== "timeout" && result.reason !== "connection") throw new Error(result.reason);
      return { kind: result.reason };
    },
    close: () => Promise.resolve(),
  };
}

async function httpFront(world: AnsweringWorld): Promise<Front> {
  const simulator = await startSimulator({ world, gzip: true });
  return {
    async exchange(method, path, body, token = "") {
      const url = path === "/teams" ? simulator.webhookUrl : simulator.baseUrl + path;
      try {
        const response = await fetch(url, { method, body, headers: { "x-access-token": token }, signal: AbortSignal.timeout(250) });
        return { kind: "answer", status: response.status, retryAfter: response.headers.get("retry-after"), text: await response.text() };
      } catch (error) {
        return { kind: error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "connection" };
      }
    },
    close: simulator.close,
  };
}

export const FRONTS: readonly { readonly name: string; readonly open: (world: AnsweringWorld) => Promise<Front> }[] = [
  { name: "in memory", open: (world) => Promise.resolve(memoryFront(world)) },
  { name: "over HTTP", open: httpFront },
];
