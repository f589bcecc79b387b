// Nothing is timed here: every case runs in a tiny size and says what it was to say.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { caseResult, median, tableOf } from "../../bench/case-result.ts";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));
const run = promisify(execFile);

/** As docs/desempenho.md describes it. */
const printed = z.array(z.strictObject({
  case: z.enum(["scan", "memory", "loop", "commit", "decode", "detect", "start", "saving", "outbox", "latency", "grow", "day", "history", "page"]),
  setting: z.string().min(1),
  value: z.number().positive(),
  unit: z.enum(["×", "MB", "ms", "s", "B", "µs", "%"]),
  limit: z.number().positive(),
  ok: z.boolean(),
  how: z.string().min(1),
  figures: z.record(z.string(), z.number()),
}));

describe("npm run bench", () => {
  test("measures every case and prints JSON, one object a line", { timeout: 300_000 }, async () => {
    const { stdout } = await run(process.execPath, [MAIN, "--tiny"]);
    const results = printed.parse(JSON.parse(stdout));
    expect(results.map(({ case: name, unit, limit }) => [name, unit, limit])).toEqual([
      ["commit", "×", 3], ["commit", "×", 3], ["commit", "×", 3], ["decode", "×", 0.5], ["detect", "µs", 10], ["start", "s", 2], ["saving", "%", 3], ["saving", "ms", 50],
      ["outbox", "ms", 250], ["latency", "s", expect.any(Number)], ["grow", "MB", 160], ["grow", "MB", 160], ["day", "s", 2], ["history", "B", 12], ["history", "MB", 600], ["history", "ms", 50], ["page", "ms", 50], ["scan", "×", 1.1], ["scan", "×", 0.7], ["memory", "MB", 160], ["loop", "ms", 50],
    ]);
    for (const { ok, value, limit } of results) expect(ok).toBe(value <= limit);
    const lines = stdout.trimEnd().split("\n").slice(1, -1).map((line): unknown => JSON.parse(line.replace(/^,|,$/g, "")));
    expect(lines).toEqual(results);
    // The bare client made as many calls as the monitor: the plant list, and each plant's relays and inverters.
    expect(results.find(({ case: name }) => name === "scan")?.figures["calls"]).toBe(25);
  });

  test("--only runs one case, --table is for reading", async () => {
    const { stdout } = await run(process.execPath, [MAIN, "--tiny", "--table", "--only", "commit"]);
    expect(stdout).toMatch(/^caso +situação +medido +limite +veredito/);
    expect(stdout.trimEnd().split("\n").slice(1).map((line) => line.split(" ")[0])).toEqual(["commit", "commit", "commit"]);
  });

  test("refuses a case that it does not know", async () => {
    await expect(run(process.execPath, [MAIN, "--only", "tudo"])).rejects.toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Caso desconhecido: tudo") });
  });
});

test("a limit is kept when it is met exactly", () => {
  const of = (value: number): boolean => caseResult({ case: "loop", setting: "", value, unit: "ms", limit: 50, how: "", figures: {} }).ok;
  expect([of(49.9), of(50), of(50.01)]).toEqual([true, true, false]);
});

test("the median of an even number of values is between the two in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(() => median([])).toThrow("no value");
});

test("the table says what is above its limit", () => {
  const result = caseResult({ case: "scan", setting: "2 usinas", value: 1.5, unit: "×", limit: 1.25, how: "", figures: { pairs: 3 } });
  expect(tableOf([result]).split("\n")[1]).toMatch(/^scan +2 usinas +1,5 × +1,25 × +ACIMA +pairs 3$/);
});
