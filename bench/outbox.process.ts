// Thousands of cards wait, as after an outage of Teams: what one costs from the choice of it to the save that notes its acceptance, without the
// pace of 4 cards a second; in turn with bare posts of the same bodies.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { z } from "zod";
import { createFileStore } from "../src/adapters/file-store/file-store.ts";
import { createTransport } from "../src/adapters/http/undici-transport.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import { createSystemClock } from "../src/adapters/system/system-clock.ts";
import { createCourier } from "../src/app/deliver-outbox.ts";
import { createLedger, keepIn } from "../src/app/ledger.ts";
import { emptyState, owe, type MonitorState } from "../src/domain/monitor-state.ts";
import type { Notice } from "../src/domain/notification.ts";
import { nextParcels } from "../src/domain/outbox.ts";
import type { PlantState } from "../src/domain/plant.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Telemetry } from "../src/ports/telemetry.ts";
import { wireMonitor } from "../src/wire.ts";
import { makeBigState } from "./big-state.ts";
import { watchLoop } from "./loop-watch.ts";
import { configOf } from "./monitor-cycles.ts";
import { inputOf, say } from "./processes.ts";

const HOUR_MS = 3_600_000;
const PASSES = 11;

const { baseUrl, webhookUrl, waiting, sent, ...size } = inputOf(z.object({
  baseUrl: z.string(), webhookUrl: z.string(), plants: z.number(), invertersPerPlant: z.number(), waiting: z.number(), sent: z.number(),
}));
const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const config = configOf({ PVOP_BASE_URL: baseUrl, TEAMS_WEBHOOK_URL: webhookUrl, STATE_DIR: folder, LOG_DIR: folder });
const stop = new AbortController();
const system = createSystemClock();
/** Waits of its own are none: neither the pace of the cards nor what gathers changes for a save. */
const hurried: Clock = { ...system, sleep: () => new Promise((resolve) => setImmediate(resolve)) };

function noticeOf(plant: PlantState, at: number): Notice {
  const devices = [...plant.inverter.devices.keys()].slice(0, 3).map((device, i) => ({
    device, name: `Inversor ${String(i + 1)}`,
    events: [{ kind: "failure" as const, subject: "inverter" as const, device, type: null, reading: at, incident: { id: "7F3K2M", first: at, last: at, end: null, parameters: [], nth: 1 } }],
  }));
  const situation = { readAt: at, invertersDown: devices.length, invertersKnown: plant.inverter.devices.size, relayAlerts: 0, invertersUnwatched: false, relayUnasked: false };
  return { kind: "devices", plant: { ...plant.info, zone: config.zone }, subject: "inverter", outcome: "failure", severity: "danger", devices, situation };
}

function owing(): MonitorState {
  const state = makeBigState(size);
  const plants = [...state.plants.values()];
  const at = system.now();
  return owe(state, Array.from({ length: waiting }, (_, i) => plants[i % plants.length]).flatMap((plant) => (plant === undefined ? [] : [noticeOf(plant, at)])), at);
}

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: PASSES }, () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
  return times.toSorted((a, b) => a - b)[PASSES >> 1] ?? 0;
}

async function deliver(): Promise<object> {
  const bodies: string[] = [];
  const saves: number[] = [];
  const telemetry: Telemetry = {
    tell(happening) {
      if (happening.kind === "state.saved") saves.push(happening.durationMs);
      if (happening.kind === "card.posting") bodies.push(happening.body);
      if (happening.kind === "card.failed" || happening.kind === "card.refused") throw new Error("a card was not taken: nothing was measured");
      if (happening.kind === "card.delivered" && bodies.length >= sent) stop.abort();
    },
  };
  const transport = createTransport(config);
  const store = createFileStore({ disk: createNodeDisk(folder), zone: config.zone });
  const ledger = createLedger({ open: keepIn(store, emptyState), clock: hurried, telemetry, zone: config.zone, stop: stop.signal, afterSave: () => undefined });
  const parts = wireMonitor(config, { clock: hurried, transport, disk: createNodeDisk(folder), telemetry, random: Math.random, identity: { host: "bench", pid: process.pid, version: "0" } });
  const courier = createCourier({ ...parts, ledger, stop: stop.signal });
  await ledger.commit(owing);
  saves.length = 0;
  const passMs = medianMs(() => nextParcels(ledger.state, system.now()));
  const digestPassMs = medianMs(() => nextParcels(ledger.state, system.now() + 2 * HOUR_MS));
  const loop = watchLoop();
  const [startedMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  await courier.deliverForever();
  const { user, system: kernel } = process.cpuUsage(cpuBefore);
  const wallMs = performance.now() - startedMs;
  const holds = loop.stop();
  await transport.close();
  return { wallMs, cpuMs: (user + kernel) / 1_000, cards: bodies.length, passMs, digestPassMs, saves, holds, ...await postBare(bodies) };
}

/** The floor: one after the other, as the monitor posts. */
async function postBare(bodies: readonly string[]): Promise<object> {
  const { origin, pathname } = new URL(webhookUrl);
  const pool = new Pool(origin, { connections: 1 });
  const startedMs = performance.now();
  for (const body of bodies) {
    const answer = await pool.request({ method: "POST", path: pathname, body, headers: { "content-type": "application/json; charset=utf-8" } });
    if (answer.statusCode >= 300) throw new Error(`HTTP ${String(answer.statusCode)}`);
    await answer.body.dump();
  }
  const bareMs = performance.now() - startedMs;
  await pool.close();
  return { bareMs };
}

const figures = await deliver();
await rm(folder, { recursive: true, force: true });
say(figures);
