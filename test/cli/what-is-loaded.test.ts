// What is not needed takes no memory: 25 MB, for all that knows PostgreSQL.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { z } from "zod";

const LIST = `
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
  await import(process.argv[1]);
  console.log(JSON.stringify(loaded));
`;

async function loadedBy(module: string): Promise<string[]> {
  const path = fileURLToPath(new URL(`../../src/${module}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", LIST, path]);
  return z.array(z.string()).parse(JSON.parse(stdout));
}

const OF_A_CLUSTER = /\/node_modules\/pg|\/src\/(adapters\/(postgres|queue)|cli\/cluster)\//;

it("a monitor that runs alone loads nothing of PostgreSQL", async () => {
  expect(await loadedBy("cli/cluster/run-worker.ts")).toContainEqual(expect.stringMatching(OF_A_CLUSTER));
  expect((await loadedBy("cli/run.ts")).filter((url) => OF_A_CLUSTER.test(url))).toEqual([]);
});
