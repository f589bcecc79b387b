// Messages as a real day brings them, with invented names: for `test-card`, the pictures in docs/cards and the tests.
import type { Heartbeat } from "../../domain/heartbeat.ts";
import { parseWallClock, type EpochMs } from "../../domain/local-time.ts";
import type {
  DeviceEvent, DevicesNotice, Incident, MonitorNotice, MuteEndedNotice, Notice, NotifiedDevice, NotifiedPlant, Notification, Outcome, Severity, Situation,
  WeeklyReportNotice,
} from "../../domain/notification.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import type { Digest, Message } from "../../ports/messenger.ts";

const ZONE = "America/Sao_Paulo";

/** `10:05` of the sample's day, or with a date before it. */
export function sampleTime(text: string): EpochMs {
  const at = parseWallClock(text.length > 5 ? text : `2025-12-01 ${text}`, ZONE);
  if (at === null) throw new Error(`hora de exemplo inválida: ${text}`);
  return at;
}

const plant = (id: string, name: string, capacityKwp: number | null): NotifiedPlant => ({ id, name, capacityKwp, zone: ZONE });
const BARRA = plant("101", "UFV Barra Norte", 1250.5);
const SERRA = plant("102", "UFV Serra Azul II", 3400);
const LAGOA = plant("103", "UFV Lagoa do Meio", 980);

interface Sketch {
  readonly device: string;
  readonly name?: string;
  readonly type?: string;
  readonly id: string;
  readonly first: string;
  readonly last?: string;
  readonly end?: string;
  readonly parameters?: readonly string[];
  readonly nth?: number;
}

function deviceOf(subject: DeviceKind, outcome: Outcome, sketch: Sketch): NotifiedDevice {
  const { device, name = device, type = null, id, first, last = first, end, parameters = [], nth = 1 } = sketch;
  const open: Incident = { id, first: sampleTime(first), last: sampleTime(last), end: null, parameters, nth };
  const closed: Incident = { ...open, end: end === undefined ? null : sampleTime(end) };
  const failure: DeviceEvent = { kind: "failure", subject, device, type, reading: open.last, incident: open };
  const normal: DeviceEvent = { kind: "normal", subject, device, type, reading: closed.end ?? open.last, incident: closed };
  return { device, name, events: outcome === "failure" ? [failure] : outcome === "normal" ? [normal] : [failure, normal] };
}

function situation(readAt: string, more: Partial<Situation> = {}): Situation {
  return { readAt: sampleTime(readAt), invertersDown: 0, invertersKnown: 12, relayAlerts: 0, invertersUnwatched: false, relayUnasked: false, ...more };
}

function notice(subject: DeviceKind, outcome: Outcome, severity: Severity, sketches: readonly Sketch[], at: Situation): DevicesNotice {
  return { kind: "devices", plant: BARRA, subject, outcome, severity, devices: sketches.map((sketch) => deviceOf(subject, outcome, sketch)), situation: at };
}

function told(of: Notice, committedAt: string): Message {
  return { kind: "notice", notice: of, committedAt: sampleTime(committedAt) };
}

const TRIP: Sketch = { device: "1931", type: "SOBRETENSÃO", id: "7F3K2M", first: "10:05", last: "10:15", parameters: ["r59N", "r86"] };
const relayFailure = notice("relay", "failure", "danger", [TRIP], situation("10:20", { relayAlerts: 1, invertersUnwatched: true }));
const relayNormal = notice("relay", "normal", "good", [{ ...TRIP, end: "10:40" }], situation("10:50", { invertersDown: 2 }));
const relayPassed = notice("relay", "passed", "warning", [{ device: "1931", type: "SUBTENSÃO", id: "M2QX8A", first: "14:10", last: "14:15", end: "14:20", parameters: ["r27A", "r27_0"] }],
  situation("14:30"));

const downAt = (device: string, id: string, first: string, last: string): Sketch => ({ device, id, first, last });
const THREE = [downAt("46003", "B7KD20", "10:05", "10:16"), downAt("46007", "C91TQF", "10:05", "10:16"), { ...downAt("46011", "X4HM8R", "10:10", "10:21"), nth: 2 }];
const ALL = Array.from({ length: 12 }, (_, i) => downAt(String(46001 + i), `${"ABCDEFGHJKMN".charAt(i)}4T7${i + 10}`, i < 5 ? "10:05" : "10:10", "10:21"));
const invertersSome = notice("inverter", "failure", "danger", THREE, situation("10:30", { invertersDown: 3 }));
const invertersAll = notice("inverter", "failure", "danger", ALL, situation("10:30", { invertersDown: 12 }));
const inverterAgain = notice("inverter", "failure", "danger", [{ ...downAt("46003", "B7KD2V", "11:02", "11:13"), nth: 3 }], situation("11:15", { invertersDown: 1, relayUnasked: true }));
const invertersNormal = notice("inverter", "normal", "good",
  [{ ...downAt("46003", "B7KD20", "10:05", "11:19"), end: "11:25" }, { ...downAt("46007", "C91TQF", "10:05", "10:37"), end: "10:42" }], situation("11:30", { invertersDown: 2 }));

