// Plants and inverters without data: silence is never an event, but somebody has to know of it.
import { HOUR_MS, localDate, startOfDay, SECOND_MS, type EpochMs } from "./local-time.ts";
import { isInWindow } from "./inverter-detector.ts";
import type { PlantState } from "./plant.ts";
import type { PlantRules } from "./rules.ts";

const SILENCE_MS = HOUR_MS;

/** Since when no inverter of the plant has a reading, where that is more than 60 min of the generation window; null otherwise
 *  (at night, under an alerted relay, or for a plant that never had inverters). */
export function invertersSilentSince(plant: PlantState, rules: PlantRules, now: EpochMs): EpochMs | null {
  const { devices, unwatchedSince } = plant.inverter;
  if (devices.size === 0 || unwatchedSince !== null || !isInWindow(now, rules)) return null;
  const newest = Math.max(...[...devices.values()].map(({ mark }) => mark));
  return now - heardOrDue(plant, newest, rules, now) > SILENCE_MS ? newest : null;
}

/** Inverters that are silent for 60 min while others of their plant report. */
export function countSilentInverters(plant: PlantState, rules: PlantRules, now: EpochMs): number {
  const { devices, unwatchedSince } = plant.inverter;
  if (unwatchedSince !== null || !isInWindow(now, rules) || invertersSilentSince(plant, rules, now) !== null) return 0;
  return [...devices.values()].filter(({ mark }) => now - heardOrDue(plant, mark, rules, now) > SILENCE_MS).length;
}

/** Silence counts from the last reading, but not from before the window opened or a relay trip ended. */
function heardOrDue(plant: PlantState, mark: EpochMs, rules: PlantRules, now: EpochMs): EpochMs {
  const opened = startOfDay(localDate(now, rules.zone), rules.zone) + rules.window.fromS * SECOND_MS;
  return Math.max(mark, opened, plant.inverter.passOverUntil ?? -Infinity);
}

/** Since when no relay of the plant has a reading, where that is more than 60 min at any hour; null otherwise. */
export function relaysSilentSince(plant: PlantState, now: EpochMs): EpochMs | null {
  if (plant.relay.devices.size === 0) return null;
  const newest = Math.max(...[...plant.relay.devices.values()].map(({ mark }) => mark));
  return now - newest > SILENCE_MS ? newest : null;
}
