// What the server is made of, and its bounds.
import type { Config } from "../../config/config.ts";
import { SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { OperatorDesk } from "../../ports/operator-desk.ts";

export interface Limits {
  readonly streams: number;
  readonly connections: number;
  /** For a request's headers, for all of it, and for a connection on which nothing moves. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
}

export const LIMITS: Limits = { streams: 200, connections: 400, headersMs: 10 * SECOND_MS, requestMs: 20 * SECOND_MS, idleMs: 60 * SECOND_MS, checkMs: 2 * SECOND_MS };

export interface WebParts {
  readonly desk: OperatorDesk;
  /** Text for Prometheus. */
  readonly metrics: () => Promise<string>;
  /** Where `npm run build` puts the page. */
  readonly pageFolder: string;
  readonly web: Config["web"];
  /** One line for the log, in Portuguese, without its tag. */
  readonly say: (level: "info" | "warn" | "error", text: string) => void;
  readonly now: () => EpochMs;
  /** Smaller for tests. */
  readonly limits?: Limits;
}
