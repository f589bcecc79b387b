// What the carriers of the world do beyond its answers: time, aborts, sizes, compression, sockets.
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../../src/simulator/http-server.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { json, type WorldAnswer, type WorldRequest } from "../../src/simulator/world-answer.ts";
import type { AnsweringWorld } from "../../src/simulator/world.ts";
import { createWorldTransport, WORLD_BASE_URL } from "../../src/simulator/world-transport.ts";

function worldThat(answer: (request: WorldRequest) => WorldAnswer): AnsweringWorld {
  return { answer, teams: () => ({ kind: "never", accepted: false }) };
}

const REQUEST = { method: "GET", url: `${WORLD_BASE_URL}/plants`, headers: {}, body: null, timeoutMs: 20_000, maxBytes: 10 } as const;

describe("the transport in memory", () => {
  it("answers without time passing, and gives up on silence after the time-out", async () => {
    const clock = createVirtualClock(0);
    const quick = createWorldTransport(worldThat(() => json(200, "[]")), clock);
    expect(await quick.exchange(REQUEST, new AbortController().signal)).toMatchObject({ kind: "answer", status: 200 });
    expect(clock.now()).toBe(0);
    const silent = createWorldTransport(worldThat(() => ({ kind: "never" })), clock);
    let givenUpAt = -1;
    const pending = silent.exchange(REQUEST, new AbortController().signal);
    void pending.then(() => (givenUpAt = clock.now()));
    await clock.runUntil(60_000);
    expect(await pending).toEqual({ kind: "failed", reason: "timeout", detail: "sem resposta em 20 s" });
    expect(givenUpAt).toBe(20_000);
  });

  it("takes its latency, and then meets the time-out too", async () => {
    const clock = createVirtualClock(0);
    const order: string[] = [];
    const world = worldThat(() => (order.push(`asked ${clock.now()}`), json(200, "[]")));
    void createWorldTransport(world, clock, 300).exchange(REQUEST, new AbortController().signal).then(() => order.push(`answered ${clock.now()}`));
    const slow = createWorldTransport(world, clock, 30_000).exchange(REQUEST, new AbortController().signal);
    await clock.runUntil(60_000);
    expect(order).toEqual(["asked 0", "asked 0", "answered 300"]);
    expect(await slow).toMatchObject({ kind: "failed", reason: "timeout" });
  });

  it("stops at once when it is told to, before or while it waits", async () => {
    const clock = createVirtualClock(0);
    let asked = 0;
    const transport = createWorldTransport(worldThat(() => ((asked += 1), { kind: "never" })), clock);
    const abort = new AbortController();
    const pending = transport.exchange(REQUEST, abort.signal);
    await clock.settle();
    abort.abort();
    expect(await pending).toMatchObject({ kind: "failed", reason: "stopped" });
    expect(await transport.exchange(REQUEST, abort.signal)).toMatchObject({ kind: "failed", reason: "stopped" });
    expect(asked).toBe(1);
    expect(clock.now()).toBe(0);
  });

  it("refuses bodies above the limit, counted in bytes", async () => {
    const clock = createVirtualClock(0);
    const bodyOf = (body: string) => createWorldTransport(worldThat(() => json(200, body)), clock).exchange(REQUEST, new AbortController().signal);
    expect(await bodyOf("ããããã")).toMatchObject({ kind: "answer" });
    expect(await bodyOf("ãããããx")).toMatchObject({ kind: "failed", reason: "too-large" });
  });
});

async function withSimulator(world: AnsweringWorld, use: (simulator: Simulator) => Promise<void>, gzip = false): Promise<void> {
  const simulator = await startSimulator({ world, gzip });
  try {
    await use(simulator);
  } finally {
    await simulator.close();
  }
}

/** Node's fetch sends no body with GET, and undoes gzip by itself. */
async function rawGet(url: string, headers: Record<string, string>, body = ""): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  const request = httpRequest(url, { method: "GET", headers: { ...headers, "content-length": Buffer.byteLength(body) } });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => request.once("response", resolve).once("error", reject));
  const chunks: Buffer[] = [];
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return { encoding: response.headers["content-encoding"], bytes: Buffer.concat(chunks) };
}

describe("the HTTP server", () => {
  it("says in Portuguese what it is", async () => {
    await withSimulator(worldThat(() => json(404, "{}")), async ({ baseUrl }) => {
      const page = await fetch(new URL("/", baseUrl));
      expect(page.headers.get("content-type")).toContain("text/html");
      expect(await page.text()).toContain("Simulador do pvmonitor");
    });
  });

  it("hands on method, path under the base, headers and body, also the body of a GET", async () => {
    const asked: WorldRequest[] = [];
    await withSimulator(worldThat((request) => (asked.push(request), json(200, "[]"))), async ({ baseUrl }) => {
      await rawGet(`${baseUrl}/plant_devices?x=1`, { "X-Access-Token": "t" }, '{"id":101}');
      await fetch(`${new URL(baseUrl).origin}/elsewhere`);
    });
    expect(asked[0]).toMatchObject({ method: "GET", path: "/plant_devices", headers: { "x-access-token": "t" }, body: '{"id":101}' });
    expect(asked[1]).toMatchObject({ path: "", body: null });
  });

  it("compresses large bodies for those who accept it, where it is asked to", async () => {
    const large = JSON.stringify(Array.from({ length: 30_000 }, (_, i) => i));
    const world = worldThat(({ path }) => json(200, path === "/small" ? "[]" : large));
    await withSimulator(world, async ({ baseUrl }) => {
      for (let again = 0; again < 2; again += 1) {
        const { encoding, bytes } = await rawGet(`${baseUrl}/plants`, { "accept-encoding": "gzip, deflate" });
        expect(encoding).toBe("gzip");
        expect(gunzipSync(bytes).toString()).toBe(large);
      }
      expect((await rawGet(`${baseUrl}/plants`, {})).encoding).toBeUndefined();
      expect((await rawGet(`${baseUrl}/small`, { "accept-encoding": "gzip" })).encoding).toBeUndefined();
    }, true);
    await withSimulator(world, async ({ baseUrl }) => {
      expect((await rawGet(`${baseUrl}/plants`, { "accept-encoding": "gzip" })).encoding).toBeUndefined();
    });
  });

  it("refuses a request larger than any of this API", async () => {
    await withSimulator(worldThat(() => json(200, "[]")), async ({ baseUrl }) => {
      const response = await fetch(`${baseUrl}/plants`, { method: "POST", body: "x".repeat(2 * 1024 * 1024) }).catch(() => null);
      expect(response?.status ?? 413).toBe(413);
    });
  });

  it("ends calls that wait for ever when it is closed", async () => {
    const { promise: arrived, resolve: tellArrived } = Promise.withResolvers<null>();
    const simulator = await startSimulator({ world: worldThat(() => (tellArrived(null), { kind: "never" })) });
    const request = httpRequest(`${simulator.baseUrl}/plants`);
    const ended = once(request, "error");
    request.end();
    await arrived;
    await simulator.close();
    await ended;
    await expect(fetch(simulator.baseUrl)).rejects.toThrow();
  });

  it("listens where it is told, and says so when the port is taken", async () => {
    await withSimulator(worldThat(() => json(200, "[]")), async ({ port }) => {
      await expect(startSimulator({ world: worldThat(() => json(200, "[]")), port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    });
  });
});

