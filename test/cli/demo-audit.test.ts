import { describe, expect, it } from "vitest";
import { audit, isSound, type TakenCard } from "../../src/cli/demo/audit.ts";
import { createReporter, readOrder, readReport } from "../../src/cli/demo/messages.ts";
import { SAMPLES } from "../../src/adapters/teams/samples.ts";
import type { Happening } from "../../src/ports/telemetry.ts";
import { sampleNotice } from "./sample-notice.ts";

const failure = { kind: "inverter.failure", plant: "1", device: "9", type: null };
const normal = { ...failure, kind: "inverter.normal" };

function card(incident: string, events: readonly (typeof failure)[], more: Partial<TakenCard> = {}): TakenCard {
  return { body: `{"text":"incidente ${incident}"}`, events: events.map((event) => ({ ...event, incident })), life: 1, ...more };
}

describe("the audit of the demo's day", () => {
  it("finds nothing wrong where every event was told once", () => {
    const found = audit([failure, normal, failure], [card("A1", [failure]), card("A1", [normal]), card("B2", [failure])]);
    expect(found).toEqual({ expected: 3, told: 3, lost: [], unexpected: [], repeated: [], repeatedByKill: [] });
    expect(isSound(found)).toBe(true);
  });

  it("sees a lost event, also where the same one was told for another incident", () => {
    const found = audit([failure, normal, failure], [card("A1", [failure]), card("A1", [normal])]);
    expect(found.lost).toEqual([failure]);
    expect(isSound(found)).toBe(false);
  });

  it("does not take the monitor's word for it: a card must name the incident", () => {
    const found = audit([failure], [card("A1", [failure], { body: "{}" })]);
    expect(found.lost).toEqual([failure]);
  });

  it("finds the incident on any page of a digest", () => {
    const pages = [card("A1", []), card("A1", [failure], { body: '{"text":"2/2"}' })];
    expect(isSound(audit([failure], pages))).toBe(true);
  });

  it("sees what never happened", () => {
    const found = audit([failure], [card("A1", [failure]), card("B2", [normal])]);
    expect(found.unexpected).toEqual([expect.objectContaining(normal)]);
    expect(isSound(found)).toBe(false);
  });

  it("allows a repetition across the kill, and no other", () => {
    const across = audit([failure], [card("A1", [failure]), card("A1", [failure], { life: 2 })]);
    expect([across.repeated, across.repeatedByKill.length, isSound(across)]).toEqual([[], 1, true]);
    const within = audit([failure], [card("A1", [failure]), card("A1", [failure])]);
    expect([within.repeated.length, within.repeatedByKill, isSound(within)]).toEqual([1, [], false]);
  });
});

describe("what the monitor process reports", () => {
  const delivered = (plantId: string | null, notice: Extract<Happening, { kind: "card.delivered" }>["notice"]): Happening =>
    ({ kind: "card.delivered", card: { title: "…", severity: "info", plantId, events: 0, attempt: 1 }, notice });

  it("tells heartbeats, digests and cards of devices apart", () => {
    const reportOf = createReporter();
    const { heartbeat } = SAMPLES["heartbeat-ok"];
    const notice = sampleNotice("relay-failure");
    const happenings: Happening[] = [
      { kind: "heartbeat.delivered", heartbeat }, delivered(null, null), delivered(null, null), delivered("101", null), delivered("101", notice),
      { kind: "card.failed", title: "…", reason: "HTTP 429", attempt: 1, retryInMs: 60_000 }, { kind: "monitor.stopped", isSaved: true },
    ];
    expect(happenings.map(reportOf)).toEqual([
      { kind: "card", card: "heartbeat" }, null, { kind: "card", card: "digest" }, { kind: "card", card: "digest" }, { kind: "card", card: "relay.failure" },
      { kind: "card-failed" }, null,
    ]);
  });

  it("tells before a card is sent which events it carries, and survives the way through JSON", () => {
    const notice = sampleNotice("relay-failure");
    if (notice.kind !== "devices") throw new Error("another sample is needed");
    const events = notice.devices.flatMap((device) => device.events);
    const card = { title: "…", severity: "danger", plantId: "101", events: 1, attempt: 1 } as const;
    const report = createReporter()({ kind: "card.posting", card, body: "{}", telling: { kind: "events", plant: notice.plant, events } });
    expect(readReport(JSON.parse(JSON.stringify(report)))).toEqual({
      kind: "posting", body: "{}", events: [{ kind: "relay.failure", plant: "101", device: "1931", type: "SOBRETENSÃO", incident: "7F3K2M" }],
    });
  });

  it("passes over what is no message of the demo", () => {
    expect([readReport({ kind: "?" }), readReport(null), readOrder({ kind: "pace", virtual: 1, factor: 0 })]).toEqual([null, null, null]);
    expect(readOrder({ kind: "pace", virtual: 1, factor: 2 })).toEqual({ kind: "pace", virtual: 1, factor: 2 });
  });
});
