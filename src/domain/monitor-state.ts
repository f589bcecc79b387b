// Everything that must survive a restart, as one value: what is known of each plant, what is owed, and the monitor itself.
import { withEntry } from "./layered-map.ts";
import type { EpochMs } from "./local-time.ts";
import type { Mute } from "./mute.ts";
import type { MonitorNotice, Notice, Notification } from "./notification.ts";
import type { DeviceKind, PlantState } from "./plant.ts";

/** A digest of several cards whose first ones were accepted: the rest must tell the same notifications. */
export interface DigestProgress {
  readonly notificationIds: readonly [string, ...string[]];
  /** Incidents that were open when it was composed: they are shown first. */
  readonly activeIncidents: readonly string[];
  readonly composedAt: EpochMs;
  readonly pagesAccepted: number;
  /** Teams refused its full form. */
  readonly isPlain: boolean;
}

/** Something about the monitor itself that is wrong since a moment, and whether a card said so. */
export interface Trouble {
  readonly since: EpochMs;
  readonly detail: string;
  readonly told: boolean;
}

/** Teams has taken no card since then. */
export interface TeamsTrouble {
  readonly since: EpochMs;
  readonly reason: string;
  /** The webhook answers that it is gone or switched off (401, 403, 404, 410); null where sending just fails. */
  readonly goneStatus: number | null;
}

export interface MailOwed {
  /** `2025-W48` */
  readonly week: string;
  readonly since: EpochMs;
}

export interface MonitorRecord {
  /** End of the last whole cycle of each kind. */
  readonly lastCycle: Readonly<Record<DeviceKind, EpochMs | null>>;
  /** Number of the next notification. */
  readonly nextNotification: number;
  /** No call of the API succeeded since then. */
  readonly api: Trouble | null;
  /** End of the last outage of the API that was told. */
  readonly apiBackAt: EpochMs | null;
  readonly teams: TeamsTrouble | null;
  /** More than half of the plants are without data since then. */
  readonly noData: Trouble | null;
  /** Where the predecessor left off: a plant first seen later the same day begins no earlier. */
  readonly takenOverUntil: Readonly<Record<DeviceKind, EpochMs | null>>;
  /** Readings at or before their device's mark, since the state began: each scan reads the day again, and some come late. */
  readonly oldNews: Readonly<Record<DeviceKind, number>>;
  /** At most one a plant or device, in the order in which they began. */
  readonly mutes: readonly Mute[];
  /** The last week whose report was made (`2025-W48`), or that ended before there was anything to report; null until the monitor looks. */
  readonly lastReport: string | null;
  /** Weeks whose report was made and is yet to go by e-mail, and since when. */
  readonly mailsOwed: readonly MailOwed[];
}

export interface MonitorState {
  readonly plants: ReadonlyMap<string, PlantState>;
  /** In the order of their commits. */
  readonly outbox: readonly Notification[];
  /** Digests that were begun, by their first notification. */
  readonly digests: ReadonlyMap<string, DigestProgress>;
  readonly monitor: MonitorRecord;
}

export const emptyState: MonitorState = {
  plants: new Map(),
  outbox: [],
  digests: new Map(),
  monitor: {
    lastCycle: { relay: null, inverter: null },
    nextNotification: 1,
    api: null,
    apiBackAt: null,
    teams: null,
    noData: null,
    takenOverUntil: { relay: null, inverter: null },
    oldNews: { relay: 0, inverter: 0 },
    mutes: [],
    lastReport: null,
    mailsOwed: [],
  },
};

export function withPlant(state: MonitorState, plant: PlantState): MonitorState {
  return { ...state, plants: withEntry(state.plants, plant.info.id, plant) };
}

export function withMonitor(state: MonitorState, change: Partial<MonitorRecord>): MonitorState {
  return { ...state, monitor: { ...state.monitor, ...change } };
}

/** Adds what is to be said to the outbox, in order. */
export function owe(state: MonitorState, notices: readonly Notice[], now: EpochMs): MonitorState {
  const { nextNotification } = state.monitor;
  const added = notices.map((notice, i): Notification => ({ id: String(nextNotification + i), committedAt: now, notice, refusedUntil: null }));
  if (added.length === 0) return state;
  return withMonitor({ ...state, outbox: [...state.outbox, ...added] }, { nextNotification: nextNotification + added.length });
}

/** The monitor's own card; it names what is wrong or over, and since when. */
export function monitorNotice(topic: MonitorNotice["topic"], phase: MonitorNotice["phase"], trouble: Trouble, at: EpochMs, zone: string, plants: MonitorNotice["plants"] = null): MonitorNotice {
  return { kind: "monitor", topic, phase, since: trouble.since, at, zone, detail: trouble.detail === "" ? null : trouble.detail, plants };
}
