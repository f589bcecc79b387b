// Node's own fences around the real monitor: which of them it can live in, and why not in all (docs/seguranca.md).
import { mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "../e2e/live-world.ts";
import { createFolder, settingsFor, startMonitor } from "../e2e/monitor-process.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

async function startPlainWorld(): Promise<LiveWorld> {
  const world = await startWorld({ plants: plants(101, 102), day_relay: { "101": [relayReading(101, 7, minutesAgo(10), ["r59N"])] }, day_inverter: { "102": [inverterReading(102, 9, minutesAgo(5), 50)] } });
  onTestFinished(() => world.close());
  return world;
}

/** Just what the monitor needs: to read its program and its folder, to write its two folders, the network, and the lock's addon. */
function fence(folder: string): string[] {
  for (const name of ["state", "logs"]) mkdirSync(join(folder, name), { recursive: true });
  const packages = realpathSync(join(PROJECT, "node_modules"));
  return [
    "--permission", "--allow-net", "--allow-addons", "--disable-warning=PERM0001", "--disable-warning=ExperimentalWarning",
    ...[PROJECT, `${packages}/`, `${folder}/`, "/etc/alpine-release", "/proc/locks"].map((path) => `--allow-fs-read=${path}`),
    ...["state", "logs"].map((name) => `--allow-fs-write=${join(folder, name)}/`),
  ];
}

describe("without a way to make code from text, or to reach a prototype by name", () => {
  it("a whole run does all that it has to: neither the monitor nor a package of its needs that", { timeout: 60_000 }, async () => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const flags = ["--disallow-code-generation-from-strings", "--disable-proto=throw"];
    // But for the page's router (docs/seguranca.md).
    const env = settingsFor(world, { WEB_ENABLED: "False" });
    const monitor = startMonitor({ folder, env, flags });
    await world.until(() => world.cards.length > 0);
    await monitor.line("[SCAN] inversores");
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    const checked = startMonitor({ folder, env, flags, args: ["check", "--send"] });
    expect(await checked.exit).toEqual({ code: 0, signal: null });
    expect([monitor.stderr(), checked.stderr()]).toEqual(["", ""]);
    expect(monitor.stdout()).toContain("Monitor parado: estado salvo, trava liberada");
  });
});

describe("under --permission", () => {
  it("what only reads and sends works: status, test-card", { timeout: 60_000 }, async () => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const before = startMonitor({ folder, env: settingsFor(world) });
    await before.line("[SCAN] inversores");
    before.kill("SIGTERM");
    await before.exit;
    const told = world.cards.length;
    const commands = [["status"], ["test-card", "--kind", "relay"]].map((args) => startMonitor({ folder, env: settingsFor(world), flags: fence(folder), args }));
    expect(await Promise.all(commands.map(({ exit }) => exit))).toEqual([{ code: 0, signal: null }, { code: 0, signal: null }]);
    expect(commands.map((command) => command.stderr())).toEqual(["", ""]);
    expect(commands[0]?.stdout()).toContain("Monitor: parado: ninguém segura a trava");
    expect(world.cards.length).toBe(told + 1);
  });

  // The day this fails, Node lets fsync through again: put --permission into the units then.
  it("`run` scans, sends, logs and locks, but this Node forbids fsync in there: nothing is saved, and it says so", { timeout: 60_000 }, async () => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: settingsFor(world), flags: fence(folder) });
    await world.until(() => world.cards.some((card) => card.includes("UFV 101")));
    const line = await monitor.line("[ESTADO] Não foi salvo");
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(line).toContain("(ERR_ACCESS_DENIED)");
    expect(readFileSync(join(folder, "logs/rele/rele.log"), "utf8")).toContain("[SCAN] relés");
    expect(readdirSync(join(folder, "state"))).not.toContain("monitor_state.json");
  });

  it("what lies outside is refused: a log folder elsewhere stays empty, and another process is not started", { timeout: 60_000 }, async () => {
    const [world, folder, outside] = [await startPlainWorld(), createFolder(), createFolder()];
    const elsewhere = startMonitor({ folder, env: settingsFor(world, { LOG_DIR: outside }), flags: fence(folder) });
    expect(await elsewhere.line("[LOG]")).toContain("não pode ser escrito (ERR_ACCESS_DENIED)");
    elsewhere.kill("SIGTERM");
    await elsewhere.exit;
    expect(readdirSync(outside)).toEqual([]);
    const notifying = startMonitor({ folder, env: settingsFor(world, { NOTIFY_SOCKET: "/run/x" }), flags: fence(folder) });
    expect((await notifying.exit).code).not.toBe(0);
    expect(notifying.stderr() + notifying.stdout()).toContain("Access to this API has been restricted");
  });
});
