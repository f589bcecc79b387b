import { describe, expect, test } from "vitest";
import { incidentsCsv, incidentView, isAsked, offendersOf, uniteWithOpen } from "../../../src/cli/page/incident-views.ts";
import { openIncidents } from "../../../src/app/open-incidents.ts";
import { incident as incidentSchema } from "../../../src/api/schemas.ts";
import type { HistoryIncident } from "../../../src/ports/history.ts";
import { instant, ZONE } from "../../support/plant-rules.ts";
import { sketchPlant } from "../../support/plant-sketch.ts";

const now = instant("12:00");
const relay: HistoryIncident = {
  id: "7F3K", plantId: "101", plantName: "UFV A", kind: "relay", device: "7", deviceName: "Relé 7", type: "SOBRETENSÃO", parameters: ["r59N", "r86"],
  first: instant("10:05"), last: instant("10:35"), end: instant("10:40"), goneAt: null, notifiedAt: instant("10:11"), endNotifiedAt: null, mutedReason: null,
};
const stopped: HistoryIncident = { ...relay, id: "9ABC", kind: "inverter", device: "1", deviceName: "INV 1", type: null, parameters: [], end: null, endNotifiedAt: null };

describe("an incident", () => {
  test("tells its parameters in words, and fits its schema", () => {
    const view = incidentView(relay);
    expect(view.parameters.map(({ words }) => words)).toEqual(["r59N – sobretensão de neutro (ANSI 59N)", "r86 – bloqueio (ANSI 86)"]);
    expect(incidentSchema.parse(view)).toEqual(view);
  });

  test("that is open is what the state knows, with what only the history knows", () => {
    const plant = sketchPlant({ inverters: { 1: ["11:55", "11:00"] }, relays: { 7: ["11:55", "TÉRMICO"] } });
    const open = openIncidents(plant);
    const recorded = { ok: true, value: [{ ...stopped, id: "X", last: instant("11:10") }, relay] } as const;
    const united = uniteWithOpen(recorded, open);
    expect(united.map(({ id, last, notifiedAt }) => [id, last, notifiedAt])).toEqual([
      ["Y", instant("11:55"), null], ["7F3K", relay.last, relay.notifiedAt], ["X", instant("11:55"), relay.notifiedAt],
    ]);
    expect(uniteWithOpen({ ok: false, reason: "parado" }, open).map(({ id }) => id)).toEqual(["X", "Y"]);
  });

  test.each([
    ["within", {}, true], ["another plant", { plantId: "102" }, false], ["another kind", { kind: "inverter" as const }, false], ["another type", { type: "TÉRMICO" }, false],
    ["before it", { from: instant("09:00"), to: instant("10:05") }, false], ["its last moment", { from: instant("10:40"), to: instant("11:00") }, true], ["after it", { from: instant("10:41"), to: instant("11:00") }, false],
  ])("is asked for or not: %s", (_, more, expected) => {
    expect(isAsked(relay, { from: instant("10:00"), to: instant("11:00"), limit: 10, ...more })).toBe(expected);
  });
});

test("repeat offenders: more than one incident, the worst first, only the time within the period", () => {
  const twice = [{ ...stopped, first: instant("08:00"), end: instant("09:30") }, { ...stopped, id: "X", first: instant("11:00") }];
  const thrice = [relay, { ...relay, id: "b" }, { ...relay, id: "c" }];
  const offenders = offendersOf([...twice, ...thrice, { ...stopped, device: "2" }], { from: instant("09:00"), to: instant("23:00") }, now);
  expect(offenders.map(({ device, incidents, downMs }) => [device, incidents, downMs / 60_000])).toEqual([["7", 3, 105], ["1", 2, 90]]);
});

describe("the CSV", () => {
  const lines = (...incidents: readonly HistoryIncident[]): string[] => incidentsCsv(incidents, () => ZONE, false).split("\r\n");

  test("opens in a Brazilian spreadsheet", () => {
    const [head = "", line] = lines({ ...relay, plantName: 'UFV "A"; norte' });
    expect(head.startsWith("\uFEFFIncidente;Usina;")).toBe(true);
    expect(line).toBe('7F3K;"UFV ""A""; norte";101;relé;Relé 7;7;SOBRETENSÃO;r59N, r86;2025-12-01 10:05:00;2025-12-01 10:35:00;2025-12-01 10:40:00;0,58;2025-12-01 10:11:00;;');
  });

  test("says where it is cut", () => {
    expect(incidentsCsv([relay], () => ZONE, true).trimEnd().split("\r\n").at(-1)).toBe("Há mais ocorrências no período: peça um período menor.");
  });

  test.each(["=1+1", "+1", "-1", "@x", "\tx"])("has no formula of the API's: %s", (name) => {
    expect(lines({ ...relay, plantName: name })[1]).toContain(`;'${name};`);
  });
});
