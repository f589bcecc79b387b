// What the metrics say of a morning is what happened in it: the whole monitor under the virtual clock, scraped between its scans.
import { expect, it } from "vitest";
import { createMetrics } from "../../../src/adapters/metrics/create-metrics.ts";
import { metricsFacts } from "../../../src/app/metrics-facts.ts";
import type { Context } from "../../../src/app/context.ts";
import { startMonitor } from "../../support/live-monitor.ts";
import { inverter, relay } from "../../support/scenario.ts";
import { valueOf } from "./exposition.ts";

const devices = [
  relay(101, 7).from("07:00").cleanUntil("08:20").activeUntil("09:00", "r59N").cleanUntil("11:00"),
  inverter(101, 1).from("07:00").kwUntil("11:00", 50),
  inverter(102, 2).from("07:00").kwUntil("08:00", 50).kwUntil("11:00", 0),
  inverter(102, 3).from("07:00").kwUntil("11:00", 50),
  inverter(103, 4).from("07:00").kwUntil("08:00", 50),
];

it("agrees with the monitor", async () => {
  const metrics = createMetrics({ version: "1.0.0" });
  const contexts: Context[] = [];
  const monitor = startMonitor({ start: "08:00", end: "11:00", devices }, 0, "suspended", () => ({
    telemetry: metrics,
    companions: [({ context }) => {
      contexts.push(context);
      return Promise.resolve();
    }],
  }));
  const scrape = async (told: string): Promise<(name: string, labels?: Record<string, string>) => number | null> => {
    await monitor.runUntil(told);
    const { ledger, settings } = contexts[0] ?? expect.unreachable("the monitor has begun");
    const text = await metrics.render(metricsFacts(ledger.state, {
      now: monitor.clock.now(), settings, isStateSaved: ledger.trouble === null, isMuted: () => false, mutes: 0, historyLost: 0,
    }));
    return (name, labels) => valueOf(text, `pvmonitor_${name}`, labels);
  };

  const early = await scrape("08:05");
  expect([early("plants", { state: "normal" }), early("devices", { kind: "inverter", state: "normal" }), early("devices", { kind: "relay", state: "normal" })]).toEqual([3, 4, 1]);
  const lastScan = monitor.clock.now() - 5 * 60_000;
  expect(early("last_scan_timestamp_seconds", { kind: "relay" })).toBe(lastScan / 1_000);

  const tripped = await scrape("08:35");
  expect([tripped("plants", { state: "relay" }), tripped("plants", { state: "inverters" }), tripped("plants", { state: "normal" })]).toEqual([1, 1, 1]);
  expect([tripped("devices", { kind: "relay", state: "alert" }), tripped("relay_alerts", { type: "SOBRETENSÃO" })]).toEqual([1, 1]);
  expect([tripped("devices", { kind: "inverter", state: "failed" }), tripped("devices", { kind: "inverter", state: "unwatched" })]).toEqual([1, 1]);

  const later = await scrape("10:55");
  expect([later("plants", { state: "relay" }), later("plants", { state: "inverters" }), later("plants", { state: "no-data" })]).toEqual([0, 1, 1]);
  const events = monitor.ofKind("event.detected").map(({ event }) => `${event.subject} ${event.kind}`);
  for (const kind of ["relay", "inverter"]) for (const event of ["failure", "normal"]) {
    expect(later("incidents_total", { kind, event })).toBe(events.filter((told) => told === `${kind} ${event}`).length);
  }
  expect(events.length).toBeGreaterThan(2);
  expect(later("cards_total", { outcome: "delivered" })).toBe(monitor.ofKind("card.delivered").length);
  expect(later("api_requests_total", { call: "day_relay", outcome: "ok" })).toBe(monitor.callsOf("day_relay").length);
  expect(later("scan_duration_seconds_count", { kind: "relay" })).toBe(monitor.ofKind("scan.finished").filter(({ scan }) => scan === "relay").length);
  expect([later("outbox_notifications", { state: "waiting" }), later("outbox_oldest_age_seconds"), later("trouble", { topic: "teams" })]).toEqual([0, 0, 0]);
  await monitor.stop();
});
