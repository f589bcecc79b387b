// The arithmetic of the weekly report: what belongs to a week, window hours over daylight saving, MTTR, MTBF, availability.
import { describe, expect, it, test } from "vitest";
import { weekNamed, type Week } from "../../src/domain/iso-week.ts";
import { HOUR_MS, MINUTE_MS, parseWallClock, type EpochMs } from "../../src/domain/local-time.ts";
import type { ReportIncident } from "../../src/domain/report-incidents.ts";
import type { PlantRules } from "../../src/domain/rules.ts";
import { windowMs } from "../../src/domain/time-spans.ts";
import { buildReport, reportNotice, type ReportInput, type WeeklyReport } from "../../src/domain/weekly-report.ts";
import { plantRules, ZONE } from "../support/plant-rules.ts";

const week = (name: string, zone = ZONE): Week => {
  const named = weekNamed(name, zone);
  if (named === null) throw new Error(name);
  return named;
};
const at = (text: string, zone = ZONE): EpochMs => parseWallClock(text.length === 11 ? `2025-${text}` : text, zone) ?? NaN;
const w48 = (): Week => week("2025-W48"); // 24 to 30 November 2025

/** `11-24 10:00` to `11-24 12:00`; an end of null: it lasts. */
function incident(first: string, end: string | null, more: Partial<ReportIncident> = {}): ReportIncident {
  const from = at(first);
  const to = end === null ? null : at(end);
  return {
    id: `I${first}`, plantId: "101", plantName: "UFV A", kind: "inverter", device: "9", deviceName: "INV 9", type: null, parameters: [],
    first: from, last: (to ?? from + 10 * MINUTE_MS) - 5 * MINUTE_MS, end: to, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null, ...more,
  };
}

function report(incidents: readonly ReportIncident[], more: Partial<ReportInput> = {}, rules: Partial<PlantRules> = {}): WeeklyReport {
  const plants = [{ id: "101", name: "UFV A", devices: { relay: 1, inverter: 10 } }];
  return buildReport({ week: w48(), now: at("12-01 00:05"), source: "history", plants, incidents, gaps: [], rulesOf: () => plantRules(rules), ...more });
}
const inverters = (made: WeeklyReport): WeeklyReport["rows"][number] => {
  const row = made.rows.find(({ plantId, kind }) => plantId === "101" && kind === "inverter");
  if (row === undefined) throw new Error("no row");
  return row;
};
const inHours = (ms: number | null): number | null => (ms === null ? null : ms / HOUR_MS);

describe("an incident's part of the week", () => {
  // Monday 24 00:00 … Monday 1 00:00; the window is 06:30-17:30.
  test.each<readonly [string, string, string | null, number, number | null, number | null]>([
    ["within", "11-25 10:00", "11-25 12:00", 1, 2, 2],
    ["over the first edge: only what is after it", "11-23 17:00", "11-24 07:00", 1, 7, 0.5],
    ["over the last edge: only what is before it", "11-30 17:00", "12-01 08:00", 1, 7, 0.5],
    ["over the whole week", "11-20 12:00", "12-03 12:00", 1, 168, 77],
    ["a night", "11-25 17:00", "11-26 07:00", 1, 14, 1],
    ["ended when the week began: the week before's", "11-23 17:00", "11-24 00:00", 0, null, null],
    ["began when the week ended: the week after's", "12-01 00:00", "12-01 08:00", 0, null, null],
    ["began at the very first moment", "11-24 00:00", "11-24 01:00", 1, 1, 0],
    ["no time at all", "11-25 10:00", "11-25 10:00", 1, 0, 0],
    ["lasts", "11-30 12:00", null, 1, 12, 5.5],
    ["years before", "2020-01-01 10:00", "2020-01-01 12:00", 0, null, null],
  ])("%s", (_, first, end, count, all, inWindow) => {
    const made = report([incident(first, end)]);
    const row = inverters(made);
    expect([row.incidents, row.downMs, row.downInWindowMs]).toEqual([count, (all ?? 0) * HOUR_MS, (inWindow ?? 0) * HOUR_MS]);
    expect(made.occurrences.map(({ downMs, downInWindowMs }) => [inHours(downMs), inHours(downInWindowMs)])).toEqual(count === 0 ? [] : [[all, inWindow]]);
  });

  it("adds up over two weeks to what it was", () => {
    const long = incident("11-28 15:00", "12-02 09:00");
    const parts = [week("2025-W48"), week("2025-W49")].map((of) => inverters(report([long], { week: of, now: at("12-08 00:05") })));
    expect(parts.reduce((sum, { downMs }) => sum + downMs, 0)).toBe(at("12-02 09:00") - at("11-28 15:00"));
    expect(parts.map(({ incidents }) => incidents)).toEqual([1, 1]);
  });

  it("goes no further than now while the week goes on", () => {
    const row = inverters(report([incident("11-26 08:00", null)], { now: at("11-26 10:00") }));
    // Monday and Tuesday whole, Wednesday from 06:30 to 10:00: 25.5 h of the window for each of 10 inverters.
    expect([inHours(row.downMs), row.availability]).toEqual([2, 1 - 2 / 255]);
  });

  it("of a device that is gone ends with its newest failing reading: what came after nobody saw", () => {
    const gone = incident("11-24 08:00", null, { last: at("11-24 09:00"), goneAt: at("12-01 00:00") });
    expect(inHours(inverters(report([gone])).downMs)).toBe(1);
  });
});

