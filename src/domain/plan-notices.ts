// From the events of one scan to the cards that tell them: one a kind, and no device's events out of their order.
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type PlantState } from "./plant.ts";
import type { DeviceEvent, DevicesNotice, FailingDevice, NotifiedDevice, NotifiedPlant, Outcome, Severity, Situation } from "./notification.ts";
import { knownDevices } from "./gone.ts";
import type { EpochMs } from "./local-time.ts";

const SEVERE_TYPES: ReadonlySet<string> = new Set(["SOBRETENSÃO", "TÉRMICO", "BLOQUEIO"]);
const SEVERE_PARAMETERS = /^r(86|67.*|46Q|50.*|51.*)$/i;

/** What one device has to say on one card. */
interface Step {
  readonly outcome: Outcome;
  readonly device: string;
  readonly events: readonly DeviceEvent[];
}

export interface ScanContext {
  readonly plant: NotifiedPlant;
  readonly state: PlantState;
  readonly now: EpochMs;
  readonly relayUnasked: boolean;
}

/** Notices of one scan, in the order in which they are to be sent. */
export function planNotices(subject: DeviceKind, events: readonly DeviceEvent[], context: ScanContext): DevicesNotice[] {
  const queues = [...Map.groupBy(events, ({ device }) => device).values()].map(stepsOf);
  const notices: DevicesNotice[] = [];
  while (queues.some((queue) => queue.length > 0)) {
    const outcome = nextOutcome(queues);
    const devices: NotifiedDevice[] = [];
    for (const queue of queues) {
      const [head] = queue;
      if (head?.outcome !== outcome) continue;
      queue.shift();
      devices.push({ device: head.device, name: deviceName(context.state, head.device), events: head.events });
    }
    const shown = devices.toSorted((a, b) => firstOf(a) - firstOf(b));
    const severity = severityOf(subject, outcome, devices.flatMap(({ events: told }) => told));
    notices.push({ kind: "devices", plant: context.plant, subject, outcome, severity, devices: shown, situation: situationOf(context) });
  }
  return notices;
}

function firstOf({ events }: NotifiedDevice): EpochMs {
  return Math.min(...events.map(({ incident }) => incident.first));
}

/** A device's events as the cards' steps, in order: what began and ended within the scan goes on one card ("atuou e normalizou"),
 *  unless something that did not lies between; neighbours of one outcome share a card. */
function stepsOf(events: readonly DeviceEvent[]): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < events.length;) {
    const passed = passedFrom(events, i);
    const told = passed ?? events.slice(i, i + 1);
    const outcome: Outcome = passed === null ? events[i]?.kind ?? "failure" : "passed";
    const device = told[0]?.device ?? "";
    const last = steps.at(-1);
    if (last?.outcome === outcome) steps[steps.length - 1] = { ...last, events: [...last.events, ...told] };
    else steps.push({ outcome, device, events: told });
    i += told.length;
  }
  return steps;
}

/** The shortest stretch of events from there on in which every incident both begins and ends; null where there is none. */
function passedFrom(events: readonly DeviceEvent[], from: number): readonly DeviceEvent[] | null {
  const open = new Set<string>();
  for (let i = from; i < events.length; i += 1) {
    const event = events[i];
    if (event?.kind === "failure") open.add(event.incident.id);
    else if (event === undefined || !open.delete(event.incident.id)) return null;
    if (open.size === 0) return events.slice(from, i + 1);
  }
  return null;
}

/** The outcome to tell next: one that no device will need again behind another, so that the scan takes few cards. */
function nextOutcome(queues: readonly Step[][]): Outcome {
  const heads = new Set(queues.flatMap((queue) => queue.slice(0, 1)).map(({ outcome }) => outcome));
  const isNeededLater = (outcome: Outcome): boolean =>
    queues.some((queue) => queue.some((step, i) => i > 0 && step.outcome === outcome && queue[0]?.outcome !== outcome));
  const order: readonly Outcome[] = ["failure", "passed", "normal"];
  const present = order.filter((outcome) => heads.has(outcome));
  return present.find((outcome) => !isNeededLater(outcome)) ?? present[0] ?? "failure";
}

/** Severity of a card (and of each event on it): who must look now, who later. */
export function severityOf(subject: DeviceKind, outcome: Outcome, events: readonly DeviceEvent[]): Severity {
  if (outcome === "normal") return "good";
  return failureSeverity(events.map(({ type, incident }) => ({ subject, type, parameters: incident.parameters })));
}

type Failing = Pick<FailingDevice, "subject" | "type" | "parameters">;

export function failureSeverity(failing: readonly Failing[]): Severity {
  return failing.some(isSevere) ? "danger" : "warning";
}

function isSevere({ subject, type, parameters }: Failing): boolean {
  return subject === "inverter" || (type !== null && SEVERE_TYPES.has(type)) || parameters.some((name) => SEVERE_PARAMETERS.test(name));
}

function situationOf({ state, now, relayUnasked }: ScanContext): Situation {
  return {
    readAt: now,
    invertersDown: failedInverters(state).length,
    invertersKnown: knownDevices(state, "inverter"),
    relayAlerts: activeAlerts(state).length,
    invertersUnwatched: state.inverter.unwatchedSince !== null,
    relayUnasked,
  };
}
