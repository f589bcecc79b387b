// The readings of one demo day: a power curve with noise, dips of the grid, gaps, and the story's failures.
import type { DemoInverter, DemoPlant } from "./demo-plants.ts";
import { FAILURES, LATE_UPLOADS, RELAY_PHASE_S, TRIPS } from "./demo-story.ts";

type RawRecord = Readonly<Record<string, unknown>>;

const DAY_S = 86_400;
const INVERTER_INTERVAL_S = 315;
const RELAY_INTERVAL_S = 300;
const FIRST_READING_S = secondsOf("04:45");
const LAST_READING_S = secondsOf("18:58");
/** An inverter that was off connects again five minutes after the grid is back. */
const RECONNECT_S = 300;
/** Around the story no reading goes missing and no dip of the grid occurs, so that it is the same for every seed. */
const QUIET_S = 1_800;

const RELAY_PARAMETERS = [
  "r27A", "r27B", "r27C", "r27_0", "r46Q", "r59A", "r59B", "r59C", "r59N", "r67A", "r67B", "r67C", "r67N_1", "r81O", "r81U", "r86", "rAR", "rBA", "rRL1",
];

/** Seconds since midnight of `HH:MM` or `HH:MM:SS`. */
export function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return hours * 3_600 + minutes * 60 + seconds;
}

/** `HH:MM:SS` */
function timeText(second: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  return `${two(second / 3_600)}:${two((second % 3_600) / 60)}:${two(second % 60)}`;
}

/** The API's own: an HTTP date whose GMT is not true. */
const httpDate = (date: string, second: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + second * 1_000).toUTCString();

interface Span {
  readonly fromS: number;
  readonly toS: number;
}

const within = (second: number, { fromS, toS }: Span, marginS = 0): boolean => second >= fromS - marginS && second < toS + marginS;
const spanOf = ({ from, to }: { readonly from: string; readonly to: string }): Span => ({ fromS: secondsOf(from), toS: secondsOf(to) });

/** When the story keeps an inverter at zero. */
function outagesOf(plant: DemoPlant, inverter: number): readonly Span[] {
  const failures = FAILURES.filter(({ plant: place, inverters }) => place === plant.place && (inverters === "all" || inverters.includes(inverter)));
  const trips = plant.relay === null ? [] : TRIPS.filter(({ plant: place }) => place === plant.place);
  return [...failures.map(spanOf), ...trips.map(spanOf).map(({ fromS, toS }) => ({ fromS, toS: toS + RECONNECT_S }))];
}

function storyOf({ place }: DemoPlant): readonly Span[] {
  return [...FAILURES, ...TRIPS, ...LATE_UPLOADS].filter(({ plant }) => plant === place).map(spanOf);
}

/** Share of the rated power under a clear sky; never nothing while the sun is up. */
function sunAt(second: number): number {
  const rise = secondsOf("05:05");
  const set = secondsOf("18:35");
  if (second <= rise || second >= set) return 0;
  return Math.max(0.01, Math.sin((Math.PI * (second - rise)) / (set - rise)) ** 1.3);
}

/** Slow clouds over a plant: one factor for each step of its grid. */
function cloudsOf(random: () => number, steps: number): readonly number[] {
  let cloud = 0.9;
  return Array.from({ length: steps }, () => (cloud = Math.min(1, Math.max(0.45, cloud + (random() - 0.5) * 0.16))));
}

function inverterRecord(plant: DemoPlant, inverter: DemoInverter, date: string, second: number, powerKw: number): RawRecord {
  const { style, place } = plant;
  const shown = second - style.behindS;
  const stamp = `${date} ${timeText(shown)}`;
  const late = LATE_UPLOADS.find((upload) => upload.plant === place && within(second, spanOf(upload)));
  const available = late !== undefined ? late.arrives : style.behindS > 0 ? timeText(second) : null;
  const content = {
    Eday: Number((powerKw * 4).toFixed(1)),
    Error: powerKw > 0 ? 0 : 301,
    [style.power]: style.powerAsText ? `${powerKw.toFixed(2).replace(".", ",")} kW` : Number(powerKw.toFixed(2)),
    Status: powerKw > 0 ? 1 : 0,
    Temp: Number((28 + powerKw / 3).toFixed(1)),
    ...(style.identity === "Inversor" || style.identity === "idefinversor" ? { Inversor: inverter.serial } : {}),
    ...(style.identity === "idinversor" ? {} : { esn: inverter.serial }),
    tpLei: "EacOK",
    tsleitura: stamp,
  };
  return {
    conteudojson: style.contentAsText ? JSON.stringify(content) : content,
    dataleitura: httpDate(date, 0),
    dataleitura_new: `${date} 00:00:00`,
    ...(style.identity === "idinversor" ? { idinversor: inverter.id } : {}),
    ...(style.identity === "idefinversor" ? { idefinversor: inverter.id } : {}),
    tsleitura: httpDate(date, shown),
    tsleitura_new: stamp,
    ...(available === null ? {} : { _available: `${date}T${available}` }),
  };
}

