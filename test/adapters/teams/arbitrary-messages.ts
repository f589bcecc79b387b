// Messages of any size and any text, for properties: what an API or a database might hold, and what nobody would think of.
import fc from "fast-check";
import type { Attention, Heartbeat } from "../../../src/domain/heartbeat.ts";
import type { DeviceEvent, DevicesNotice, Incident, MonitorNotice, MuteEndedNotice, Notice, Notification, NotifiedPlant, RelaySilentNotice, WeeklyReportNotice } from "../../../src/domain/notification.ts";
import type { Digest, Message } from "../../../src/ports/messenger.ts";

export const HOSTILE = [
  "**bold**", "<at>Fulano</at>", "[clique](https://exemplo.invalid)", "__x__ `y` ~~z~~", "# Título", "- item", "1. um", "<b>x</b><script>1</script>", "&lt;b&gt;&#42;",
  "\u202Eoãçarepo", "a\u200Fb\u2066c", "שלום", "\uD800solto\uDC00", "\u0000\u0007\n\r\t", "", "   ", "\u00A0UFV\u00A0 A\u2028B", "{{DATE(2025-01-01T00:00:00Z)}}", "${x} @{y}",
  "N".repeat(10_000), "\u{1F600}".repeat(5_000), `e${"\u0301".repeat(5_000)}`, "\"\\".repeat(3_000), "*_".repeat(4_000), "UFV \"Barra\" \\ Norte",
] as const;

const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...HOSTILE) }, fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 20 }));
const time = fc.oneof(fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }), fc.constantFrom(0, -1, 8.64e15, NaN, Infinity));
const plant: fc.Arbitrary<NotifiedPlant> = fc.record({ id: text, name: text, capacityKwp: fc.oneof(fc.constant(null), fc.double()), zone: fc.constantFrom("America/Sao_Paulo", "America/Rio_Branco", "UTC") });
const subject = fc.constantFrom("relay" as const, "inverter" as const);
const severity = fc.constantFrom("danger" as const, "warning" as const, "good" as const, "info" as const);
const parameters = fc.oneof(fc.subarray(["r59N", "r86", "r67A_2", "rDO", "r51GS"]), fc.array(text, { maxLength: 60 }));
const incident: fc.Arbitrary<Omit<Incident, "id">> = fc.record({ first: time, last: time, end: fc.oneof(fc.constant(null), time), parameters, nth: fc.integer({ min: 1, max: 9 }) });

/** Devices are few shapes repeated: as large, and quick to make. */
const devicesNotice = (most: number): fc.Arbitrary<DevicesNotice> => fc.record({
  plant, subject, severity,
  outcome: fc.constantFrom("failure" as const, "normal" as const, "passed" as const),
  shapes: fc.array(fc.record({ device: text, name: text, type: fc.oneof(fc.constant(null), fc.constantFrom("OUTROS", "SOBRETENSÃO"), text), incident, reading: time }), { minLength: 1, maxLength: 4 }),
  count: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: most }) }),
  mark: fc.integer({ min: 0, max: 0xffff }),
  situation: fc.record({
    readAt: time, invertersDown: fc.nat(3_000), invertersKnown: fc.nat(3_000), relayAlerts: fc.nat(5), invertersUnwatched: fc.boolean(), relayUnasked: fc.boolean(),
  }),
}).map(({ shapes, count, mark, ...rest }) => {
  const devices = Array.from({ length: count }, (_, i) => {
    const shape = shapes[i % shapes.length] ?? { device: "", name: "", type: null, incident: { first: 0, last: 0, end: null, parameters: [], nth: 1 }, reading: 0 };
    const device = i < shapes.length ? shape.device : `${shape.device.slice(0, 30)}${i}`;
    const base = { subject: rest.subject, device, type: shape.type, reading: shape.reading };
    const told: Incident = { ...shape.incident, id: `I${mark.toString(16)}X${i}Z` };
    const failure: DeviceEvent = { ...base, kind: "failure", incident: { ...told, end: null } };
    const normal: DeviceEvent = { ...base, kind: "normal", incident: told };
    return { device, name: shape.name, events: rest.outcome === "failure" ? [failure] : rest.outcome === "normal" ? [normal] : [failure, normal] };
  });
  return { kind: "devices", ...rest, devices };
});

