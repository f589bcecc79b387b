// Single exchanges with PVOperation, in their turn, and the tries that a passing failure is worth.
import { SECOND_MS } from "../../domain/local-time.ts";
import { backoffMs } from "../../domain/retry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CallOptions, Reason, Version } from "../../ports/plant-api.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { HttpRequest, Transport } from "../../ports/transport.ts";
import { createLimiter } from "./limiter.ts";
import { conditionOf } from "./validators.ts";
import { isPassing, outcomeOf, STOPPED, unavailable, type Outcome, type Passing, type Unavailable } from "./outcome.ts";

const MOST_BYTES = 64 * 2 ** 20;
const MOST_RETRY_AFTER_MS = 60 * SECOND_MS;
const BACKOFF = { baseMs: SECOND_MS, maxMs: 10 * SECOND_MS };

export interface ExchangeDeps {
  readonly baseUrl: string;
  /** Calls under way at once, at most. */
  readonly concurrency: number;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 … 1, for the jitter of the waits between tries. */
  readonly random: () => number;
  readonly telemetry: Telemetry;
  /** Awaited by each call before its slot is given on: whoever has work left with the answers before asks for no more. */
  readonly hasRoom: () => Promise<void>;
}

export interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Sent as JSON, with GET too (plant_devices asks for that); null: no body. */
  readonly body: object | null;
  readonly timeoutMs: number;
  /** A 401 may be about the plant that is asked for. */
  readonly isAboutPlant: boolean;
  /** The answer is a long one, and comes as `content`. */
  readonly isLong?: boolean;
  /** What need not be sent again. */
  readonly known?: Version | null;
}

export interface Exchanges {
  /** One exchange, in a slot. `token` is asked when the slot is free (none any more: `again`), and `judge` before the slot is given
   *  on, so that what it finds out about the token holds for the next call. */
  readonly exchange: <J>(
    call: Call, token: () => string | null, judge: (outcome: Outcome, used: string) => J | "again", signal: AbortSignal,
  ) => Promise<J | Unavailable | "again">;
  /** Tries again what may pass. No slot is held while it waits. */
  readonly persist: <T>(once: () => Promise<T | Passing>, options: CallOptions) => Promise<T | Unavailable>;
  /** Requests sent so far, every try counted. */
  readonly calls: () => number;
}

export function createExchanges({ baseUrl, concurrency, transport, clock, random, telemetry, hasRoom }: ExchangeDeps): Exchanges {
  const limiter = createLimiter(concurrency);
  const base = baseUrl.replace(/\/+$/, "");
  let calls = 0;
  return {
    exchange: async (call, token, judge, signal) => {
      const judged = await limiter.run(async () => {
        const used = token();
        if (used === null) return "again";
        calls += 1;
        const begunMs = clock.monotonicMs();
        const outcome = outcomeOf(await transport.exchange(requestOf(base, call, used), signal), clock.now(), { token: used, isConditional: (call.known ?? null) !== null });
        telemetry.tell({ kind: "api.called", call: call.path.slice(1), outcome: wordOf(outcome), durationMs: clock.monotonicMs() - begunMs });
        if (isSuffering(outcome)) limiter.suffered();
        else if (outcome.kind === "answer" || outcome.kind === "unchanged") limiter.succeeded();
        await hasRoom();
        return judge(outcome, used);
      }, signal);
      return judged ?? STOPPED;
    },
    persist: async <T>(once: () => Promise<T | Passing>, { tries, signal }: CallOptions): Promise<T | Unavailable> => {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await once();
        if (!isPassing(outcome)) return outcome;
        if (attempt >= tries) return unavailable(outcome.reason, outcome.detail);
        const askedMs = Math.min(outcome.retryAfterMs ?? 0, MOST_RETRY_AFTER_MS);
        await clock.sleep(Math.max(askedMs, backoffMs(attempt, BACKOFF, random)), signal);
      }
    },
    calls: () => calls,
  };
}

function wordOf(outcome: Outcome): "ok" | Reason {
  if (outcome.kind === "answer" || outcome.kind === "unchanged") return "ok";
  return outcome.kind === "denied" ? "unauthorized" : outcome.reason;
}

/** 429, 408, 5xx and time-outs; a refused connection says nothing about load. */
function isSuffering(outcome: Outcome): boolean {
  return outcome.kind === "passing" && outcome.reason !== "connection";
}

function requestOf(base: string, call: Call, token: string): HttpRequest {
  const headers = {
    accept: "application/json",
    "accept-encoding": "gzip",
    "user-agent": "pvmonitor",
    ...(call.body === null ? {} : { "content-type": "application/json" }),
    ...conditionOf(call.known ?? null),
    ...(token === "" ? {} : { "x-access-token": token }),
  };
  const body = call.body === null ? null : JSON.stringify(call.body);
  return { method: call.method, url: base + call.path, headers, body, timeoutMs: call.timeoutMs, maxBytes: MOST_BYTES, isLong: call.isLong ?? false };
}
