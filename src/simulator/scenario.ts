// A scenario file: a day (or several) of a simulated world as JSON, checked at the edge.
// Plants and records are kept raw: what is wrong with them is for the monitor to meet.
import { z } from "zod";
import { pt } from "zod/locales";
import { parseWallClock, type EpochMs } from "../domain/local-time.ts";

const ENDPOINTS = ["authenticate", "plants", "plant_devices", "day_relay", "day_inverter", "day_meteo", "teams"] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

const PLAIN_FAULTS = [
  "timeout", "reset", "unauthorized", "empty", "truncated", "notjson", "wrongtype", "body-error", "accepted-then-reset",
] as const;

export type FaultKind =
  | { readonly kind: (typeof PLAIN_FAULTS)[number] }
  /** `retryAfter`: seconds, or an HTTP date 60 s ahead. */
  | { readonly kind: "status"; readonly status: number; readonly retryAfter: number | "date" | null }
  /** The plant list without these ids. */
  | { readonly kind: "partial"; readonly plants: readonly string[] };

export interface Fault {
  /** Wall clock; `from` is in, `to` is out. */
  readonly from: string;
  readonly to: string;
  readonly endpoint: Endpoint;
  /** Only calls about this plant; null: all calls of the endpoint. */
  readonly plant: string | null;
  readonly fault: FaultKind;
  /** As the file says it, for summaries. */
  readonly text: string;
}

export interface Scenario {
  readonly timezone: string;
  readonly seed: number;
  /** Wall clock of `timezone`, as are all times here. */
  readonly start: string;
  readonly end: string;
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Content of the state file at the start; undefined where there is none. */
  readonly state: unknown;
  readonly plants: readonly unknown[];
  /** By plant id; a plant that is absent gets a list made from its readings. */
  readonly plant_devices: Readonly<Record<string, unknown>>;
  readonly day_relay: RawRecords;
  readonly day_inverter: RawRecords;
  readonly day_meteo: RawRecords;
  readonly faults: readonly Fault[];
  readonly restarts: readonly string[];
  readonly kills: readonly string[];
}

/** Records as the API gives them, by plant id. */
export type RawRecords = Readonly<Record<string, readonly unknown[]>>;

/** All that is wrong with a scenario file, told at once, in Portuguese. */
export class ScenarioError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`Cenário inválido:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.name = "ScenarioError";
    this.faults = faults;
  }
}

/** Null where the text is none of the fault table. */
export function parseFaultKind(text: string): FaultKind | null {
  const plain = PLAIN_FAULTS.find((kind) => kind === text);
  if (plain !== undefined) return { kind: plain };
  const status = /^status:([2-5]\d\d)(?::(\d+|date))?$/.exec(text);
  if (status !== null) {
    const after = status[2];
    return { kind: "status", status: Number(status[1]), retryAfter: after === undefined ? null : after === "date" ? after : Number(after) };
  }
  const partial = /^partial:(.*[^\s,].*)$/.exec(text);
  if (partial === null) return null;
  return { kind: "partial", plants: (partial[1] ?? "").split(",").map((id) => id.trim()).filter((id) => id !== "") };
}

const FAULT_EXAMPLES = 'ex.: "timeout", "reset", "status:503", "status:429:60", "status:429:date", "partial:101,102", "empty"';

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("pt-BR", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

// The zone moves an instant, never decides whether a text is a time, so any zone does for the check.
const wallClock = z.string().refine((text) => parseWallClock(text, "UTC") !== null, {
  error: 'não é data e hora; ex.: "2025-12-01T05:55:00"',
});

const faultKind = z.string().transform((text, context) => {
  const fault = parseFaultKind(text);
  if (fault !== null) return { fault, text };
  context.addIssue({ code: "custom", message: `falha desconhecida ${JSON.stringify(text)}; ${FAULT_EXAMPLES}` });
  return z.NEVER;
});

const inOrder = (first: string, second: string): boolean =>
  (parseWallClock(first, "UTC") ?? 0) <= (parseWallClock(second, "UTC") ?? Infinity);

const faultRow = z
  .object({
    from: wallClock,
    to: wallClock,
    endpoint: z.enum(ENDPOINTS),
    plant: z.union([z.string(), z.number()]).nullish().transform((plant) => (plant === null || plant === undefined ? null : String(plant))),
    fault: faultKind,
  })
  .refine(({ from, to }) => inOrder(from, to), { path: ["to"], error: "vem antes de from" })
  .transform(({ fault, ...row }): Fault => ({ ...row, ...fault }));

const rawRecords = z.record(z.string(), z.array(z.unknown())).default({});

const span = z.object({ start: wallClock, end: wallClock }).refine(({ start, end }) => inOrder(start, end), { path: ["end"], error: "vem antes de start" });

const rest = z.object({
  timezone: z.string().refine(isZone, { error: 'não é um fuso IANA; ex.: "America/Sao_Paulo"' }).default("America/Sao_Paulo"),
  seed: z.number().int().default(1),
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  state: z.unknown().optional(),
  plants: z.array(z.unknown()),
  plant_devices: z.record(z.string(), z.unknown()).default({}),
  day_relay: rawRecords,
  day_inverter: rawRecords,
  day_meteo: rawRecords,
  faults: z.array(faultRow).default([]),
  restarts: z.array(wallClock).default([]),
  kills: z.array(wallClock).default([]),
});

// Two halves, so that a fault in the one does not hide those of the other.
const scenarioSchema = z.intersection(span, rest);

/** A scenario file before it is checked: what a program that writes one has to give. */
export type ScenarioFile = z.input<typeof scenarioSchema>;

/** Throws a ScenarioError that names all faults at once. Keys that nobody knows are left out in silence. */
export function parseScenario(json: unknown): Scenario {
  const parsed = scenarioSchema.safeParse(json, { error: pt().localeError });
  if (parsed.success) return { ...parsed.data, state: parsed.data.state };
  const told = parsed.error.issues.map(({ path, message }) => `${z.core.toDotPath(path) || "(arquivo)"}: ${message}`);
  throw new ScenarioError([...new Set(told)]);
}

/** A wall-clock time of the scenario as an instant. */
export function instantOf(scenario: Pick<Scenario, "timezone">, wallClockText: string): EpochMs {
  const at = parseWallClock(wallClockText, scenario.timezone);
  if (at === null) throw new ScenarioError([`${JSON.stringify(wallClockText)} não é data e hora`]);
  return at;
}
