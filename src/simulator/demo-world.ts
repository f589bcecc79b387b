// The scenario of the demo: one realistic day of a fleet of invented plants, the same for the same seed.
import { demoDevices, demoPlant } from "./demo-plants.ts";
import { demoInverterRecords, demoRelayRecords } from "./demo-records.ts";
import { DEMO_END, DEMO_KILL, DEMO_START, RELAY_PLANTS, SERVICE_FAULTS } from "./demo-story.ts";
import { createRandom } from "./random.ts";
import { parseScenario, type Scenario, type ScenarioFile } from "./scenario.ts";

export interface DemoOptions {
  readonly seed?: number;
  /** Parts of the story whose plant is beyond it are left out. */
  readonly plants?: number;
  /** `YYYY-MM-DD` */
  readonly date?: string;
}

/** The scenario as it would stand in a file. */
export function makeDemoFile({ seed = 1, plants: count = 24, date = "2025-12-01" }: DemoOptions = {}): ScenarioFile {
  const plants = Array.from({ length: count }, (_, place) => demoPlant(place, RELAY_PLANTS.includes(place)));
  const at = (time: string): string => `${date}T${time.length === 5 ? `${time}:00` : time}`;
  const idAt = (place: number): number | null => plants[place]?.id ?? null;
  // A series of its own for each plant and kind: another number of plants changes nothing about the first ones.
  const chance = (place: number, kind: number): (() => number) => createRandom(seed * 1_000_003 + place * 2 + kind);
  const byId = <T>(make: (plant: (typeof plants)[number]) => T): Record<string, T> => Object.fromEntries(plants.map((plant) => [String(plant.id), make(plant)]));
  const placesAsIds = (fault: string): string =>
    fault.startsWith("partial:") ? `partial:${fault.slice(8).split(",").map((place) => idAt(Number(place)) ?? `fora-${place}`).join(",")}` : fault;
  return {
    seed,
    start: at(DEMO_START),
    end: at(DEMO_END),
    plants: plants.map(({ listed }) => listed),
    plant_devices: Object.fromEntries(plants.flatMap((plant) => {
      const devices = demoDevices(plant);
      return devices === null ? [] : [[String(plant.id), devices]];
    })),
    day_relay: byId((plant) => [...demoRelayRecords(plant, date, chance(plant.place, 0))]),
    day_inverter: byId((plant) => [...demoInverterRecords(plant, date, chance(plant.place, 1))]),
    faults: SERVICE_FAULTS.filter(({ plant }) => plant === undefined || plant < count).map(({ plant, from, to, fault, endpoint }) => ({
      from: at(from), to: at(to), endpoint, fault: placesAsIds(fault), plant: plant === undefined ? null : idAt(plant),
    })),
    kills: [at(DEMO_KILL)],
  };
}

export function makeDemoScenario(options: DemoOptions = {}): Scenario {
  return parseScenario(makeDemoFile(options));
}
