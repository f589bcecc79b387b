// Scan cycles of the monitor: in turn with the bare client, or alone and watched for memory and holds of the event loop.
import { z } from "zod";
import { parseWallClock } from "../src/domain/local-time.ts";
import { downloadCycle, type BareFigures } from "./bare-client.ts";
import { watchLoop } from "./loop-watch.ts";
import { createCycledMonitor, type Cycle } from "./monitor-cycles.ts";
import { inputOf, say } from "./processes.ts";

const MOST_WARM_UPS = 10;

const input = inputOf(z.object({
  baseUrl: z.string(), webhookUrl: z.string(), concurrency: z.number(), plants: z.number(), firstPlant: z.number(), date: z.string(),
  cycles: z.number(), parsing: z.number().default(0), against: z.enum(["bare", "nothing"]),
}));
const { baseUrl, concurrency, date, cycles } = input;
// Late enough for every reading of the bodies' day (up to 10 minutes ahead), so that a first scan judges them all; the day does not end meanwhile.
const now = parseWallClock(`${date} 23:49:30`, "America/Sao_Paulo") ?? 0;
// One cycle a run against the bare client; alone, one after the other without a pause.
const monitor = await createCycledMonitor({ ...input, now, intervalS: input.against === "bare" ? 86_400 : 1 });

/** Cycles until the limiter has grown to the concurrency. */
async function warmUp(): Promise<Cycle> {
  for (let turn = 0; turn < MOST_WARM_UPS; turn += 1) {
    const cycle = await monitor.run(1);
    if (cycle.atOnce >= concurrency) return cycle;
  }
  throw new Error(`the monitor did not grow to ${String(concurrency)} calls at once`);
}

async function alternate(): Promise<void> {
  const plantIds = Array.from({ length: input.plants }, (_, i) => input.firstPlant + i);
  const bare = (parses: boolean): Promise<BareFigures> => downloadCycle({ baseUrl, plantIds, date, concurrency, parses });
  await warmUp();
  await downloadCycle({ baseUrl, plantIds: plantIds.slice(0, 2 * concurrency), date, concurrency, parses: true });
  const pairs: { monitor: Cycle; bare: BareFigures; parsing: BareFigures | null }[] = [];
  for (let i = 0; i < cycles; i += 1) {
    // Who goes first changes, so that neither always gets the machine as the other left it.
    const early = i % 2 === 1 ? await bare(false) : null;
    const cycle = await monitor.run(1);
    const expected = 1 + 2 * plantIds.length; // as many as the bare client makes
    if (cycle.calls !== expected) throw new Error(`the monitor made ${String(cycle.calls)} calls instead of ${String(expected)}`);
    pairs.push({ monitor: cycle, bare: early ?? (await bare(false)), parsing: i < input.parsing ? await bare(true) : null });
  }
  say({ pairs });
}

async function watch(): Promise<void> {
  // From the start on: the first cycle judges every reading of the day. Loading the programme is not a part of it.
  const loop = watchLoop();
  const { atOnce, wallMs, cpuMs } = await monitor.run(cycles);
  const mayGrow = 2 * cycles * input.plants >= 30 * concurrency; // one more after 20 good calls
  if (atOnce < concurrency && mayGrow) throw new Error(`the monitor did not grow to ${String(concurrency)} calls at once`);
  say({ holds: loop.stop(), peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6, heapMb: process.memoryUsage().heapUsed / 1e6, wallS: wallMs / 1_000, cpuS: cpuMs / 1_000 });
}

await (input.against === "bare" ? alternate() : watch());
await monitor.close();
