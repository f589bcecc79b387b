// A large state on a real disk, in real time, of which some plants change all the while: what its saves take of the time, and of the event loop.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createFileStore } from "../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import { createSystemClock } from "../src/adapters/system/system-clock.ts";
import { createLedger, keepIn } from "../src/app/ledger.ts";
import { emptyState, type MonitorState } from "../src/domain/monitor-state.ts";
import { makeBigState, scanned } from "./big-state.ts";
import { watchLoop } from "./loop-watch.ts";
import { inputOf, say } from "./processes.ts";

const TURN_MS = 250;
/** As an account is scanned that has each plant read every 10 min (relays) and every 15 min (inverters). */
const SCANS_PER_PLANT_AND_S = 1 / 600 + 1 / 900;
const ZONE = "America/Sao_Paulo";

const { seconds, ...size } = inputOf(z.object({ plants: z.number(), invertersPerPlant: z.number(), seconds: z.number() }));
const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const clock = createSystemClock();
const stop = new AbortController();
const saves: number[] = [];
const ledger = createLedger({
  open: keepIn(createFileStore({ disk: createNodeDisk(folder), zone: ZONE }), emptyState), clock, zone: ZONE, stop: stop.signal, afterSave: () => undefined,
  telemetry: { tell: (happening) => { if (happening.kind === "state.saved") saves.push(happening.durationMs); } },
});
const begun = makeBigState(size);
const ids = [...begun.plants.keys()];

/** `count` of the plants were scanned, begun where the last ones ended. */
function scan(state: MonitorState, from: number, count: number): MonitorState {
  const plants = new Map(state.plants);
  for (let i = from; i < from + count; i += 1) {
    const plant = plants.get(ids[i % ids.length] ?? "");
    if (plant !== undefined) plants.set(plant.info.id, scanned(plant, Date.parse("2025-12-01T15:05:00Z") + Math.floor(i / ids.length) * 315_000));
  }
  return { ...state, plants };
}

const firstLoop = watchLoop();
await ledger.commit(() => begun);
const first = firstLoop.stop();
const firstMs = saves.splice(0)[0] ?? 0;
const loop = watchLoop();
const startedMs = clock.monotonicMs();
let [done, owed] = [0, 0];
while (clock.monotonicMs() - startedMs < seconds * 1_000 || saves.length === 0) {
  owed += (size.plants * SCANS_PER_PLANT_AND_S * TURN_MS) / 1_000;
  const count = Math.ceil(owed) - done;
  const from = done;
  done += count;
  ledger.stage((state) => scan(state, from, count));
  await clock.sleep(TURN_MS, stop.signal);
}
const wallMs = clock.monotonicMs() - startedMs;
const holds = loop.stop();
stop.abort();
await ledger.flush();
await rm(folder, { recursive: true, force: true });
say({ firstMs, firstHoldMs: first.longestMs, firstHoldCpuMs: first.mostCpuMs, saves, wallMs, holds, peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6 });
