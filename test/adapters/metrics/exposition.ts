// A scrape's text taken apart, and a monitor of which everything has happened once.
import { createMetrics, type Metrics } from "../../../src/adapters/metrics/create-metrics.ts";
import { SAMPLES } from "../../../src/adapters/teams/samples.ts";
import type { MetricsFacts } from "../../../src/ports/metrics.ts";
import type { Happening } from "../../../src/ports/telemetry.ts";

export interface Family {
  readonly help: string;
  readonly type: string;
  /** Values by label; `le` left out. */
  readonly labels: Map<string, Set<string>>;
}

export function familiesOf(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const [, name = "", help = ""] of text.matchAll(/^# HELP (\S+) (.*)$/gm)) {
    families.set(name, { help, type: new RegExp(`^# TYPE ${name} (\\w+)$`, "m").exec(text)?.[1] ?? "", labels: new Map() });
  }
  for (const { name, labels } of samplesOf(text)) {
    const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ""));
    if (family === undefined) throw new Error(`${name} has no HELP`);
    for (const [label, value] of Object.entries(labels)) {
      if (label !== "le") family.labels.set(label, (family.labels.get(label) ?? new Set<string>()).add(value));
    }
  }
  return families;
}

export interface Sample { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }

export function samplesOf(text: string): Sample[] {
  return [...text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = "", inner = "", value = ""]) => ({
    name, value: Number(value), labels: Object.fromEntries([...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, content]) => [label, content])),
  }));
}

/** Value of one series, `kind="relay",outcome="ok"` in any order; null where there is none. */
export function valueOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | null {
  const isIt = (sample: Sample): boolean => sample.name === name && Object.keys(sample.labels).length === Object.keys(labels).length
    && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return samplesOf(text).find(isIt)?.value ?? null;
}

export const facts: MetricsFacts = {
  plants: { relay: 1, inverters: 2, "no-data": 3, muted: 1, normal: 20 },
  devices: { relay: { alert: 1, "no-data": 2, normal: 20 }, inverter: { failed: 5, unwatched: 12, "no-data": 7, normal: 200 } },
  relayAlerts: new Map([["SOBRETENSÃO", 1], ["SUBTENSÃO", 0], ["FREQUÊNCIA", 0], ["TÉRMICO", 0], ["BLOQUEIO", 0], ["OUTROS", 0]]),
  lastScan: { relay: 1_764_586_800_000, inverter: 1_764_586_500_000 },
  intervalMs: { relay: 600_000, inverter: 900_000 },
  outbox: { waiting: 2, refused: 1, oldestAgeMs: 90_500 },
  troubles: { api: false, teams: true, state: false, "no-data": false },
  mutes: 1,
  historyLost: 0,
};

const plant = { id: "101", name: "UFV Segredo", capacityKwp: 100, zone: "America/Sao_Paulo" };
const incident = { id: "7F3K", first: 0, last: 0, end: null, parameters: ["r59N"], nth: 1 };
const card = { title: "🔴 UFV Segredo", severity: "danger", plantId: "101", events: 1, attempt: 1 } as const;
const scan = {
  kind: "scan.finished", scan: "relay", durationMs: 12_340, plants: 27, complete: 25, unavailable: 2, unwatched: 0, calls: 54, readings: 2_269, oldNews: 3, unusable: 1,
  reasons: { timeout: 2 }, endedEarly: false,
} as const;

export const happenings: readonly Happening[] = [
  scan,
  { ...scan, scan: "inverter", unavailable: 0, complete: 26, unwatched: 1, reasons: {} },
  { ...scan, scan: "inverter", endedEarly: true, reasons: { connection: 10 }, durationMs: 900 },
  { kind: "event.detected", plant, name: "1931", mutedReason: null, event: { kind: "failure", subject: "relay", device: "1931", type: "SOBRETENSÃO", reading: 0, incident } },
  { kind: "event.detected", plant, name: "9", mutedReason: "obra", event: { kind: "normal", subject: "inverter", device: "9", type: null, reading: 0, incident } },
  { kind: "api.called", call: "day_relay", outcome: "ok", durationMs: 450 },
  { kind: "api.called", call: "day_relay", outcome: "throttled", durationMs: 50 },
  { kind: "api.called", call: "day_meteo/7/UFV Segredo", outcome: "timeout", durationMs: 30_000 },
  { kind: "card.posted", outcome: "delivered", durationMs: 700 },
  { kind: "card.posted", outcome: "retry", durationMs: 20_000 },
  { kind: "card.delivered", card, notice: null },
  { kind: "card.shadow", title: card.title },
  { kind: "card.failed", title: card.title, reason: "HTTP 429", attempt: 1, retryInMs: 1_000 },
  { kind: "card.refused", title: card.title, status: 400, plainToo: true, attempt: 1 },
  { kind: "state.saved", durationMs: 8 },
  { kind: "state.not-saved", detail: "ENOSPC", times: 1 },
  { kind: "heartbeat.delivered", heartbeat: SAMPLES["heartbeat-ok"].heartbeat },
  { kind: "heartbeat.dropped", reason: "HTTP 503" },
  { kind: "ping.ended", signal: "success", isTaken: true },
  { kind: "ping.ended", signal: "fail", isTaken: false },
];

export function liveMetrics(): Metrics {
  const metrics = createMetrics({ version: "1.0.0" });
  for (const happening of happenings) metrics.tell(happening);
  return metrics;
}
