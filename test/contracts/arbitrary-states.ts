// Any state that the monitor could ever have to keep, with ids and names as awkward as an API may send them.
import fc from "fast-check";
import type { DigestProgress, MonitorState } from "../../src/domain/monitor-state.ts";
import type { DeviceEvent, Notice, Notification } from "../../src/domain/notification.ts";
import type { InverterState, PlantState, RelayAlert, RelayState } from "../../src/domain/plant.ts";

const AWKWARD = [
  "__proto__", "constructor", "toString", "10", "9", "2", "007", "-1", "4294967295", "", " ", "a:b", ":", "::", "ção 🔴", "\u0000", "\n",
  "\"", "a\\b", "\\n", "\u2028", "\uD800", "a\uDC00b", "\u202Eabc", "</script>", "x".repeat(300),
];
/** None ends in a backslash: after an object with the key `p:\`, V8 14.6 (Node 26.10) takes `p:\n`, `p:\"` or `p:\ud800` for it. */
const text = fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: "binary", maxLength: 12 }), fc.nat().map(String))
  .map((raw) => raw.replace(/\\+$/, "/"));
/** The only thing asked of a plant's id and of a class's name: no colon, which parts them in the file's keys. */
const part = text.map((raw) => raw.replaceAll(":", ";"));

export const anyZone = fc.constantFrom("America/Sao_Paulo", "America/Noronha", "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns");
const epoch = fc.oneof(fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2060, 0) }), fc.integer({ min: 1_400_000_000, max: 2_800_000_000 }).map((s) => s * 1000));
const count = fc.nat({ max: 1e9 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((raw) => raw + 0);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 });
const few = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { maxLength: 4 });
const mapOf = <K, V>(key: fc.Arbitrary<K>, value: fc.Arbitrary<V>): fc.Arbitrary<Map<K, V>> =>
  fc.uniqueArray(fc.tuple(key, value), { selector: ([own]) => own, maxLength: 4 }).map((entries) => new Map(entries));
const week = fc.tuple(fc.integer({ min: 1971, max: 2100 }), fc.integer({ min: 1, max: 52 })).map(([year, number]) => `${String(year)}-W${String(number).padStart(2, "0")}`);
const kind = fc.constantFrom("relay" as const, "inverter" as const);
const perKind = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ relay: T; inverter: T }> => fc.record({ relay: value, inverter: value });

const alert = fc.record({ incidentId: text, type: part, parameters: few(text), first: epoch, last: epoch });
const relayState: fc.Arbitrary<RelayState> = fc.record({
  mark: epoch,
  alerts: fc.uniqueArray(alert, { selector: ({ type }) => type, maxLength: 3 }).map((alerts) => new Map(alerts.map((own): [string, RelayAlert] => [own.type, own]))),
  recentFailures: few(epoch),
});
const inverterState: fc.Arbitrary<InverterState> = fc.record({
  mark: epoch,
  lastInWindow: maybe(epoch),
  intervalsS: few(number),
  run: maybe(fc.record({ sign: fc.constantFrom("zero" as const, "positive" as const), count: fc.integer({ min: 1, max: 1e6 }), since: epoch })),
  failure: maybe(fc.record({ incidentId: text, first: epoch, last: epoch })),
  recentFailures: few(epoch),
});
const info = fc.record({ id: part, name: text, capacityKwp: maybe(number) });

const plant: fc.Arbitrary<PlantState> = fc.record({
  info,
  missingSince: maybe(epoch),
  relay: fc.record({ beginsAfter: maybe(epoch), lastScan: maybe(epoch), devices: mapOf(text, relayState) }),
  inverter: fc.record({
    beginsAfter: maybe(epoch), lastScan: maybe(epoch), devices: mapOf(text, inverterState),
    passOverUntil: maybe(epoch), unwatchedSince: maybe(epoch), releasedAt: maybe(epoch),
  }),
  deviceList: fc.record({
    askedAt: maybe(epoch), withoutRelay: maybe(fc.record({ first: epoch, latest: epoch })), hasRelay: fc.boolean(), names: mapOf(text, text),
  }),
  gone: few(fc.record({ device: maybe(text), kind: maybe(kind), type: maybe(text), at: epoch })),
});

