// A monitor's life as a process: it starts, tells, stops, and stands alone.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "./live-world.ts";

const LOCK_WATCHER = fileURLToPath(new URL("short-lock-check.process.ts", import.meta.url));
const TIMEOUT = 60_000;

/** One plant with a tripped relay, and one with an inverter that failed. */
async function troubledWorld(): Promise<LiveWorld> {
  const world = await startWorld({
    plants: plants(101, 102),
    day_relay: { "101": [20, 10, 5].map((minutes) => relayReading(101, 7, minutesAgo(minutes), minutes === 20 ? [] : ["r59N"])) },
    day_inverter: { "102": [25, 20, 15, 10].map((minutes) => inverterReading(102, 9, minutesAgo(minutes), minutes === 25 ? 50 : 0)) },
  });
  onTestFinished(() => world.close());
  return world;
}

/** From now on nobody answers for them; the inverters of the other plant are told all the same. */
function hangRelaysOf101(world: LiveWorld): void {
  world.intercept = (call) => (call.to === "api" && call.request.path === "/day_relay" && call.request.body?.includes("101") === true ? { kind: "never" } : null);
}

/** Every path under a folder with what would show that someone touched it. */
function look(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort().map((name) => {
    const { mtimeMs, size, ino } = statSync(join(folder, name));
    return [name, mtimeMs, size, ino].join(" ");
  });
}
const stateIn = (folder: string): unknown => JSON.parse(readFileSync(join(folder, "state", "monitor_state.json"), "utf8"));

describe("a monitor's process", () => {
  it("sends what it finds, saves on SIGTERM and ends with 0, its state for the owner alone", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length === 2);
    expect(world.cards.toSorted()).toEqual([expect.stringContaining("UFV 101"), expect.stringContaining("UFV 102")]);
    const begun = performance.now();
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(monitor.stdout()).toContain("Monitor parando (SIGTERM)");
    expect(monitor.stdout()).toContain("Monitor parado");
    expect(monitor.stderr()).toBe("");
    expect(stateIn(folder)).toMatchObject({ rele_alertas_ativos: ["101:7:SOBRETENSÃO"], estado_inversores: { "102:9": { ativa: true } }, pending_notifications: [] });
    expect(["state", "state/monitor_state.json", "state/.monitor_lock"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);

    const again = startMonitor({ folder, env: settingsFor(world) });
    await again.line("[SCAN] inversores");
    again.kill("SIGINT");
    expect(await again.exit).toEqual({ code: 0, signal: null });
    expect(world.cards, "the same alerts are not told again").toHaveLength(2);
  });

  it("gives calls under way 10 s when it is asked to stop, and is gone within 15", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    hangRelaysOf101(world);
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length === 1);
    const begun = performance.now();
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeGreaterThan(9_000);
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(stateIn(folder)).toMatchObject({ estado_inversores: { "102:9": { ativa: true } }, pending_notifications: [] });
  });

  it("ends at once at the second signal", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    hangRelaysOf101(world);
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length === 1);
    monitor.kill("SIGTERM");
    await monitor.line("Monitor parando");
    const begun = performance.now();
    monitor.kill("SIGINT");
    expect(await monitor.exit).toEqual({ code: 130, signal: null });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("says so, and ends with 1, where it may not read its state", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    mkdirSync(join(folder, "state", "monitor_state.json"), { recursive: true });
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    expect(await monitor.exit).toEqual({ code: 1, signal: null });
    expect(monitor.stdout()).toContain("O monitor não pôde começar: o estado (monitor_state.json) não pôde ser lido: EISDIR; dê o arquivo ao usuário do serviço");
  });

  it("moves a broken state aside, says so, and goes on", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state", "monitor_state.json"), "{\"schema_version\":2,");
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    const line = await monitor.line("[ESTADO] Arquivo de estado ilegível");
    await world.until(() => world.cards.length === 2);
    const aside = /monitor_state\.json\.corrupt\.\d{8}_\d{6}/.exec(line)?.[0] ?? "";
    expect(readFileSync(join(folder, "state", aside), "utf8")).toBe("{\"schema_version\":2,");
  });
});