/** Records that no monitor can use, spread over the day's. */
function withGarbage(records: readonly RawRecord[], random: () => number): readonly unknown[] {
  return records.flatMap((record): readonly unknown[] => {
    const chance = random();
    if (chance < 0.01) return [record, record];
    if (chance < 0.015) return [record, { ...record, conteudojson: null }];
    if (chance < 0.02) return [{ conteudojson: { Pac: "-", Status: 1 }, dataleitura_new: record["dataleitura_new"] }, record];
    return chance < 0.022 ? [null, record] : [record];
  });
}

/** A plant's inverter records of a day, newest first. */
export function demoInverterRecords(plant: DemoPlant, date: string, random: () => number): readonly unknown[] {
  const phaseS = Math.floor(random() * INVERTER_INTERVAL_S);
  const steps = Math.floor((LAST_READING_S - FIRST_READING_S) / INVERTER_INTERVAL_S);
  const story = storyOf(plant);
  const isQuiet = (second: number): boolean => story.some((span) => within(second, span, QUIET_S));
  const clouds = cloudsOf(random, steps);
  const dips = new Set([0, 1].map(() => Math.floor(steps * (0.2 + 0.6 * random()))));
  const timed: { readonly second: number; readonly record: RawRecord }[] = [];
  for (const [i, inverter] of plant.inverters.entries()) {
    const outages = outagesOf(plant, i);
    let missedLast = false;
    for (let step = 0; step < steps; step += 1) {
      const second = FIRST_READING_S + phaseS + step * INVERTER_INTERVAL_S + i * 3 + Math.floor(random() * 3);
      const noise = 0.97 + 0.06 * random();
      const misses: boolean = random() < 1 / 5 && !missedLast && !isQuiet(second);
      missedLast = misses;
      if (misses) continue;
      const off = outages.some((span) => within(second, span)) || (dips.has(step) && !isQuiet(second));
      const powerKw = off ? 0 : Math.min(inverter.ratedKw * 1.1, inverter.ratedKw * sunAt(second) * (clouds[step] ?? 1) * noise);
      timed.push({ second, record: inverterRecord(plant, inverter, date, second, powerKw) });
    }
  }
  const records = timed.sort((a, b) => b.second - a.second).map(({ record }) => record);
  return plant.style.garbage ? withGarbage(records, random) : records;
}

/** A plant's relay records of a day, oldest first. */
export function demoRelayRecords(plant: DemoPlant, date: string, random: () => number): readonly RawRecord[] {
  const { relay, id, place, style } = plant;
  if (relay === null) return [];
  const phaseS = RELAY_PHASE_S[place] ?? Math.floor(random() * RELAY_INTERVAL_S);
  const trips = TRIPS.filter((trip) => trip.plant === place);
  const records: RawRecord[] = [];
  for (let second = phaseS; second < DAY_S; second += RELAY_INTERVAL_S) {
    const trip = trips.find((candidate) => within(second, spanOf(candidate)));
    if (trip?.silentFrom !== undefined && second >= secondsOf(trip.silentFrom)) continue;
    const content = {
      esn: `releProtecao_${id}`,
      ...Object.fromEntries(RELAY_PARAMETERS.map((name) => [name, trip?.parameters.includes(name) ?? false])),
      rACheck: true,
      rFREQ: Number((59.96 + random() * 0.08).toFixed(2)),
      rVfaseA: Number((8_150 + random() * 150).toFixed(2)),
      tpLei: "rele",
      tsleitura: `${date} ${timeText(second)}`,
    };
    records.push({
      conteudojson: style.contentAsText ? JSON.stringify(content) : content,
      dataleitura: httpDate(date, second),
      id,
      idrele: relay,
    });
  }
  return records;
}
