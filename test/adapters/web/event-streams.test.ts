// Server-sent events on real connections: told of changes, bounded in number and in what waits, ended with the server.
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { LIMITS } from "../../../src/adapters/web/web-parts.ts";
import { openSocket, servePage, TOKEN, type ServedPage } from "../../support/served-page.ts";

const REQUEST = "GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/** Resolves once the text has come. */
function openStream(port: number): { until(text: string): Promise<string>; readonly closed: Promise<unknown>; readonly socket: ReturnType<typeof openSocket> } {
  const socket = openSocket(port);
  let got = "";
  socket.setEncoding("utf8").on("data", (part: string) => { got += part; });
  const closed = once(socket, "close");
  socket.write(REQUEST);
  return {
    socket, closed,
    until: async (text) => {
      while (!got.includes(text)) await once(socket, "data");
      return got;
    },
  };
}

async function openMany(page: ServedPage, count: number): Promise<ReturnType<typeof openStream>[]> {
  const streams = Array.from({ length: count }, () => openStream(page.port));
  await Promise.all(streams.map((stream) => stream.until("data: 1")));
  return streams;
}

it("tells the revision at once, and again with each change", async () => {
  const page = await servePage();
  const stream = openStream(page.port);
  const head = await stream.until("event: changed\ndata: 1\n\n");
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head.toLowerCase()).toContain("content-type: text/event-stream; charset=utf-8\r\n");
  expect(head.toLowerCase()).toContain("cache-control: no-store\r\n");
  expect(head.toLowerCase()).toContain("x-content-type-options: nosniff\r\n");
  page.desk.change();
  await stream.until("event: changed\ndata: 2\n\n");
});

it("needs a session where there is a token", async () => {
  const page = await servePage({ web: { token: TOKEN } });
  expect((await page.call("api/stream")).status).toBe(401);
});

it("200 may be open and idle; one more is told to wait, until one leaves; the page goes on answering", { timeout: 60_000 }, async () => {
  const page = await servePage();
  const streams = await openMany(page, LIMITS.streams);
  const refused = await page.call("api/stream");
  expect([refused.status, refused.headers["retry-after"], refused.json]).toEqual([503, "30", { error: "Páginas abertas demais ao mesmo tempo." }]);
  expect((await page.call("api/overview")).status).toBe(200);
  streams[0]?.socket.destroy();
  // The server hears of it in its own time.
  let status = 503;
  while (status === 503) {
    const next = openStream(page.port);
    status = Number(/^HTTP\/1\.1 (\d+)/.exec(await next.until("\r\n\r\n"))?.[1]);
  }
  expect(status).toBe(200);
});

it("a reader that does not read is dropped; one that reads is told all the while", { timeout: 60_000 }, async () => {
  const page = await servePage();
  const [slow, reader] = await openMany(page, 2);
  if (slow === undefined || reader === undefined) throw new Error("no streams");
  slow.socket.pause();
  let isClosed = false;
  // A paused socket does not see its end: it is asked to read again, and then meets a reset.
  void slow.closed.then(() => { isClosed = true; });
  const isOver = (): boolean => isClosed;
  for (let i = 0; i < 400_000 && !isOver(); i++) {
    page.desk.change();
    if (i % 100 === 99) await turn();
    if (i % 100_000 === 99_999) slow.socket.resume().pause();
  }
  slow.socket.resume();
  await slow.closed;
  page.desk.change();
  await reader.until(`data: ${page.desk.overview().revision}\n`);
});

it("they end when the server closes, in time", async () => {
  const page = await servePage();
  const streams = await openMany(page, 5);
  await page.server.close();
  await Promise.all(streams.map(({ closed }) => closed));
});
