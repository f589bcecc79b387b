// The rules of the trade once more, as plainly as they can be written: what one plant's readings amount to.
import type { InverterReading, RelayReading } from "./read-records.ts";
import type { Calendar } from "./wall-clock.ts";

export interface Rules {
  readonly calendar: Calendar;
  /** Seconds of the day, both ends inside. */
  readonly window: readonly [from: number, to: number];
  readonly failureReadings: number;
  readonly recoveryReadings: number;
  readonly zeroKw: number;
}

export interface Relay {
  readonly mark: number;
  /** Types of its active alerts. */
  readonly alerts: readonly string[];
}

export interface Inverter {
  readonly mark: number;
  readonly hasFailed: boolean;
  readonly zeros: number;
  readonly positives: number;
  /** Newest judged reading in the window, and the seconds between those before it. */
  readonly lastAt: number | null;
  readonly gaps: readonly number[];
}

/** What is known of a plant. Never changed in place: an older one may be needed again after a crash. */
export interface Plant {
  /** Where devices without a mark begin; null until the kind was first asked for. */
  readonly relaysBegin: number | null;
  readonly invertersBegin: number | null;
  readonly relays: ReadonlyMap<string, Relay>;
  readonly inverters: ReadonlyMap<string, Inverter>;
  /** Inverter readings up to here are not judged. */
  readonly passOver: number | null;
  /** The alerted relay is silent, and the inverters are judged all the same. */
  readonly isReleased: boolean;
  /** A device list named a relay; else when such lists had none. */
  readonly isRelayListed: boolean;
  readonly withoutRelay: { readonly first: number; readonly last: number } | null;
}

export const unknownPlant: Plant = {
  relaysBegin: null, invertersBegin: null, relays: new Map(), inverters: new Map(), passOver: null, isReleased: false,
  isRelayListed: false, withoutRelay: null,
};

export interface Found {
  readonly subject: "relay" | "inverter";
  readonly kind: "failure" | "normal";
  readonly device: string;
  readonly type: string | null;
  readonly reading: number;
}

const CLASSES: readonly (readonly [type: string, parameters: readonly string[]])[] = [
  ["SOBRETENSÃO", ["r59A", "r59B", "r59C", "r59N"]],
  ["SUBTENSÃO", ["r27A", "r27B", "r27C", "r27_0"]],
  ["FREQUÊNCIA", ["r81O", "r81U"]],
  ["TÉRMICO", ["r49", "r49_2"]],
  ["BLOQUEIO", ["rAR", "rBA", "rDO"]],
];
const OTHERS = "OUTROS";
const ORDER = [...CLASSES.map(([type]) => type), OTHERS];

function typesOf(active: readonly string[]): string[] {
  const typeOf = (name: string): string => CLASSES.find(([, parameters]) => parameters.includes(name))?.[0] ?? OTHERS;
  const types = active.map(typeOf);
  return ORDER.filter((type) => types.includes(type));
}

/** `readings` in order of time. */
export function judgeRelays(plant: Plant, readings: readonly RelayReading[]): { plant: Plant; found: Found[] } {
  const relays = new Map(plant.relays);
  const found: Found[] = [];
  for (const { device, at, active, speaks } of readings) {
    const relay = relays.get(device) ?? { mark: plant.relaysBegin ?? -Infinity, alerts: [] };
    if (at <= relay.mark) continue;
    const types = typesOf(active);
    const ended = speaks ? relay.alerts.filter((type) => !types.includes(type)) : [];
    for (const type of ended) found.push({ subject: "relay", kind: "normal", device, type, reading: at });
    const alerts = relay.alerts.filter((type) => !ended.includes(type));
    const [first] = types;
    if (first !== undefined && !alerts.includes(first)) {
      found.push({ subject: "relay", kind: "failure", device, type: first, reading: at });
      alerts.push(first);
    }
    relays.set(device, { mark: at, alerts });
  }
  const ends = found.filter(({ kind }) => kind === "normal").map(({ reading }) => reading);
  return { plant: passedOver({ ...plant, relays }, ends), found };
}

/** Readings up to the end of a trip say nothing about the inverters, and all their runs begin anew. */
export function passedOver(plant: Plant, until: readonly number[]): Plant {
  if (until.length === 0) return plant;
  const inverters = new Map([...plant.inverters].map(([id, inverter]) => [id, { ...inverter, zeros: 0, positives: 0 }]));
  return { ...plant, inverters, passOver: Math.max(plant.passOver ?? -Infinity, ...until) };
}

/** `readings` in order of time. */
export function judgeInverters(plant: Plant, readings: readonly InverterReading[], rules: Rules): { plant: Plant; found: Found[] } {
  const inverters = new Map(plant.inverters);
  const found: Found[] = [];
  for (const { device, at, kw } of readings) {
    const before: Inverter = inverters.get(device) ?? { mark: plant.invertersBegin ?? -Infinity, hasFailed: false, zeros: 0, positives: 0, lastAt: null, gaps: [] };
    if (at <= before.mark) continue;
    const second = rules.calendar.second(at);
    if (plant.passOver !== null && at <= plant.passOver) {
      inverters.set(device, { ...before, mark: at, zeros: 0, positives: 0 });
    } else if (second < rules.window[0] || second > rules.window[1]) {
      inverters.set(device, { ...before, mark: at });
    } else {
      const after = counted(rested(before, at), kw, rules);
      if (!before.hasFailed && after.hasFailed) found.push({ subject: "inverter", kind: "failure", device, type: null, reading: at });
      if (before.hasFailed && !after.hasFailed) found.push({ subject: "inverter", kind: "normal", device, type: null, reading: at });
      inverters.set(device, after);
    }
  }
  return { plant: { ...plant, inverters }, found };
}

/** The same inverter at its next reading: a gap of more than 2.5 usual intervals begins both runs anew. */
function rested(inverter: Inverter, at: number): Inverter {
  if (inverter.lastAt === null) return { ...inverter, mark: at, lastAt: at };
  const gap = (at - inverter.lastAt) / 1000;
  const runs = gap > 2.5 * usualGap(inverter.gaps) ? { zeros: 0, positives: 0 } : {};
  const gaps = gap <= 3 * 3600 ? [...inverter.gaps, gap].slice(-12) : inverter.gaps;
  return { ...inverter, ...runs, mark: at, lastAt: at, gaps };
}

function usualGap(gaps: readonly number[]): number {
  if (gaps.length < 3) return 300;
  const sorted = [...gaps].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

function counted(inverter: Inverter, kw: number | null, { zeroKw, failureReadings, recoveryReadings }: Rules): Inverter {
  if (kw === null) return inverter;
  const zeros = kw <= zeroKw ? inverter.zeros + 1 : 0;
  const positives = kw <= zeroKw ? 0 : inverter.positives + 1;
  const hasFailed = inverter.hasFailed ? positives < recoveryReadings : zeros >= failureReadings;
  return { ...inverter, zeros, positives, hasFailed };
}

/** Who looks after the inverters at `now`: we do, nobody while an alerted relay talks to us, or we again once it is silent for 2 h. */
export function watchAt(plant: Plant, now: number): "watched" | "unwatched" | "silent" {
  const alerted = [...plant.relays.values()].filter(({ alerts }) => alerts.length > 0);
  if (alerted.length === 0) return "watched";
  return now - Math.max(...alerted.map(({ mark }) => mark)) < 2 * 3_600_000 ? "unwatched" : "silent";
}
