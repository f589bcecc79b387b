// Records that meet in the same rows, as far as one history can come by them.
import fc from "fast-check";
import { HOUR_MS } from "../../src/domain/local-time.ts";
import type { HistoryRecord } from "../../src/ports/history.ts";
import { NOW } from "../support/history.ts";

const time = fc.integer({ min: -3, max: 60 }).map((hours) => NOW + hours * HOUR_MS);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 });
const plantId = fc.constantFrom("1", "2");
const device = fc.constantFrom("a", "b");
const anyIncident = fc.record({
  id: fc.constantFrom("A", "B"), plantId, plantName: fc.constantFrom("UFV", "UFV nova"), kind: fc.constant("relay" as const), device, deviceName: fc.constantFrom("x", "y"),
  type: fc.constant("T"), parameters: fc.subarray(["r50", "r59N", "r86"]), last: time, end: maybe(time), goneAt: maybe(time), notifiedAt: maybe(time), endNotifiedAt: maybe(time),
  mutedReason: maybe(fc.constantFrom("obra", "poda")),
}).map((drawn) => ({ ...drawn, plantId: drawn.id === "A" ? "1" : "2", device: "a", first: NOW - 4 * HOUR_MS }));

export const anyRecord: fc.Arbitrary<HistoryRecord> = fc.oneof(
  fc.record({ kind: fc.constant("incident" as const), incident: anyIncident }),
  fc.record({ kind: fc.constant("told" as const), incidentId: fc.constantFrom("A", "B", "C"), event: fc.constantFrom("failure" as const, "normal" as const), at: time }),
  fc.record({ kind: fc.constant("gone" as const), plantId, device: maybe(device), at: time }),
  fc.record({ kind: fc.constant("outage" as const), outage: fc.record({ topic: fc.constantFrom("api" as const, "teams" as const), since: fc.constantFrom(NOW, NOW + 1), until: maybe(time), detail: fc.constantFrom("", "timeout", "conexão") }) }),
  // The same reading always says the same.
  fc.record({ kind: fc.constant("power" as const), plantId, readings: fc.array(fc.record({ device, at: time }).map((own) => ({ ...own, powerKw: own.at % 7 === 0 ? null : (own.at / HOUR_MS) % 100 })), { maxLength: 5 }) }),
);

/** The record as one of the world of this number: those of different worlds meet in no row. */
export function apart(record: HistoryRecord, world: number): HistoryRecord {
  switch (record.kind) {
    case "incident": return { ...record, incident: { ...record.incident, id: `${record.incident.id}-${world}`, plantId: `${record.incident.plantId}-${world}` } };
    case "told": return { ...record, incidentId: `${record.incidentId}-${world}` };
    case "gone": case "power": return { ...record, plantId: `${record.plantId}-${world}` };
    case "outage": return { ...record, outage: { ...record.outage, since: record.outage.since + 2 * world } };
    default: return record;
  }
}
