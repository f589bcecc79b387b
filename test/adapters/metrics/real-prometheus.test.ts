// A real Prometheus, where one is installed, scrapes a real server twice and answers what it read.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { serve } from "../http/servers.ts";
import { facts, familiesOf, happenings, liveMetrics } from "./exposition.ts";
import { hasPrometheus } from "./promtool.ts";

const PATIENCE_MS = 90_000;
const TOKEN = "segredo-da-coleta-com-32-caracteres-ou-mais";
const answerSchema = z.object({ status: z.literal("success"), data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }) });

/** Serves scrapes to whoever has the token; something happens between one and the next. */
async function serveScrapes(): Promise<{ port: number; scrapes: (n: number) => Promise<void> }> {
  const metrics = liveMetrics();
  let count = 0;
  const waiting: (() => void)[] = [];
  const { port } = await serve((request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401).end();
      return;
    }
    void metrics.render(facts).then((text) => {
      response.writeHead(200, { "content-type": metrics.contentType }).end(text);
      for (const happening of happenings) metrics.tell(happening);
      count += 1;
      for (const look of waiting) look();
    });
  });
  return {
    port,
    scrapes: (n) => new Promise((resolve) => {
      const look = (): void => { if (count >= n) resolve(); };
      waiting.push(look);
      look();
    }),
  };
}

/** Starts Prometheus on a free port of loopback; ended, and its folder removed, with the test. */
async function startPrometheus(target: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-prometheus-"));
  writeFileSync(join(folder, "token"), TOKEN);
  writeFileSync(join(folder, "prometheus.yml"), `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: pvmonitor
    authorization: { type: Bearer, credentials_file: token }
    static_configs: [{ targets: ["127.0.0.1:${target}"] }]
`);
  const child = spawn("prometheus", [`--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`, "--web.listen-address=127.0.0.1:0"],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, GOMAXPROCS: "1" } });
  const ended = new Promise<never>((_, reject) => { child.once("exit", (code) => { reject(new Error(`prometheus ended (${String(code)}): ${log.slice(-5).join("\n")}`)); }); });
  ended.catch(() => undefined); // looked at only while it starts
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended.catch(() => undefined);
    rmSync(folder, { recursive: true });
  });
  const log: string[] = [];
  const listening = new Promise<string>((resolve) => {
    createInterface(child.stderr).on("line", (line) => {
      log.push(line);
      const address = /msg="?Listening on"? .*?address=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });
  return Promise.race([listening, ended]);
}

async function ask(prometheus: string, query: string): Promise<number | null> {
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const parsed = answerSchema.safeParse(await answer.json());
  const [first] = parsed.data?.data.result ?? [];
  return first === undefined ? null : Number(first.value[1]);
}

it("is scraped twice, and read as it was meant", async () => {
  const { port, scrapes } = await serveScrapes();
  if (!hasPrometheus) { // then at least a server and its text
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(familiesOf(await answer.text()).size).toBeGreaterThan(40);
    return;
  }
  const prometheus = await startPrometheus(port);
  await scrapes(2);
  const ofJob = '{job="pvmonitor"}';
  // A scrape that a busy machine cut short counts as 0: there will be others.
  await expect.poll(() => ask(prometheus, `sum_over_time(up${ofJob}[5m])`), { timeout: PATIENCE_MS, interval: 250 }).toBeGreaterThanOrEqual(2);
  // Each scrape finds everything once more than the one before.
  const dropped = 'pvmonitor_heartbeats_total{outcome="dropped"}';
  const [first, newest] = [await ask(prometheus, `min_over_time(${dropped}[5m])`), await ask(prometheus, `max_over_time(${dropped}[5m])`)];
  expect(first).toBeGreaterThanOrEqual(1);
  expect(newest).toBeGreaterThan(first ?? Infinity);
  expect(await ask(prometheus, 'max_over_time(pvmonitor_relay_alerts{type="SOBRETENSÃO"}[5m])')).toBe(1);
  expect(await ask(prometheus, "sum(max_over_time(pvmonitor_plants[5m]))")).toBe(27);
  expect(await ask(prometheus, 'max_over_time(pvmonitor_last_scan_timestamp_seconds{kind="relay"}[5m])')).toBe(1_764_586_800);
}, PATIENCE_MS + 30_000);
