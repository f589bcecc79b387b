// The monitor as it is run, against a simulated API in real time: from the moment at which a reading is served to that at which the card that tells of it was taken.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createTransport } from "../src/adapters/http/undici-transport.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import { runMonitor } from "../src/app/supervisor.ts";
import type { Telemetry } from "../src/ports/telemetry.ts";
import { wireMonitor } from "../src/wire.ts";
import { configOf, createSetClock } from "./monitor-cycles.ts";
import { inputOf, say } from "./processes.ts";

const { baseUrl, webhookUrl, aheadMs, concurrency, intervalS, events, patienceS } = inputOf(z.object({
  baseUrl: z.string(), webhookUrl: z.string(), aheadMs: z.number(), concurrency: z.number(), intervalS: z.number(),
  /** So many are to be told; after so long without the last of them something is wrong. */
  events: z.number(), patienceS: z.number(),
}));
const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const config = configOf({
  PVOP_BASE_URL: baseUrl, TEAMS_WEBHOOK_URL: webhookUrl, PVOP_CONCURRENCY: String(concurrency), RELAY_PLANTS: "all",
  RELAY_INTERVAL: String(intervalS), INVERTER_INTERVAL: String(intervalS), STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"),
});
const clock = createSetClock(Date.now() + aheadMs);
const transport = createTransport(config);
const stop = new AbortController();
const latenciesMs: number[] = [];
const cyclesMs: number[] = [];
let cards = 0;
const telemetry: Telemetry = {
  tell(happening) {
    if (happening.kind === "scan.finished") cyclesMs.push(happening.durationMs);
    if (happening.kind !== "events.delivered") return;
    cards += 1;
    // A reading is served from the moment on that it bears.
    for (const { reading } of happening.events) latenciesMs.push(clock.now() - reading);
    if (latenciesMs.length >= events) stop.abort();
  },
};
const parts = wireMonitor(config, { clock, transport, disk: createNodeDisk(config.stateDir), telemetry, random: Math.random, identity: { host: "bench", pid: process.pid, version: "0" } });
const giveUp = setTimeout(() => { stop.abort(); }, patienceS * 1_000);
await runMonitor(parts, stop.signal);
clearTimeout(giveUp);
await transport.close();
await rm(folder, { recursive: true, force: true });
if (latenciesMs.length < events) throw new Error(`${String(latenciesMs.length)} of ${String(events)} events were told: nothing was measured`);
say({ latenciesMs, cyclesMs, cards });
