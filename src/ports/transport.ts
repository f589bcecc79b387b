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
  /** Takes the body of a 2xx answer, decompressed, bit by bit as it comes; the answer's own `body` is then empty. Each bit is the
   *  taker's to keep. It must not throw, and what it took is worth nothing where the exchange fails in the end. */
  readonly consume?: (bytes: Uint8Array) => void;
}

export type HttpResult =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  | { readonly kind: "failed"; readonly reason: "timeout" | "connection" | "too-large" | "stopped"; readonly detail: string };

export interface Transport {
  /** Never rejects: a failure is a result. Header names come back in lower case. Redirects are not followed. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
}
