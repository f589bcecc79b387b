import { describe, expect, test } from "vitest";
import { plantTiles } from "../../../src/cli/page/plant-tiles.ts";
import { frameOf } from "../../../src/cli/page/plant-day.ts";
import { headlineOf } from "../../../src/cli/page/headline.ts";
import { plantTile as tileSchema } from "../../../src/api/schemas.ts";
import { gatherHeartbeat } from "../../../src/domain/heartbeat-facts.ts";
import { DAY_MS, HOUR_MS } from "../../../src/domain/local-time.ts";
import { emptyState, withMonitor, withPlant, type MonitorState } from "../../../src/domain/monitor-state.ts";
import { instant, plantRules, ZONE } from "../../support/plant-rules.ts";
import { sketchPlant, type Sketch } from "../../support/plant-sketch.ts";

const now = instant("12:00");
const rulesOf = (): ReturnType<typeof plantRules> => plantRules({});
const around = { now, rulesOf, muteOf: () => null };

function sketchState(...sketches: readonly (Sketch & { readonly name?: string })[]): MonitorState {
  const named = sketches.map((sketch) => {
    const plant = sketchPlant(sketch);
    return sketch.name === undefined ? plant : { ...plant, info: { ...plant.info, name: sketch.name } };
  });
  return named.reduce(withPlant, emptyState);
}

describe("the grid", () => {
  const state = sketchState(
    { id: 1, name: "UFV Normal", inverters: { 1: ["11:55"] } },
    { id: 2, name: "UFV Calada", inverters: { 1: ["10:30"] } },
    { id: 3, name: "UFV Parada", inverters: { 1: ["11:55", "11:00"], 2: ["11:55"], 3: ["11:55"] } },
    { id: 4, name: "UFV Parada antes", inverters: { 1: ["11:55", "09:00"] } },
    { id: 5, name: "UFV Toda parada", inverters: { 1: ["11:55", "11:30"], 2: ["11:55", "11:20"] } },
    { id: 6, name: "UFV Atuada", relays: { 7: ["11:55", "SOBRETENSÃO"] }, inverters: { 1: ["10:00", "09:50"], 2: ["10:00"] } },
    { id: 10, name: "UFV 10", inverters: { 1: ["11:55"] } },
    { id: 9, name: "UFV 9", inverters: { 1: ["11:55"] } },
  );

  test("has those that need someone first, the longest first, then by name as people count", () => {
    expect(plantTiles(state, around).map(({ name, status, what }) => `${status} ${name}: ${what}`)).toEqual([
      "relay UFV Atuada: relé atuado: SOBRETENSÃO · 1 de 2 inversores parados",
      "inverters UFV Parada antes: 1 inversor parado",
      "inverters UFV Parada: 1 de 3 inversores parados",
      "inverters UFV Toda parada: TODOS os 2 inversores parados",
      "no-data UFV Calada: sem dados de inversores",
      "normal UFV 9: ", "normal UFV 10: ", "normal UFV Normal: ",
    ]);
  });

  test("says since when, and counts", () => {
    const [relay, , stopped] = plantTiles(state, around);
    expect(relay).toMatchObject({ since: instant("10:55"), invertersDown: 1, inverters: 2, relayAlerts: 1, types: ["SOBRETENSÃO"] });
    expect(stopped).toMatchObject({ since: instant("11:00"), invertersDown: 1, inverters: 3 });
  });

  test("shows a muted plant as muted, with what is wrong, why and until when", () => {
    const [muted] = plantTiles(sketchState({ id: 3, inverters: { 1: ["11:55", "11:00"] } }), { ...around, muteOf: () => ({ until: instant("18:00"), reason: "troca do IGBT" }) });
    expect(muted).toMatchObject({ status: "muted", what: "1 inversor parado · silenciada até 18:00 (6 h): troca do IGBT", mutedUntil: instant("18:00") });
  });

  test("fits its schema, whatever a plant is called", () => {
    const wild = sketchState({ id: 1, name: `<img src=x onerror=alert(1)>${"x".repeat(500)}\u202e`, inverters: { 1: ["11:55", "11:00"] } });
    expect(plantTiles(wild, around).map((tile) => tileSchema.safeParse(tile).success)).toEqual([true]);
  });
});

describe("the line of truth", () => {
  const of = (state: MonitorState): string => {
    const surroundings = { ...around, zone: ZONE, intervalMs: { relay: 600_000, inverter: 900_000 }, relayPlants: "auto", startedAt: now - DAY_MS, host: "", pid: 1, version: "", stateTrouble: null } as const;
    const { status, text } = headlineOf(gatherHeartbeat(state, surroundings), plantTiles(state, around));
    return `${status}: ${text}`;
  };
  const seen = (state: MonitorState): MonitorState => withMonitor(state, { lastCycle: { relay: now, inverter: now } });

  test.each([
    ["all is well", seen(sketchState({ inverters: { 1: ["11:55"] } })), "well: Tudo bem: 1 usina, varreduras em dia"],
    ["somebody is needed", seen(sketchState({ id: 1, inverters: { 1: ["11:55", "11:00"] } }, { id: 2, relays: { 7: ["11:55", "X"] } }, { id: 3, inverters: { 1: ["10:00"] } })), "attention: 2 usinas precisam de alguém e 1 usina sem dados"],
    ["nothing is known yet", seen(sketchState()), "attention: Ainda nenhuma usina: o monitor espera a lista da PVOperation"],
    ["no plant fails, but the monitor is not well", withMonitor(seen(sketchState({ inverters: { 1: ["11:55"] } })), { lastCycle: { relay: now - 5 * HOUR_MS, inverter: now }, teams: { since: now - HOUR_MS, reason: "HTTP 404", goneStatus: 404 } }),
      "attention: Nenhuma usina em falha, mas varredura de relés atrasada, e mais 1 motivo de atenção"],
    ["no scan for long", sketchState({ inverters: { 1: ["11:55"] } }), "blind: O monitor não enxerga: varredura de relés atrasada"],
    ["the API is down", withMonitor(seen(sketchState({ inverters: { 1: ["11:55"] } })), { api: { since: now - HOUR_MS, detail: "timeout", told: true } }), "blind: O monitor não enxerga desde 11:00: PVOperation falha: sem resposta no tempo"],
  ])("%s", (_, state, line) => {
    expect(of(state)).toBe(line);
  });
});

describe("a plant's day", () => {
  const hours = ({ day }: ReturnType<typeof frameOf>): number => (day.to - day.from) / HOUR_MS;

  test.each([
    ["today", null, "2025-12-01"], ["a day before", "2025-11-20", "2025-11-20"], ["tomorrow", "2025-12-02", "2025-12-01"], ["before what is kept", "2025-01-01", "2025-11-01"],
  ])("%s", (_, asked, date) => {
    expect(frameOf(asked, now, plantRules({}), 30)).toMatchObject({ date, today: "2025-12-01", earliest: "2025-11-01" });
  });

  test("has 23 or 25 hours where the clock is changed, and the window where the wall clock has it", () => {
    const rules = plantRules({ zone: "America/Santiago" });
    const late = instant("2026-06-01T12:00:00");
    const [back, forward] = [frameOf("2026-04-04", late, rules, 366), frameOf("2025-09-07", late, rules, 366)];
    expect([hours(back), hours(forward)]).toEqual([25, 23]);
    expect(forward.window.from - forward.day.from).toBe(5.5 * HOUR_MS);
  });
});
