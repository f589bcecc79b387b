// `PRAGMA quick_check` of the whole file, in a process that can be ended at any moment.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { failure } from "./answers.ts";
import { cacheOnly } from "./compile-cache.ts";
import { fileNow, pathOf } from "./history-file.ts";
import type { Failure } from "./messages.ts";

const PROCESS = fileURLToPath(new URL("./file-check.process.ts", import.meta.url));
/** Reading gigabytes from a slow disk once. */
const LONGEST_MS = 600_000;

const run = promisify(execFile);

/** What is broken in it, and which file it is; null where it is well, or could not be looked over. Never rejects. */
export async function checkFile(folder: string, stop: AbortSignal): Promise<Failure | null> {
  const file = fileNow(folder);
  try {
    const { stdout } = await run(process.execPath, [PROCESS, pathOf(folder)], { env: cacheOnly(), timeout: LONGEST_MS, killSignal: "SIGKILL", signal: stop });
    const found = failure.nullable().parse(JSON.parse(stdout));
    return found?.cause === "broken" ? { ...found, file } : null;
  } catch {
    return null;
  }
}
