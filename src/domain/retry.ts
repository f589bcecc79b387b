// How long to wait before the next try. Pure: chance and time come in as values.
import { SECOND_MS, type EpochMs } from "./local-time.ts";

/** Doubling is stopped here, so that no attempt number overflows. */
const MOST_DOUBLINGS = 30;
const JITTER = 0.25;

/** Milliseconds to wait after the `attempt`-th failure (1 is the first): `baseMs`, doubled each time, a quarter more or less
 *  by chance, and never outside `baseMs` … `maxMs`. `random` gives 0 … 1. */
export function backoffMs(attempt: number, { baseMs, maxMs }: { readonly baseMs: number; readonly maxMs: number }, random: () => number): number {
  const doublings = Math.min(Math.max(Math.trunc(attempt) - 1, 0), MOST_DOUBLINGS);
  const middle = Math.min(baseMs * 2 ** doublings, maxMs);
  const least = Math.max(middle * (1 - JITTER), Math.min(baseMs, maxMs));
  const most = Math.min(middle * (1 + JITTER), maxMs);
  return Math.round(least + Math.max(most - least, 0) * random());
}

const SECONDS = /^\d+(?:\.\d+)?$/;
const HTTP_DATE = /^[a-z]{3,9},? .*(?:GMT|UTC)$/i;

/** Milliseconds that a `Retry-After` header asks for, from `now` on: seconds or an HTTP date (one that is past: 0).
 *  Null where there is no header, or one that makes no sense. The caller bounds it. */
export function parseRetryAfterMs(header: string | null | undefined, now: EpochMs): number | null {
  const text = header?.trim() ?? "";
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * SECOND_MS), Number.MAX_SAFE_INTEGER);
  if (!HTTP_DATE.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
}
