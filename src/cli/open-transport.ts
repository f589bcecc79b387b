// The way out of a command, where its settings allow one: a CA bundle may be readable and still hold no usable certificate.
import type { Writable } from "node:stream";
import { createTransport } from "../adapters/http/undici-transport.ts";
import type { Config } from "../config/config.ts";

export type ClosableTransport = ReturnType<typeof createTransport>;

/** Null where the CA bundle cannot be used: why was written to `stderr`. */
export function openTransport(config: Config, stderr: Writable): ClosableTransport | null {
  try {
    return createTransport(config);
  } catch (error) {
    stderr.write(`pvmonitor: 1 problema na configuração; nada foi iniciado.\n  - ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}
