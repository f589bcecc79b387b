#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=4 --initial-old-space-size=32 --heap-growing-percent=80 --no-parallel-scavenge --no-regexp-tier-up
// Starts pvmonitor on a Node that can run it: this one where it is new enough, else the one that npm ci brought along.
// Plain JavaScript, so that any Node ≥ 20 can read it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = 26;
// MiB: left to itself, V8 lets its young generation grow to 64, and its old one to 60 before it first looks for garbage in it, and to four
// times of what it then found alive; that are 25. Several threads that clean up so little only wait for each other. The
// pattern of a record (src/adapters/pvoperation/scan-records.ts) takes V8 13 ms and 1 MB to make at once, and 56 ms and 10 MB where it first makes another one, to be interpreted.
const MEMORY = ["--max-semi-space-size=4", "--initial-old-space-size=32", "--heap-growing-percent=80", "--no-parallel-scavenge", "--no-regexp-tier-up"];
/** What Node compiled, kept beside the packages it belongs to: without it each start, and each thread, translates TypeScript anew (25 MB). */
const COMPILE_CACHE = fileURLToPath(new URL("../node_modules/.cache/pvmonitor", import.meta.url));
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function bundledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const path = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(path) ? path : null;
  } catch {
    return null; // the package is not installed
  }
}

if (Number(process.versions.node.split(".")[0]) >= OLDEST) {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE; // for processes that it starts
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE); // where it cannot be written, it does without
  await import(main);
} else {
  const node = bundledNode();
  if (node === null) {
    console.error(`pvmonitor precisa do Node ${OLDEST} (este é o ${process.versions.node}): rode "npm ci" na pasta do projeto, que o traz, e tente de novo.`);
    process.exit(2);
  }
  const child = spawn(node, [...MEMORY, main, ...process.argv.slice(2)], { stdio: "inherit", env: { MALLOC_ARENA_MAX: "1", ...process.env } });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    // What the system's loader says when a library is missing; no command of ours ends with it.
    if (code === 127) console.error("pvmonitor: falta uma biblioteca do sistema para o Node que o npm trouxe; em Debian ou Ubuntu: apt-get install libatomic1");
    process.exit(code ?? (signal === "SIGKILL" ? 137 : 1));
  });
}
