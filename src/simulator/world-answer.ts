// Requests and answers of the simulated world, whatever carries them.

export interface WorldRequest {
  readonly method: string;
  /** Under the base of the API: `/day_relay`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type WorldAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  /** The connection stays open and nothing comes. */
  | { readonly kind: "never" }
  /** The connection is closed without an answer. */
  | { readonly kind: "reset" };

export const JSON_TYPE = { "content-type": "application/json" } as const;

export function json(status: number, body: string): WorldAnswer {
  return { kind: "answer", status, headers: JSON_TYPE, body };
}

export function refusal(status: number, message: string): WorldAnswer {
  return json(status, JSON.stringify({ message }));
}
