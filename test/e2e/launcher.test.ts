// bin/pvmonitor.js: whatever Node starts it, the monitor runs on one that can.
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import { minutesAgo, plants, relayReading, startWorld } from "./live-world.ts";

const BIN = fileURLToPath(new URL("../../bin/pvmonitor.js", import.meta.url));
const packageJson: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** A Node of this machine that is older than ours, as `.ci/run` and most servers begin with; else our own, which takes the direct path. */
function anyOlderNode(): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/usr/bin"].filter((folder) => folder !== "");
  const candidates = [process.env["npm_node_execpath"] ?? "", ...folders.map((folder) => join(folder, "node"))].filter((path) => existsSync(path));
  const older = candidates.find((path) => {
    const major = Number(/^v(\d+)\./.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout)?.[1]);
    return major >= 20 && major < 26;
  });
  return older ?? process.execPath;
}
const node = anyOlderNode();

describe("the launcher", () => {
  it("runs a command on the runtime that can, with its output and code", () => {
    const shown = spawnSync(node, [BIN, "--version"], { encoding: "utf8", env: {} });
    expect([shown.status, shown.stderr]).toEqual([0, ""]);
    expect(packageJson).toMatchObject({ version: shown.stdout.trim() });
    const wrong = spawnSync(node, [BIN, "nada"], { encoding: "utf8", env: {}, cwd: createFolder() });
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
  });

  it("found by a link, as npm puts it on the PATH, does the same", () => {
    const folder = createFolder();
    mkdirSync(join(folder, "bin"));
    symlinkSync(BIN, join(folder, "bin", "pvmonitor"));
    expect(spawnSync(node, [join(folder, "bin", "pvmonitor"), "--version"], { encoding: "utf8", env: {} }).status).toBe(0);
  });

  it("hands signals on, and ends with the monitor's code", { timeout: 60_000 }, async () => {
    const folder = createFolder();
    const world = await startWorld({ plants: plants(101), day_relay: { "101": [relayReading(101, 7, minutesAgo(5), ["r59N"])] } });
    onTestFinished(() => world.close());
    const monitor = startMonitor({ folder, env: settingsFor(world), node, entry: BIN });
    await world.until(() => world.cards.length === 1);
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(monitor.stdout()).toContain("Monitor parado");
  });
});
