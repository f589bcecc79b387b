// Who this process is: for heartbeats, the first log line and --version.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

export interface RuntimeFacts {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

export function runtimeFacts(): RuntimeFacts {
  return { host: hostname(), pid: process.pid, version: packageVersion() };
}

function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const named = typeof content === "object" && content !== null && "version" in content ? content.version : null;
  if (typeof named !== "string") throw new Error("package.json has no version");
  return named;
}
