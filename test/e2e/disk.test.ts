// A state folder that is full or read-only, under a real process and, always, under the virtual clock: scans and cards go on, and it is told.
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import type { DiskFault } from "../../src/simulator/memory-disk.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import { restlessWorld } from "./live-world.ts";
import { relay } from "../support/scenario.ts";
import { smallDisk } from "../support/small-disk.ts";
import { startVirtualMonitor } from "./virtual-monitor.ts";

const LOST = "estado não pôde ser gravado";
const BACK = "estado voltou a ser gravado";

describe.each(["ENOSPC", "EROFS", "EACCES"] satisfies DiskFault[])("a state folder that cannot be written (%s)", (fault) => {
  it("stops neither scans nor cards, is told once, and once it is over, after which nothing is lost", async () => {
    const monitor = startVirtualMonitor({
      start: "08:00",
      devices: [relay(101, 7).from("08:05").active("r59N").from("08:35").clean().from("09:05").active("r49").from("10:15").clean()],
    });
    await monitor.until("08:20");
    expect(monitor.titles()).toEqual([expect.stringContaining("relé atuou")]);
    const before = monitor.disk.text(STATE_FILE);

    monitor.disk.failWrites(fault);
    await monitor.until("10:00");
    const during = monitor.titles().slice(1);
    expect(during.filter((title) => title.includes("UFV 101"))).toEqual([expect.stringContaining("normalizado"), expect.stringContaining("relé atuou, TÉRMICO")]);
    expect(during.filter((title) => title.includes(LOST)), during.join("\n")).toHaveLength(1);
    expect(monitor.log()).toContain(`[ESTADO] Não foi salvo (${fault})`);
    expect(monitor.disk.text(STATE_FILE)).toBe(before);

    monitor.disk.failWrites(null);
    await monitor.until("10:10");
    expect(monitor.titles().filter((title) => title.includes(BACK)), monitor.titles().join("\n")).toHaveLength(1);
    monitor.kill();

    monitor.start();
    await monitor.until("10:40");
    const told = monitor.titles().filter((title) => title.includes("UFV 101"));
    expect(told).toHaveLength(4);
    expect(told.at(-1)).toContain("relé normalizado, TÉRMICO");
  });

  it("is no reason not to start with what was saved before", async () => {
    const monitor = startVirtualMonitor({ start: "08:00", devices: [relay(101, 7).from("08:05").active("r59N").from("08:35").clean()] });
    await monitor.until("08:20");
    monitor.kill();
    monitor.disk.failWrites(fault);
    monitor.start();
    await monitor.until("08:50");
    expect(monitor.titles().filter((title) => title.includes("UFV 101"))).toEqual([expect.stringContaining("relé atuou"), expect.stringContaining("relé normalizado")]);
  });
});

describe("a process whose state cannot be written", () => {
  it("scans, tells, says so, and saves again once it can", { timeout: 60_000 }, async () => {
    const [world, folder] = [await restlessWorld(), createFolder()];
    // A folder where the file is to be written refuses everyone, root too.
    const obstacle = join(folder, "state", `${STATE_FILE}.tmp`);
    mkdirSync(obstacle, { recursive: true });
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.some((card) => card.includes(LOST)));
    expect(monitor.stdout()).toContain("[ESTADO] Não foi salvo (EISDIR), 3 vezes seguidas");
    rmSync(obstacle, { recursive: true });
    await world.until(() => world.cards.some((card) => card.includes(BACK)));
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(JSON.parse(readFileSync(join(folder, "state", STATE_FILE), "utf8"))).toMatchObject({ schema_version: 2 });
  });

  const small = smallDisk(256 * 1_024);
  // Mounting is root's; the cases above need nobody's leave.
  if (small !== null) {
    it("because a real disk is full goes on, without its log files too", { timeout: 60_000 }, async () => {
      const [world, folder] = [await restlessWorld(), small.mount()];
      const ballast = join(folder, "ballast");
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      const monitor = startMonitor({ folder, env: settingsFor(world) });
      await world.until(() => world.cards.some((card) => card.includes(LOST)));
      expect(monitor.stdout()).toContain("[ESTADO] Não foi salvo (ENOSPC)");
      expect(monitor.stdout()).toContain("[LOG]");
      rmSync(ballast);
      await world.until(() => world.cards.some((card) => card.includes(BACK)));
      monitor.kill("SIGTERM");
      expect(await monitor.exit).toEqual({ code: 0, signal: null });
      expect(JSON.parse(readFileSync(join(folder, "state", STATE_FILE), "utf8"))).toMatchObject({ schema_version: 2 });
    });
  }
});
