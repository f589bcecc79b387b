// From a scan's events to its cards: one a plant and kind, a device's events in their order, severity, incident names.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { incidentId } from "../../src/domain/incident-id.ts";
import type { DeviceEvent } from "../../src/domain/notification.ts";
import { planNotices, severityOf } from "../../src/domain/plan-notices.ts";
import { newPlant, type DeviceKind } from "../../src/domain/plant.ts";
import { instant, ZONE } from "../support/plant-rules.ts";
import { sketchPlant } from "../support/plant-sketch.ts";

const state = newPlant({ id: "101", name: "UFV", capacityKwp: 100 });
const context = { plant: { ...state.info, zone: ZONE }, state, now: instant("10:00"), relayUnasked: false };
const event = (kind: "failure" | "normal", device: string, first: number, more: { type?: string; parameters?: string[] } = {}): DeviceEvent => {
  const type = more.type ?? null;
  const id = `${device}:${String(type)}:${first}`;
  return { kind, subject: type === null ? "inverter" : "relay", device, type, reading: first, incident: { id, first, last: first, end: null, parameters: more.parameters ?? [], nth: 1 } };
};
const cards = (events: readonly DeviceEvent[], subject: DeviceKind = "inverter"): string[] =>
  planNotices(subject, events, context).map(({ outcome, devices }) => `${outcome} ${devices.map(({ device, events: told }) => `${device}×${told.length}`).join(" ")}`);

describe("one card a plant and kind a scan", () => {
  test("failures on one, normalizations on one", () => {
    expect(cards([event("failure", "1", 1), event("failure", "2", 2), event("normal", "3", 3), event("normal", "4", 4)])).toEqual(["failure 1×1 2×1", "normal 3×1 4×1"]);
  });

  test("failed and came back within the scan: one card with both", () => {
    expect(cards([event("failure", "1", 1), event("normal", "1", 1)])).toEqual(["passed 1×2"]);
  });

  test("nothing: none", () => {
    expect(cards([])).toEqual([]);
  });

  test("back, and failed anew: two cards, in that order", () => {
    expect(cards([event("normal", "1", 1), event("failure", "1", 2)])).toEqual(["normal 1×1", "failure 1×1"]);
  });

  test("several short trips of one device, all told", () => {
    expect(cards([1, 2, 3].flatMap((first) => [event("failure", "7", first, { type: "SOBRETENSÃO" }), event("normal", "7", first, { type: "SOBRETENSÃO" })]), "relay")).toEqual(["passed 7×6"]);
  });

  test("those that are down longest come first", () => {
    expect(cards([event("failure", "1", 30), event("failure", "2", 10), event("failure", "3", 20)])).toEqual(["failure 2×1 3×1 1×1"]);
  });

  test("one of whom nothing else is told does not wait for a second card: what others need later comes later", () => {
    expect(cards([event("failure", "1", 1), event("normal", "2", 2), event("failure", "2", 3)])).toEqual(["normal 2×1", "failure 1×1 2×1"]);
    expect(cards([event("normal", "1", 1), event("failure", "2", 2), event("normal", "3", 3), event("failure", "3", 4), event("normal", "3", 4)])).toEqual(["failure 2×1", "normal 1×1 3×1", "passed 3×2"]);
  });

  test("a failure does not wait for what passed, though its device will fail again", () => {
    const rows = [event("failure", "1", 1, { type: "A" }), event("normal", "1", 2, { type: "B" }), event("failure", "1", 3, { type: "C" }), event("failure", "2", 4), event("normal", "2", 4)];
    expect(cards(rows, "relay")).toEqual(["failure 1×1", "passed 2×2", "normal 1×1", "failure 1×1"]);
  });

  test("where each needs what the other has behind, the failure is told first", () => {
    expect(cards([event("failure", "1", 1), event("normal", "2", 2), event("failure", "2", 3), event("normal", "1", 9, { type: "B" })])).toEqual(["failure 1×1", "normal 2×1 1×1", "failure 2×1"]);
  });

  test("what begins and ends within what began before it is on the same card", () => {
    const [a, b] = [{ type: "A" }, { type: "B" }];
    expect(cards([event("failure", "7", 1, a), event("failure", "7", 2, b), event("normal", "7", 2, b), event("normal", "7", 1, a)], "relay")).toEqual(["passed 7×4"]);
    expect(cards([event("failure", "7", 1, a), event("failure", "7", 2, b), event("normal", "7", 2, b)], "relay")).toEqual(["failure 7×1", "passed 7×2"]);
    expect(cards([event("failure", "7", 2, b), event("normal", "7", 1, a), event("normal", "7", 2, b)], "relay")).toEqual(["failure 7×1", "normal 7×2"]);
  });

  test("those that are down longest come first, by the oldest of their incidents", () => {
    const rows = [event("failure", "1", 20, { type: "A" }), event("failure", "2", 30, { type: "A" }), event("failure", "2", 10, { type: "B" })];
    expect(cards(rows, "relay")).toEqual(["failure 2×2 1×1"]);
  });

  test("a card says how the plant stood, and calls devices by their names", () => {
    const sketched = sketchPlant({ inverters: { 1: ["09:55", "09:00"], 2: ["09:55"], 3: ["11-01 09:00"] }, relays: { 7: ["09:55", "A", "B"] } });
    const standing = { ...sketched, deviceList: { ...sketched.deviceList, names: new Map([["1", "Inversor 1"]]) } };
    const failure = event("failure", "1", 1);
    const notice = {
      kind: "devices", plant: context.plant, subject: "inverter", outcome: "failure", severity: "danger", devices: [{ device: "1", name: "Inversor 1", events: [failure] }],
      situation: { readAt: context.now, invertersDown: 1, invertersKnown: 2, relayAlerts: 2, invertersUnwatched: false, relayUnasked: true },
    };
    expect(planNotices("inverter", [failure], { ...context, state: standing, relayUnasked: true })).toEqual([notice]);
    const unwatched = { ...standing, inverter: { ...standing.inverter, unwatchedSince: context.now } };
    expect(planNotices("inverter", [failure], { ...context, state: unwatched })[0]?.situation).toMatchObject({ invertersUnwatched: true, relayUnasked: false });
  });

  test("whatever the events: each told once, a device's in their order", () => {
    const row = fc.record({ device: fc.constantFrom("1", "2", "3"), type: fc.constantFrom("A", "B") });
    fc.assert(fc.property(fc.array(row, { maxLength: 24 }), fc.subarray(["1:A", "1:B", "2:A", "2:B", "3:A", "3:B"]), (rows, active) => {
      const open = new Map(active.map((key) => [key, 0]));
      const events = rows.map(({ device, type }, i) => {
        const first = open.get(`${device}:${type}`);
        if (first === undefined) open.set(`${device}:${type}`, i + 1);
        else open.delete(`${device}:${type}`);
        return event(first === undefined ? "failure" : "normal", device, first ?? i + 1, { type });
      });
      const planned = planNotices("relay", events, context).flatMap(({ devices }) => devices.flatMap(({ events: told }) => told));
      expect(new Set(planned)).toEqual(new Set(events));
      expect(planned).toHaveLength(events.length);
      for (const key of ["1:A", "1:B", "2:A", "2:B", "3:A", "3:B"]) {
        const ofKey = (list: readonly DeviceEvent[]): DeviceEvent[] => list.filter(({ device, type }) => `${device}:${String(type)}` === key);
        expect(ofKey(planned)).toEqual(ofKey(events));
      }
    }), { seed: 42, numRuns: 200 });
  });
});

