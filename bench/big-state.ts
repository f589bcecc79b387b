// A state as large as a large account's: every inverter with its rhythm and its run, some down, some plants with a relay.
import { MINUTE_MS, parseWallClock, type EpochMs } from "../src/domain/local-time.ts";
import { emptyState, type MonitorState } from "../src/domain/monitor-state.ts";
import { newPlant, type InverterState, type PlantState, type RelayState } from "../src/domain/plant.ts";

export interface BigStateOptions {
  readonly plants: number;
  readonly invertersPerPlant: number;
}

const NOON = parseWallClock("2025-12-01 12:00:00", "America/Sao_Paulo") ?? 0;
const RHYTHM_S = [315, 315, 630, 316, 314, 315, 630, 315, 318, 315, 316, 632];

export function makeBigState({ plants, invertersPerPlant }: BigStateOptions): MonitorState {
  const ids = Array.from({ length: plants }, (_, i) => 40_001 + i);
  return { ...emptyState, plants: new Map(ids.map((id) => [String(id), makePlant(id, invertersPerPlant)])) };
}

/** The state after a scan of this plant: each of its inverters has one reading more. */
export function scanned(plant: PlantState, at: EpochMs): PlantState {
  const devices = [...plant.inverter.devices].map(([id, inverter]): [string, InverterState] => [id, {
    ...inverter, mark: at, lastInWindow: at, run: inverter.run === null ? null : { ...inverter.run, count: inverter.run.count + 1 },
  }]);
  return { ...plant, inverter: { ...plant.inverter, lastScan: at, devices: new Map(devices) } };
}

function makePlant(id: number, inverters: number): PlantState {
  const plant = newPlant({ id: String(id), name: `UFV Medida ${id}`, capacityKwp: 1_180 });
  const devices = Array.from({ length: inverters }, (_, i): [string, InverterState] => [`77010${String(id * 100 + i).padStart(10, "0")}`, makeInverter(id, i)]);
  const relays = id % 7 === 0 ? [[String(id % 10_000), makeRelay()] as const] : [];
  return {
    ...plant,
    relay: { beginsAfter: NOON - 12 * 60 * MINUTE_MS, lastScan: NOON, devices: new Map(relays) },
    inverter: { ...plant.inverter, beginsAfter: NOON - 12 * 60 * MINUTE_MS, lastScan: NOON, devices: new Map(devices) },
    deviceList: { askedAt: NOON, withoutRelay: null, hasRelay: relays.length > 0, names: new Map(devices.map(([serial], i) => [serial, `Inversor ${i + 1}`])) },
  };
}

function makeInverter(plant: number, place: number): InverterState {
  const isDown = (plant + place) % 50 === 0;
  const mark = NOON - place * 2_000;
  const first = mark - 20 * MINUTE_MS;
  return {
    mark, lastInWindow: mark, intervalsS: RHYTHM_S,
    run: { sign: isDown ? "zero" : "positive", count: isDown ? 4 : 60, since: first },
    failure: isDown ? { incidentId: "7F3K2M", first, last: mark } : null,
    recentFailures: isDown ? [first] : [],
  };
}

function makeRelay(): RelayState {
  return { mark: NOON, alerts: new Map(), recentFailures: [] };
}
