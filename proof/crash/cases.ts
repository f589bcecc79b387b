// What is run: series of random kills, every step of the commits, and the loss of power; each with the command that replays it.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Beginning, Careless } from "./commits.ts";
import { planKills, planSteps, planTraced, type LifePlan } from "./plans.ts";
import { replay, type Recorded, type Replay } from "./power-loss.ts";
import { runSeries, type SeriesResult } from "./series.ts";

/** A relay that has been silent for 2 h has a card of its own; a series takes a minute of readings a life. */
const LONGEST_SERIES = 50;
const COMMITS = fileURLToPath(new URL("commits.process.ts", import.meta.url));
const run = promisify(execFile);

export interface CaseResult extends SeriesResult {
  /** What runs just this again. */
  readonly command: string;
}

interface Case {
  readonly plans: readonly LifePlan[];
  readonly seed: number;
  readonly command: string;
}

/** `atOnce` series at a time, each of `length` kills at most. */
export async function runKills({ kills, seed, length = LONGEST_SERIES, atOnce = 2 }: { kills: number; seed: number; length?: number; atOnce?: number }): Promise<CaseResult[]> {
  const size = Math.min(length, LONGEST_SERIES);
  const cases = Array.from({ length: Math.ceil(kills / size) }, (_, i): Case => {
    const [own, count] = [seed + i, Math.min(size, kills - i * size)];
    return { plans: planKills(count, own), seed: own, command: `npm run crash-test -- --only kills --kills ${count} --seed ${own}` };
  });
  return runCases(cases, atOnce);
}

/** A life's first commit holds what failed, its second one notes that the first card was taken. */
const COMMITS_OF_A_LIFE = 2;

export async function runSteps(seed: number): Promise<CaseResult[]> {
  const command = `npm run crash-test -- --only steps --seed ${seed}`;
  return runCases(Array.from({ length: COMMITS_OF_A_LIFE }, (_, i): Case => ({ plans: planSteps(i), seed: seed + i, command })), COMMITS_OF_A_LIFE);
}

/** The same by the kernel's hand: strace ends the process at a system call. */
export async function runTraced(seed: number): Promise<CaseResult> {
  return { ...(await runSeries({ plans: planTraced(), seed })), command: `npm run crash-test -- --only strace --seed ${seed}` };
}

async function runCases(cases: readonly Case[], atOnce: number): Promise<CaseResult[]> {
  const queue = cases.values();
  const results: CaseResult[] = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const { command, ...series } of queue) results.push({ ...(await runSeries(series)), command });
  }));
  return results;
}

const recorded: z.ZodType<Recorded[]> = z.array(z.discriminatedUnion("op", [
  z.object({ op: z.enum(["mkdir", "open-folder", "fsync-folder", "close-folder"]) }),
  z.object({ op: z.enum(["open", "fsync", "close"]), name: z.string() }),
  z.object({ op: z.literal("write"), name: z.string(), content: z.string() }),
  z.object({ op: z.literal("rename"), name: z.string(), to: z.string() }),
  z.object({ op: z.literal("acknowledged"), state: z.number() }),
]));

/** What commits did to a real folder, in a process of its own; `traced`: also as strace saw its system calls. */
export async function recordCommits(beginning: Beginning, disk: Careless | "careful" = "careful", traced = false): Promise<{ readonly steps: Recorded[]; readonly trace: string; readonly folder: string }> {
  const root = await mkdtemp(join(tmpdir(), "pvmonitor-power-"));
  const [folder, trace] = [join(root, "state"), join(root, "trace")];
  const strace = ["-f", "-qq", "-y", "-s", "0", "-e", "trace=openat,write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,ftruncate", "-o", trace];
  const command = [process.execPath, COMMITS, folder, beginning, disk];
  const [first = "", ...rest] = traced ? ["strace", ...strace, ...command] : command;
  try {
    const { stdout } = await run(first, rest, { maxBuffer: 64 * 2 ** 20 });
    return { steps: recorded.parse(JSON.parse(stdout)), trace: traced ? await readFile(trace, "utf8") : "", folder };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

export async function losePower(beginning: Beginning, disk?: Careless): Promise<Replay> {
  return replay((await recordCommits(beginning, disk)).steps, beginning);
}