describe("one instance", () => {
  it("the second one names the first, ends with 1 and touches nothing", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    // One scan, then a long quiet: what changes in the folder is then the second one's doing.
    const env = settingsFor(world, { RELAY_INTERVAL: "3600", INVERTER_INTERVAL: "3600" });
    const first = startMonitor({ folder, env });
    await world.until(() => world.cards.length === 2);
    await first.line("[SCAN] inversores");
    await stateSettled(folder);
    // The first one's history is written behind it, by a thread that asks nobody when.
    const touched = (): string[] => look(folder).filter((entry) => !entry.startsWith("state/history.db"));
    const [before, calls] = [touched(), world.calls];
    const second = startMonitor({ folder, env });
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect([second.stdout(), second.stderr()]).toEqual(["", `Outra instância rodando (PID ${String(first.pid)})\n`]);
    expect(touched()).toEqual(before);
    expect(world.calls).toBe(calls);
    expect(first.hasEnded()).toBe(false);
  });

  it("ends with a line once its lock file was deleted, and writes no state any more", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    const holder = startMonitor({ folder, env: settingsFor(world), entry: LOCK_WATCHER });
    await world.until(() => world.cards.length === 2);
    rmSync(join(folder, "state", ".monitor_lock"));
    expect(await holder.exit).toEqual({ code: 1, signal: null });
    expect(holder.stdout().trimEnd().split("\n").at(-1)).toContain("[TRAVA]");
    expect(readFileSync(join(folder, "logs", "rele", "rele.log"), "utf8")).toContain("[TRAVA]");
    const next = startMonitor({ folder, env: settingsFor(world) });
    await next.line("Monitor iniciado");
  });

  // On a machine without Python there is no Python monitor to be excluded; the case of two processes of ours is above.
  if (spawnSync("python3", ["-c", "import fcntl"]).status === 0) {
    it("does not start beside a Python monitor that holds the lock", { timeout: TIMEOUT }, async () => {
      const [world, folder] = [await troubledWorld(), createFolder()];
      mkdirSync(join(folder, "state"));
      const lock = join(folder, "state", ".monitor_lock");
      const python = spawn("python3", ["-c", "import fcntl, os, sys\nf = open(sys.argv[1], 'w')\nfcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\nf.write(str(os.getpid()))\nf.flush()\nprint('held', flush=True)\nsys.stdin.read()", lock]);
      onTestFinished(() => { python.kill("SIGKILL"); });
      await once(python.stdout, "data");
      const before = look(folder);
      const monitor = startMonitor({ folder, env: settingsFor(world) });
      expect(await monitor.exit).toEqual({ code: 1, signal: null });
      // A Python started by a wrapper is not the process that was spawned: the PID in the file counts.
      expect(monitor.stderr()).toBe(`Outra instância rodando (PID ${readFileSync(lock, "utf8")})\n`);
      expect([look(folder), world.calls]).toEqual([before, 0]);
    });
  }

  it("says what to do where the lock cannot be opened", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    writeFileSync(join(folder, "state"), "a file where the folder should be");
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    expect(await monitor.exit).toEqual({ code: 1, signal: null });
    expect(monitor.stderr()).toContain("confira se a pasta state existe");
  });
});

describe("wrong settings", () => {
  it("are all told at once, with code 2, before anything is made or called", { timeout: TIMEOUT }, async () => {
    const [world, folder] = [await troubledWorld(), createFolder()];
    const env = {
      ...settingsFor(world), PVOP_EMAIL: "<SEU_EMAIL>", PVOP_PASSWORD: "", PVOP_BASE_URL: "http://exemplo.invalid/api", PVOP_TIMEZONE: "Marte/Olympus",
      RELAY_INTERVAL: "-1", GENERATION_WINDOW: "17:30-06:30", HEARTBEAT_TIMES: "25:00", TEAMS_FORMAT: "html", VERIFY_CA: "False",
    };
    const monitor = startMonitor({ folder, env });
    expect(await monitor.exit).toEqual({ code: 2, signal: null });
    for (const name of ["PVOP_EMAIL", "PVOP_PASSWORD", "PVOP_BASE_URL", "PVOP_TIMEZONE", "RELAY_INTERVAL", "GENERATION_WINDOW", "HEARTBEAT_TIMES", "TEAMS_FORMAT", "VERIFY_CA"]) {
      expect(monitor.stderr()).toContain(`  - ${name}`);
    }
    expect(monitor.stderr()).toContain("9 problemas na configuração");
    expect([monitor.stdout(), readdirSync(folder), world.calls]).toEqual(["", [], 0]);
  });

  it("of the command line are told in Portuguese, with code 2", { timeout: TIMEOUT }, async () => {
    const folder = createFolder();
    const monitor = startMonitor({ folder, env: {}, args: ["runn"] });
    expect(await monitor.exit).toEqual({ code: 2, signal: null });
    expect(monitor.stderr()).toMatch(/^pvmonitor: .*comando desconhecido.*\n$/);
    expect(existsSync(join(folder, "state"))).toBe(false);
  });
});

/** Waits until all that two scans changed is on disk: what owes nobody a card is saved up to two seconds later. */
async function stateSettled(folder: string): Promise<void> {
  const settled = z.object({ ultima_varredura_rele: z.string(), ultima_varredura_inversor: z.string(), pending_notifications: z.tuple([]) });
  const watcher = watch(join(folder, "state"));
  try {
    while (!settled.safeParse(stateIn(folder)).success) await once(watcher, "change");
  } finally {
    watcher.close();
  }
}
