// Relay before inverter: while a plant's relay is alerted and talks to us, its inverters are not asked for.
import { HOUR_MS, type EpochMs } from "./local-time.ts";
import { activeAlerts, type PlantState } from "./plant.ts";
import { passOverInverters } from "./relay-detector.ts";

/** After this long without a reading of an alerted relay nobody can say any more why the inverters stand still. */
const RELAY_SILENCE_MS = 2 * HOUR_MS;

export type InverterWatch = "watched" | "unwatched" | "relay-silent";

export function inverterWatch(plant: PlantState, now: EpochMs): InverterWatch {
  const alerts = activeAlerts(plant);
  if (alerts.length === 0) return "watched";
  const newest = Math.max(...alerts.map(({ relay }) => relay.mark));
  return now - newest < RELAY_SILENCE_MS ? "unwatched" : "relay-silent";
}

/** Notes since when the inverters are not watched. A silent relay frees them only in an inverter scan: see `release`. */
export function noteWatch(plant: PlantState, now: EpochMs): PlantState {
  const watch = inverterWatch(plant, now);
  const { unwatchedSince, releasedAt } = plant.inverter;
  if (watch === "unwatched") return withWatch(plant, unwatchedSince ?? now, null);
  return watch === "watched" ? withWatch(plant, null, null) : withWatch(plant, unwatchedSince, releasedAt);
}

function withWatch(plant: PlantState, unwatchedSince: EpochMs | null, releasedAt: EpochMs | null): PlantState {
  return { ...plant, inverter: { ...plant.inverter, unwatchedSince, releasedAt } };
}

/** The inverter scan at `now` finds the alerted relay silent: the inverters are judged from here on, what came before is
 *  passed over. `isNew` is true once a silence: it is told then. */
export function release(plant: PlantState, now: EpochMs): { readonly plant: PlantState; readonly isNew: boolean } {
  if (plant.inverter.releasedAt !== null) return { plant, isNew: false };
  return { plant: withWatch(passOverInverters(plant, now), null, now), isNew: true };
}