const event: fc.Arbitrary<DeviceEvent> = fc.record({
  kind: fc.constantFrom("failure" as const, "normal" as const), subject: kind, device: text, type: maybe(text), reading: epoch,
  incident: fc.record({ id: text, first: epoch, last: epoch, end: maybe(epoch), parameters: few(text), nth: fc.integer({ min: 1, max: 99 }) }),
});
const notifiedPlant = fc.record({ id: part, name: text, capacityKwp: maybe(number), zone: anyZone });
const notice: fc.Arbitrary<Notice> = fc.oneof(
  fc.record({
    kind: fc.constant("devices" as const), plant: notifiedPlant, subject: kind,
    outcome: fc.constantFrom("failure" as const, "normal" as const, "passed" as const),
    severity: fc.constantFrom("danger" as const, "warning" as const, "good" as const, "info" as const),
    devices: few(fc.record({ device: text, name: text, events: few(event) })),
    situation: fc.record({
      readAt: epoch, invertersDown: count, invertersKnown: count, relayAlerts: count, invertersUnwatched: fc.boolean(), relayUnasked: fc.boolean(),
    }),
  }),
  fc.record({
    kind: fc.constant("relay-silent" as const), plant: notifiedPlant, at: epoch,
    relays: few(fc.record({ device: text, name: text, types: few(text), lastReading: epoch })),
  }),
  fc.record({
    kind: fc.constant("mute-ended" as const), plant: notifiedPlant, device: maybe(fc.record({ device: text, name: text, subject: maybe(kind) })), since: epoch, until: epoch,
    reason: text, by: text, endedBy: maybe(text), at: epoch, severity: fc.constantFrom("danger" as const, "warning" as const, "good" as const, "info" as const),
    failing: few(fc.record({ subject: kind, device: text, name: text, type: maybe(text), parameters: few(text), incidentId: text, first: epoch, last: epoch })),
    gone: few(fc.record({ device: maybe(text), kind: maybe(kind), type: maybe(text), at: epoch, name: text })),
    stillSilent: count, invertersUnwatched: fc.boolean(), relaySilent: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("monitor" as const), topic: fc.constantFrom("api" as const, "no-data" as const, "state" as const),
    phase: fc.constantFrom("lost" as const, "back" as const), since: epoch, at: epoch, zone: anyZone, detail: maybe(text),
    plants: maybe(fc.record({ affected: count, total: count })),
  }),
);
const share = maybe(fc.double({ min: 0, max: 1, noNaN: true }).map((raw) => raw + 0));
const durationMs = fc.double({ min: 0, max: 1e12, noNaN: true }).map((raw) => raw + 0);
const reportTotals = fc.record({
  plants: count, devices: count, incidents: count, open: count, downMs: durationMs, downInWindowMs: durationMs, mttrMs: maybe(durationMs), availability: share,
});
const weeklyReport = fc.record({
  kind: fc.constant("weekly-report" as const), week: text, from: epoch, to: epoch, until: epoch, at: epoch, zone: anyZone, relay: reportTotals, inverter: reportTotals,
  worst: few(fc.record({ plant: text, subject: kind, incidents: count, downMs: durationMs, downInWindowMs: durationMs, availability: share })),
  others: count, gaps: count, file: maybe(text),
});
const anyNotice: fc.Arbitrary<Notice> = fc.oneof({ weight: 3, arbitrary: notice }, { weight: 1, arbitrary: weeklyReport });
const notification: fc.Arbitrary<Notification> = fc.record({ id: text, committedAt: epoch, notice: anyNotice, refusedUntil: maybe(epoch) });
const digest: fc.Arbitrary<DigestProgress> = fc.record({
  notificationIds: fc.tuple(text, text), activeIncidents: few(text), composedAt: epoch, pagesAccepted: fc.integer({ min: 1, max: 99 }), isPlain: fc.boolean(),
});
const trouble = maybe(fc.record({ since: epoch, detail: text, told: fc.boolean() }));

export const anyState: fc.Arbitrary<MonitorState> = fc.record({
  plants: fc.uniqueArray(plant, { selector: (own) => own.info.id, maxLength: 4 }).map((plants) => new Map(plants.map((own): [string, PlantState] => [own.info.id, own]))),
  outbox: few(notification),
  digests: few(digest).map((digests) => new Map(digests.map((own) => [own.notificationIds[0], own]))),
  monitor: fc.record({
    lastCycle: perKind(maybe(epoch)), nextNotification: fc.integer({ min: 5, max: 1e9 }), api: trouble, apiBackAt: maybe(epoch), noData: trouble,
    teams: maybe(fc.record({ since: epoch, reason: text, goneStatus: maybe(fc.integer({ min: 100, max: 599 })) })),
    mutes: few(fc.record({ id: text, plantId: text, device: maybe(text), since: epoch, until: epoch, reason: text, by: text })),
    takenOverUntil: perKind(maybe(epoch)), oldNews: perKind(count), lastReport: maybe(week), mailsOwed: few(fc.record({ week, since: epoch })),
  }),
});

/** Maps as lists of entries, so that a comparison sees their order. */
export function inOrder(value: unknown): unknown {
  if (value instanceof Map) return Array.from(value, inOrder);
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, inOrder(own)]));
}
