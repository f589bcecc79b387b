// What a week was like, out of its incidents: by plant and kind how often, how long, how soon mended, how available.
// The definitions stand in words on the sheet (src/adapters/report/words.ts): change both.
import type { Week } from "./iso-week.ts";
import type { EpochMs } from "./local-time.ts";
import type { ReportTotals, WeeklyReportNotice } from "./notification.ts";
import type { DeviceKind } from "./plant.ts";
import { knownUntil, type ReportIncident } from "./report-incidents.ts";
import type { PlantRules, RulesOf } from "./rules.ts";
import { lengthOf, unitedSpans, windowMs, type Span } from "./time-spans.ts";

/** A plant of the report and how many devices of each kind it has; 0: not known, or none. */
export interface ReportPlant {
  readonly id: string;
  readonly name: string;
  readonly devices: Readonly<Record<DeviceKind, number>>;
}

/** What the report could not see, and so does not tell. */
export type ReportGap =
  | { readonly kind: "history"; readonly reason: string }
  | { readonly kind: "plants"; readonly reason: string }
  | { readonly kind: "days"; readonly plantId: string; readonly plantName: string; readonly subject: DeviceKind; readonly dates: readonly string[]; readonly reason: string }
  | { readonly kind: "outage"; readonly topic: string; readonly since: EpochMs; readonly until: EpochMs | null };

/** Figures of one plant and kind, or of all plants of a kind. Durations in milliseconds. */
export interface Figures {
  /** Incidents that touch the week. */
  readonly incidents: number;
  /** Of them, those that had not ended when the week (or what is known of it) ended. */
  readonly open: number;
  /** Devices × time, each device's simultaneous incidents once. */
  readonly downMs: number;
  readonly downInWindowMs: number;
  /** Mean duration, from first to last, of the incidents that ended in the week; null where none did. */
  readonly mttrMs: number | null;
  /** Time in operation inside the window by failure that began in the week; null where none did, or the devices are not known. */
  readonly mtbfMs: number | null;
  /** 0 … 1: share of the devices' window time that was not down; null where the devices are not known. */
  readonly availability: number | null;
  /** Estimate of the energy that was not generated, kWh; null as long as nobody estimates it. */
  readonly energyKwh: number | null;
}

export interface PlantFigures extends Figures {
  readonly plantId: string;
  readonly plantName: string;
  readonly kind: DeviceKind;
  readonly devices: number;
}

/** An incident with its part of the week. */
export interface Occurrence {
  readonly incident: ReportIncident;
  readonly zone: string;
  readonly downMs: number;
  readonly downInWindowMs: number;
  readonly energyKwh: number | null;
}

export interface WeeklyReport {
  readonly week: Week;
  readonly madeAt: EpochMs;
  /** End of what is told: the week's, or before it while the week goes on. */
  readonly until: EpochMs;
  readonly source: "history" | "api" | "both";
  /** The longest down first; every known plant and kind. */
  readonly rows: readonly PlantFigures[];
  readonly totals: Readonly<Record<DeviceKind, Figures & { readonly plants: number; readonly devices: number }>>;
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly ReportGap[];
}

export interface ReportInput {
  readonly week: Week;
  readonly now: EpochMs;
  readonly source: WeeklyReport["source"];
  readonly plants: readonly ReportPlant[];
  /** Each incident once (`uniteIncidents`); those outside the week are left out. */
  readonly incidents: readonly ReportIncident[];
  readonly gaps: readonly ReportGap[];
  readonly rulesOf: RulesOf;
}

const KINDS: readonly DeviceKind[] = ["relay", "inverter"];

