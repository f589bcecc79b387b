// Scenarios as compact tables: a test reads like the rule it is about. Times without a date are of 2025-12-01, São Paulo.
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { z } from "zod";
import { parseScenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { simulate } from "../../src/simulate.ts";

const DAY = "2025-12-01";

/** `08:00`, `08:00:30`, `12-02 08:00` (another day of that year) or a whole date and time, as `2025-12-01T08:00:00`. */
export function moment(told: string): string {
  const [clock = "", date = ""] = told.trim().split(/[ T]/).reverse();
  const day = date === "" ? DAY : date.length === 5 ? `2025-${date}` : date;
  return `${day}T${clock.length === 5 ? `${clock}:00` : clock}`;
}

/** Wall-clock arithmetic; a zone plays no part. */
export function later(told: string, seconds: number): string {
  return new Date(Date.parse(`${moment(told)}Z`) + seconds * 1000).toISOString().slice(0, 19);
}

function secondsOf(duration: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([smh])$/.exec(duration) ?? [];
  const factor = { s: 1, m: 60, h: 3600 }[unit];
  if (factor === undefined) throw new Error(`${duration} is no duration: 30s, 5m, 2h`);
  return Number(amount) * factor;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface Track {
  readonly kind: "relay" | "inverter";
  readonly plant: string;
  readonly records: readonly unknown[];
}

/** Readings of one device, one after another at a steady interval. */
abstract class Readings implements Track {
  abstract readonly kind: "relay" | "inverter";
  readonly plant: string;
  readonly device: string | number;
  readonly records: unknown[] = [];
  #next: string;
  #step = 300;
  #available: string | null = null;

  constructor(plant: number, device: string | number) {
    this.plant = String(plant);
    this.device = device;
    this.#next = moment("08:00");
  }

  protected abstract record(content: Fields): Fields;

  from(told: string): this {
    this.#next = moment(told);
    return this;
  }

  every(duration: string): this {
    this.#step = secondsOf(duration);
    return this;
  }

  /** Readings that the logger missed. */
  miss(count: number): this {
    this.#next = later(this.#next, count * this.#step);
    return this;
  }

  /** What follows comes to the service only then: a late upload. */
  uploadedAt(told: string): this {
    this.#available = moment(told);
    return this;
  }

  live(): this {
    this.#available = null;
    return this;
  }

  /** Any record as it is. */
  raw(record: unknown): this {
    this.records.push(record);
    return this;
  }

  protected add(content: Fields, count: number): this {
    for (let i = 0; i < count; i += 1) {
      const upload = this.#available === null ? {} : { _available: this.#available };
      this.records.push({ ...this.record({ ...content, tsleitura: this.#next.replace("T", " ") }), ...upload });
      this.#next = later(this.#next, this.#step);
    }
    return this;
  }

  /** How many readings fit before `told`, at the present interval. */
  protected countUntil(told: string): number {
    return Math.max(0, Math.ceil((Date.parse(`${moment(told)}Z`) - Date.parse(`${this.#next}Z`)) / 1000 / this.#step));
  }
}

class InverterReadings extends Readings {
  readonly kind = "inverter";

  protected record(content: Fields): Fields {
    return { idinversor: this.device, conteudojson: content };
  }

  kw(power: unknown, count = 1): this {
    return this.add(power === undefined ? {} : { Pac: power }, count);
  }

  /** The same power up to, and without, that time. */
  kwUntil(told: string, power: unknown): this {
    return this.kw(power, this.countUntil(told));
  }
}

const QUIET: Fields = { tpLei: "rele", rACheck: true, rFREQ: 60, r27A: false, r49: false, r59N: false, r81O: false, rBA: false, r86: false };

class RelayReadings extends Readings {
  readonly kind = "relay";

  protected record(content: Fields): Fields {
    return { id: Number(this.plant), idrele: this.device, conteudojson: content };
  }

  /** A word with nothing active. */
  clean(count = 1): this {
    return this.add(QUIET, count);
  }

  cleanUntil(told: string): this {
    return this.clean(this.countUntil(told));
  }

  /** Those parameters, separated by blanks, are active. */
  active(parameters: string, count = 1): this {
    return this.add({ ...QUIET, ...Object.fromEntries(parameters.split(" ").map((name) => [name, true])) }, count);
  }

  activeUntil(told: string, parameters: string): this {
    return this.active(parameters, this.countUntil(told));
  }

  /** A word with just these fields. */
  fields(content: Fields, count = 1): this {
    return this.add(content, count);
  }
}

export function inverter(plant: number, device: string | number): InverterReadings {
  return new InverterReadings(plant, device);
}

export function relay(plant: number, device: string | number): RelayReadings {
  return new RelayReadings(plant, device);
}

export type FaultRow = readonly [from: string, to: string, endpoint: NonNullable<ScenarioFile["faults"]>[number]["endpoint"], fault: string, plant?: number];

export interface Story {
  readonly start: string;
  readonly end: string;
  readonly devices: readonly Track[];
  /** Absent: the plants of the devices, as `UFV 101`. */
  readonly plants?: readonly unknown[];
  readonly faults?: readonly FaultRow[];
  readonly kills?: readonly string[];
  readonly restarts?: readonly string[];
  readonly config?: ScenarioFile["config"];
  readonly plantDevices?: ScenarioFile["plant_devices"];
  readonly state?: unknown;
  readonly timezone?: string;
  readonly seed?: number;
}

export function scenarioFile(story: Story): ScenarioFile {
  const { devices, config, plantDevices, state, timezone, seed } = story;
  const recordsOf = (kind: Track["kind"]): Record<string, unknown[]> => {
    const byPlant = Map.groupBy(devices.filter((track) => track.kind === kind), ({ plant }) => plant);
    return Object.fromEntries([...byPlant].map(([plant, tracks]) => [plant, tracks.flatMap(({ records }) => [...records])]));
  };
  const ids = [...new Set(devices.map(({ plant }) => plant))].sort();
  return {
    start: moment(story.start),
    end: moment(story.end),
    plants: [...(story.plants ?? ids.map((id) => ({ id: Number(id), nome: `UFV ${id}`, capacidade: "100.00" })))],
    day_relay: recordsOf("relay"),
    day_inverter: recordsOf("inverter"),
    faults: (story.faults ?? []).map(([from, to, endpoint, fault, plant]) => ({ from: moment(from), to: moment(to), endpoint, fault, plant: plant ?? null })),
    kills: (story.kills ?? []).map(moment),
    restarts: (story.restarts ?? []).map(moment),
    // Heartbeats are for the tests that are about them.
    config: { HEARTBEAT_TIMES: "23:59", ...config },
    ...(plantDevices === undefined ? {} : { plant_devices: plantDevices }),
    ...(state === undefined ? {} : { state }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(seed === undefined ? {} : { seed }),
  };
}

const toldSchema = z.object({
  at: z.string(), kind: z.templateLiteral([z.enum(["relay", "inverter"]), ".", z.enum(["failure", "normal"])]),
  plant: z.string(), device: z.string(), type: z.string().nullable(), reading: z.string(),
});
const cardSchema = z.object({
  at: z.string(), kind: z.literal("card"), title: z.string(), severity: z.string(), plant: z.string().nullable(), events: z.number(), attempt: z.number(),
});
const heartbeatSchema = z.object({ at: z.string(), kind: z.literal("heartbeat"), relays: z.number(), inverters: z.number(), status: z.string() });

export type Told = z.infer<typeof toldSchema>;
export type ToldCard = z.infer<typeof cardSchema>;

export interface Played {
  /** Standard output, as printed. */
  readonly lines: readonly string[];
  readonly events: readonly Told[];
  readonly cards: readonly ToldCard[];
  readonly heartbeats: readonly z.infer<typeof heartbeatSchema>[];
  readonly log: string;
  /** The state file at the end. */
  readonly state: string;
}

/** What `pvmonitor simulate` prints of it. */
export async function play(story: Story): Promise<Played> {
  const lines: string[] = [];
  const console = new PassThrough({ highWaterMark: 1 << 24 });
  const log = text(console);
  const state = await simulate(parseScenario(scenarioFile(story)), { event: (line) => lines.push(line), log: console });
  console.end();
  const rows: unknown[] = lines.map((line): unknown => JSON.parse(line));
  const fitting = <T>(schema: z.ZodType<T>): T[] => rows.flatMap((row) => schema.safeParse(row).data ?? []);
  const played = { events: fitting(toldSchema), cards: fitting(cardSchema), heartbeats: fitting(heartbeatSchema) };
  expect(played.events.length + played.cards.length + played.heartbeats.length, "lines of a known kind").toBe(lines.length);
  return { lines, ...played, log: await log, state: state ?? "" };
}

/** Bounds of an event: the reading that proves it, and when it is told at the latest (`by`) and earliest (`after`). */
export interface Bounds {
  readonly reading?: string;
  readonly by?: string;
  readonly after?: string;
}

/** `relay.failure`, `7` (of plant 101; `102/7` for another), `SOBRETENSÃO` (inverters: none), bounds. */
export type Expected =
  | readonly [kind: `relay.${"failure" | "normal"}`, device: number | string, type: string, bounds?: Bounds]
  | readonly [kind: `inverter.${"failure" | "normal"}`, device: number | string, bounds?: Bounds];

function rowOf(expected: Expected): { name: string; bounds: Bounds } {
  const [kind, device] = expected;
  const id = String(device).includes("/") ? String(device) : `101/${String(device)}`;
  const rest = expected.slice(2).filter((part) => typeof part === "object");
  const [bounds = {}] = rest;
  const type = expected.slice(2).find((part) => typeof part === "string");
  return { name: [kind, id, type].filter((part) => part !== undefined).join(" "), bounds };
}

/** Exactly these events, in this order, within their bounds. */
export function expectTold({ events }: Pick<Played, "events">, expected: readonly Expected[]): void {
  const rows = expected.map(rowOf);
  const nameOf = ({ kind, plant, device, type }: Told): string => [kind, `${plant}/${device}`, ...(type === null ? [] : [type])].join(" ");
  expect(events.map(nameOf), JSON.stringify(events, null, 1)).toEqual(rows.map(({ name }) => name));
  const outOfBounds = events.flatMap((event, i) => {
    const { reading, by, after } = rows[i]?.bounds ?? {};
    const wrong: string[] = [];
    if (reading !== undefined && event.reading !== moment(reading)) wrong.push(`reading ${event.reading}, expected ${reading}`);
    if (by !== undefined && event.at > moment(by)) wrong.push(`told at ${event.at}, expected by ${by}`);
    if (after !== undefined && event.at < moment(after)) wrong.push(`told at ${event.at}, expected after ${after}`);
    return wrong.map((what) => `${nameOf(event)}: ${what}`);
  });
  expect(outOfBounds).toEqual([]);
}

/** The same where the order between devices and plants does not matter: in the order of their names, each device's own order kept. */
export function byDevice(played: Pick<Played, "events">): Pick<Played, "events"> {
  const key = ({ plant, device, kind, type }: Told): string => `${plant}/${device}/${kind.split(".")[0] ?? ""}/${type ?? ""}`;
  return { events: played.events.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)) };
}

/** Repeated cards of a crash or an unanswered send, told once. `repeats`: how many there were. */
export function withoutRepeats({ events }: Pick<Played, "events">): { readonly events: readonly Told[]; readonly repeats: number } {
  const seen = new Set<string>();
  const once = events.filter(({ kind, plant, device, type, reading }) => {
    const key = [kind, plant, device, type, reading].join("|");
    return !seen.has(key) && seen.add(key);
  });
  return { events: once, repeats: events.length - once.length };
}
