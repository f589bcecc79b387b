// Plants in a few words: each device with its newest reading and, where it has one, its alert's type or its failure's beginning.
import { newPlant, type InverterState, type PlantInfo, type PlantState } from "../../src/domain/plant.ts";
import { instant } from "./plant-rules.ts";

const ALERT_AGE_MS = 3_600_000;

export interface Sketch {
  readonly id?: number;
  readonly inverters?: Readonly<Record<string, readonly [mark: string, failed?: string]>>;
  readonly relays?: Readonly<Record<string, readonly [mark: string, ...types: readonly string[]]>>;
}

export function sketchInfo(id: number): PlantInfo {
  return { id: String(id), name: `UFV ${id}`, capacityKwp: null };
}

function inverterAt(mark: number, failedSince: number | null): InverterState {
  return { mark, lastInWindow: mark, intervalsS: [], run: null, recentFailures: [], failure: failedSince === null ? null : { incidentId: "X", first: failedSince, last: mark } };
}

/** An alert began an hour before the newest reading of its relay. */
export function sketchPlant({ id = 101, inverters = {}, relays = {} }: Sketch): PlantState {
  const made = newPlant(sketchInfo(id));
  return {
    ...made,
    inverter: { ...made.inverter, devices: new Map(Object.entries(inverters).map(([device, [mark, failed]]) => [device, inverterAt(instant(mark), failed === undefined ? null : instant(failed))])) },
    relay: { ...made.relay, devices: new Map(Object.entries(relays).map(([device, [told, ...types]]) => {
      const mark = instant(told);
      const alerts = types.map((type) => [type, { incidentId: "Y", type, parameters: ["r59N"], first: mark - ALERT_AGE_MS, last: mark }] as const);
      return [device, { mark, recentFailures: [], alerts: new Map(alerts) }];
    })) },
  };
}
