// Failures and normalizations of protection relays, reading by reading. Only a clean reading normalizes: never silence.
import { incidentId } from "./incident-id.ts";
import { HOUR_MS, type EpochMs } from "./local-time.ts";
import { effectiveMark } from "./marks.ts";
import type { DeviceEvent } from "./notification.ts";
import type { PlantState, RelayAlert, RelayState } from "./plant.ts";
import type { RelayReading } from "./reading.ts";
import type { PlantRules, RelayClass } from "./rules.ts";

/** Class of every watched parameter that no class lists. */
export const OTHER_TYPE = "OUTROS";

export interface Judged {
  readonly plant: PlantState;
  /** In order of time; the events of one device in the order in which they happened. */
  readonly events: readonly DeviceEvent[];
  readonly oldNews: number;
}

/** Judges readings in order of time. Readings at or before their relay's mark are counted, not judged. */
export function judgeRelays(plant: PlantState, readings: readonly RelayReading[], rules: PlantRules): Judged {
  const devices = new Map(plant.relay.devices);
  const marks = { devices, beginsAfter: plant.relay.beginsAfter ?? -Infinity, passOverUntil: null };
  const events: DeviceEvent[] = [];
  let oldNews = 0;
  for (const reading of readings) {
    if (reading.at <= effectiveMark(marks, reading.device)) {
      oldNews += 1;
      continue;
    }
    const before = devices.get(reading.device) ?? { mark: reading.at, alerts: new Map(), recentFailures: [] };
    const judged = judgeReading(plant.info.id, before, reading, rules);
    devices.set(reading.device, judged.relay);
    events.push(...judged.events);
  }
  const judged = { ...plant, relay: { ...plant.relay, devices } };
  return { plant: passOverTrip(judged, events), events, oldNews };
}

function judgeReading(plantId: string, relay: RelayState, reading: RelayReading, rules: PlantRules): { relay: RelayState; events: DeviceEvent[] } {
  const active = reading.active.filter((name) => !rules.ignoredParameters.has(name));
  const types = typesOf(active, rules.relayClasses);
  const events: DeviceEvent[] = [];
  const alerts = new Map<string, RelayAlert>();
  for (const [type, alert] of relay.alerts) {
    if (types.includes(type)) {
      alerts.set(type, { ...alert, parameters: [...new Set([...alert.parameters, ...active])], last: reading.at });
    } else if (reading.hasWatched) {
      events.push(relayEvent("normal", reading, alert, 1));
    } else {
      alerts.set(type, alert);
    }
  }
  const recentFailures = relay.recentFailures.filter((at) => at > reading.at - HOUR_MS);
  const type = types[0];
  if (type !== undefined && !alerts.has(type)) {
    const id = incidentId(plantId, reading.device, type, reading.at);
    const alert = { incidentId: id, type, parameters: active, first: reading.at, last: reading.at };
    alerts.set(type, alert);
    recentFailures.push(reading.at);
    events.push(relayEvent("failure", reading, alert, recentFailures.length));
  }
  return { relay: { mark: reading.at, alerts, recentFailures }, events };
}

function relayEvent(kind: "failure" | "normal", reading: RelayReading, alert: RelayAlert, nth: number): DeviceEvent {
  const { incidentId: id, first, last, parameters, type } = alert;
  const end = kind === "normal" ? reading.at : null;
  return { kind, subject: "relay", device: reading.device, type, reading: reading.at, incident: { id, first, last, end, parameters, nth } };
}

/** Classes that have an active parameter, in the order of the classes. */
function typesOf(active: readonly string[], classes: readonly RelayClass[]): string[] {
  const listed = classes.filter(({ parameters }) => parameters.some((name) => active.includes(name)));
  const named = new Set(classes.flatMap(({ parameters }) => parameters));
  const rest = active.some((name) => !named.has(name)) ? [OTHER_TYPE] : [];
  return [...listed.map(({ type }) => type), ...rest];
}

/** What ended an alert also ends what is to be passed over: a trip never shows as a wave of inverter events afterwards. */
function passOverTrip(plant: PlantState, events: readonly DeviceEvent[]): PlantState {
  const ends = events.filter(({ kind }) => kind === "normal").map(({ reading }) => reading);
  return ends.length === 0 ? plant : passOverInverters(plant, Math.max(...ends));
}

/** Only a relay's reading passes inverters over beyond `now`: what else reaches there was noted by a clock that was ahead, and it
 *  would leave them unjudged until that time comes. */
export function passOverNoFurther(plant: PlantState, now: EpochMs): PlantState {
  const { passOverUntil } = plant.inverter;
  if (passOverUntil === null || passOverUntil <= now) return plant;
  const furthest = Math.max(now, ...[...plant.relay.devices.values()].map(({ mark }) => mark));
  return passOverUntil <= furthest ? plant : { ...plant, inverter: { ...plant.inverter, passOverUntil: furthest } };
}

/** Inverter readings up to `until` are not judged, and the runs of all inverters start anew. */
export function passOverInverters(plant: PlantState, until: number): PlantState {
  const devices = new Map([...plant.inverter.devices].map(([id, inverter]) => [id, { ...inverter, run: null }]));
  const passOverUntil = Math.max(until, plant.inverter.passOverUntil ?? -Infinity);
  return { ...plant, inverter: { ...plant.inverter, devices, passOverUntil } };
}