const silentNotice: fc.Arbitrary<RelaySilentNotice> = fc.record({
  kind: fc.constant("relay-silent" as const), plant, at: time,
  relays: fc.array(fc.record({ device: text, name: text, types: fc.array(text, { maxLength: 10 }), lastReading: time }), { maxLength: 80 }),
});
const muteEndedNotice: fc.Arbitrary<MuteEndedNotice> = fc.record({
  kind: fc.constant("mute-ended" as const), plant, device: fc.oneof(fc.constant(null), fc.record({ device: text, name: text, subject: fc.oneof(subject, fc.constant(null)) })),
  since: time, until: time, reason: text, by: text, endedBy: fc.oneof(fc.constant(null), text), at: time,
  severity: fc.constantFrom("danger" as const, "warning" as const, "good" as const, "info" as const), invertersUnwatched: fc.boolean(), relaySilent: fc.boolean(), stillSilent: fc.nat(3_000),
  gone: fc.array(fc.record({ device: fc.oneof(fc.constant(null), text), kind: fc.oneof(subject, fc.constant(null)), type: fc.oneof(fc.constant(null), text), at: time, name: text }), { maxLength: 200 }),
  failing: fc.array(fc.record({
    subject, device: text, name: text, type: fc.oneof(fc.constant(null), text), parameters: fc.array(text, { maxLength: 12 }), incidentId: text, first: time, last: time,
  }), { maxLength: 200 }),
});
const monitorNotice: fc.Arbitrary<MonitorNotice> = fc.record({
  kind: fc.constant("monitor" as const), topic: fc.constantFrom("api" as const, "no-data" as const, "state" as const), phase: fc.constantFrom("lost" as const, "back" as const),
  since: time, at: time, zone: fc.constant("America/Sao_Paulo"), detail: fc.oneof(fc.constant(null), text),
  plants: fc.oneof(fc.constant(null), fc.record({ affected: fc.nat(300), total: fc.nat(300) })),
});
const size = fc.oneof(fc.nat(3_000), fc.double());
const reportTotals = fc.record({ plants: fc.nat(), devices: fc.nat(), incidents: fc.nat(), open: fc.nat(), downMs: size, downInWindowMs: size, mttrMs: fc.oneof(fc.constant(null), size), availability: fc.oneof(fc.constant(null), size) });
const weeklyReport: fc.Arbitrary<WeeklyReportNotice> = fc.record({
  kind: fc.constant("weekly-report" as const), week: text, from: time, to: time, until: time, at: time, zone: fc.constantFrom("America/Sao_Paulo", "UTC"),
  relay: reportTotals, inverter: reportTotals,
  worst: fc.array(fc.record({ plant: text, subject, incidents: fc.nat(), downMs: size, downInWindowMs: size, availability: fc.oneof(fc.constant(null), size) }), { maxLength: 12 }),
  others: fc.nat(300), gaps: fc.nat(300), file: fc.oneof(fc.constant(null), text),
});
const notice = (most: number): fc.Arbitrary<Notice> => fc.oneof({ weight: 4, arbitrary: devicesNotice(most) }, silentNotice, muteEndedNotice, monitorNotice, weeklyReport);

export const arbitraryNotice: fc.Arbitrary<Message> = fc.record({ kind: fc.constant("notice" as const), notice: notice(3_000), committedAt: time });

export const arbitraryDigest: fc.Arbitrary<Digest> = fc.record({
  plant: fc.oneof({ weight: 4, arbitrary: plant }, fc.constant(null)),
  notices: fc.array(fc.record({ notice: notice(120), committedAt: time }), { minLength: 1, maxLength: 5 }),
  share: fc.nat(3),
  composedAt: time,
}).map(({ plant: of, notices, share, composedAt }) => {
  const notifications = notices.map((entry, i): Notification => ({ id: String(i), refusedUntil: null, ...entry }));
  const ids = notices.flatMap(({ notice: told }) => (told.kind === "devices" ? told.devices : [])).flatMap(({ events }) => events.map(({ incident: { id } }) => id));
  return { plant: of, notifications, composedAt, activeIncidents: new Set(ids.filter((_, i) => share > 0 && i % share === 0)) };
});

const attention: fc.Arbitrary<Attention> = fc.oneof(
  fc.record({ kind: fc.constant("scan-late" as const), scan: subject, since: fc.oneof(fc.constant(null), time) }),
  fc.record({ kind: fc.constantFrom("api-failing" as const, "teams-failing" as const), reason: text, since: time }),
  fc.record({ kind: fc.constant("webhook-gone" as const), status: fc.integer({ min: 400, max: 499 }), since: time }),
  fc.record({ kind: fc.constantFrom("cards-refused" as const, "notifications-waiting" as const), count: fc.nat(), since: time }),
  fc.record({ kind: fc.constant("plants-without-data" as const), count: fc.nat() }),
  fc.record({ kind: fc.constant("inverters-unwatched" as const), plants: fc.array(text), since: time }),
  fc.record({ kind: fc.constant("state-not-saved" as const), detail: text, since: time }),
);

export const arbitraryHeartbeat: fc.Arbitrary<Message> = fc.record<Heartbeat>({
  at: time, zone: fc.constant("America/Sao_Paulo"), status: fc.constantFrom("OK" as const, "ATENÇÃO" as const), attention: fc.array(attention, { maxLength: 12 }),
  lastRelayScan: fc.oneof(fc.constant(null), time), lastInverterScan: fc.oneof(fc.constant(null), time), relayPlants: fc.nat(300), inverterPlants: fc.nat(300),
  relayAlerts: fc.array(fc.record({ plant, alerts: fc.nat(9), types: fc.array(text), since: time }), { maxLength: 40 }),
  failedInverters: fc.array(fc.record({ plant, inverters: fc.nat(3_000), since: time }), { maxLength: 200 }),
  withoutData: fc.array(fc.record({ plant, kinds: fc.subarray(["relay" as const, "inverter" as const]), since: fc.oneof(fc.constant(null), time) }), { maxLength: 200 }),
  silentInverters: fc.nat(3_000), unwatched: fc.array(fc.record({ plant, since: time }), { maxLength: 40 }),
  gone: fc.array(fc.record({ plant, device: fc.oneof(fc.constant(null), text), type: fc.oneof(fc.constant(null), text) }), { maxLength: 40 }),
  muted: fc.array(text, { maxLength: 40 }),
  mutes: fc.array(fc.record({ plant, device: fc.oneof(fc.constant(null), text), until: time, reason: text }), { maxLength: 80 }), host: text, pid: fc.nat(), version: text, startedAt: time,
}).map((heartbeat) => ({ kind: "heartbeat", heartbeat }));
