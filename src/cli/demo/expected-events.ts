// What the day holds: the same scenario without any trouble around it, run by `simulate` under its virtual clock.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { ScenarioFile } from "../../simulator/scenario.ts";
import type { ExpectedEvent } from "./audit.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

const line = z.object({ kind: z.string(), plant: z.string(), device: z.string(), type: z.string().nullable() });

/** In a process of its own: it computes for seconds, and the demo's clock must not wait for it. */
export async function expectedEvents(file: ScenarioFile, folder: string, signal: AbortSignal): Promise<ExpectedEvent[]> {
  const path = join(folder, "dia-sem-falhas.json");
  await writeFile(path, JSON.stringify({ ...file, faults: [], kills: [], restarts: [] }));
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, "simulate", "--quiet", path], { maxBuffer: MOST_OUTPUT_BYTES, signal });
  return stdout.split("\n").filter((text) => text !== "").flatMap((text) => {
    const event = line.safeParse(JSON.parse(text)).data;
    return event === undefined || !/^(relay|inverter)\.(failure|normal)$/.test(event.kind) ? [] : [event];
  });
}
