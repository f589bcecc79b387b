// Decodes a compressed body, never to more than its bound: a few kilobytes of gzip can hold gigabytes.
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, type InputType } from "node:zlib";

/** What is asked for. */
export const ACCEPTED_ENCODINGS = "gzip, br";

/** Fewer, larger steps: each one is a trip to the thread pool. */
const CHUNK_BYTES = 256 * 1024;
const MOST_LAYERS = 3;

type Decoder = (input: InputType, options: { readonly maxOutputLength: number; readonly chunkSize: number }) => Promise<Uint8Array>;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

export type Decoded = { readonly kind: "decoded"; readonly body: Uint8Array } | { readonly kind: "too-large" } | { readonly kind: "unreadable"; readonly detail: string };

export async function decodeContent(body: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Decoded> {
  const layers = contentEncoding.toLowerCase().split(",").map((layer) => layer.trim()).filter((layer) => layer !== "" && layer !== "identity");
  if (layers.length > MOST_LAYERS) return { kind: "unreadable", detail: "codificação desconhecida" };
  let decoded = body;
  for (const layer of layers.reverse()) {
    const decoder = DECODERS.get(layer);
    if (decoder === undefined) return { kind: "unreadable", detail: "codificação desconhecida" };
    if (decoded.byteLength === 0) break;
    try {
      decoded = await decoder(decoded, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES });
    } catch (error) {
      const isTooLarge = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      return isTooLarge ? { kind: "too-large" } : { kind: "unreadable", detail: "corpo comprimido danificado" };
    }
  }
  return { kind: "decoded", body: decoded };
}
