// The dead man's switch: what is sent after which cycle, to a real server; that it delays nothing, under the virtual clock.
import { buffer } from "node:stream/consumers";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { happeningLine } from "../../src/adapters/logging/happening-text.ts";
import { createPing, type Ping } from "../../src/app/ping.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Happening } from "../../src/ports/telemetry.ts";
import type { HttpRequest, HttpResult, Transport } from "../../src/ports/transport.ts";

import { openTransport, serve } from "../adapters/http/servers.ts";
import { startMonitor, type Beside, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, relay, type FaultRow, type Story } from "../support/scenario.ts";

const SECRET = "/ping/b7a1c0de-0000-4000-8000-5ec2e7000001";
const devices = [relay(101, 7).from("08:00").cleanUntil("10:00"), inverter(101, 9).from("08:00").kwUntil("10:00", 50)];
const quiet: Story = { start: "08:00", end: "10:00", devices, config: { RELAY_INTERVAL: 600, INVERTER_INTERVAL: 900 } };
const down: Story = { ...quiet, faults: (["plants", "day_relay", "day_inverter"] as const).map((endpoint): FaultRow => ["08:05", "09:30", endpoint, "status:503"]) };

interface Heard { readonly method: string; readonly url: string; readonly body: string; readonly type: string | undefined }

/** A real server of pings that answers what it is told, and a monitor on the virtual clock that pings it. */
async function watched(story: Story, path: string, answer: (response: ServerResponse, nth: number) => void): Promise<{ monitor: LiveMonitor; heard: Heard[]; heardAll: (n: number) => Promise<void> }> {
  const heard: Heard[] = [];
  const waiting: (() => void)[] = [];
  const { origin } = await serve((request: IncomingMessage, response) => {
    void buffer(request).then((body) => {
      heard.push({ method: request.method ?? "", url: request.url ?? "", body: body.toString(), type: request.headers["content-type"] });
      answer(response, heard.length);
      for (const look of waiting) look();
    });
  });
  const transport = openTransport();
  const monitor = startMonitor(story, 0, "suspended", () => besides(createPing(`${origin}${path}`, transport)));
  onTestFinished(async () => { await monitor.stop(); });
  return {
    monitor, heard,
    heardAll: (n) => new Promise((resolve) => {
      const look = (): void => { if (heard.length >= n) resolve(); };
      waiting.push(look);
      look();
    }),
  };
}

const ok = (response: ServerResponse): void => { response.end("OK"); };

describe("a real server", () => {
  it("gets a GET after a good cycle", async () => {
    const { monitor, heard, heardAll } = await watched(quiet, `${SECRET}?src=pv`, ok);
    await monitor.runUntil("08:01");
    await heardAll(1);
    expect(heard[0]).toEqual({ method: "GET", url: `${SECRET}?src=pv`, body: "", type: undefined });
  });

  it.each([[`${SECRET}?src=pv`, `${SECRET}/fail?src=pv`], [`${SECRET}/`, `${SECRET}/fail`]])("gets a POST to /fail after a bad one (%s)", async (path, failing) => {
    const { monitor, heard, heardAll } = await watched({ ...down, start: "08:06" }, path, ok);
    await monitor.runUntil("08:16");
    await heardAll(1);
    expect(heard[0]).toMatchObject({ method: "POST", url: failing, type: "text/plain; charset=utf-8" });
    expect(heard[0]?.body).toMatch(/^varredura de (relés|inversores) interrompida antes do fim: [^\n]+$/);
    expect(heard[0]?.body).not.toMatch(/UFV|101/);
  });

  it("is asked once more when it refuses, and redirects are not followed", async () => {
    const { monitor, heard, heardAll } = await watched(quiet, SECRET, (response, nth) => {
      response.writeHead(nth === 1 ? 503 : 302, { location: "/elsewhere" }).end();
    });
    const clock = monitor.clock;
    await monitor.runUntil("08:01");
    await heardAll(1);
    // The wait before the second try begins when the answer is in.
    while (heard.length < 2) await clock.runUntil(clock.now() + 1_000);
    expect(heard.map(({ url }) => url)).toEqual([SECRET, SECRET]);
    while (monitor.ofKind("ping.failed").length === 0) await clock.runUntil(clock.now() + 1_000);
    expect(monitor.ofKind("ping.failed")[0]).toEqual({ kind: "ping.failed", reason: "HTTP 302", detail: "" });
    expect(JSON.stringify(monitor.ofKind("ping.failed").map((each) => happeningLine(each, "America/Sao_Paulo")))).not.toContain("5ec2e7");
  });
});

function besides(ping: Ping): Beside {
  return { telemetry: ping, companions: [ping.companion] };
}

