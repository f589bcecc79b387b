// Asks the monitor. What comes back is parsed by the schema that the server wrote it by, or is an answer that cannot be used.
import { z } from "zod";
import { problem } from "../../../src/api/schemas.ts";

// The page's policy forbids code made at run time, which zod would try.
z.config({ jitless: true });

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `signed-out`: the form has to be shown; `lost`: no answer, or none of use; `refused`: `text` says why. */
  | { readonly ok: false; readonly why: "signed-out" | "lost" | "refused"; readonly text: string };

const PATIENCE_MS = 20_000;

export async function ask<S extends z.ZodType>(schema: S, path: string, body?: unknown): Promise<Answer<z.output<S>>> {
  try {
    const response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const json: unknown = await response.json().catch(() => null);
    return read(schema, response, json);
  } catch {
    return { ok: false, why: "lost", text: "O monitor não responde." };
  }
}

function read<S extends z.ZodType>(schema: S, response: Response, json: unknown): Answer<z.output<S>> {
  if (response.ok) {
    const parsed = schema.safeParse(json);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, why: "lost", text: "O monitor respondeu de uma forma que esta página não entende. Recarregue a página." };
  }
  const said = problem.safeParse(json);
  const text = said.success ? said.data.error : `O monitor recusou o pedido (${response.status}).`;
  if (response.status === 401) return { ok: false, why: "signed-out", text };
  return { ok: false, why: response.status >= 500 ? "lost" : "refused", text };
}
