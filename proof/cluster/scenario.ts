// The day of the proof: plants with sparse readings, so that hundreds of them fit; relays trip and inverters fail at times that a seed
// decides. Its last hour is quiet: by its end all that happened can have been told.
import { createRandom } from "../../src/simulator/random.ts";
import type { ScenarioFile } from "../../src/simulator/scenario.ts";

export const DATE = "2025-12-01";
export const ZONE = "America/Sao_Paulo";
const FIRST_PLANT = 60_001;
const RELAY = 7;
const INVERTERS = [1, 2];
const STEP_MIN = 10;
/** Readings that are served at the start already. */
const HEAD_MIN = 60;
export const QUIET_MIN = 60;
/** Three readings prove a failure, three more its end. */
const [SHORTEST_MIN, LONGEST_MIN, APART_MIN] = [40, 90, 60];
const SHARE_WITH_RELAY = 5;
const LIGHT = { fromMin: 6 * 60 + 30, toMin: 17 * 60 + 20 };
/** After a trip the inverters connect again. */
const RECONNECT_MIN = 5;

interface Span {
  readonly fromMin: number;
  readonly toMin: number;
}

export interface ProofDay {
  readonly file: ScenarioFile;
  /** `YYYY-MM-DDTHH:MM:SS` */
  readonly start: string;
  readonly lastReading: string;
}

export function makeDay({ plants, hours, seed }: { readonly plants: number; readonly hours: number; readonly seed: number }): ProofDay {
  const startMin = Math.max(0, Math.round(12 * 60 - hours * 30));
  const endMin = startMin + Math.round(hours * 60);
  const readings = { fromMin: Math.max(0, startMin - HEAD_MIN), toMin: endMin - QUIET_MIN };
  const random = createRandom(seed);
  const all = Array.from({ length: plants }, (_, place) => ({ id: FIRST_PLANT + place, hasRelay: place % SHARE_WITH_RELAY === 0 }));
  const records = all.map(({ id, hasRelay }) => {
    const stories = { fromMin: Math.max(startMin, LIGHT.fromMin), toMin: Math.min(readings.toMin, LIGHT.toMin) - LONGEST_MIN / 2 };
    const trips = hasRelay ? spans(stories, random, 0.5) : [];
    // What an inverter did before a trip that is read first is passed over, by the rules: of such a plant the events would depend on the hour of its scans.
    const failures = INVERTERS.map(() => (hasRelay ? [] : spans(stories, random, 0.3)));
    return { id, relay: hasRelay ? relayRecords(id, readings, trips) : [], inverters: inverterRecords(id, readings, failures, trips) };
  });
  const byId = <T>(pick: (of: (typeof records)[number]) => T): Record<string, T> => Object.fromEntries(records.map((of) => [String(of.id), pick(of)]));
  return {
    start: stamp(startMin, "T"), lastReading: stamp(readings.toMin, "T"),
    file: {
      timezone: ZONE, seed, start: stamp(startMin, "T"), end: stamp(endMin, "T"),
      plants: all.map(({ id }) => ({ id, nome: `UFV ${String(id)}`, capacidade: "1180.00" })),
      day_relay: byId(({ relay }) => relay), day_inverter: byId(({ inverters }) => inverters),
    },
  };
}

const within = (minute: number, { fromMin, toMin }: Span): boolean => minute >= fromMin && minute < toMin;

/** One after the other, with a chance for each that it takes place. */
function spans({ fromMin, toMin }: Span, random: () => number, chance: number): Span[] {
  const found: Span[] = [];
  for (let minute = fromMin + random() * APART_MIN; ;) {
    const lengthMin = SHORTEST_MIN + random() * (LONGEST_MIN - SHORTEST_MIN);
    if (minute + lengthMin > toMin) return found;
    if (random() < chance) found.push({ fromMin: minute, toMin: minute + lengthMin });
    minute += lengthMin + APART_MIN + random() * LONGEST_MIN;
  }
}

/** Minutes of the day, also past its end. */
function stamp(minutes: number, between = " "): string {
  const text = new Date(Date.parse(`${DATE}T00:00:00Z`) + minutes * 60_000).toISOString();
  return `${text.slice(0, 10)}${between}${text.slice(11, 19)}`;
}

function relayRecords(plant: number, { fromMin, toMin }: Span, trips: readonly Span[]): unknown[] {
  const records: unknown[] = [];
  for (let minute = fromMin; minute <= toMin; minute += STEP_MIN) {
    const isActive = trips.some((trip) => within(minute, trip));
    records.push({ id: plant, idrele: RELAY, conteudojson: { tsleitura: stamp(minute), r27A: false, r59N: isActive, r86: isActive } });
  }
  return records;
}

function inverterRecords(plant: number, { fromMin, toMin }: Span, failures: readonly (readonly Span[])[], trips: readonly Span[]): unknown[] {
  const records: unknown[] = [];
  for (let minute = fromMin; minute <= toMin; minute += STEP_MIN) {
    for (const [place, inverter] of INVERTERS.entries()) {
      const isDown = failures[place]?.some((span) => within(minute, span)) === true || trips.some((trip) => within(minute, { ...trip, toMin: trip.toMin + RECONNECT_MIN }));
      records.push({ id: plant, idinversor: inverter, conteudojson: { tsleitura: stamp(minute), Pac: isDown ? 0 : 87.5 } });
    }
  }
  return records;
}
