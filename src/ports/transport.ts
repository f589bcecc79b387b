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
}

export type HttpResult =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  | { readonly kind: "failed"; readonly reason: "timeout" | "connection" | "too-large" | "stopped"; readonly detail: string };

export interface Transport {
  /** Never rejects: a failure is a result. Header names come back in lower case. Redirects are not followed. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
}