/** A watcher that answers as it is told, in virtual time. */
function slow(answer: (request: HttpRequest, nth: number, clock: Clock) => Promise<HttpResult> | HttpResult, story: Story = quiet): { monitor: LiveMonitor; sent: { at: number; request: HttpRequest }[] } {
  const sent: { at: number; request: HttpRequest }[] = [];
  const monitor = startMonitor(story, 0, "suspended", (clock) => {
    const transport: Transport = {
      exchange: async (request) => {
        sent.push({ at: clock.monotonicMs(), request });
        return answer(request, sent.length, clock);
      },
    };
    return besides(createPing(`https://hc.exemplo.invalid${SECRET}`, transport));
  });
  return { monitor, sent };
}

const taken: HttpResult = { kind: "answer", status: 200, headers: {}, body: new Uint8Array() };
const unreachable: HttpResult = { kind: "failed", reason: "connection", detail: "conexão recusada (ECONNREFUSED)" };
const kinds = (monitor: LiveMonitor): Happening["kind"][] => monitor.happenings.map(({ kind }) => kind).filter((kind) => kind === "ping.failed" || kind === "ping.back");

describe("in virtual time", () => {
  it("follows each cycle of either kind", async () => {
    const { monitor, sent } = slow(() => taken);
    await monitor.runUntil("08:59");
    const scans = monitor.ofKind("scan.finished");
    expect(scans.length).toBe(6 + 4);
    // Cycles that end at one moment may share a ping.
    expect(new Set(sent.map(({ at }) => at))).toEqual(new Set([0, 10, 15, 20, 30, 40, 45, 50].map((minute) => minute * 60_000)));
    expect(sent.every(({ request }) => request.method === "GET" && request.timeoutMs === 10_000)).toBe(true);
    await monitor.stop();
  });

  it("delays no scan, keeps one under way, and sends only the newest of those that wait", async () => {
    const begunAt = (told: LiveMonitor): string[] => told.callsOf("day_relay").map(({ at }) => at);
    let underWay = 0;
    let most = 0;
    const { monitor, sent } = slow(async (_, __, clock) => {
      most = Math.max(most, underWay += 1);
      await clock.sleep(25 * 60_000, new AbortController().signal);
      underWay -= 1;
      return taken;
    });
    const plain = startMonitor(quiet);
    for (const each of [monitor, plain]) await each.runUntil("08:59");
    expect(begunAt(monitor)).toEqual(begunAt(plain));
    expect(most).toBe(1);
    expect(sent.map(({ at }) => at / 60_000)).toEqual([0, 25, 50]);
  });

  it("a watcher that was slow is told of the newest cycle, not of those before", async () => {
    const faults = (["plants", "day_relay", "day_inverter"] as const).map((endpoint): FaultRow => ["08:18", "09:30", endpoint, "status:503"]);
    const { monitor, sent } = slow(async (_, __, clock) => {
      await clock.sleep(25 * 60_000, new AbortController().signal);
      return taken;
    }, { ...quiet, faults });
    await monitor.runUntil("08:30");
    expect(monitor.ofKind("scan.finished").map(({ endedEarly }) => endedEarly)).toEqual([false, false, false, false, true]);
    expect(sent.map(({ request }) => request.method)).toEqual(["GET", "POST"]);
  });

  it("tells of a failure once until it is over, and once that it is", async () => {
    const { monitor, sent } = slow((_, nth) => (nth <= 6 ? unreachable : taken));
    await monitor.runUntil("08:59");
    expect(kinds(monitor)).toEqual(["ping.failed", "ping.back"]);
    expect(monitor.ofKind("ping.failed")[0]).toMatchObject({ reason: "connection", detail: "conexão recusada (ECONNREFUSED)" });
    // One retry, a second later.
    expect([sent[1]?.at, sent[0]?.at]).toEqual([1_000, 0]);
    const ended = monitor.ofKind("ping.ended").map(({ isTaken }) => isTaken);
    expect(ended.filter((isTaken) => !isTaken).length).toBe(3);
    await monitor.stop();
  });

  it("a second try that is taken is no failure", async () => {
    const { monitor } = slow((_, nth) => (nth % 2 === 1 ? unreachable : taken));
    await monitor.runUntil("08:59");
    expect(kinds(monitor)).toEqual([]);
    expect(monitor.ofKind("ping.ended").every(({ isTaken, signal }) => isTaken && signal === "success")).toBe(true);
    await monitor.stop();
  });

  it("says fail when the API is down, is silent during the outage, and good again afterwards", async () => {
    const { monitor, sent } = slow(() => taken, down);
    await monitor.runUntil("09:45");
    const isFail = sent.map(({ request }) => request.url.endsWith("/fail"));
    expect(isFail.slice(0, 4)).toEqual([false, false, true, true]);
    expect(sent[2]?.request.body).toBe("varredura de relés interrompida antes do fim: 1 de 1 usina sem resposta (server-error=1)");
    expect(isFail.at(-1)).toBe(false);
    expect(sent.filter(({ at }) => at > 20 * 60_000 && at < 85 * 60_000)).toEqual([]);
    await monitor.stop();
  });

  it("ends with the monitor", async () => {
    const { monitor } = slow(() => taken);
    await monitor.runUntil("08:01");
    expect(await monitor.stop()).toBe(0);
  });
});
