// Whoever reads the output may go away, as `| head` does: that ends in no stack trace.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

test("a reader that went away is no defect", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../src/main.ts"), "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy(); // before the program has begun to write
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect([told, code]).toEqual(["", 0]);
});