const monitor = (topic: MonitorNotice["topic"], phase: MonitorNotice["phase"], since: string, at: string, more: Partial<MonitorNotice> = {}): MonitorNotice =>
  ({ kind: "monitor", topic, phase, since: sampleTime(since), at: sampleTime(at), zone: ZONE, detail: null, plants: null, ...more });

const muteEnded: MuteEndedNotice = {
  kind: "mute-ended", plant: BARRA, device: null, since: sampleTime("08:00"), until: sampleTime("12:00"), reason: "manutenção preventiva do relé",
  by: "linha de comando (ana)", endedBy: null, at: sampleTime("12:00"), severity: "danger", gone: [], stillSilent: 0, invertersUnwatched: true, relaySilent: false,
  failing: [
    { subject: "inverter", device: "46003", name: "46003", type: null, parameters: [], incidentId: "B7KD20", first: sampleTime("09:40"), last: sampleTime("10:01") },
    { subject: "relay", device: "1931", name: "1931", type: "SOBRETENSÃO", parameters: ["r59N", "r86"], incidentId: "7F3K2M", first: sampleTime("10:05"), last: sampleTime("11:50") },
  ],
};
const deviceMuteEnded: MuteEndedNotice = {
  ...muteEnded, device: { device: "46003", name: "46003", subject: "inverter" }, reason: "troca do inversor", endedBy: "linha de comando (ana)",
  at: sampleTime("11:10"), severity: "good", failing: [], invertersUnwatched: false,
};

/** Muted for nine days; the inverter that was being repaired has given no reading for seven. */
const muteEndedGone: MuteEndedNotice = {
  ...muteEnded, since: sampleTime("2025-11-22 12:00"), severity: "warning", failing: [], stillSilent: 2, invertersUnwatched: false,
  gone: [{ device: "46003", name: "46003", kind: "inverter", type: null, at: sampleTime("2025-11-29 12:15") }, { device: "1931", name: "1931", kind: "relay", type: "SOBRETENSÃO", at: sampleTime("2025-11-30 09:00") }],
};

function owed(notices: readonly (readonly [at: string, of: Notice])[]): Notification[] {
  return notices.map(([at, of], i) => ({ id: `exemplo-${i}`, committedAt: sampleTime(at), notice: of, refusedUntil: null }));
}

const digest: Digest = {
  plant: BARRA,
  notifications: owed([
    ["06:55", notice("relay", "failure", "danger", [{ ...TRIP, id: "7F3K1A", first: "06:41", last: "06:51", parameters: ["r59N"] }], situation("06:55"))],
    ["07:20", notice("relay", "normal", "good", [{ ...TRIP, id: "7F3K1A", first: "06:41", last: "06:56", end: "07:12", parameters: ["r59N"] }], situation("07:20"))],
    ["08:20", notice("inverter", "failure", "danger", [downAt("46001", "C91TA7", "08:05", "08:16")], situation("08:20", { invertersDown: 1 }))],
    ["08:50", notice("inverter", "normal", "good", [{ ...downAt("46001", "C91TA7", "08:05", "08:31"), end: "08:40" }], situation("08:50"))],
    ["09:25", notice("inverter", "failure", "danger", [downAt("46003", "B7KD55", "09:10", "09:21")], situation("09:25", { invertersDown: 1 }))],
  ]),
  activeIncidents: new Set(["B7KD55"]),
  composedAt: sampleTime("11:00"),
};

const STORM = Array.from({ length: 80 }, (_, i) => downAt(String(47001 + i), `S${1000 + i}T`, "07:05", "07:16"));
const longDigest: Digest = {
  ...digest,
  notifications: owed([
    ["07:20", notice("inverter", "failure", "danger", STORM, situation("07:20", { invertersDown: 80, invertersKnown: 80 }))],
    ["09:30", notice("inverter", "normal", "good", STORM.slice(0, 60).map((sketch) => ({ ...sketch, end: "09:12" })), situation("09:30", { invertersDown: 20, invertersKnown: 80 }))],
  ]),
  activeIncidents: new Set(STORM.slice(60).map(({ id }) => id)),
};

const monitorDigest: Digest = {
  plant: null,
  notifications: owed([["06:40", monitor("api", "lost", "06:20", "06:40", { detail: "timeout" })], ["07:10", monitor("api", "back", "06:20", "07:10")]]),
  activeIncidents: new Set(),
  composedAt: sampleTime("09:00"),
};

const quiet: Heartbeat = {
  at: sampleTime("12:00"), zone: ZONE, status: "OK", attention: [],
  lastRelayScan: sampleTime("11:50"), lastInverterScan: sampleTime("11:45"), relayPlants: 27, inverterPlants: 191,
  relayAlerts: [],
  failedInverters: [{ plant: BARRA, inverters: 3, since: sampleTime("10:05") }, { plant: SERRA, inverters: 1, since: sampleTime("2025-11-30 16:00") }],
  withoutData: [], silentInverters: 2, unwatched: [], gone: [], muted: [], mutes: [],
  host: "servidor-1", pid: 4711, version: "1.0.0", startedAt: sampleTime("2025-11-19 08:00"),
};