describe("the generation window", () => {
  const santiago = plantRules({ zone: "America/Santiago" });
  const early = { ...santiago, window: { fromS: 0, toS: 2 * 3600 } };
  test.each<readonly [string, PlantRules, string, number]>([
    ["a plain week", plantRules({}), "2025-W48", 77],
    ["a week of 167 h: the window is as long as ever", santiago, "2025-W36", 77],
    ["a week of 169 h: likewise", santiago, "2025-W14", 77],
    ["a window over the missing hour", early, "2025-W36", 13],
    ["a window over the hour that comes twice", plantRules({ zone: "Europe/Lisbon", window: { fromS: 0, toS: 4 * 3600 } }), "2025-W43", 29],
  ])("%s", (_, rules, name, hours) => {
    expect(windowMs(week(name, rules.zone), rules) / HOUR_MS).toBe(hours);
  });

  it("is each plant's own, by its own zone", () => {
    const rulesOf: ReportInput["rulesOf"] = ({ id }) => (id === "101" ? plantRules({}) : plantRules({ zone: "America/Rio_Branco", window: { fromS: 7 * 3600, toS: 8 * 3600 } }));
    const devices = { relay: 0, inverter: 1 };
    const plants = [{ id: "101", name: "UFV A", devices }, { id: "102", name: "UFV B", devices }];
    // 08:30 in São Paulo is 06:30 in Rio Branco.
    const both = ["101", "102"].map((plantId) => incident("11-25 08:30", "11-25 09:30", { plantId }));
    const made = report(both, { plants, rulesOf });
    expect(made.rows.map(({ plantId, downInWindowMs }) => [plantId, inHours(downInWindowMs)])).toEqual([["101", 1], ["102", 0.5]]);
    expect(made.occurrences.map(({ zone, downInWindowMs }) => [zone, inHours(downInWindowMs)])).toEqual([[ZONE, 1], ["America/Rio_Branco", 0.5]]);
  });
});

