// SPEC section 8: a full or read-only disk stops neither scans nor cards; it is logged, told once, and tried again.
import { describe, expect, test } from "vitest";
import { startMonitor, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, relay, type Story } from "../support/scenario.ts";

const devices: Story["devices"] = [
  relay(101, 7).from("08:00").cleanUntil("08:35").activeUntil("09:05", "r59N").cleanUntil("12:00"),
  inverter(102, 9).from("08:00").kwUntil("08:30", 50).kwUntil("09:00", 0).kwUntil("12:00", 50),
];
const start = (more: Partial<Story> = {}): LiveMonitor => startMonitor({ start: "08:00", end: "12:00", devices, ...more });
const told = (monitor: LiveMonitor): string[] => monitor.ofKind("events.delivered").flatMap(({ plant, events }) => events.map(({ subject, kind }) => `${plant.id} ${subject}.${kind}`)).sort();
const ownCards = (monitor: LiveMonitor): string[] => monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice?.kind === "monitor" ? [`${notice.topic} ${notice.phase}`] : []));
const all = ["101 relay.failure", "101 relay.normal", "102 inverter.failure", "102 inverter.normal"];

describe.each(["ENOSPC", "EROFS", "EACCES"] as const)("%s", (code) => {
  test("all is told; one card after three saves in a row failed, and one when it is over", async () => {
    const monitor = start();
    await monitor.runUntil("08:20");
    monitor.disk.failWrites(code);
    await monitor.runUntil("09:30");
    expect(told(monitor)).toEqual(all);
    expect(ownCards(monitor)).toEqual(["state lost"]);
    expect(monitor.ofKind("state.not-saved").length).toBeGreaterThan(3);
    expect(monitor.ofKind("state.not-saved").every(({ detail }) => detail.includes(code))).toBe(true);
    monitor.disk.failWrites(null);
    await monitor.runUntil("09:35");
    expect(ownCards(monitor)).toEqual(["state lost", "state back"]);
    await monitor.stop();
    expect(monitor.disk.text("monitor_state.json")).toContain('"rele_alertas_ativos":[]');
  });

  test("for a moment is no card", async () => {
    const monitor = start();
    await monitor.runUntil("08:29:50");
    monitor.disk.failWrites(code);
    await monitor.runUntil("08:30:10");
    monitor.disk.failWrites(null);
    await monitor.runUntil("09:30");
    expect(told(monitor)).toEqual(all);
    expect(ownCards(monitor)).toEqual([]);
    await monitor.stop();
  });
});

test("a heartbeat meanwhile says ATENÇÃO", async () => {
  const monitor = start({ config: { HEARTBEAT_TIMES: "09:00,10:00" } });
  await monitor.runUntil("08:50");
  monitor.disk.failWrites("ENOSPC");
  await monitor.runUntil("09:01");
  monitor.disk.failWrites(null);
  await monitor.runUntil("10:01");
  const reasons = monitor.ofKind("heartbeat.delivered").map(({ heartbeat }) => heartbeat.attention.map(({ kind }) => kind));
  expect(reasons).toEqual([["state-not-saved"], []]);
  await monitor.stop();
});

test("what was sent while the disk was full is not sent again by the process that follows once it was saved", async () => {
  const monitor = start();
  await monitor.runUntil("08:29");
  monitor.disk.failWrites("ENOSPC");
  await monitor.runUntil("08:50");
  monitor.disk.failWrites(null);
  await monitor.runUntil("08:52");
  monitor.kill();
  monitor.start();
  await monitor.runUntil("11:00");
  expect(told(monitor)).toEqual(all);
  await monitor.stop();
});

test("a machine that loses power keeps every notification that was committed, and repeats at most the card under way", async () => {
  for (const moment of ["08:45:00", "08:45:01", "08:46", "09:00:00", "09:15:00", "09:15:01"]) {
    const monitor = start();
    await monitor.runUntil(moment);
    monitor.disk.losePower();
    monitor.kill();
    monitor.start();
    await monitor.runUntil("11:00");
    expect([...new Set(told(monitor))]).toEqual(all);
    expect(told(monitor).length).toBeLessThanOrEqual(5);
    await monitor.stop();
  }
});

test("a notification is on disk before it is sent", async () => {
  const monitor = start({ faults: [["08:00", "10:00", "teams", "timeout"]] });
  await monitor.runUntil("08:45:01"); // the card of 08:45 waits for its answer
  expect(monitor.callsOf("teams")).not.toHaveLength(0);
  expect(monitor.disk.text("monitor_state.json")).toMatch(/"pending_notifications":\[\{/);
  await monitor.stop();
});