describe("severity", () => {
  const relayFailure = (type: string, ...parameters: string[]): string => severityOf("relay", "failure", [event("failure", "7", 1, { type, parameters })]);

  test("any inverter failure is danger", () => {
    expect(severityOf("inverter", "failure", [event("failure", "1", 1)])).toBe("danger");
  });

  test.each([
    ["SOBRETENSÃO", "r59N"], ["TÉRMICO", "r49"], ["BLOQUEIO", "rBA"], ["OUTROS", "r86"], ["OUTROS", "r67A"], ["OUTROS", "r67N_2"], ["OUTROS", "r46Q"], ["OUTROS", "r50"],
    ["OUTROS", "r50N"], ["OUTROS", "r51GS"], ["OUTROS", "r51"], ["SUBTENSÃO", "r86"], ["OUTROS", "R86"],
  ])("%s by %s is danger", (type, parameter) => {
    expect(relayFailure(type, "r27A", parameter)).toBe("danger");
  });

  test.each([["SUBTENSÃO", "r27A"], ["FREQUÊNCIA", "r81U"], ["OUTROS", "r79"], ["OUTROS", "r47"], ["OUTROS", "rRL1"], ["OUTROS", "r32A"], ["OUTROS", "r78"], ["OUTROS", "r860"], ["OUTROS", "r46QX"], ["OUTROS", "xr86"]])("%s by %s is a warning", (type, parameter) => {
    expect(relayFailure(type, parameter)).toBe("warning");
  });

  test("one severe device makes the card severe, what passed as well", () => {
    const [mild, severe] = [event("failure", "7", 1, { type: "SUBTENSÃO", parameters: ["r27A"] }), event("failure", "8", 1, { type: "TÉRMICO", parameters: ["r49"] })];
    expect([severityOf("relay", "failure", [mild, severe]), severityOf("relay", "passed", [severe]), severityOf("relay", "passed", [mild])]).toEqual(["danger", "danger", "warning"]);
    expect(severityOf("inverter", "passed", [mild])).toBe("danger");
  });

  test("a normalization is good", () => {
    for (const subject of ["relay", "inverter"] as const) expect(severityOf(subject, "normal", [])).toBe("good");
  });
});

describe("incident ids", () => {
  test("are the same for the same incident, short, and of letters that nobody confuses", () => {
    expect(incidentId("101", "7", "SOBRETENSÃO", 1)).toBe(incidentId("101", "7", "SOBRETENSÃO", 1));
    expect(incidentId("101", "7", "SOBRETENSÃO", 1)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4,8}$/);
  });

  // Cards that were sent and state files hold these names: a new release must give the same ones.
  test.each<[string, string, string | null, number, string]>([
    ["101", "7", "SOBRETENSÃO", 1_764_594_000_000, "Q4E1JN"], ["101", "1", null, 1_764_594_000_000, "EDNMWK"], ["9", "é😀", "OUTROS", 0, "NEVXSE"],
  ])("stay what they are from release to release: %s %s %s %d is %s", (plantId, device, type, first, id) => {
    expect(incidentId(plantId, device, type, first)).toBe(id);
  });

  test("differ by plant, device, type and beginning", () => {
    const ids = [incidentId("101", "7", "A", 1), incidentId("102", "7", "A", 1), incidentId("101", "8", "A", 1), incidentId("101", "7", "B", 1), incidentId("101", "7", "A", 2), incidentId("101", "7", null, 1)];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("of a month of incidents hardly any two are alike", () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => incidentId(String(100 + (i % 200)), String(i % 20), null, instant("00:00") + i * 300_000));
    expect(new Set(ids).size).toBeGreaterThan(4_970);
  });
});
