// Nothing is timed here: it runs in a tiny size, and says what it was to say.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../bench/database.ts", import.meta.url));

const line = z.discriminatedUnion("case", [
  z.strictObject({ case: z.literal("save"), plants: z.number(), inverters: z.number(), changed: z.number(), ms: z.number().positive(), floorMs: z.number().positive() }),
  z.strictObject({ case: z.literal("whole"), plants: z.number(), inverters: z.number(), firstMs: z.number().positive(), loadMs: z.number().positive() }),
  z.strictObject({ case: z.literal("savers"), workers: z.number(), plantsPerSecond: z.number().positive() }),
]);

test("the database's own benchmark measures saves, loads and savers beside each other", { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, "--tiny"]);
  const results = stdout.trimEnd().split("\n").map((text) => line.parse(JSON.parse(text)));
  expect(results.map((result) => result.case)).toEqual(["save", "whole", "savers", "savers", "savers"]);
});
