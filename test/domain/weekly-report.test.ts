// The arithmetic of the weekly report: what belongs to a week, window hours over daylight saving, MTTR, MTBF, availability; and the union.
import { describe, expect, it, test } from "vitest";
import { weekNamed, type Week } from "../../src/domain/iso-week.ts";
import { HOUR_MS, MINUTE_MS, parseWallClock, type EpochMs } from "../../src/domain/local-time.ts";
import { uniteIncidents, type ReportIncident } from "../../src/domain/report-incidents.ts";
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
const W48 = week("2025-W48"); // 24 to 30 November 2025

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
  return buildReport({ week: W48, now: at("12-01 00:05"), source: "history", plants, incidents, gaps: [], rulesOf: () => plantRules(rules), ...more });
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

  test.each<readonly [string, readonly ReportIncident[], number | null, number | null]>([
    ["none", [], null, null],
    ["ended in the week: its whole duration, also what was before it", [incident("11-23 10:00", "11-24 10:00")], 24, null],
    ["ended after it: not here", [incident("11-30 10:00", "12-01 10:00")], null, 770 - 7.5],
    ["lasts", [incident("11-24 06:30", null)], null, 770 - 77],
    ["two ended, two began", [incident("11-24 10:00", "11-24 11:00"), incident("11-25 10:00", "11-25 13:00", { device: "8" })], 2, (770 - 4) / 2],
    ["of three one lasts", [incident("11-24 10:00", "11-24 11:00"), incident("11-25 10:00", "11-25 13:00", { device: "8" }), incident("11-30 15:30", null, { device: "7" })], 2, (770 - 6) / 3],
  ])("MTTR and MTBF: %s", (_, incidents, mttr, mtbf) => {
    const row = inverters(report(incidents));
    expect([inHours(row.mttrMs), inHours(row.mtbfMs)]).toEqual([mttr, mtbf]);
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
});

describe("recorded and rebuilt incidents", () => {
  const r = (first: string, end: string | null, last: string | null = null, more: Partial<ReportIncident> = {}): ReportIncident =>
    incident(first, end, { id: `R${first}`, ...(last === null ? {} : { last: at(last) }), ...more });
  const b = (first: string, end: string | null, last: string | null = null, more: Partial<ReportIncident> = {}): ReportIncident => ({ ...r(first, end, last, more), id: `B${first}` });
  const shown = (all: readonly ReportIncident[]): string[] =>
    all.map(({ id, first, end }) => `${id.charAt(0)} ${String(Math.round((first - W48.from) / HOUR_MS))}-${end === null ? "…" : String(Math.round((end - W48.from) / HOUR_MS))}`);

  test.each<readonly [string, readonly ReportIncident[], readonly ReportIncident[], readonly string[]]>([
    ["the same", [r("11-24 10:00", "11-24 12:00")], [b("11-24 10:00", "11-24 12:00")], ["R 10-12"]],
    ["overlapping: earliest start, latest end", [r("11-24 10:00", "11-24 12:00")], [b("11-24 09:00", "11-24 11:00")], ["R 9-12"]],
    ["one inside the other", [r("11-24 10:00", "11-24 11:00")], [b("11-24 09:00", "11-24 13:00")], ["R 9-13"]],
    ["apart", [r("11-24 10:00", "11-24 11:00")], [b("11-24 12:00", "11-24 13:00")], ["R 10-11", "B 12-13"]],
    ["touching", [r("11-24 10:00", "11-24 12:00")], [b("11-24 12:00", "11-24 13:00")], ["R 10-13"]],
    ["only rebuilt", [], [b("11-24 10:00", "11-24 12:00")], ["B 10-12"]],
    ["a rebuilt one between two recorded joins them", [r("11-24 10:00", "11-24 12:00"), r("11-24 14:00", "11-24 16:00")], [b("11-24 11:00", "11-24 15:00")], ["R 10-16"]],
    ["rebuilding ends with its week, the record goes on", [r("11-24 10:00", "12-02 08:00")], [b("11-24 10:00", null, "11-30 23:50")], ["R 10-200"]],
    ["recorded as lasting, its end found by rebuilding", [r("11-24 10:00", null, "11-24 10:10")], [b("11-24 10:00", "11-24 15:00")], ["R 10-15"]],
    ["an end that a later failing reading belies", [r("11-24 10:00", "11-24 11:00")], [b("11-24 10:00", null, "11-24 20:00")], ["R 10-…"]],
    ["lasting for weeks, of which rebuilding sees two", [r("10-01 10:00", null, "10-01 10:10")], [b("11-17 06:30", null, "11-30 17:30")], ["R -1286-…"]],
  ])("%s", (_, recorded, rebuilt, expected) => {
    expect(shown(uniteIncidents(recorded, rebuilt))).toEqual(expected);
    expect(shown(uniteIncidents(recorded, rebuilt.toReversed()))).toEqual(expected);
  });

  test.each<Partial<ReportIncident>>([{ plantId: "102" }, { device: "8" }, { kind: "relay" }, { type: "TÉRMICO" }])("stay apart where they differ in %j", (more) => {
    expect(uniteIncidents([r("11-24 10:00", "11-24 12:00")], [b("11-24 10:00", "11-24 12:00", null, more)])).toHaveLength(2);
  });

  it("unite their parameters, and keep why it was muted", () => {
    const [one] = uniteIncidents([r("11-24 10:00", "11-24 12:00", null, { parameters: ["r59N"], notifiedAt: at("11-24 10:05"), mutedReason: "obra" })], [b("11-24 10:00", "11-24 12:00", null, { parameters: ["r59N", "r86"] })]);
    expect(one).toMatchObject({ parameters: ["r59N", "r86"], notifiedAt: at("11-24 10:05"), mutedReason: "obra" });
  });
});
