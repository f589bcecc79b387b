// Failures (three zeros in a row) and normalizations (three positives in a row) of inverters inside the generation window.
import { incidentId } from "./incident-id.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, secondsOfDay, type EpochMs } from "./local-time.ts";
import { effectiveMark } from "./marks.ts";
import type { DeviceEvent } from "./notification.ts";
import type { InverterState, PlantState, Run } from "./plant.ts";
import type { InverterReading } from "./reading.ts";
import type { Judged } from "./relay-detector.ts";
import type { PlantRules } from "./rules.ts";

const INTERVALS_KEPT = 12;
const FEWEST_INTERVALS = 3;
const DEFAULT_INTERVAL_S = (5 * MINUTE_MS) / SECOND_MS;
/** A longer gap says nothing about the logger's rhythm: a night, an outage. */
const LONGEST_INTERVAL_S = (3 * HOUR_MS) / SECOND_MS;
/** Real loggers miss one reading in six: one missed reading (twice the interval) must not break a run, two do. */
const GAP_FACTOR = 2.5;

const unseen: Omit<InverterState, "mark"> = { lastInWindow: null, intervalsS: [], run: null, failure: null, recentFailures: [] };

/** Judges readings in order of time. Old news is counted; readings up to the plant's `passOverUntil` only move the mark. */
export function judgeInverters(plant: PlantState, readings: readonly InverterReading[], rules: PlantRules): Judged {
  const { passOverUntil } = plant.inverter;
  const devices = new Map(plant.inverter.devices);
  const marks = { devices, beginsAfter: plant.inverter.beginsAfter ?? -Infinity, passOverUntil: null };
  const events: DeviceEvent[] = [];
  let oldNews = 0;
  for (const reading of readings) {
    const mark = reading.at;
    if (mark <= effectiveMark(marks, reading.device)) {
      oldNews += 1;
      continue;
    }
    const before = devices.get(reading.device) ?? { ...unseen, mark };
    if (passOverUntil !== null && mark <= passOverUntil) devices.set(reading.device, { ...before, mark, run: null });
    else if (!isInWindow(mark, rules)) devices.set(reading.device, { ...before, mark });
    else {
      const { inverter, event } = judgeReading(plant.info.id, before, reading, rules);
      devices.set(reading.device, inverter);
      if (event !== null) events.push(event);
    }
  }
  return { plant: { ...plant, inverter: { ...plant.inverter, devices } }, events, oldNews };
}

/** Both ends of the window are included: 17:30:00 is in, 17:30:01 is out. */
export function isInWindow(at: EpochMs, { window, zone }: PlantRules): boolean {
  const second = secondsOfDay(at, zone);
  return second >= window.fromS && second <= window.toS;
}

function judgeReading(plantId: string, before: InverterState, reading: InverterReading, rules: PlantRules): { inverter: InverterState; event: DeviceEvent | null } {
  const { at } = reading;
  const timed = { ...before, ...rhythm(before, at), mark: at };
  if (reading.powerKw === null) return { inverter: timed, event: null };
  const sign = reading.powerKw <= rules.zeroKw ? "zero" : "positive";
  const run: Run = timed.run?.sign === sign ? { ...timed.run, count: timed.run.count + 1 } : { sign, count: 1, since: at };
  const failure = timed.failure !== null && sign === "zero" ? { ...timed.failure, last: at } : timed.failure;
  const inverter = { ...timed, run, failure };
  if (failure === null && sign === "zero" && run.count >= rules.failureReadings) return fail(plantId, inverter, run, reading);
  if (failure !== null && sign === "positive" && run.count >= rules.recoveryReadings) {
    const event = inverterEvent("normal", reading, { ...failure, end: run.since, nth: 1 });
    return { inverter: { ...inverter, failure: null }, event };
  }
  return { inverter, event: null };
}

function fail(plantId: string, inverter: InverterState, run: Run, reading: InverterReading): { inverter: InverterState; event: DeviceEvent } {
  const first = run.since;
  const failure = { incidentId: incidentId(plantId, reading.device, null, first), first, last: reading.at };
  const recentFailures = [...inverter.recentFailures.filter((at) => at > reading.at - HOUR_MS), reading.at];
  const event = inverterEvent("failure", reading, { ...failure, end: null, nth: recentFailures.length });
  return { inverter: { ...inverter, failure, recentFailures }, event };
}

function inverterEvent(
  kind: "failure" | "normal",
  { device, at }: InverterReading,
  { incidentId: id, first, last, end, nth }: { incidentId: string; first: EpochMs; last: EpochMs; end: EpochMs | null; nth: number },
): DeviceEvent {
  return { kind, subject: "inverter", device, type: null, reading: at, incident: { id, first, last, end, parameters: [], nth } };
}

/** Moves the device's rhythm on, and starts its run anew after a gap of more than 2.5 times its usual interval. */
function rhythm(before: InverterState, at: EpochMs): Pick<InverterState, "lastInWindow" | "intervalsS" | "run"> {
  if (before.lastInWindow === null) return { lastInWindow: at, intervalsS: before.intervalsS, run: before.run };
  const gapS = (at - before.lastInWindow) / SECOND_MS;
  const isBroken = gapS > GAP_FACTOR * usualIntervalS(before.intervalsS);
  const intervalsS = gapS > LONGEST_INTERVAL_S ? before.intervalsS : [...before.intervalsS, gapS].slice(-INTERVALS_KEPT);
  return { lastInWindow: at, intervalsS, run: isBroken ? null : before.run };
}

/** Median of the intervals seen before this reading; 5 min while there are fewer than 3 of them. */
export function usualIntervalS(intervalsS: readonly number[]): number {
  if (intervalsS.length < FEWEST_INTERVALS) return DEFAULT_INTERVAL_S;
  const sorted = intervalsS.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? DEFAULT_INTERVAL_S;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? upper)) / 2 : upper;
}
