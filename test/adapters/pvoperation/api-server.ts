// A small PVOperation that answers as a test says, and a clock that is moved by hand.
import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { createPlantApi } from "../../../src/adapters/pvoperation/client.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { PlantApi } from "../../../src/ports/plant-api.ts";
import type { Happening } from "../../../src/ports/telemetry.ts";
import { openTransport, serve } from "../http/servers.ts";

export interface Asked { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }
export interface Reply { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly reset?: boolean }
export type Answer = (asked: Asked) => Reply | Promise<Reply>;

export const START = Date.parse("2025-12-01T12:00:00Z");

/** Sleeps end at once and move the clock on, or, while it is held, last until they are stopped. */
export interface ManualClock extends Clock { readonly waits: number[]; advance(ms: number): void; hold(): Promise<void> }

export function manualClock(): ManualClock {
  let now = START;
  let held: PromiseWithResolvers<void> | null = null;
  const waits: number[] = [];
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    waits.push(ms);
    if (held === null) {
      now += ms;
      return;
    }
    held.resolve();
    await new Promise<void>((resolve) => { signal.addEventListener("abort", () => { resolve(); }, { once: true }); });
  };
  return {
    now: () => now,
    monotonicMs: () => now - START,
    sleep,
    sleepUntil: (at, signal) => sleep(at - now, signal),
    waits,
    advance: (ms) => { now += ms; },
    /** From now on sleeps last; resolves once somebody sleeps. */
    hold: () => (held ??= Promise.withResolvers()).promise,
  };
}

export interface World {
  readonly api: PlantApi & { calls(): number };
  readonly clock: ManualClock;
  readonly asked: Asked[];
  /** All but the figure of each request. */
  readonly told: Happening[];
  /** How often a path was asked for. */
  readonly count: (path: string) => number;
  /** Most requests that were under way at once. */
  readonly most: () => number;
}

/** A client of a server that answers as `answer` says. */
export async function world(answer: Answer, { concurrency = 3 } = {}): Promise<World> {
  const asked: Asked[] = [];
  const told: Happening[] = [];
  let underWay = 0;
  let most = 0;
  const { origin } = await serve((request, response) => {
    void (async (): Promise<void> => {
      underWay += 1;
      most = Math.max(most, underWay);
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: await text(request) };
      asked.push(one);
      const { status = 200, body = [], headers = {}, reset = false } = await answer(one);
      underWay -= 1;
      if (reset) request.socket.destroy();
      else response.writeHead(status, headers).end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    })();
  });
  const clock = manualClock();
  const api = createPlantApi({
    baseUrl: `${origin}/`, email: "monitor@example.com", password: "s3cret-password", concurrency, transport: openTransport(), clock, random: () => 0.5,
    telemetry: { tell: (happening) => { if (happening.kind !== "api.called") told.push(happening); } },
  });
  return { api, clock, asked, told, count: (path) => asked.filter((one) => one.path === path).length, most: () => most };
}

/** An API that lets in whoever logs in; `answer` is asked for all else. */
export function loggingIn(answer: Answer): Answer {
  let logins = 0;
  return (asked) => {
    if (asked.path !== "/authenticate") return answer(asked);
    logins += 1;
    return { body: { token: `token-${String(logins)}` } };
  };
}
