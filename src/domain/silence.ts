// Plants and inverters without data: silence is never an event, but somebody has to know of it.
import { HOUR_MS, localDate, timeOfDay, type EpochMs } from "./local-time.ts";
import { isInWindow } from "./inverter-detector.ts";
import { goneDevices } from "./gone.ts";
import type { DeviceKind, PlantState } from "./plant.ts";
import type { PlantRules } from "./rules.ts";

export const SILENCE_MS = HOUR_MS;

/** Since when no inverter of the plant has a reading, where that is more than 60 min of the generation window; null otherwise
 *  (at night, under an alerted relay, or for a plant that never had inverters). */
export function invertersSilentSince(plant: PlantState, rules: PlantRules, now: EpochMs): EpochMs | null {
  if (plant.inverter.unwatchedSince !== null) return null;
  const newest = newestMark(plant, "inverter");
  // What needs no calendar first: most plants talk.
  if (newest === null || now - newest <= SILENCE_MS || !isInWindow(now, rules)) return null;
  return now - Math.max(newest, dueSince(plant, rules, now)) > SILENCE_MS ? newest : null;
}

/** Inverters that are silent for 60 min while others of their plant report. */
export function countSilentInverters(plant: PlantState, rules: PlantRules, now: EpochMs): number {
  const { devices, unwatchedSince } = plant.inverter;
  if (unwatchedSince !== null || !isInWindow(now, rules) || invertersSilentSince(plant, rules, now) !== null) return 0;
  const gone = goneDevices(plant, "inverter");
  const due = dueSince(plant, rules, now);
  return [...devices].filter(([device, { mark }]) => !gone.has(device) && now - Math.max(mark, due) > SILENCE_MS).length;
}

/** Silence of an inverter counts from its last reading, but not from before the window opened or a relay trip ended. */
export function dueSince(plant: PlantState, rules: PlantRules, now: EpochMs): EpochMs {
  const opened = timeOfDay(localDate(now, rules.zone), rules.window.fromS, rules.zone);
  return Math.max(opened, plant.inverter.passOverUntil ?? -Infinity);
}

/** Since when no relay of the plant has a reading, where that is more than 60 min at any hour; null otherwise. */
export function relaysSilentSince(plant: PlantState, now: EpochMs): EpochMs | null {
  const newest = newestMark(plant, "relay");
  return newest !== null && now - newest > SILENCE_MS ? newest : null;
}

/** Whether the plant's inverters have given a reading within the last 60 min, whatever the hour. */
export function invertersReport(plant: PlantState, now: EpochMs): boolean {
  const newest = newestMark(plant, "inverter");
  return newest !== null && now - newest <= SILENCE_MS;
}

/** Newest reading of a kind; null where the plant has no such device, or none that is not gone. */
function newestMark(plant: PlantState, kind: DeviceKind): EpochMs | null {
  const gone = goneDevices(plant, kind);
  const marks = [...plant[kind].devices].filter(([device]) => !gone.has(device)).map(([, { mark }]) => mark);
  return marks.length === 0 ? null : Math.max(...marks);
}
