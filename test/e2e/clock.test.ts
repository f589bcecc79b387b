// The clock goes back an hour, or the machine sleeps: nothing is told twice, nothing is lost, and the rhythm goes on.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { DAY_MS, HOUR_MS } from "../../src/domain/local-time.ts";
import { inverter, relay } from "../support/scenario.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "./live-world.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import { startVirtualMonitor } from "./virtual-monitor.ts";

const config = { HEARTBEAT_TIMES: "09:00,12:00" };
/** A relay that trips and comes back, and an inverter that fails and comes back, each told once. */
const devices = [
  relay(101, 7).from("07:00").cleanUntil("08:30").activeUntil("10:30", "r59N").cleanUntil("14:00"),
  inverter(102, 9).from("07:00").kwUntil("08:00", 50).kwUntil("11:00", 0).kwUntil("14:00", 50),
];
const TOLD = ["relay.failure 101/7", "relay.normal 101/7", "inverter.failure 102/9", "inverter.normal 102/9"];
const scans = (log: string): number => log.split("\n").filter((line) => line.includes("[SCAN] relés")).length;

describe("a clock that is stepped", () => {
  it("back an hour: scans keep their rhythm, every event is told once, and a heartbeat is not left out", async () => {
    const monitor = startVirtualMonitor({ start: "07:00", devices, config });
    await monitor.until("09:10");
    expect(monitor.events().toSorted()).toEqual(["inverter.failure 102/9", "relay.failure 101/7"]);
    expect(monitor.heartbeats()).toBe(1);
    monitor.clock.step(-HOUR_MS);
    const before = scans(monitor.log());
    await monitor.until("09:10");
    expect(scans(monitor.log()) - before, "six an hour").toBe(6);
    await monitor.until("13:00");
    expect(monitor.events().toSorted()).toEqual(TOLD.toSorted());
    expect(monitor.titles().filter((title) => title.includes("UFV"))).toHaveLength(4);
    expect(monitor.heartbeats(), "09:00 came twice and was told once").toBe(2);
    await monitor.stop();
  });

  it("forward an hour loses nothing", async () => {
    const monitor = startVirtualMonitor({ start: "07:00", devices, config });
    await monitor.until("08:05");
    monitor.clock.step(HOUR_MS);
    await monitor.until("13:00");
    expect(monitor.events().toSorted()).toEqual(TOLD.toSorted());
    expect(monitor.heartbeats()).toBe(2);
    await monitor.stop();
  });

  it("back and forth, with a card that waits for Teams: it goes out all the same", async () => {
    const monitor = startVirtualMonitor({ start: "07:00", devices, config, faults: [["08:00", "09:30", "teams", "status:503"]] });
    await monitor.until("09:00");
    expect(monitor.events()).toEqual([]);
    monitor.clock.step(-HOUR_MS);
    await monitor.until("08:30");
    monitor.clock.step(HOUR_MS);
    await monitor.until("13:00");
    expect(monitor.events().toSorted()).toEqual(TOLD.toSorted());
    await monitor.stop();
  });
});

describe("a machine that was suspended", () => {
  it("for three hours reads what it missed, once", async () => {
    const monitor = startVirtualMonitor({ start: "07:00", devices, config });
    await monitor.until("08:05");
    // The monotonic clock stood still, the wall clock did not.
    monitor.clock.step(3 * HOUR_MS);
    await monitor.until("11:20");
    expect(monitor.events().toSorted()).toEqual(TOLD.toSorted());
    expect(monitor.log()).not.toContain("Não foi salvo");
    await monitor.until("12:30");
    expect(monitor.heartbeats(), "one for 09:00, late, and 12:00").toBe(2);
    await monitor.stop();
  });
});

describe("the real process", () => {
  const TIMEOUT = 60_000;
  /** Uploaded so far: all but the newest 10 minutes, in which the relay trips and the inverter has its third zero. */
  async function world(): Promise<LiveWorld> {
    const live = await startWorld({
      plants: plants(101, 102),
      day_relay: { "101": [20, 12, 5].map((minutes) => relayReading(101, 7, minutesAgo(minutes), minutes === 5 ? ["r59N"] : [])) },
      day_inverter: { "102": [25, 20, 15, 5].map((minutes) => inverterReading(102, 9, minutesAgo(minutes), minutes === 25 ? 50 : 0)) },
    });
    onTestFinished(() => live.close());
    return live;
  }
  const scans = (text: string): number => text.split("[SCAN]").length - 1;
  const isStopped = (pid: number): boolean => readFileSync(`/proc/${String(pid)}/stat`, "latin1").split(") ")[1]?.startsWith("T") === true;

  it("held still and let go: nobody takes its place, and what came meanwhile is told once", { timeout: TIMEOUT }, async () => {
    const [live, folder] = [await world(), createFolder()];
    live.clock = () => minutesAgo(10);
    const monitor = startMonitor({ folder, env: settingsFor(live) });
    await monitor.line("[SCAN] inversores");
    monitor.kill("SIGSTOP");
    live.clock = () => Date.now();
    const second = startMonitor({ folder, env: settingsFor(live) });
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toContain(`Outra instância rodando (PID ${String(monitor.pid)})`);
    expect(isStopped(monitor.pid)).toBe(true);
    expect(live.cards).toEqual([]);
    monitor.kill("SIGCONT");
    await live.until(() => live.cards.length === 2);
    const before = scans(monitor.stdout());
    await live.until(() => scans(monitor.stdout()) >= before + 4);
    expect(live.cards.toSorted()).toEqual([expect.stringContaining("UFV 101"), expect.stringContaining("UFV 102")]);
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
  });

  it("on a clock that is 3 days ahead at the start: once it is right, everything of today is told, once", { timeout: TIMEOUT }, async () => {
    const [live, folder] = [await world(), createFolder()];
    const entry = fileURLToPath(new URL("stepped-date.process.ts", import.meta.url));
    const monitor = startMonitor({ folder, entry, env: settingsFor(live, { CLOCK_AHEAD_MS: String(3 * DAY_MS) }) });
    await monitor.line("[SCAN] inversores");
    expect(live.cards).toEqual([]);
    monitor.kill("SIGUSR2");
    await live.until(() => live.cards.length === 2);
    const before = scans(monitor.stdout());
    await live.until(() => scans(monitor.stdout()) >= before + 4);
    expect(live.cards.toSorted()).toEqual([expect.stringContaining("UFV 101"), expect.stringContaining("UFV 102")]);
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(readFileSync(join(folder, "state", "monitor_state.json"), "utf8")).toContain('"101:7:SOBRETENSÃO"');
  });
});
