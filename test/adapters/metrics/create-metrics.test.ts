// What is counted, how it is named, that it stays bounded; and that Prometheus' own checker agrees.
import { expect, describe, it } from "vitest";
import { createMetrics } from "../../../src/adapters/metrics/create-metrics.ts";
import { facts, familiesOf, happenings, liveMetrics, samplesOf, valueOf } from "./exposition.ts";
import { hasPromtool, promtool } from "./promtool.ts";

const text = await liveMetrics().render(facts);
const value = (name: string, labels: Record<string, string> = {}): number | null => valueOf(text, `pvmonitor_${name}`, labels);

describe("a happening is counted", () => {
  it.each([
    ["scans_total", { kind: "relay", outcome: "partial" }, 1],
    ["scans_total", { kind: "inverter", outcome: "complete" }, 1],
    ["scans_total", { kind: "inverter", outcome: "aborted" }, 1],
    ["scans_total", { kind: "relay", outcome: "aborted" }, 0],
    ["scan_duration_seconds_sum", { kind: "relay" }, 12.34],
    ["scan_plants_total", { kind: "relay", outcome: "unavailable" }, 2],
    ["scan_plants_total", { kind: "inverter", outcome: "unwatched" }, 1],
    ["readings_total", { kind: "inverter" }, 2 * 2_269],
    ["readings_known_total", { kind: "relay" }, 3],
    ["records_unusable_total", { kind: "relay" }, 1],
    ["scan_unavailable_total", { kind: "relay", reason: "timeout" }, 2],
    ["scan_unavailable_total", { kind: "inverter", reason: "connection" }, 10],
    ["incidents_total", { kind: "relay", event: "failure" }, 1],
    ["incidents_total", { kind: "inverter", event: "normal" }, 1],
    ["api_requests_total", { call: "day_relay", outcome: "ok" }, 1],
    ["api_requests_total", { call: "day_relay", outcome: "throttled" }, 1],
    ["api_requests_total", { call: "other", outcome: "timeout" }, 1],
    ["api_request_duration_seconds_count", { call: "day_relay" }, 2],
    ["teams_posts_total", { outcome: "retry" }, 1],
    ["teams_post_duration_seconds_sum", {}, 20.7],
    ["cards_total", { outcome: "delivered" }, 1],
    ["cards_total", { outcome: "shadow" }, 1],
    ["cards_total", { outcome: "failed" }, 1],
    ["cards_total", { outcome: "refused" }, 1],
    ["state_save_duration_seconds_sum", {}, 0.008],
    ["state_save_failures_total", {}, 1],
    ["heartbeats_total", { outcome: "delivered" }, 1],
    ["heartbeats_total", { outcome: "dropped" }, 1],
    ["pings_total", { signal: "success", outcome: "ok" }, 1],
    ["pings_total", { signal: "fail", outcome: "failed" }, 1],
  ])("%s %o", (name, labels, expected) => { expect(value(name, labels)).toBeCloseTo(expected); });
});

describe("a scrape tells of now", () => {
  it.each([
    ["build_info", { version: "1.0.0", node: process.versions.node }, 1],
    ["plants", { state: "no-data" }, 3],
    ["devices", { kind: "inverter", state: "unwatched" }, 12],
    ["relay_alerts", { type: "SOBRETENSÃO" }, 1],
    ["relay_alerts", { type: "OUTROS" }, 0],
    ["last_scan_timestamp_seconds", { kind: "relay" }, 1_764_586_800],
    ["scan_interval_seconds", { kind: "inverter" }, 900],
    ["outbox_notifications", { state: "waiting" }, 2],
    ["outbox_notifications", { state: "refused" }, 1],
    ["outbox_oldest_age_seconds", {}, 90.5],
    ["trouble", { topic: "teams" }, 1],
    ["trouble", { topic: "api" }, 0],
    ["mutes", {}, 1],
    ["history_lost_records", {}, 0],
  ])("%s %o", (name, labels, expected) => { expect(value(name, labels)).toBe(expected); });

  it("and nothing of before", async () => {
    const metrics = createMetrics({ version: "1.0.0" });
    await metrics.render(facts);
    const later = await metrics.render({ ...facts, relayAlerts: new Map([["OUTROS", 4]]), lastScan: { relay: null, inverter: 5_000 } });
    expect(familiesOf(later).get("pvmonitor_relay_alerts")?.labels.get("type")).toEqual(new Set(["OUTROS"]));
    expect(familiesOf(later).get("pvmonitor_last_scan_timestamp_seconds")?.labels.get("kind")).toEqual(new Set(["inverter"]));
  });

  it("with what the process itself needs", () => {
    for (const name of ["process_cpu_seconds_total", "process_start_time_seconds", "process_resident_memory_bytes", "nodejs_eventloop_lag_p99_seconds"]) {
      expect(valueOf(text, name), name).not.toBeNull();
    }
  });
});

it("what happens later makes no series that was not there, whatever comes from outside", async () => {
  const metrics = createMetrics({ version: "1.0.0" });
  const keys = (scrape: string): string[] => samplesOf(scrape).filter(({ name }) => name.startsWith("pvmonitor_")).map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
  const before = new Set(keys(await metrics.render(facts)));
  for (const happening of happenings) metrics.tell(happening);
  const added = keys(await metrics.render(facts)).filter((key) => !before.has(key) && !key.includes('"call":"other"'));
  expect(added).toEqual([]);
  expect(before.size).toBeLessThan(400);
  for (let i = 0; i < 1_000; i += 1) metrics.tell({ kind: "api.called", call: `day_relay/${i}`, outcome: "ok", durationMs: 1 });
  expect(new Set(keys(await metrics.render(facts)).filter((key) => key.includes("api_requests") && !before.has(key))).size).toBe(2); // other: timeout, ok
  const told = samplesOf(text).flatMap(({ labels }) => Object.values(labels));
  expect(told.filter((label) => /Segredo|^101$|1931|7F3K/.test(label))).toEqual([]);
});

it("two monitors in one process do not count into each other", async () => {
  const other = createMetrics({ version: "2.0.0" });
  expect(valueOf(await other.render(facts), "pvmonitor_state_save_failures_total")).toBe(0);
});

describe("promtool check metrics", () => {
  it("names and units are those of the conventions", () => {
    const families = [...familiesOf(text)].filter(([name]) => name.startsWith("pvmonitor_"));
    expect(families.filter(([name, { type }]) => (type === "counter") !== name.endsWith("_total")).map(([name]) => name)).toEqual([]);
    expect(families.filter(([, { help }]) => !/^[A-Z1].{10,}\.$/u.test(help)).map(([name]) => name)).toEqual([]);
    expect(families.filter(([name]) => /_(?:ms|milliseconds|minutes|kb)\b/.test(name))).toEqual([]);
    if (hasPromtool) expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, output: "" });
  });
});
