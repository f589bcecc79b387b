// The login: one token for all calls, renewed once for all that meet a 401, and never in a storm.
import { MINUTE_MS, SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CallOptions } from "../../ports/plant-api.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { STOPPED, unavailable, type Unavailable } from "./outcome.ts";

/** Waits after the first, second … refusal of the credentials; the last one goes on. */
const REFUSED_WAITS_MS = [1, 2, 4, 8, 15].map((minutes) => minutes * MINUTE_MS);
const UNAVAILABLE_WAIT_MS = 30 * SECOND_MS;
const RENEWAL_MS = MINUTE_MS;

export type LoginResult =
  | { readonly kind: "token"; readonly token: string }
  /** The credentials are wrong. */
  | { readonly kind: "refused"; readonly detail: string }
  /** Nobody could say whether they are. */
  | { readonly kind: "failed"; readonly detail: string }
  | { readonly kind: "stopped" };

export interface Session {
  readonly token: () => string | null;
  /** Sees to it that there is a token: null, or why there is none. After a failed login it answers at once until the next is due. */
  open(options: CallOptions): Promise<Unavailable | null>;
  /** The API refused this token. True where another try with a new one makes sense; false where a login caused by a refusal is
   *  less than a minute old, so that the refusal is not about the token's age. */
  refused(token: string): boolean;
}

interface Deps {
  readonly authenticate: (options: CallOptions) => Promise<LoginResult>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export function createSession({ authenticate, clock, telemetry }: Deps): Session {
  let token: string | null = null;
  let pending: Promise<Unavailable | null> | null = null;
  let closed: { readonly why: Unavailable; readonly until: number } | null = null;
  let refusals = 0;
  let renewedAt = -Infinity;

  function close(why: Unavailable, waitMs: number): Unavailable {
    closed = { why, until: clock.monotonicMs() + waitMs };
    telemetry.tell({ kind: "login.failed", reason: why.detail, retryInMs: waitMs });
    return why;
  }

  async function login(options: CallOptions): Promise<Unavailable | null> {
    const result = await authenticate(options);
    switch (result.kind) {
      case "token":
        token = result.token;
        refusals = 0;
        closed = null;
        return null;
      case "refused": {
        const waitMs = REFUSED_WAITS_MS[refusals] ?? 15 * MINUTE_MS;
        refusals += 1;
        return close(unavailable("login-refused", result.detail), waitMs);
      }
      case "failed":
        return close(unavailable("login-unavailable", result.detail), UNAVAILABLE_WAIT_MS);
      case "stopped":
        return STOPPED;
    }
  }

  async function open(options: CallOptions): Promise<Unavailable | null> {
    while (token === null) {
      if (options.signal.aborted) return STOPPED;
      if (closed !== null && clock.monotonicMs() < closed.until) return closed.why;
      if (pending === null) {
        pending = login(options).finally(() => { pending = null; });
        return orStopped(pending, options.signal);
      }
      const failure = await orStopped(pending, options.signal);
      // The login of another call, which was stopped: this one, unless it is stopped itself, makes its own.
      if (failure !== null && failure.reason !== "stopped") return failure;
    }
    return null;
  }

  return {
    token: () => token,
    open,
    refused: (used) => {
      if (token !== used) return true;
      const now = clock.monotonicMs();
      if (now - renewedAt < RENEWAL_MS) return false;
      token = null;
      renewedAt = now;
      return true;
    },
  };
}

/** The login goes on for the others when one that waits for it is stopped. */
async function orStopped(login: Promise<Unavailable | null>, signal: AbortSignal): Promise<Unavailable | null> {
  if (signal.aborted) return STOPPED;
  const { promise: stopped, resolve } = Promise.withResolvers<Unavailable>();
  const stop = (): void => { resolve(STOPPED); };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([login, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
