// Each measurement runs in a process of its own, so that none pays for another's memory, code or garbage.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** What `npm run pvmonitor` gives Node, so that the monitor is measured as it is run. */
const { scripts } = z.object({ scripts: z.object({ pvmonitor: z.string() }) })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));
export const NODE_FLAGS = scripts.pvmonitor.split(" ").filter((word) => word.startsWith("--"));

/** As bin/pvmonitor.js has it. */
const COMPILE_CACHE = fileURLToPath(new URL("../node_modules/.cache/pvmonitor", import.meta.url));

export interface Started<T> {
  readonly said: T;
  /** Ends the process and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** Resolves when it is gone by itself. */
  readonly gone: Promise<unknown>;
}

/** Starts `bench/NAME.process.ts` and waits for the one message that it sends. */
export async function start<T>(name: string, input: object, schema: z.ZodType<T>): Promise<Started<T>> {
  const path = fileURLToPath(new URL(`${name}.process.ts`, import.meta.url));
  // What the child prints (the monitor's log goes to files) belongs to nobody's JSON.
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, MALLOC_ARENA_MAX: "1", ...process.env };
  const child = fork(path, [JSON.stringify(input)], { env, execArgv: [...process.execArgv, ...NODE_FLAGS], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const said = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => { reject(new Error(`${name} ended with code ${String(code)} before it said anything`)); });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await gone;
  };
  return { said: schema.parse(said), stop, gone };
}

/** The same for a process that ends by itself. */
export async function measure<T>(name: string, input: object, schema: z.ZodType<T>): Promise<T> {
  const { said, gone } = await start(name, input, schema);
  await gone; // it still clears up
  return said;
}

/** In the started process: its input, checked. */
export function inputOf<T>(schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(process.argv[2] ?? "null"));
}

/** In the started process: the one message. */
export function say(message: object): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(message)}\n`);
  else process.send(message);
}
