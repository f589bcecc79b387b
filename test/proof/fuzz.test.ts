// Random worlds and random faults, in which the promises of docs/garantias.md are kept; and the runner says how to see a broken one again.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseFuzzFile } from "../../proof/fuzz/fuzz-file.ts";
import { makeCase } from "../../proof/fuzz/make-case.ts";
import { playSeeds } from "../../proof/fuzz/play-seeds.ts";
import { play } from "../../proof/fuzz/play.ts";
import type { SeedVerdict } from "../../proof/fuzz/seed.process.ts";
import { scenarioFile } from "../support/scenario.ts";
import { inverter, relay } from "../support/scenario.ts";

const FIXED = Array.from({ length: 100 }, (_, i) => i + 1);
const FRESH = Array.from({ length: 50 }, (_, i) => 1_000_000 + Math.floor(Date.now() / 1000) * 100 + i);

async function broken(seeds: readonly number[]): Promise<{ command: string; violations: SeedVerdict["violations"] }[]> {
  const found: { command: string; violations: SeedVerdict["violations"] }[] = [];
  await playSeeds({ seeds, onVerdict: ({ seed, violations }) => {
    if (violations.length > 0) found.push({ command: `npm run simulate:fuzz -- --seeds 1 --from ${String(seed)}`, violations });
    return true;
  } });
  return found;
}

describe("every promise is kept", () => {
  test("with the same seeds each time", { timeout: 600_000 }, async () => {
    expect(await broken(FIXED)).toEqual([]);
  });

  test("with seeds that nobody has seen before", { timeout: 600_000 }, async () => {
    expect(await broken(FRESH)).toEqual([]);
  });

  test("in a plain scenario as `simulate` plays it", async () => {
    const devices = [relay(101, 7).from("08:00").clean(6).active("r59N", 4).cleanUntil("12:00"), inverter(101, 9).from("08:00").kw(50, 20).kw(0, 4).kwUntil("12:00", 50)];
    const { violations, events } = await play(parseFuzzFile(scenarioFile({ start: "08:00", end: "12:00", devices })));
    expect(violations).toEqual([]);
    expect(events).toBe(4);
  });
});

describe("a seed", () => {
  test("is always the same world, and ends the same", async () => {
    expect(makeCase(7)).toEqual(makeCase(7));
    expect(await play(parseFuzzFile(makeCase(7)))).toEqual(await play(parseFuzzFile(makeCase(7))));
  });

  test("that breaks a promise is told with the command that plays it again, and shrunk to a file that breaks it too", { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "pvmonitor-fuzz-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const fuzz = (...options: string[]): Promise<{ code: number; said: string }> => new Promise((resolve) => {
      const plant = pathToFileURL(fileURLToPath(new URL("../../proof/planted-bugs/plant.ts", import.meta.url))).href;
      const main = fileURLToPath(new URL("../../proof/fuzz/main.ts", import.meta.url));
      const env = { ...process.env, PLANTED_BUG: "settle before send" };
      execFile(process.execPath, ["--import", plant, main, ...options], { cwd: folder, env }, (error, stdout) => { resolve({ code: error === null ? 0 : 1, said: stdout }); });
    });
    const { code, said } = await fuzz("--seeds", "1", "--from", "1");
    expect(code).toBe(1);
    expect(said).toContain("promise 1 broken at");
    expect(said).toContain("again: npm run simulate:fuzz -- --seeds 1 --from 1\n");
    const path = /--file (\S+)/.exec(said)?.[1] ?? "";
    const small = await readFile(join(folder, path), "utf8");
    expect(small.length).toBeLessThan(JSON.stringify(makeCase(1)).length / 10);
    const again = await fuzz("--file", path);
    expect(again.code).toBe(1);
    expect(again.said).toContain("promise 1 broken at");
  });
});
