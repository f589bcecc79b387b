// The monitor for Prometheus: counts what happens, and tells at a scrape how things stand. A registry of its own each: several live in one process.
import { collectDefaultMetrics, Registry } from "prom-client";
import { DEVICE_STATES, PLANT_STATES, TROUBLES, type MetricsFacts } from "../../ports/metrics.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { count, startAtZero } from "./counting.ts";
import { createCounters, createGauges, type Gauges } from "./instruments.ts";

export interface Metrics extends Telemetry {
  /** Text of one scrape. */
  render(facts: MetricsFacts): Promise<string>;
  readonly contentType: string;
}

/** Gauges of the library that are named like counters, or that have a series for whatever Node calls its handles. */
const UNWANTED = ["handles", "requests", "resources"].flatMap((what) => [`nodejs_active_${what}`, `nodejs_active_${what}_total`]);
const KINDS = ["relay", "inverter"] as const;

export function createMetrics({ version }: { readonly version: string }): Metrics {
  const registry = new Registry();
  const counters = createCounters(registry);
  const gauges = createGauges(registry);
  collectDefaultMetrics({ register: registry });
  for (const name of UNWANTED) registry.removeSingleMetric(name);
  startAtZero(counters);
  gauges.buildInfo.set({ version, node: process.versions.node }, 1);
  return {
    tell: (happening) => { count(counters, happening); },
    render: (facts) => {
      show(gauges, facts);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function show(gauges: Gauges, facts: MetricsFacts): void {
  for (const state of PLANT_STATES) gauges.plants.set({ state }, facts.plants[state]);
  for (const state of DEVICE_STATES.relay) gauges.devices.set({ kind: "relay", state }, facts.devices.relay[state]);
  for (const state of DEVICE_STATES.inverter) gauges.devices.set({ kind: "inverter", state }, facts.devices.inverter[state]);
  gauges.relayAlerts.reset();
  for (const [type, alerts] of facts.relayAlerts) gauges.relayAlerts.set({ type }, alerts);
  gauges.lastScan.reset();
  for (const kind of KINDS) {
    const at = facts.lastScan[kind];
    if (at !== null) gauges.lastScan.set({ kind }, at / 1_000);
    gauges.interval.set({ kind }, facts.intervalMs[kind] / 1_000);
  }
  gauges.outbox.set({ state: "waiting" }, facts.outbox.waiting);
  gauges.outbox.set({ state: "refused" }, facts.outbox.refused);
  gauges.outboxAge.set(facts.outbox.oldestAgeMs / 1_000);
  for (const topic of TROUBLES) gauges.trouble.set({ topic }, facts.troubles[topic] ? 1 : 0);
  gauges.mutes.set(facts.mutes);
  gauges.historyLost.set(facts.historyLost);
}