const worried: Heartbeat = {
  ...quiet,
  status: "ATENÇÃO",
  attention: [
    { kind: "cards-refused", count: 3, since: sampleTime("09:40") },
    { kind: "inverters-unwatched", plants: ["UFV Serra Azul II"], since: sampleTime("2025-11-30 22:10") },
    { kind: "plants-without-data", count: 2 },
  ],
  relayAlerts: [{ plant: SERRA, alerts: 1, types: ["SOBRETENSÃO"], since: sampleTime("2025-11-30 22:10") }],
  failedInverters: [{ plant: BARRA, inverters: 3, since: sampleTime("10:05") }],
  withoutData: [
    { plant: LAGOA, kinds: ["inverter"], since: sampleTime("10:42") },
    { plant: plant("104", "UFV Vale Verde", 500), kinds: ["relay", "inverter"], since: sampleTime("08:15") },
  ],
  unwatched: [{ plant: SERRA, since: sampleTime("2025-11-30 22:10") }],
  mutes: [{ plant: BARRA, device: "46003", until: sampleTime("18:00"), reason: "troca do inversor" }],
};

const HOUR = 3_600_000;
const weeklyReport: WeeklyReportNotice = {
  kind: "weekly-report", week: "2025-W48", from: sampleTime("2025-11-24 00:00"), to: sampleTime("2025-12-01 00:00"), until: sampleTime("2025-12-01 00:00"),
  at: sampleTime("00:05"), zone: ZONE,
  inverter: { plants: 191, devices: 2310, incidents: 14, open: 1, downMs: 96.5 * HOUR, downInWindowMs: 51.2 * HOUR, mttrMs: 2.2 * HOUR, availability: 0.99971 },
  relay: { plants: 27, devices: 29, incidents: 2, open: 0, downMs: 1.1 * HOUR, downInWindowMs: 1.1 * HOUR, mttrMs: 0.55 * HOUR, availability: 0.9995 },
  worst: [
    { plant: BARRA.name, subject: "inverter", incidents: 6, downMs: 71 * HOUR, downInWindowMs: 33.4 * HOUR, availability: 0.9638 },
    { plant: SERRA.name, subject: "inverter", incidents: 8, downMs: 25.5 * HOUR, downInWindowMs: 17.8 * HOUR, availability: 0.9883 },
    { plant: SERRA.name, subject: "relay", incidents: 2, downMs: 1.1 * HOUR, downInWindowMs: 1.1 * HOUR, availability: 0.9857 },
  ],
  others: 0, gaps: 1, file: "relatorios/pvmonitor-2025-W48.xlsx",
};
const nothing = { incidents: 0, open: 0, downMs: 0, downInWindowMs: 0, mttrMs: null, availability: 1 };

export const SAMPLES = {
  "relay-failure": told(relayFailure, "10:20"),
  "relay-normal": told(relayNormal, "10:50"),
  "relay-passed": told(relayPassed, "14:30"),
  "relay-silent": told({
    kind: "relay-silent", plant: BARRA, at: sampleTime("12:20"),
    relays: [{ device: "1931", name: "1931", types: ["SOBRETENSÃO"], lastReading: sampleTime("10:15") }],
  }, "12:20"),
  "mute-ended": told(muteEnded, "12:00"),
  "mute-ended-gone": told(muteEndedGone, "12:00"),
  "mute-ended-well": told(deviceMuteEnded, "11:10"),
  "inverters-some": told(invertersSome, "10:30"),
  "inverters-all": told(invertersAll, "10:30"),
  "inverter-again": told(inverterAgain, "11:15"),
  "inverters-normal": told(invertersNormal, "11:30"),
  "api-lost": told(monitor("api", "lost", "10:05", "10:25", { detail: "timeout" }), "10:25"),
  "api-back": told(monitor("api", "back", "10:05", "10:45"), "10:45"),
  "no-data": told(monitor("no-data", "lost", "10:05", "11:10", { plants: { affected: 120, total: 191 } }), "11:10"),
  "state-lost": told(monitor("state", "lost", "10:05", "10:35", { detail: "ENOSPC" }), "10:35"),
  "weekly-report": told(weeklyReport, "00:05"),
  "weekly-report-quiet": told({ ...weeklyReport, inverter: { ...weeklyReport.inverter, ...nothing }, relay: { ...weeklyReport.relay, ...nothing }, worst: [], gaps: 0 }, "00:05"),
  digest: { kind: "digest", digest },
  "digest-pages": { kind: "digest", digest: longDigest },
  "digest-monitor": { kind: "digest", digest: monitorDigest },
  "heartbeat-ok": { kind: "heartbeat", heartbeat: quiet },
  "heartbeat-attention": { kind: "heartbeat", heartbeat: worried },
} as const satisfies Readonly<Record<string, Message>>;

export type SampleName = keyof typeof SAMPLES;
