// Prometheus' own tools, where they are installed (Debian: package `prometheus`); elsewhere a test does what it can without them.
import { spawnSync } from "node:child_process";

export const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
export const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;

export function promtool(args: readonly string[], input = ""): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}`.trim() };
}
