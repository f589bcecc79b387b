// The incidents that the detectors find in days read afterwards, by the rules of a live monitor that scans at a steady interval.
//
// It differs from the live monitor in this: a reading is known from its own time on (a late upload is never late), the relays are known up to each
// inverter scan (live: up to one relay interval older, asked again before a failure is told), and a day that could not be read is a
// gap, after which runs begin anew (live: the day is read later, before those after it).
import { dropGoneDevices } from "./gone.ts";
import { inverterWatch, noteWatch, release } from "./hierarchy.ts";
import { judgeInverters } from "./inverter-detector.ts";
import type { EpochMs } from "./local-time.ts";
import type { DeviceEvent } from "./notification.ts";
import { deviceName, type DeviceKind, type PlantState } from "./plant.ts";
import { orderReadings, type InverterReading, type RelayReading } from "./reading.ts";
import { judgeRelays } from "./relay-detector.ts";
import type { ReportIncident } from "./report-incidents.ts";
import type { PlantRules } from "./rules.ts";

export interface DaysToReplay {
  readonly relays: readonly RelayReading[];
  readonly inverters: readonly InverterReading[];
  /** Readings before it are not judged. */
  readonly from: EpochMs;
  /** Readings from it on are not judged. */
  readonly to: EpochMs;
  readonly scanEveryMs: number;
}

export interface Replayed {
  readonly incidents: readonly ReportIncident[];
  /** Devices that were seen. */
  readonly devices: Readonly<Record<DeviceKind, number>>;
}

export function replayPlant(plant: PlantState, { relays, inverters, from, to, scanEveryMs }: DaysToReplay, rules: PlantRules): Replayed {
  const within = <R extends { readonly device: string; readonly at: EpochMs }>(readings: readonly R[]): (until: EpochMs) => readonly R[] =>
    queueOf(orderReadings(readings.filter(({ at }) => at >= from && at < to), to).ordered);
  const [relaysUntil, invertersUntil] = [within(relays), within(inverters)];
  const found = createIncidentBook(plant);
  let state: PlantState = { ...plant, relay: { ...plant.relay, beginsAfter: from - 1 }, inverter: { ...plant.inverter, beginsAfter: from - 1 } };
  let waiting: readonly InverterReading[] = [];
  for (let now = from; now < to;) {
    now = Math.min(now + scanEveryMs, to);
    const before = state;
    const trips = judgeRelays(state, relaysUntil(now), rules);
    state = noteWatch(trips.plant, now);
    found.note(trips.events);
    waiting = [...waiting, ...invertersUntil(now)];
    const watch = inverterWatch(state, now);
    if (watch !== "unwatched") {
      if (watch === "relay-silent") state = release(state, now).plant;
      const judged = judgeInverters(state, waiting, rules);
      state = judged.plant;
      found.note(judged.events);
      waiting = [];
    }
    const { plant: kept, dropped } = dropGoneDevices(before, state, now);
    if (dropped.length > 0) found.noteLast(state);
    for (const { device, kind } of dropped) found.noteGone(device, kind, now);
    state = kept;
  }
  found.noteLast(state);
  return { incidents: found.all(), devices: { relay: state.relay.devices.size, inverter: state.inverter.devices.size } };
}

/** Hands out readings in order of time, each once. */
function queueOf<R extends { readonly at: EpochMs }>(readings: readonly R[]): (until: EpochMs) => readonly R[] {
  let next = 0;
  return (until) => {
    const first = next;
    for (let reading = readings[next]; reading !== undefined && reading.at <= until; reading = readings[next]) next += 1;
    return readings.slice(first, next);
  };
}

interface IncidentBook {
  note(events: readonly DeviceEvent[]): void;
  noteGone(device: string | null, kind: DeviceKind | null, at: EpochMs): void;
  /** Newest failing readings and parameters of what is open in this state. */
  noteLast(state: PlantState): void;
  all(): readonly ReportIncident[];
}

function createIncidentBook(plant: PlantState): IncidentBook {
  const { id: plantId, name: plantName } = plant.info;
  const incidents = new Map<string, ReportIncident>();
  const change = (id: string, more: Partial<ReportIncident>): void => {
    const known = incidents.get(id);
    if (known !== undefined) incidents.set(id, { ...known, ...more });
  };
  return {
    note(events) {
      for (const { subject: kind, device, type, incident: { id, first, last, end, parameters } } of events) {
        incidents.set(id, { id, plantId, plantName, kind, device, deviceName: deviceName(plant, device), type, parameters, first, last, end, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null });
      }
    },
    noteGone(device, kind, at) {
      for (const incident of incidents.values()) {
        if (incident.end === null && incident.goneAt === null && incident.device === device && incident.kind === kind) change(incident.id, { goneAt: at });
      }
    },
    noteLast({ relay, inverter }) {
      for (const { alerts } of relay.devices.values()) for (const { incidentId, last, parameters } of alerts.values()) change(incidentId, { last, parameters });
      for (const { failure } of inverter.devices.values()) if (failure !== null) change(failure.incidentId, { last: failure.last });
    },
    all: () => [...incidents.values()],
  };
}
