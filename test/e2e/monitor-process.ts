// pvmonitor as a process of a test: it ends with the test, and what it said is shown where the test fails.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";
import { spawnMonitor, type MonitorProcess, type Start } from "./spawned-monitor.ts";

export { EMAIL, PASSWORD, settingsFor, SIGNATURE } from "./spawned-monitor.ts";

/** A folder for one test, gone after it. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-e2e-"));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

/** Ends with the test, whatever becomes of it. */
export function startMonitor(start: Start): MonitorProcess {
  const monitor = spawnMonitor(start);
  onTestFinished(async () => {
    monitor.kill("SIGKILL");
    await monitor.exit.catch(() => undefined);
  });
  onTestFailed(() => { process.stderr.write(`pvmonitor ${(start.args ?? []).join(" ")} said:\n${monitor.stdout()}\n${monitor.stderr()}\n`); });
  return monitor;
}
