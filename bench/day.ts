// A simulated day as the command line runs it: `pvmonitor simulate FILE`, from start to end of the process.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeDemoFile } from "../src/simulator/demo-world.ts";
import { NODE_FLAGS } from "./processes.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const run = promisify(execFile);

export interface DayFigures {
  readonly wallS: readonly number[];
  readonly records: number;
  readonly lines: number;
}

export async function measureDay(options: { readonly plants: number; readonly times: number }): Promise<DayFigures> {
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
  try {
    const scenario = makeDemoFile({ plants: options.plants });
    const path = join(folder, "day.scenario.json");
    await writeFile(path, JSON.stringify(scenario));
    const wallS: number[] = [];
    let lines = 0;
    for (let i = 0; i < options.times; i += 1) {
      const startedMs = performance.now();
      const { stdout } = await run(process.execPath, [...NODE_FLAGS, MAIN, "simulate", path], { maxBuffer: 64 * 2 ** 20 });
      wallS.push((performance.now() - startedMs) / 1_000);
      lines = stdout.split("\n").length - 1;
    }
    const records = [...Object.values(scenario.day_inverter ?? {}), ...Object.values(scenario.day_relay ?? {})].reduce((sum, list) => sum + list.length, 0);
    return { wallS, records, lines };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
