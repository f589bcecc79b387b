// Reads a body, compressed or not, never to more than its bound: a few kilobytes of gzip can hold gigabytes.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
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

/** What came over the wire, in pieces; null where it is larger than the bound. Rejects with the system's error where it does not come to its end. */
export function receive(body: Readable, maxBytes: number): Promise<Uint8Array[] | null> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    body.on("data", (chunk: unknown) => {
      if (!(chunk instanceof Uint8Array)) return;
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) parts.push(chunk);
      else {
        resolve(null);
        body.destroy();
      }
    });
    body.once("end", () => { resolve(parts); }).once("error", reject);
  });
}

/** Gives what was received to `take`, decompressed; each piece is gone when it was taken, and others have a turn of the event loop. */
export async function readContent(parts: Uint8Array[], contentEncoding: string, maxBytes: number, take: (bytes: Uint8Array) => void): Promise<Read> {
  const layers = contentEncoding.toLowerCase().split(",").map((layer) => layer.trim()).filter((layer) => layer !== "" && layer !== "identity");
  const decoders = layers.reverse().map((layer) => DECODERS.get(layer));
  if (layers.length > MOST_LAYERS || decoders.includes(undefined)) return { kind: "unreadable", detail: "codificação desconhecida" };
  if (parts.length === 0) return READ; // of an answer without content: nothing to decode
  if (decoders.length > 0) return decode(parts, decoders.flatMap((decoder) => decoder?.() ?? []), maxBytes, take);
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    take(part);
    release(part.buffer, part.byteLength);
    if (parts.length > 0) await nextTurn();
  }
  return READ;
}

async function decode(parts: readonly Uint8Array[], decoders: readonly NodeJS.ReadWriteStream[], maxBytes: number, take: (bytes: Uint8Array) => void): Promise<Read> {
  try {
    await pipeline([Readable.from(parts), ...decoders, (decoded: AsyncIterable<unknown>) => takeBounded(decoded, maxBytes, take)]);
    // Only here: where it failed, the decoder's thread may still be reading.
    for (const part of parts) release(part.buffer, part.byteLength);
    return READ;
  } catch (error) {
    return error instanceof TooLargeError ? TOO_LARGE : { kind: "unreadable", detail: "corpo comprimido danificado" };
  }
}

async function takeBounded(body: AsyncIterable<unknown>, maxBytes: number, take: (bytes: Uint8Array) => void): Promise<void> {
  let bytes = 0;
  let filled: ArrayBufferLike | null = null; // the decoder goes on in what is left of it
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TooLargeError();
    if (filled !== chunk.buffer) release(filled, CHUNK_BYTES);
    filled = chunk.buffer;
    take(chunk);
  }
  release(filled, CHUNK_BYTES);
}

/** Gives memory back at once, where by its size nobody else has a part of it: garbage collection lets 100 MB pile up before it looks at them. */
function release(buffer: ArrayBufferLike | null, byteLength: number): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
