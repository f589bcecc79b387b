// Server-sent events: tells open pages that something changed; they then ask for what they show. Bounded in number and in what waits for a slow reader.
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import type { OperatorDesk } from "../../ports/operator-desk.ts";

const PING_MS = 25_000;
/** What may wait for a reader, beyond the system's own buffers: hundreds of events. */
const MOST_WAITING_BYTES = 16 * 1_024;

export interface EventStreams {
  /** False: no room. */
  open(reply: FastifyReply): boolean;
  readonly count: () => number;
  endAll(): void;
}

export function createEventStreams(desk: Pick<OperatorDesk, "revision" | "onChange">, most: number): EventStreams {
  const streams = new Set<ServerResponse>();
  const ended = new AbortController();
  const drop = (stream: ServerResponse): void => {
    streams.delete(stream);
    stream.destroy();
  };
  const send = (text: string): void => {
    for (const stream of streams) {
      if (stream.writableLength > MOST_WAITING_BYTES) drop(stream);
      else stream.write(text);
    }
  };
  const news = (): string => `event: changed\ndata: ${desk.revision()}\n\n`;
  desk.onChange(() => {
    if (streams.size > 0) send(news());
  }, ended.signal);
  const pings = setInterval(() => {
    send(": ping\n\n");
  }, PING_MS).unref();

  return {
    count: () => streams.size,
    open(reply) {
      if (streams.size >= most || ended.signal.aborted) return false;
      const headers = reply.getHeaders();
      reply.hijack();
      const stream = reply.raw;
      stream.on("close", () => streams.delete(stream));
      stream.on("error", () => { drop(stream); });
      // nginx would otherwise keep events back until its buffer is full.
      for (const [name, value] of Object.entries({ ...headers, "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" })) {
        if (value !== undefined) stream.setHeader(name, value);
      }
      streams.add(stream);
      // Who comes back learns at once whether anything changed meanwhile.
      stream.write(`retry: 5000\n\n${news()}`);
      return true;
    },
    endAll() {
      ended.abort();
      clearInterval(pings);
      for (const stream of streams) stream.end();
      streams.clear();
    },
  };
}
