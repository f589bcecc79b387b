// Days of virtual time in one process, the real monitor wired as it always is; at the end of each day, after a forced collection, what
// it holds. Prints one JSON line a day. Needs --expose-gc.
import { mkdtempSync, readdirSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { z } from "zod";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { createTelemetry } from "../../src/adapters/logging/create-telemetry.ts";
import { runMonitor } from "../../src/app/supervisor.ts";
import { addDays, HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { createMemoryDisk, type DiskFault } from "../../src/simulator/memory-disk.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { instantOf } from "../../src/simulator/scenario.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorldTransport } from "../../src/simulator/world-transport.ts";
import { configOf } from "../../src/simulate.ts";
import { wireMonitor } from "../../src/wire.ts";
import { createEndlessWorld, endlessScenario, FIRST_DATE } from "./endless-world.ts";
import type { DayEnd } from "./limits.ts";
import { soakOptions } from "./run.ts";

const { plants, days, intervalS, leak } = soakOptions.parse(JSON.parse(process.argv[2] ?? ""));
const collect = z.custom<() => void>((given) => typeof given === "function", "start it with --expose-gc").parse(Reflect.get(globalThis, "gc"));

const scenario = endlessScenario(days, { RELAY_INTERVAL: intervalS, INVERTER_INTERVAL: intervalS });
const config = configOf(scenario);
const clock = createVirtualClock(instantOf(scenario, scenario.start));
const world = createEndlessWorld(scenario, plants, () => clock.now());
const disk = createMemoryDisk();
const logs = mkdtempSync(join(tmpdir(), "pvmonitor-soak-"));
const log = createTelemetry({
  zone: config.zone, level: "info", format: "text", folder: logs, console: new Writable({ write: (_chunk, _encoding, done) => { done(); } }),
  now: () => clock.now(), redact: (text) => text,
});
const stop = new AbortController();
const life = { isRunning: true };

/** What a leak would be, to see it found. */
const kept: unknown[] = [];
function leaking(transport: Transport): Transport {
  return {
    async exchange(request, signal) {
      const result = await transport.exchange(request, signal);
      if (leak === "memory") kept.push(Array.from({ length: 1_000 }, () => world.calls)); // 8 kB a call
      if (leak === "sleepers" && world.calls % 200 === 0) void clock.sleep(days * 24 * HOUR_MS, stop.signal);
      if (leak === "handles" && world.calls % 200 === 0) kept.push(await open(process.execPath));
      return result;
    },
  };
}

/** The disk's faults of a day; null ends one. */
const DISK: readonly (readonly [at: string, fault: DiskFault | null])[] = [["10:30", "ENOSPC"], ["11:30", null], ["16:30", "EROFS"], ["16:45", null]];

async function liveUntil(date: string, time: string): Promise<void> {
  await clock.runUntil(instantOf(scenario, `${date}T${time}:00`), () => life.isRunning);
  if (!life.isRunning) await run; // tells why it ended
}

const carried = createWorldTransport(world, clock);
const run = runMonitor(wireMonitor(config, {
  clock, disk, telemetry: log, random: createRandom(1), identity: { host: "soak", pid: process.pid, version: "soak" },
  transport: leak === "none" ? carried : leaking(carried),
}), stop.signal).finally(() => { life.isRunning = false; });
run.catch(() => undefined); // awaited by liveUntil
let startedMs = performance.now();
for (let day = 0; day < days; day += 1) {
  const date = addDays(FIRST_DATE, day);
  for (const [at, fault] of DISK) {
    await liveUntil(date, at);
    disk.failWrites(fault);
  }
  await liveUntil(date, "23:55");
  collect();
  await new Promise((resolve) => setImmediate(resolve)); // what was registered to be cleaned up is
  collect();
  const end: DayEnd = {
    day: day + 1, heapBytes: process.memoryUsage().heapUsed, sleepers: clock.sleepers, resources: process.getActiveResourcesInfo().sort(),
    handles: readdirSync("/proc/self/fd").length, cards: world.cards, calls: world.calls, ...onDisk(), seconds: (performance.now() - startedMs) / 1_000,
  };
  startedMs = performance.now();
  writeSync(1, `${JSON.stringify(end)}\n`); // process.stdout would be one resource more from the second day on
}
stop.abort();
await clock.runUntil(clock.now() + MINUTE_MS, () => life.isRunning);
await run;
log.close();
rmSync(logs, { recursive: true, force: true });
process.exit(0); // what leaks is not waited for

/** What the state on the disk holds. */
function onDisk(): Pick<DayEnd, "owed" | "plants" | "stateBytes"> {
  const text = disk.text(STATE_FILE) ?? "null";
  const state = z.object({ pending_notifications: z.array(z.unknown()), usinas: z.array(z.unknown()) }).parse(JSON.parse(text));
  return { owed: state.pending_notifications.length, plants: state.usinas.length, stateBytes: Buffer.byteLength(text) };
}
