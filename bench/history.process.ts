// A history of the promised size, filled scan by scan as the monitor fills it, then asked what a page asks.
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createHistory } from "../src/adapters/history/history.ts";
import { HISTORY_FILE } from "../src/adapters/history/history-file.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../src/domain/local-time.ts";
import type { HistoryRecord } from "../src/ports/history.ts";
import { createRandom } from "../src/simulator/random.ts";
import { inputOf, say } from "./processes.ts";

const { inverters, days, queries } = inputOf(z.object({ inverters: z.number(), days: z.number(), queries: z.number() }));
const INVERTERS_PER_PLANT = 20;
const CADENCE_MS = 5 * MINUTE_MS;
const SCAN_MS = 15 * MINUTE_MS;
const [SUNRISE_MS, SUNSET_MS] = [9 * HOUR_MS, 21.5 * HOUR_MS];
const INCIDENTS_A_DAY = 200;
const begin = Date.UTC(2025, 10, 1);

const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const random = createRandom(1);
const plants = Math.ceil(inverters / INVERTERS_PER_PLANT);
let now = begin;
const history = createHistory({ folder, days: days + 1, zone: "America/Sao_Paulo", now: () => now, say: (news) => { throw new Error(JSON.stringify(news)); } });
let readings = 0;
const begunMs = performance.now();
for (let day = 0; day < days; day += 1) {
  for (let from = SUNRISE_MS; from < SUNSET_MS; from += SCAN_MS) {
    now = begin + day * DAY_MS + from + SCAN_MS;
    for (let plant = 0; plant < plants; plant += 1) {
      history.record([powerOf(plant, begin + day * DAY_MS + from)]);
      if (plant % 50 === 49) await history.flush();
    }
  }
  history.record(Array.from({ length: INCIDENTS_A_DAY }, (_, i) => incidentOf(day, i)));
  await history.flush();
}
const fillS = (performance.now() - begunMs) / 1_000;

await history.openIncidents(); // as at the monitor's start: the thread that answers runs from then on
const lastDay = begin + (days - 1) * DAY_MS;
const plantMs: number[] = [];
const monthMs: number[] = [];
for (let i = 0; i < queries; i += 1) {
  const plantId = String(Math.floor(random() * plants));
  const day = { from: lastDay + 3 * HOUR_MS, to: lastDay + 27 * HOUR_MS };
  plantMs.push(await timed(async () => [await history.power(plantId, day), await history.incidents({ ...day, plantId, limit: 500 })]));
  monthMs.push(await timed(async () => [await history.incidents({ from: begin, to: begin + 31 * DAY_MS, limit: 1_000 })]));
}
await history.close();
const { size } = await stat(join(folder, HISTORY_FILE));
say({ bytes: size, readings, fillS, plantMs, monthMs });
await rm(folder, { recursive: true });

function powerOf(plant: number, from: number): HistoryRecord {
  const each = Array.from({ length: INVERTERS_PER_PLANT }, (_, inverter) => Array.from({ length: SCAN_MS / CADENCE_MS }, (_, i) => ({
    device: `99300${String(plant * INVERTERS_PER_PLANT + inverter).padStart(8, "0")}`,
    at: from + i * CADENCE_MS + Math.floor(random() * 10) * 1_000,
    powerKw: Math.round(random() * 1e5) / 1e3,
  })));
  readings += each.length * (SCAN_MS / CADENCE_MS);
  return { kind: "power", plantId: String(plant), readings: each.flat() };
}

function incidentOf(day: number, i: number): HistoryRecord {
  const plant = Math.floor(random() * plants);
  const first = begin + day * DAY_MS + SUNRISE_MS + Math.floor(random() * 12 * HOUR_MS);
  const incident = {
    id: `${day}-${i}`, plantId: String(plant), plantName: `UFV Sabiá ${plant}`, kind: "inverter", device: `99300${plant}`, deviceName: `Inversor ${plant}`, type: null,
    parameters: [], first, last: first + HOUR_MS, end: first + HOUR_MS, goneAt: null, notifiedAt: first + 900_000, endNotifiedAt: first + HOUR_MS + 900_000, mutedReason: null,
  } as const;
  return { kind: "incident", incident };
}

async function timed(work: () => Promise<readonly { readonly ok: boolean }[]>): Promise<number> {
  const from = performance.now();
  const answers = await work();
  if (answers.some(({ ok }) => !ok)) throw new Error("a query failed");
  return performance.now() - from;
}
