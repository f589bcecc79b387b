// One HTTP exchange, bounded in time and size. Both outside worlds (PVOperation, Teams) are reached through it.
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Whole call, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Largest body accepted, after decompression. */
  readonly maxBytes: number;
  /** The body of a 2xx answer is long: it is given as `content`, and `body` is empty. */
  readonly isLong?: boolean;
}

/** A body that has come, but still as it was sent. To be read once: decompressed, bit by bit; no bit may be kept, as its memory is given
 *  back. The event loop turns in between. Null, or what was wrong with it: what was taken is then worth nothing. */
export type Content = (take: (bytes: Uint8Array) => void) => Promise<HttpFailure | null>;

export interface HttpFailure { readonly kind: "failed"; readonly reason: "timeout" | "connection" | "too-large" | "stopped"; readonly detail: string }

export type HttpResult =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array; readonly content?: Content }
  | HttpFailure;

export interface Transport {
  /** Never rejects: a failure is a result. Header names come back in lower case. Redirects are not followed. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
}
