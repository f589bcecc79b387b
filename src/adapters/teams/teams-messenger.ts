// Posts cards to a Teams webhook and says what became of them. Whether and when a card is tried again is the app's business.
import { parseRetryAfterMs } from "../../domain/retry.ts";
import type { ComposedCard, Messenger, SendOutcome } from "../../ports/messenger.ts";
import type { Transport } from "../../ports/transport.ts";
import { composeCards, type TeamsFormat } from "./compose.ts";

const TIMEOUT_MS = 20_000;
/** Roomy: an answer cut off for its size may have been a yes, and the card would be sent again. */
const MOST_ANSWER_BYTES = 1024 * 1024;
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

export interface TeamsSettings {
  readonly webhookUrl: string;
  readonly format: TeamsFormat;
  readonly transport: Transport;
  /** Wall clock in epoch milliseconds, for a `Retry-After` that is a date. */
  readonly now: () => number;
}

export function createTeamsMessenger({ webhookUrl, format, transport, now }: TeamsSettings): Messenger {
  return {
    compose: (message, plain) => composeCards(message, format, plain),
    async post(card: ComposedCard, signal: AbortSignal): Promise<SendOutcome> {
      const headers = { "content-type": "application/json; charset=utf-8", accept: "application/json, text/plain" };
      const request = { method: "POST", url: webhookUrl, headers, body: card.body, timeoutMs: TIMEOUT_MS, maxBytes: MOST_ANSWER_BYTES } as const;
      const result = await transport.exchange(request, signal);
      if (result.kind === "answer") return outcomeOf(result.status, result.headers, new TextDecoder().decode(result.body), now());
      if (result.reason === "stopped") return { kind: "stopped" };
      return { kind: "retry", reason: FAILURES[result.reason], retryAfterMs: null };
    },
  };
}

/** TEAMS_ENABLED=False: cards are composed likewise, and settled without leaving the house. */
export function createShadowMessenger(format: TeamsFormat): Messenger {
  return {
    compose: (message, plain) => composeCards(message, format, plain),
    post: () => Promise.resolve({ kind: "delivered" }),
  };
}

const FAILURES = { timeout: "sem resposta em 20 s", connection: "sem conexão", "too-large": "resposta grande demais" } as const;

function outcomeOf(status: number, headers: Readonly<Record<string, string>>, body: string, now: number): SendOutcome {
  const retryAfterMs = retryAfter(headers["retry-after"], now);
  if (status >= 200 && status < 300) {
    const failure = failureIn(body);
    return failure === null ? { kind: "delivered" } : { kind: "retry", reason: failure, retryAfterMs };
  }
  if (status === 408 || status === 429 || status >= 500) return { kind: "retry", reason: `HTTP ${status}`, retryAfterMs };
  if (status === 401 || status === 403 || status === 404 || status === 410) return { kind: "gone", status };
  return { kind: "refused", status };
}

/** Connectors answer 200 with `1` for a card that was taken, and 200 with a text about the error for one that was not. */
function failureIn(body: string): string | null {
  const status = /HTTP error (\d{3})\b/i.exec(body)?.[1] ?? /\b429\b/.exec(body)?.[0];
  if (status !== undefined) return `entrega falhou (HTTP ${status})`;
  return /webhook message delivery failed/i.test(body) ? "entrega falhou" : null;
}

/** Milliseconds that a `Retry-After` (seconds, or an HTTP date) asks for, at most 15 min; null where it says nothing sensible. */
export function retryAfter(header: string | undefined, now: number): number | null {
  const asked = parseRetryAfterMs(header, now);
  return asked === null ? null : Math.min(asked, LONGEST_RETRY_AFTER_MS);
}
