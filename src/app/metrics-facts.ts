// Counts the state for a scrape. Pure; no name of a plant or device leaves here, so that the number of series stays bounded.
import { goneDevices, isGone } from "../domain/gone.ts";
import { isInWindow } from "../domain/inverter-detector.ts";
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { activeAlerts, failedInverters, type PlantState } from "../domain/plant.ts";
import { OTHER_TYPE } from "../domain/relay-detector.ts";
import type { PlantRules } from "../domain/rules.ts";
import { dueSince, invertersSilentSince, relaysSilentSince, SILENCE_MS } from "../domain/silence.ts";
import type { MetricsFacts, PlantStateName } from "../ports/metrics.ts";
import type { Settings } from "./context.ts";

/** What the state alone does not know. */
export interface MetricsSurroundings {
  readonly now: EpochMs;
  readonly settings: Pick<Settings, "rulesOf" | "intervalMs">;
  readonly isStateSaved: boolean;
  /** Whether nothing of this plant is told now: by the settings, or by a mute of the whole plant. */
  readonly isMuted: (plant: PlantState) => boolean;
  /** Mutes in force. */
  readonly mutes: number;
  readonly historyLost: number;
}

export function metricsFacts(state: MonitorState, around: MetricsSurroundings): MetricsFacts {
  const { now, settings: { rulesOf, intervalMs }, mutes, historyLost } = around;
  const { lastCycle, api, teams, noData } = state.monitor;
  const plants: Record<PlantStateName, number> = { relay: 0, inverters: 0, "no-data": 0, muted: 0, normal: 0 };
  const devices = { relay: { alert: 0, "no-data": 0, normal: 0 }, inverter: { failed: 0, unwatched: 0, "no-data": 0, normal: 0 } };
  const relayAlerts = new Map([[OTHER_TYPE, 0]]);
  for (const plant of state.plants.values()) {
    if (isGone(plant)) continue;
    const rules = rulesOf(plant.info);
    plants[stateOf(plant, rules, around)] += 1;
    for (const relay of relayStates(plant, now)) devices.relay[relay] += 1;
    for (const inverter of inverterStates(plant, rules, now)) devices.inverter[inverter] += 1;
    countAlerts(relayAlerts, plant, rules);
  }
  return {
    plants, devices, relayAlerts, intervalMs, mutes, historyLost,
    lastScan: lastCycle,
    outbox: outboxOf(state, now),
    troubles: { api: api !== null, teams: teams !== null, state: !around.isStateSaved, "no-data": noData !== null },
  };
}

function stateOf(plant: PlantState, rules: PlantRules, { now, isMuted }: MetricsSurroundings): PlantStateName {
  const state = activeAlerts(plant).length > 0 ? "relay"
    : failedInverters(plant).length > 0 ? "inverters"
      : relaysSilentSince(plant, now) !== null || invertersSilentSince(plant, rules, now) !== null ? "no-data" : "normal";
  return state !== "normal" && isMuted(plant) ? "muted" : state;
}

function relayStates(plant: PlantState, now: EpochMs): (keyof MetricsFacts["devices"]["relay"])[] {
  const gone = goneDevices(plant, "relay");
  return [...plant.relay.devices].filter(([device]) => !gone.has(device)).map(([, { alerts, mark }]) =>
    (alerts.size > 0 ? "alert" : now - mark > SILENCE_MS ? "no-data" : "normal"));
}

function inverterStates(plant: PlantState, rules: PlantRules, now: EpochMs): (keyof MetricsFacts["devices"]["inverter"])[] {
  const gone = goneDevices(plant, "inverter");
  const isUnwatched = plant.inverter.unwatchedSince !== null;
  const isQuiet = (mark: EpochMs): boolean => now - mark > SILENCE_MS;
  const mayBeSilent = !isUnwatched && plant.inverter.devices.values().some(({ mark }) => isQuiet(mark)) && isInWindow(now, rules);
  const due = mayBeSilent ? dueSince(plant, rules, now) : Infinity;
  return [...plant.inverter.devices].filter(([device]) => !gone.has(device)).map(([, { failure, mark }]) =>
    (failure !== null ? "failed" : isUnwatched ? "unwatched" : isQuiet(Math.max(mark, due)) ? "no-data" : "normal"));
}

/** A class that is no longer in the settings must not add a series: its alerts are of the others. */
function countAlerts(counts: Map<string, number>, plant: PlantState, { relayClasses }: PlantRules): void {
  const types = new Set([...relayClasses.map(({ type }) => type), OTHER_TYPE]);
  for (const type of types) counts.set(type, counts.get(type) ?? 0);
  for (const { alert } of activeAlerts(plant)) {
    const type = types.has(alert.type) ? alert.type : OTHER_TYPE;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
}

function outboxOf({ outbox }: MonitorState, now: EpochMs): MetricsFacts["outbox"] {
  const refused = outbox.filter(({ refusedUntil }) => refusedUntil !== null).length;
  const oldest = outbox.reduce((earliest, { committedAt }) => Math.min(earliest, committedAt), now);
  return { waiting: outbox.length - refused, refused, oldestAgeMs: now - oldest };
}
