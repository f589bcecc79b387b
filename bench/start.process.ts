// From the start of `pvmonitor run` to its first request to the API, as the API sees it; and of an empty Node, which is the floor.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { inputOf, NODE_FLAGS, say } from "./processes.ts";

const { times } = inputOf(z.object({ times: z.number() }));
const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const REQUEST = "fetch(process.env.PVOP_BASE_URL)";

let asked = Promise.withResolvers<number>();
const server = createServer((request, response) => {
  asked.resolve(performance.now());
  request.resume();
  response.writeHead(503).end();
});
await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const address = server.address();
const origin = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`;

async function timed(args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
  asked = Promise.withResolvers();
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder, stdio: "ignore",
    env: {
      PATH: process.env["PATH"], PVOP_BASE_URL: origin, PVOP_EMAIL: "bench@exemplo.invalid", PVOP_PASSWORD: "senha-da-medida", TEAMS_WEBHOOK_URL: `${origin}/teams`,
      STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"), WEB_PORT: "0",
    },
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const atMs = await Promise.race([asked.promise, gone.then((code) => { throw new Error(`it ended with code ${String(code)} before it asked`); })]);
  child.kill("SIGTERM");
  await gone;
  await rm(folder, { recursive: true, force: true });
  return atMs - startedMs;
}

const pairs: { runMs: number; emptyMs: number }[] = [];
for (let i = 0; i < times; i += 1) pairs.push({ runMs: await timed([...NODE_FLAGS, MAIN, "run"]), emptyMs: await timed(["-e", REQUEST]) });
server.close();
server.closeAllConnections();
say({ pairs });
