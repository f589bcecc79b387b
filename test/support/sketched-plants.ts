// Plants in a given state, without the days of readings that would lead to it.
import { HOUR_MS } from "../../src/domain/local-time.ts";
import { emptyState, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant, type PlantState } from "../../src/domain/plant.ts";
import { instant } from "./plant-rules.ts";

export interface Sketch {
  readonly id?: number;
  readonly name?: string;
  /** By device: its newest reading, and since when it is down. */
  readonly inverters?: Readonly<Record<string, readonly [mark: string, failed?: string]>>;
  /** By device: its newest reading, and the type of its alert, which began an hour before. */
  readonly relays?: Readonly<Record<string, readonly [mark: string, type?: string]>>;
}

export function sketchPlant({ id = 101, name = `UFV ${String(id)}`, inverters = {}, relays = {} }: Sketch): PlantState {
  const made = newPlant({ id: String(id), name, capacityKwp: null });
  return {
    ...made,
    inverter: { ...made.inverter, devices: new Map(Object.entries(inverters).map(([device, [told, failed]]) => {
      const mark = instant(told);
      const failure = failed === undefined ? null : { incidentId: `I${device}`, first: instant(failed), last: mark };
      return [device, { mark, lastInWindow: mark, intervalsS: [], run: null, recentFailures: [], failure }];
    })) },
    relay: { ...made.relay, devices: new Map(Object.entries(relays).map(([device, [told, type]]) => {
      const mark = instant(told);
      const alert = { incidentId: `R${device}`, type: type ?? "", parameters: ["r59N"], first: mark - HOUR_MS, last: mark };
      return [device, { mark, recentFailures: [], alerts: new Map(type === undefined ? [] : [[type, alert]]) }];
    })) },
  };
}

export function sketchState(...sketches: readonly Sketch[]): MonitorState {
  return sketches.map(sketchPlant).reduce(withPlant, emptyState);
}
