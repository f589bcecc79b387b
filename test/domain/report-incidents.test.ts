// How long an incident lasted as far as anybody knows, and the union of what was recorded with what was rebuilt from the API.
import { describe, expect, it, test } from "vitest";
import type { EpochMs } from "../../src/domain/local-time.ts";
import { knownUntil, uniteIncidents, type ReportIncident } from "../../src/domain/report-incidents.ts";
import { instant } from "../support/plant-rules.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const at = (told: string): EpochMs => instant(`2025-${told}`);

/** `11-24 10:00` to `11-24 12:00`, failing to 5 min before; an end of null: it lasts. */
function incident(id: string, first: string, end: string | null, more: Partial<ReportIncident> = {}): ReportIncident {
  const from = at(first);
  const to = end === null ? null : at(end);
  return {
    id, plantId: "101", plantName: "UFV A", kind: "inverter", device: "9", deviceName: "INV 9", type: null, parameters: [],
    first: from, last: (to ?? from + 10 * MINUTE) - 5 * MINUTE, end: to, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null, ...more,
  };
}
const recorded = (first: string, end: string | null, last: string | null = null, more: Partial<ReportIncident> = {}): ReportIncident =>
  incident(`R${first}`, first, end, { ...(last === null ? {} : { last: at(last) }), ...more });
const rebuilt = (first: string, end: string | null, last: string | null = null, more: Partial<ReportIncident> = {}): ReportIncident => ({ ...recorded(first, end, last, more), id: `B${first}` });

test.each<readonly [string, Partial<ReportIncident>, string]>([
  ["it ended: to its end", { end: 3 }, "3"],
  ["it lasts: to now", {}, "9"],
  ["its device is gone: to the newest failing reading, what came after nobody saw", { goneAt: 5 }, "2"],
  ["ended, and gone afterwards: to its end", { end: 3, goneAt: 5 }, "3"],
])("known until: %s", (_, more, until) => {
  expect(String(knownUntil({ ...incident("A", "11-24 10:00", null), first: 1, last: 2, ...more }, 9))).toBe(until);
});

