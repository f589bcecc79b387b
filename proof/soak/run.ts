// Runs the days in a process of their own, which may force collections, and reads what it says of each day's end.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { NODE_FLAGS } from "../../bench/processes.ts";
import type { DayEnd } from "./limits.ts";

export const LEAKS = ["none", "memory", "sleepers", "handles"] as const;

export const soakOptions = z.object({
  plants: z.number().int().positive(),
  days: z.number().int().min(2),
  /** Of both kinds of scans. */
  intervalS: z.number().int().positive(),
  /** Planted, to see it found. */
  leak: z.enum(LEAKS),
});
export type SoakOptions = z.output<typeof soakOptions>;

const dayEnd: z.ZodType<DayEnd> = z.object({
  day: z.number(), heapBytes: z.number(), sleepers: z.number(), resources: z.array(z.string()), handles: z.number(), owed: z.number(),
  plants: z.number(), stateBytes: z.number(), cards: z.number(), calls: z.number(), seconds: z.number(),
});

/** Compiled code is kept, or the days would differ by the megabytes of it that happened to rest. */
const SOAK_FLAGS = ["--expose-gc", "--no-flush-bytecode", ...NODE_FLAGS];
const PROCESS = fileURLToPath(new URL("soak.process.ts", import.meta.url));

export async function soak(options: SoakOptions, onDay: (end: DayEnd) => void = () => undefined): Promise<DayEnd[]> {
  const child = spawn(process.execPath, [...SOAK_FLAGS, PROCESS, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  const ends: DayEnd[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const end = dayEnd.parse(JSON.parse(line));
    ends.push(end);
    onDay(end);
  }
  const code = await exit;
  if (code !== 0) throw new Error(`the soak ended with code ${String(code)}`);
  return ends;
}
