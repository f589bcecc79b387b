// Reads a body, compressed or not, never to more than its bound: a few kilobytes of gzip can hold gigabytes.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** What is asked for. */
export const ACCEPTED_ENCODINGS = "gzip, br";

/** Each step is a trip to the thread pool; larger ones leave more behind. */
const CHUNK_BYTES = 128 * 1024;
const MOST_LAYERS = 3;

type Decoder = () => NodeJS.ReadWriteStream;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", () => createGunzip({ chunkSize: CHUNK_BYTES })],
  ["x-gzip", () => createGunzip({ chunkSize: CHUNK_BYTES })],
  ["deflate", () => createInflate({ chunkSize: CHUNK_BYTES })],
  ["br", () => createBrotliDecompress({ chunkSize: CHUNK_BYTES })],
]);

export type Read = { readonly kind: "read" } | { readonly kind: "too-large" } | { readonly kind: "unreadable"; readonly detail: string };

const READ: Read = { kind: "read" };
const TOO_LARGE: Read = { kind: "too-large" };

class TooLargeError extends Error {}

/** Rejects with the system's error where the body does not come to its end. */
export async function readContent(body: AsyncIterable<unknown>, contentEncoding: string, maxBytes: number, take: (bytes: Uint8Array) => void): Promise<Read> {
  const layers = contentEncoding.toLowerCase().split(",").map((layer) => layer.trim()).filter((layer) => layer !== "" && layer !== "identity");
  const decoders = layers.reverse().map((layer) => DECODERS.get(layer));
  if (layers.length > MOST_LAYERS || decoders.includes(undefined)) return { kind: "unreadable", detail: "codificação desconhecida" };
  try {
    if (decoders.length === 0) await readBounded(body, maxBytes, take);
    else return await decode(body, decoders.flatMap((decoder) => decoder?.() ?? []), maxBytes, take);
    return READ;
  } catch (error) {
    if (error instanceof TooLargeError) return TOO_LARGE;
    throw error;
  }
}

/** The compressed body as a whole first: it is small, and an empty one (of an answer without content) is nothing to decode. */
async function decode(body: AsyncIterable<unknown>, decoders: readonly NodeJS.ReadWriteStream[], maxBytes: number, take: (bytes: Uint8Array) => void): Promise<Read> {
  const parts: Uint8Array[] = [];
  await readBounded(body, maxBytes, (bytes) => { parts.push(bytes); });
  if (parts.length === 0) return READ;
  try {
    await pipeline([Readable.from(parts), ...decoders, (decoded: AsyncIterable<unknown>) => readBounded(decoded, maxBytes, take)]);
    return READ;
  } catch (error) {
    return error instanceof TooLargeError ? TOO_LARGE : { kind: "unreadable", detail: "corpo comprimido danificado" };
  }
}

async function readBounded(body: AsyncIterable<unknown>, maxBytes: number, take: (bytes: Uint8Array) => void): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TooLargeError();
    take(chunk);
  }
}
