// A history on a real folder, with its real threads.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import { HISTORY_FILE } from "../../../src/adapters/history/history-file.ts";
import { createHistory, type HistoryParts } from "../../../src/adapters/history/history.ts";
import type { History } from "../../../src/ports/history.ts";
import { createEar, NOW, type Ear } from "../../support/history.ts";

// Each of them starts threads, some of them processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const HOLDER = fileURLToPath(new URL("file-holder.process.ts", import.meta.url));

export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-history-"));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

interface Opened extends Ear {
  readonly history: History;
}

/** Waits for nothing that a test would have to wait for: it writes and tries again at once. */
export function openHistory(folder: string, parts: Partial<HistoryParts> = {}): Opened {
  const ear = createEar();
  const history = createHistory({
    folder, days: 30, zone: "America/Sao_Paulo", now: () => NOW, say: ear.say, ...parts,
    limits: { lingerMs: 0, retryMs: 20, busyMs: 50, queryMs: 60_000, closeMs: 60_000, ...parts.limits },
  });
  onTestFinished(() => history.close());
  return { ...ear, history };
}

/** Another process holds the file until it is let go. */
export async function holdFile(folder: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, [HOLDER, join(folder, HISTORY_FILE)], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => { holder.kill("SIGKILL"); });
  const gone = new Promise<void>((resolve) => holder.once("exit", () => { resolve(); }));
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  return async () => {
    holder.stdin.end();
    await gone;
  };
}
