// Whether a whole plant is in silence.
import type { EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { isOver } from "../../domain/mute.ts";
import type { RulesOf } from "../../domain/rules.ts";

/** An operator's silence, else the one that the settings ask for (without an end); null: none. */
export function plantMute(state: MonitorState, plantId: string, rulesOf: RulesOf, now: EpochMs): { readonly until: EpochMs | null; readonly reason: string } | null {
  const mute = state.monitor.mutes.find((other) => other.plantId === plantId && other.device === null && !isOver(other, now));
  if (mute !== undefined) return mute;
  const plant = state.plants.get(plantId);
  return plant !== undefined && rulesOf(plant.info).muted ? { until: null, reason: "em pvmonitor.yaml" } : null;
}
