// SPEC sections 6 and 8: a process that is killed in the middle of a call, a save or a send loses nothing and repeats at most one card.
import { describe, expect, test } from "vitest";
import { startMonitor } from "../support/live-monitor.ts";
import { inverter, later, relay } from "../support/scenario.ts";

const devices = [
  relay(101, 7).from("08:00").cleanUntil("08:20").active("r59N", 1).cleanUntil("10:00"),
  inverter(102, 9).from("08:00").kwUntil("08:20", 50).kwUntil("10:00", 0),
  inverter(103, 9).from("08:00").kwUntil("08:20", 50).kwUntil("10:00", 0),
];

describe("answers take 0.4 s", () => {
  // At 08:20 the relay's failure was told; at 08:30 its normalization is, then the failures of two plants.
  test.each(Array.from({ length: 26 }, (_, i) => i * 130))("killed %i ms after 08:30", async (ms) => {
    const monitor = startMonitor({ start: "08:00", end: "10:00", devices }, 400);
    await monitor.runUntil(later("08:30", 0));
    await monitor.clock.runUntil(monitor.clock.now() + ms);
    monitor.kill();
    monitor.start();
    await monitor.runUntil("09:30");
    const cards = monitor.callsOf("teams").map(({ body }) => body);
    expect(new Set(cards).size).toBe(4); // a repeated one is the same card
    expect(cards.length).toBeLessThanOrEqual(5);
    const incidents = new Set(monitor.ofKind("events.delivered").flatMap(({ events }) => events.map(({ kind, incident }) => `${kind} ${incident.id}`)));
    expect(incidents.size).toBe(4);
    await monitor.stop();
  });
});

test("an outage that nobody was told of yet begins anew with the process: nobody tried while it was down", async () => {
  const everything = (["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint) => ["09:00", "12:00", endpoint, "status:500"] as const);
  const monitor = startMonitor({ start: "08:00", end: "12:00", config: { HEARTBEAT_TIMES: "11:02" }, faults: everything, devices: [inverter(101, 9).from("08:00").kwUntil("12:00", 50)] });
  await monitor.runUntil("09:10");
  expect(monitor.disk.text("monitor_state.json")).toMatch(/"api":\{"since":\d+,"detail":"[^"]*","told":false\}/);
  monitor.kill();
  await monitor.runUntil("11:00");
  monitor.start();
  await monitor.runUntil("11:03");
  expect(monitor.ofKind("heartbeat.delivered").flatMap(({ heartbeat }) => heartbeat.attention.map(({ kind }) => kind))).not.toContain("api-failing");
  expect(monitor.running.context.ledger.state.monitor.api?.since).toBeGreaterThan(monitor.clock.now() - 3 * 60_000);
  await monitor.stop();
});
