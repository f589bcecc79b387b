// What one HTTP exchange means: an answer, a refusal, or a reason why there is none and whether another try may help.
import type { EpochMs } from "../../domain/local-time.ts";
import { parseRetryAfterMs } from "../../domain/retry.ts";
import type { Reason, Version } from "../../ports/plant-api.ts";
import { versionOf } from "./validators.ts";
import type { Content, HttpFailure, HttpResult } from "../../ports/transport.ts";

export interface Unavailable { readonly kind: "unavailable"; readonly reason: Reason; readonly detail: string }

/** Another try may help; `retryAfterMs` is what the API asks for, null where it does not say. */
export interface Passing extends Omit<Unavailable, "kind"> { readonly kind: "passing"; readonly retryAfterMs: number | null }

/** `content`: where the body is long, and so not in `body`. `token`: with which it was asked for. */
export interface Answer { readonly kind: "answer"; readonly body: Uint8Array; readonly content: Content; readonly token: string; readonly version: Version | null }

export type Outcome =
  | Answer
  /** The API has just what was known. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "denied"; readonly status: 401 | 403; readonly body: Uint8Array }
  | Passing
  | Unavailable;

export function unavailable(reason: Reason, detail: string): Unavailable {
  return { kind: "unavailable", reason, detail };
}

export const STOPPED = unavailable("stopped", "interrompido");

export function isPassing(outcome: unknown): outcome is Passing {
  return typeof outcome === "object" && outcome !== null && "kind" in outcome && outcome.kind === "passing";
}

export function outcomeOfFailure({ reason, detail }: HttpFailure): Passing | Unavailable {
  return reason === "timeout" || reason === "connection" ? { kind: "passing", reason, detail, retryAfterMs: null } : unavailable(reason, detail);
}

export function outcomeOf(result: HttpResult, now: EpochMs, { token, isConditional }: { readonly token: string; readonly isConditional: boolean }): Outcome {
  if (result.kind === "failed") return outcomeOfFailure(result);
  const { status, headers, body, content } = result;
  if (status >= 200 && status < 300) return { kind: "answer", body, content: content ?? contentOf(body), token, version: versionOf(headers) };
  if (status === 304 && isConditional) return { kind: "unchanged" };
  if (status === 401 || status === 403) return { kind: "denied", status, body };
  const detail = `HTTP ${String(status)}`;
  const reason = passingReason(status);
  if (reason === null) return unavailable("http-status", detail);
  return { kind: "passing", reason, detail, retryAfterMs: parseRetryAfterMs(headers["retry-after"], now) };
}

function contentOf(body: Uint8Array): Content {
  return (take) => {
    take(body);
    return Promise.resolve(null);
  };
}

function passingReason(status: number): Reason | null {
  if (status === 408) return "timeout";
  if (status === 429) return "throttled";
  return status >= 500 ? "server-error" : null;
}