describe("figures", () => {
  it("counts simultaneous alerts of one relay once in its hours, and twice in its incidents", () => {
    const alerts = [
      incident("11-25 10:00", "11-25 12:00", { kind: "relay", device: "7", type: "SOBRETENSÃO" }),
      incident("11-25 11:00", "11-25 13:00", { kind: "relay", device: "7", type: "TÉRMICO" }),
    ];
    const row = report(alerts).rows.find(({ kind }) => kind === "relay");
    expect([row?.incidents, inHours(row?.downMs ?? 0), row?.availability]).toEqual([2, 3, 1 - 3 / 77]);
  });

  test.each<readonly [string, () => readonly ReportIncident[], number | null, number | null]>([
    ["none", () => [], null, null],
    ["ended in the week: its whole duration, also what was before it", () => [incident("11-23 10:00", "11-24 10:00")], 24, null],
    ["ended as the week did: here, as no other week lists it", () => [incident("11-30 10:00", "12-01 00:00")], 14, 770 - 7.5],
    ["began and ended at its first moment", () => [incident("11-24 00:00", "11-24 00:00")], 0, 770],
    ["ended after it: not here", () => [incident("11-30 10:00", "12-01 10:00")], null, 770 - 7.5],
    ["lasts", () => [incident("11-24 06:30", null)], null, 770 - 77],
    ["two ended, two began", () => [incident("11-24 10:00", "11-24 11:00"), incident("11-25 10:00", "11-25 13:00", { device: "8" })], 2, (770 - 4) / 2],
    ["of three one lasts", () => [incident("11-24 10:00", "11-24 11:00"), incident("11-25 10:00", "11-25 13:00", { device: "8" }), incident("11-30 15:30", null, { device: "7" })], 2, (770 - 6) / 3],
  ])("MTTR and MTBF: %s", (_, incidents, mttr, mtbf) => {
    const row = inverters(report(incidents()));
    expect([inHours(row.mttrMs), inHours(row.mtbfMs)]).toEqual([mttr, mtbf]);
  });

  test.each<readonly [string, () => ReportIncident, number]>([
    ["ended", () => incident("11-30 10:00", "11-30 12:00"), 0],
    ["ended as the week did", () => incident("11-30 10:00", "12-01 00:00"), 0],
    ["ended after it", () => incident("11-30 10:00", "12-01 00:01"), 1],
    ["lasts", () => incident("11-30 10:00", null), 1],
    ["its device was found gone in the week", () => incident("11-24 10:00", null, { goneAt: at("11-30 23:00") }), 0],
    ["its device was found gone as the week ended", () => incident("11-24 10:00", null, { goneAt: at("12-01 00:00") }), 0],
    ["its device was found gone after it", () => incident("11-24 10:00", null, { goneAt: at("12-01 00:01") }), 1],
  ])("still open at the end of the week: one that %s", (_, made, open) => {
    expect(inverters(report([made()])).open).toBe(open);
  });

  it("counts devices that failed, where more of them did than the plant has now", () => {
    const plants = [{ id: "101", name: "UFV A", devices: { relay: 0, inverter: 1 } }];
    const row = inverters(report(["7", "8", "9"].map((device) => incident("11-25 10:00", "11-25 11:00", { device })), { plants }));
    expect([row.devices, row.incidents, inHours(row.downMs), row.availability]).toEqual([3, 3, 3, 1 - 3 / 231]);
  });

  it("leaves plants whose devices are not known out of what is measured by devices, and of nothing else", () => {
    const made = report([incident("11-25 10:00", "11-25 12:00"), incident("11-25 10:00", "11-25 14:00", { plantId: "999" })]);
    expect(made.totals.inverter).toEqual({
      plants: 2, devices: 10, incidents: 2, open: 0, downMs: 6 * HOUR_MS, downInWindowMs: 6 * HOUR_MS, mttrMs: 3 * HOUR_MS, mtbfMs: 768 * HOUR_MS, availability: 768 / 770, energyKwh: null,
    });
  });

  it("of nothing at all are none", () => {
    const nothing = { plants: 0, devices: 0, incidents: 0, open: 0, downMs: 0, downInWindowMs: 0, mttrMs: null, mtbfMs: null, availability: null, energyKwh: null };
    expect(report([], { plants: [] })).toMatchObject({ rows: [], occurrences: [], totals: { relay: nothing, inverter: nothing } });
  });

  it("of a week that has not begun tell nothing", () => {
    const made = report([incident("11-20 10:00", null)], { now: at("11-23 12:00") });
    expect([made.until, made.occurrences, inverters(made).availability]).toEqual([w48().from, [], null]);
  });

  it("say when, of what and from what they were made", () => {
    const gaps = [{ kind: "history", reason: "desligado" }] as const;
    expect(report([], { gaps, source: "both" })).toMatchObject({ week: w48(), madeAt: at("12-01 00:05"), until: w48().to, source: "both", gaps });
  });

  it("says nothing of availability where the devices are not known", () => {
    const plants = [{ id: "101", name: "UFV A", devices: { relay: 0, inverter: 0 } }];
    const row = inverters(report([incident("11-25 10:00", "11-25 12:00")], { plants }));
    expect([row.availability, row.mtbfMs, inHours(row.mttrMs), row.energyKwh]).toEqual([null, null, 2, null]);
  });

  it("lists every known plant, the longest down first, and the total of each kind", () => {
    const plants = ["101", "102", "103"].map((id) => ({ id, name: `UFV ${id}`, devices: { relay: id === "102" ? 1 : 0, inverter: 2 } }));
    const made = report([incident("11-25 10:00", "11-25 12:00", { plantId: "103" }), incident("11-25 00:00", "11-25 05:00", { plantId: "102" })], { plants });
    expect(made.rows.map(({ plantId, kind, availability }) => [plantId, kind, availability])).toEqual([
      ["103", "inverter", 1 - 2 / 154], ["102", "inverter", 1], ["101", "inverter", 1], ["102", "relay", 1],
    ]);
    expect(made.totals.inverter).toMatchObject({ plants: 3, devices: 6, incidents: 2, open: 0, availability: 1 - 2 / 462, mttrMs: 3.5 * HOUR_MS });
    expect(made.totals.relay).toMatchObject({ plants: 1, devices: 1, incidents: 0, availability: 1, mttrMs: null });
  });

  test.each<readonly [string, () => readonly ReportIncident[], readonly string[]]>([
    ["by the hours inside the window", () => [incident("11-25 00:00", "11-25 06:00", { plantId: "1" }), incident("11-25 10:00", "11-25 11:00", { plantId: "2" })], ["2 inverter", "1 inverter"]],
    ["then by all hours", () => [incident("11-25 10:00", "11-25 11:00", { plantId: "1" }), incident("11-25 05:30", "11-25 07:30", { plantId: "2" })], ["2 inverter", "1 inverter"]],
    ["then by how many they were", () => [incident("11-25 10:00", "11-25 11:00", { plantId: "1" }), incident("11-25 10:00", "11-25 10:30", { plantId: "2" }), incident("11-25 10:30", "11-25 11:00", { plantId: "2" })], ["2 inverter", "1 inverter"]],
    ["then by name", () => ["2", "1", "3"].map((plantId) => incident("11-25 10:00", "11-25 11:00", { plantId })), ["1 inverter", "2 inverter", "3 inverter"]],
    ["then by kind", () => (["relay", "inverter"] as const).map((kind) => incident("11-25 10:00", "11-25 11:00", { plantId: "1", kind })), ["1 inverter", "1 relay"]],
  ])("the longest down first: %s", (_, made, expected) => {
    const named = made().map((one) => ({ ...one, plantName: `UFV ${one.plantId}` }));
    for (const incidents of [named, named.toReversed()]) expect(report(incidents, { plants: [] }).rows.map(({ plantName, kind }) => `${plantName.slice(4)} ${kind}`)).toEqual(expected);
  });

  it("the longest down first: then by kind, also of plants that have the same name", () => {
    const plants = ["101", "102"].map((id) => ({ id, name: "UFV A", devices: { relay: 1, inverter: 1 } }));
    expect(report([], { plants }).rows.map(({ kind }) => kind)).toEqual(["inverter", "inverter", "relay", "relay"]);
  });

  it("lists occurrences in order of their beginning, then of their names, with their plant's zone", () => {
    const [b, a, before] = [incident("11-25 10:00", "11-25 11:00", { id: "B" }), incident("11-25 10:00", "11-25 12:00", { id: "A" }), incident("11-23 12:00", "11-24 08:00", { id: "C" })];
    const plainly = [[before, 8, 1.5], [a, 2, 2], [b, 1, 1]] as const;
    const expected = plainly.map(([one, all, inWindow]) => ({ incident: one, zone: ZONE, downMs: all * HOUR_MS, downInWindowMs: inWindow * HOUR_MS, energyKwh: null }));
    expect(report([b, a, before]).occurrences).toEqual(expected);
    expect(report([a, before, b]).occurrences).toEqual(expected);
  });

  it("also lists a plant that only its incidents know", () => {
    const made = report([incident("11-25 10:00", "11-25 12:00", { plantId: "999", plantName: "UFV Z" })]);
    expect(made.rows.map(({ plantName, devices }) => [plantName, devices])).toContainEqual(["UFV Z", 0]);
  });

  it("goes onto the card: the worst of those that failed, how many more, and what could not be seen", () => {
    const plants = Array.from({ length: 12 }, (_, i) => ({ id: String(i), name: `UFV ${i}`, devices: { relay: 0, inverter: 1 } }));
    const incidents = plants.slice(0, 10).map(({ id }, i) => incident("11-25 08:00", `11-25 ${String(9 + i).padStart(2, "0")}:00`, { plantId: id }));
    const { worst, others, gaps } = reportNotice(report(incidents, { plants, gaps: [{ kind: "history", reason: "desligado" }] }), null);
    expect([worst.length, worst[0]?.plant, others, gaps]).toEqual([8, "UFV 9", 2, 1]);
  });

  it("goes onto the card whole, a plant that did not fail left out", () => {
    const notice = reportNotice(report([incident("11-25 10:00", "11-25 12:00")], { now: at("11-29 00:00") }), "semana.xlsx");
    const figures = { incidents: 1, downMs: 2 * HOUR_MS, downInWindowMs: 2 * HOUR_MS, availability: 1 - 2 / 550 };
    expect(notice).toEqual({
      kind: "weekly-report", week: "2025-W48", from: w48().from, to: w48().to, until: at("11-29 00:00"), at: at("11-29 00:00"), zone: ZONE,
      relay: { plants: 1, devices: 1, incidents: 0, open: 0, downMs: 0, downInWindowMs: 0, mttrMs: null, availability: 1 },
      inverter: { plants: 1, devices: 10, open: 0, mttrMs: 2 * HOUR_MS, ...figures },
      worst: [{ plant: "UFV A", subject: "inverter", ...figures }], others: 0, gaps: 0, file: "semana.xlsx",
    });
  });
});