export function buildReport({ week, now, source, plants, incidents, gaps, rulesOf }: ReportInput): WeeklyReport {
  const span = { from: week.from, to: Math.max(week.from, Math.min(week.to, now)) };
  const touching = incidents.filter((incident) => partOf(incident, span) !== null);
  const known = new Map(plants.map((plant) => [plant.id, plant]));
  for (const { plantId, plantName } of touching) {
    if (!known.has(plantId)) known.set(plantId, { id: plantId, name: plantName, devices: { relay: 0, inverter: 0 } });
  }
  const sums = [...known.values()].flatMap((plant) => KINDS.flatMap((kind) => {
    const own = touching.filter((incident) => incident.plantId === plant.id && incident.kind === kind);
    return own.length === 0 && plant.devices[kind] === 0 ? [] : [sumOf(plant, kind, own, span, rulesOf(plant))];
  }));
  const rows = sums.map(({ plant, kind, sum }): PlantFigures => ({ plantId: plant.id, plantName: plant.name, kind, devices: sum.devices, ...figuresOf([sum]) }));
  const totalOf = (kind: DeviceKind): WeeklyReport["totals"][DeviceKind] => {
    const own = sums.filter((entry) => entry.kind === kind).map(({ sum }) => sum);
    return { plants: own.length, devices: own.reduce((total, { devices }) => total + devices, 0), ...figuresOf(own) };
  };
  return {
    week, madeAt: now, until: span.to, source, gaps,
    rows: rows.sort((a, b) => b.downInWindowMs - a.downInWindowMs || b.downMs - a.downMs || b.incidents - a.incidents || compare(a.plantName, b.plantName) || compare(a.kind, b.kind)),
    totals: { relay: totalOf("relay"), inverter: totalOf("inverter") },
    occurrences: touching.map((incident) => occurrenceOf(incident, span, rulesOf)).sort((a, b) => a.incident.first - b.incident.first || compare(a.incident.id, b.incident.id)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An incident's part of the span. What began and ended at its very edge, or lasted no time, counts where it began. */
function partOf(incident: ReportIncident, span: Span): Span | null {
  const until = knownUntil(incident, span.to);
  const part = { from: Math.max(incident.first, span.from), to: Math.min(until, span.to) };
  if (part.from < part.to) return part;
  return incident.first >= span.from && incident.first < span.to ? { from: incident.first, to: incident.first } : null;
}

/** What the figures of a plant and kind are made of; sums of several of them are the figures of all. */
interface Sum {
  readonly devices: number;
  readonly incidents: number;
  readonly open: number;
  readonly begun: number;
  readonly repairsMs: readonly number[];
  readonly downMs: number;
  readonly downInWindowMs: number;
  /** Devices × window time; 0 where the devices are not known. */
  readonly dueMs: number;
}

function sumOf(plant: ReportPlant, kind: DeviceKind, incidents: readonly ReportIncident[], span: Span, rules: PlantRules): { plant: ReportPlant; kind: DeviceKind; sum: Sum } {
  const byDevice = [...Map.groupBy(incidents, ({ device }) => device).values()]
    .map((own) => unitedSpans(own.flatMap((incident) => partOf(incident, span) ?? [])));
  const total = (measure: (part: Span) => number): number => byDevice.flat().reduce((sum, part) => sum + measure(part), 0);
  // One that ends at the very edge is of this week: the next one does not list it.
  const ended = incidents.flatMap(({ first, end }) => (end !== null && end <= span.to ? [end - first] : []));
  // Devices that failed and have left the lists since are devices all the same.
  const devices = plant.devices[kind] === 0 ? 0 : Math.max(plant.devices[kind], byDevice.length);
  return { plant, kind, sum: {
    devices,
    incidents: incidents.length,
    open: incidents.filter(({ end, goneAt }) => (end ?? goneAt ?? Infinity) > span.to).length,
    begun: incidents.filter(({ first }) => first >= span.from).length,
    repairsMs: ended,
    downMs: total(lengthOf),
    downInWindowMs: total((part) => windowMs(part, rules)),
    dueMs: devices * windowMs(span, rules),
  } };
}

function figuresOf(sums: readonly Sum[]): Figures {
  const total = (measure: (sum: Sum) => number): number => sums.reduce((all, sum) => all + measure(sum), 0);
  const repairs = sums.flatMap(({ repairsMs }) => repairsMs);
  // Plants whose devices are not known have no share in what is measured by devices.
  const measured = sums.filter(({ dueMs }) => dueMs > 0);
  const dueMs = measured.reduce((all, sum) => all + sum.dueMs, 0);
  const upMs = dueMs - measured.reduce((all, { downInWindowMs }) => all + downInWindowMs, 0);
  const begun = measured.reduce((all, sum) => all + sum.begun, 0);
  return {
    incidents: total(({ incidents }) => incidents),
    open: total(({ open }) => open),
    downMs: total(({ downMs }) => downMs),
    downInWindowMs: total(({ downInWindowMs }) => downInWindowMs),
    mttrMs: repairs.length === 0 ? null : repairs.reduce((all, ms) => all + ms, 0) / repairs.length,
    mtbfMs: begun === 0 ? null : upMs / begun,
    availability: dueMs === 0 ? null : upMs / dueMs,
    energyKwh: null,
  };
}

function occurrenceOf(incident: ReportIncident, span: Span, rulesOf: RulesOf): Occurrence {
  const rules = rulesOf({ id: incident.plantId, name: incident.plantName });
  const part = partOf(incident, span) ?? { from: span.from, to: span.from };
  return { incident, zone: rules.zone, downMs: lengthOf(part), downInWindowMs: windowMs(part, rules), energyKwh: null };
}

const MOST_ON_CARD = 8;

/** The facts of the card that tells the report. */
export function reportNotice({ week, until, madeAt, rows, totals, gaps }: WeeklyReport, file: string | null): WeeklyReportNotice {
  const onCard = ({ plants, devices, incidents, open, downMs, downInWindowMs, mttrMs, availability }: WeeklyReport["totals"][DeviceKind]): ReportTotals =>
    ({ plants, devices, incidents, open, downMs, downInWindowMs, mttrMs, availability });
  const failed = rows.filter(({ incidents }) => incidents > 0);
  return {
    kind: "weekly-report", week: week.name, from: week.from, to: week.to, until, at: madeAt, zone: week.zone,
    relay: onCard(totals.relay), inverter: onCard(totals.inverter),
    worst: failed.slice(0, MOST_ON_CARD).map(({ plantName, kind, incidents, downMs, downInWindowMs, availability }) => ({ plant: plantName, subject: kind, incidents, downMs, downInWindowMs, availability })),
    others: Math.max(0, failed.length - MOST_ON_CARD),
    gaps: gaps.length, file,
  };
}
