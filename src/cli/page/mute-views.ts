// Mutes as the page shows them.
import type { MuteView } from "../../api/schemas.ts";
import type { EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { isOver, type Mute } from "../../domain/mute.ts";
import { deviceName } from "../../domain/plant.ts";
import type { RulesOf } from "../../domain/rules.ts";

/** The silence of a whole plant: an operator's, else the one that the settings ask for (without an end). */
export function plantMute(state: MonitorState, plantId: string, rulesOf: RulesOf, now: EpochMs): { readonly until: EpochMs | null; readonly reason: string } | null {
  const mute = state.monitor.mutes.find((other) => other.plantId === plantId && other.device === null && !isOver(other, now));
  if (mute !== undefined) return mute;
  const plant = state.plants.get(plantId);
  return plant !== undefined && rulesOf(plant.info).muted ? { until: null, reason: "em pvmonitor.yaml" } : null;
}

export function muteView({ id, plantId, device, since, until, reason, by }: Mute, { plants }: MonitorState): MuteView {
  const plant = plants.get(plantId);
  return {
    id, plantId, plantName: plant?.info.name ?? plantId, device,
    deviceName: device === null || plant === undefined ? null : deviceName(plant, device),
    since, until, reason, by,
  };
}