describe("recorded and rebuilt incidents", () => {
  const shown = (all: readonly ReportIncident[]): string[] =>
    all.map(({ id, first, end }) => `${id.charAt(0)} ${String(Math.round((first - at("11-24 00:00")) / HOUR))}-${end === null ? "…" : String(Math.round((end - at("11-24 00:00")) / HOUR))}`);

  test.each<readonly [string, () => readonly [recorded: readonly ReportIncident[], rebuilt: readonly ReportIncident[]], readonly string[]]>([
    ["nothing", () => [[], []], []],
    ["the same", () => [[recorded("11-24 10:00", "11-24 12:00")], [rebuilt("11-24 10:00", "11-24 12:00")]], ["R 10-12"]],
    ["overlapping: earliest start, latest end", () => [[recorded("11-24 10:00", "11-24 12:00")], [rebuilt("11-24 09:00", "11-24 11:00")]], ["R 9-12"]],
    ["one inside the other", () => [[recorded("11-24 10:00", "11-24 11:00")], [rebuilt("11-24 09:00", "11-24 13:00")]], ["R 9-13"]],
    ["apart", () => [[recorded("11-24 10:00", "11-24 11:00")], [rebuilt("11-24 12:00", "11-24 13:00")]], ["R 10-11", "B 12-13"]],
    ["touching", () => [[recorded("11-24 10:00", "11-24 12:00")], [rebuilt("11-24 12:00", "11-24 13:00")]], ["R 10-13"]],
    ["only rebuilt", () => [[], [rebuilt("11-24 10:00", "11-24 12:00")]], ["B 10-12"]],
    ["a rebuilt one between two recorded joins them", () => [[recorded("11-24 10:00", "11-24 12:00"), recorded("11-24 14:00", "11-24 16:00")], [rebuilt("11-24 11:00", "11-24 15:00")]], ["R 10-16"]],
    ["rebuilding ends with its week, the record goes on", () => [[recorded("11-24 10:00", "12-02 08:00")], [rebuilt("11-24 10:00", null, "11-30 23:50")]], ["R 10-200"]],
    ["recorded as lasting, its end found by rebuilding", () => [[recorded("11-24 10:00", null, "11-24 10:10")], [rebuilt("11-24 10:00", "11-24 15:00")]], ["R 10-15"]],
    ["an end that a later failing reading belies", () => [[recorded("11-24 10:00", "11-24 11:00")], [rebuilt("11-24 10:00", null, "11-24 20:00")]], ["R 10-…"]],
    ["an end at the newest failing reading of the other", () => [[recorded("11-24 10:00", "11-24 11:00")], [rebuilt("11-24 10:00", null, "11-24 11:00")]], ["R 10-11"]],
    ["both last", () => [[recorded("11-24 10:00", null)], [rebuilt("11-24 09:00", null)]], ["R 9-…"]],
    ["lasting for weeks, of which rebuilding sees two", () => [[recorded("10-01 10:00", null, "10-01 10:10")], [rebuilt("11-17 06:30", null, "11-30 17:30")]], ["R -1286-…"]],
  ])("%s", (_, made, expected) => {
    const [told, found] = made();
    expect(shown(uniteIncidents(told, found))).toEqual(expected);
    expect(shown(uniteIncidents(told.toReversed(), found.toReversed()))).toEqual(expected);
  });

  test.each<Partial<ReportIncident>>([{ plantId: "102" }, { device: "8" }, { kind: "relay" }, { type: "TÉRMICO" }])("stay apart where they differ in %j", (more) => {
    expect(uniteIncidents([recorded("11-24 10:00", "11-24 12:00")], [rebuilt("11-24 10:00", "11-24 12:00", null, more)])).toHaveLength(2);
  });

  it("come in order of their beginning, whatever their devices", () => {
    const all = [recorded("11-24 13:00", "11-24 14:00"), recorded("11-24 11:00", "11-24 12:00", null, { device: "8" }), recorded("11-24 09:00", "11-24 10:00")];
    expect(shown(uniteIncidents(all, []))).toEqual(["R 9-10", "R 11-12", "R 13-14"]);
  });

  it("keep the first name that was told where several recorded ones turn out to be one", () => {
    const all = [recorded("11-24 10:00", "11-24 12:00"), recorded("11-24 14:00", "11-24 16:00")];
    expect(uniteIncidents(all, [rebuilt("11-24 11:00", "11-24 15:00")]).map(({ id }) => id)).toEqual(["R11-24 10:00"]);
    expect(uniteIncidents([], [rebuilt("11-24 10:00", "11-24 12:00"), rebuilt("11-24 11:00", "11-24 13:00")]).map(({ id }) => id)).toEqual(["B11-24 10:00"]);
  });

  it("unite their parameters and their failing readings, and keep why it was muted, whoever knows", () => {
    const [told, found] = [recorded("11-24 10:00", "11-24 12:00", null, { parameters: ["r59N"] }), rebuilt("11-24 10:00", "11-24 12:00", "11-24 11:58", { parameters: ["r59N", "r86"] })];
    expect(uniteIncidents([{ ...told, mutedReason: "obra" }], [found])).toEqual([{ ...told, parameters: ["r59N", "r86"], last: at("11-24 11:58"), mutedReason: "obra" }]);
    expect(uniteIncidents([told], [{ ...found, last: told.last, mutedReason: "obra" }])).toMatchObject([{ last: told.last, mutedReason: "obra" }]);
  });

  it("are of a device that is gone where one of them says so and none knows an end", () => {
    const [gone, later] = [at("12-01 10:00"), at("12-01 11:00")];
    const lasting = (goneAt: EpochMs | null, id = "R"): ReportIncident => incident(id, "11-24 10:00", null, { goneAt });
    expect(uniteIncidents([lasting(gone)], [lasting(later, "B")])).toMatchObject([{ end: null, goneAt: gone }]);
    expect(uniteIncidents([lasting(null)], [{ ...lasting(later, "B"), first: at("11-24 10:01") }])).toMatchObject([{ end: null, goneAt: later }]);
    expect(uniteIncidents([lasting(gone)], [rebuilt("11-24 10:00", "11-24 15:00")])).toMatchObject([{ end: at("11-24 15:00"), goneAt: null }]);
  });
});
