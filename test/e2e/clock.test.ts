// The clock goes back an hour, or the machine sleeps: nothing is told twice, nothing is lost, and the rhythm goes on.
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../src/domain/local-time.ts";
import { inverter, relay } from "../support/scenario.ts";
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
    // 09:00 came twice, 12:00 once.
    expect([2, 3]).toContain(monitor.heartbeats());
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
    expect(monitor.heartbeats()).toBeGreaterThanOrEqual(1);
    await monitor.stop();
  });
});
