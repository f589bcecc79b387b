// The mutes that hold now, for whoever shows them: `status`, `mutes`, the page.
import type { MuteView } from "../api/schemas.ts";
import type { EpochMs } from "../domain/local-time.ts";
import { isOver } from "../domain/mute.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { deviceName } from "../domain/plant.ts";

/** Those that end first, first. */
export function listMutes({ plants, monitor }: MonitorState, now: EpochMs): MuteView[] {
  return monitor.mutes.filter((mute) => !isOver(mute, now)).toSorted((a, b) => a.until - b.until).map((mute) => {
    const plant = plants.get(mute.plantId);
    return {
      ...mute, plantName: plant?.info.name ?? `Usina ${mute.plantId}`,
      deviceName: mute.device === null ? null : plant === undefined ? mute.device : deviceName(plant, mute.device),
    };
  });
}
