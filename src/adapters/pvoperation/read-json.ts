// A body as JSON, or in words why it is none.
import type { Fetched } from "../../ports/plant-api.ts";
import { holdsTooMuch, parseJson } from "./fields.ts";
import { unavailable } from "./outcome.ts";

/** `bytes`: what came, where the body is only the rest of it. */
export function readJson<T>(body: Uint8Array, decode: (json: unknown) => Fetched<T>, bytes = body.byteLength): Fetched<T> {
  const json = parseJson(body);
  if (json !== undefined) return decode(json);
  return holdsTooMuch(body) ? unavailable("too-large", "JSON com mais de 1 milhão de valores") : unavailable("bad-json", describe(body, bytes));
}

const LONGEST_LOOK = 4_096;

function describe(body: Uint8Array, bytes: number): string {
  if (bytes === 0) return "resposta vazia";
  const start = new TextDecoder().decode(body.subarray(0, LONGEST_LOOK)).trimStart();
  if (start.startsWith("<")) return "veio uma página HTML em vez de JSON";
  return `JSON incompleto ou inválido (${String(bytes)} bytes)`;
}
