// A seed's world and what goes wrong in it.
import type { ScenarioFile } from "../../src/simulator/scenario.ts";
import { chance, concern, oneOf, whole, type Random } from "./chance.ts";
import type { ChaosFile, FuzzFile } from "./fuzz-file.ts";
import { makeInverter, makeRelay, wall, type DayPlan } from "./make-devices.ts";

/** Zone and first date; both changes of the clock of Santiago are among them. */
const PLACES: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ["America/Sao_Paulo", "2025-12-01"], ["America/Sao_Paulo", "2025-12-30"], ["America/Sao_Paulo", "2026-02-27"], ["America/Manaus", "2025-06-14"],
  ["America/Santiago", "2025-09-06"], ["America/Santiago", "2026-04-04"], ["Asia/Kolkata", "2026-01-10"],
];

const GARBAGE: readonly unknown[] = [null, 7, "x", [], {}, { conteudojson: {} }, { idinversor: 1 }, { idrele: {}, conteudojson: "{" }];

export function makeCase(seed: number): FuzzFile {
  const random = concern(seed, "world");
  const [timezone, date] = chance(random, 60) ? PLACES[0] : oneOf(random, PLACES);
  const days = oneOf(random, [1, 1, 1, 2, 2, 3]);
  // Most worlds are sparse: as much happens in them, in a tenth of the time.
  const isSparse = chance(random, 97);
  const plan: DayPlan = { date, days: days + 1, cadenceMin: isSparse ? oneOf(random, [30, 40, 60, 60]) : oneOf(random, [5, 15, 20]), oddPercent: oneOf(random, [0, 3, 10]) };
  const startS = whole(random, 0, 12 * 3600);
  const calmS = startS + days * 24 * 3600 - whole(random, 0, 10) * 3600;
  const relayIntervalS = isSparse ? oneOf(random, [3600, 7200, 10_800]) : oneOf(random, [600, 900, 1800]);
  const inverterIntervalS = isSparse ? oneOf(random, [3600, 7200, 10_800]) : oneOf(random, [900, 1200, 1800]);
  const graceS = 900 + Math.max(relayIntervalS, inverterIntervalS);
  const plants = makePlants(seed, random, plan);
  const faults = concern(seed, "faults");
  const during = { from: startS, to: calmS, plan, random: faults };
  return {
    timezone, seed,
    start: stamp(plan, startS),
    end: stamp(plan, calmS + graceS),
    config: {
      RELAY_INTERVAL: relayIntervalS, INVERTER_INTERVAL: inverterIntervalS, PVOP_CONCURRENCY: oneOf(random, [1, 3, 8]), RELAY_PLANTS: oneOf(random, ["auto", "auto", "all"]),
      INVERTER_FAILURE_READINGS: oneOf(random, [3, 3, 3, 1, 2, 4]), INVERTER_RECOVERY_READINGS: oneOf(random, [3, 3, 3, 1, 2]), INVERTER_ZERO_KW: oneOf(random, [0, 0, 0.5]),
      GENERATION_WINDOW: oneOf(random, ["06:30-17:30", "06:30-17:30", "05:00-19:00"]), HEARTBEAT_TIMES: "07:00,12:00,17:00,20:00,23:00", TEAMS_FORMAT: oneOf(random, ["adaptivecard", "messagecard"]),
    },
    ...plants,
    faults: chance(faults, 85) ? makeFaults(during, plants.plants.map((_, i) => String(101 + i))) : [],
    kills: chance(faults, 50) ? momentsIn(during, whole(faults, 1, 4)) : [],
    restarts: chance(faults, 40) ? momentsIn(during, whole(faults, 1, 3)) : [],
    chaos: makeChaos(during, stamp(plan, calmS), graceS),
  };
}

const stamp = (plan: DayPlan, seconds: number): string => wall(plan, seconds).replace(" ", "T");

function makePlants(seed: number, random: Random, plan: DayPlan): Required<Pick<ScenarioFile, "plants" | "plant_devices" | "day_relay" | "day_inverter">> {
  const ids = Array.from({ length: whole(random, 1, 8) }, (_, i) => 101 + i);
  const day_relay: Record<string, unknown[]> = {};
  const day_inverter: Record<string, unknown[]> = {};
  for (const id of ids) {
    const own = concern(seed, `plant ${String(id)}`);
    const relays = Array.from({ length: oneOf(own, [0, 1, 1, 1, 2]) }, (_, i) => makeRelay(id, 700 + i, plan, own));
    const trips = relays.flatMap((relay) => relay.trips);
    day_relay[id] = mixed(relays.flatMap(({ records }) => records), own, plan);
    day_inverter[id] = mixed(Array.from({ length: whole(own, 1, 3) }, (_, i) => makeInverter(9000 + i, trips, plan, own)).flat(), own, plan);
  }
  const withoutRelay = oneOf<readonly unknown[]>(random, [[], [{ plant_devices: [{ device_id: 9000, device_type: "INVERTER" }] }]]);
  const plant_devices: Record<string, unknown> = chance(random, 15) ? { 101: withoutRelay } : {};
  return { plants: ids.map((id) => ({ id, nome: `UFV ${String(id)}`, capacidade: "100.00" })), plant_devices, day_relay, day_inverter };
}

/** In an order of their own, with things between them that are no records. */
function mixed(records: unknown[], random: Random, { oddPercent }: DayPlan): unknown[] {
  const garbage = oddPercent > 0 ? GARBAGE.filter(() => chance(random, 30)) : [];
  const order = whole(random, 0, 2);
  const all = [...records, ...garbage];
  if (order === 0) return all;
  if (order === 1) return all.reverse();
  return all.map((record) => ({ record, at: random() })).sort((a, b) => a.at - b.at).map(({ record }) => record);
}

interface During { readonly from: number; readonly to: number; readonly plan: DayPlan; readonly random: Random }

const momentsIn = ({ from, to, plan, random }: During, count: number): string[] => Array.from({ length: count }, () => stamp(plan, whole(random, from, to)));

function windowIn({ from, to, plan, random }: During, longestMin: number): { from: string; to: string } {
  const begin = whole(random, from, to);
  return { from: stamp(plan, begin), to: stamp(plan, Math.min(to, begin + 60 * whole(random, 1, longestMin))) };
}

/** When devices that were away report again, and days that are missing are asked for. */
function morningIn({ from, to, plan, random }: During): { from: string; to: string } {
  const day = 86_400;
  const begin = whole(random, Math.ceil(from / day), Math.floor(to / day)) * day + 4 * 3600;
  return { from: stamp(plan, begin), to: stamp(plan, Math.min(to, begin + 8 * 3600)) };
}

/** A machine that slept beyond the calm would have no time left to tell what it owes. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 1000);
}

const API_FAULTS: readonly [string, ...string[]] = [
  "timeout", "reset", "status:500", "status:503", "status:429:60", "status:429:date", "status:404", "unauthorized", "empty", "truncated", "notjson", "wrongtype",
];
const TEAMS_FAULTS: readonly [string, ...string[]] = [
  "timeout", "reset", "status:503", "status:429:30", "status:429:date", "status:500", "status:404", "status:403", "body-error", "accepted-then-reset", "accepted-then-reset",
];

function makeFaults(during: During, plants: readonly string[]): NonNullable<ScenarioFile["faults"]> {
  const { random } = during;
  return Array.from({ length: whole(random, 1, 8) }, () => {
    const window = windowIn(during, oneOf(random, [5, 30, 120, 300]));
    if (chance(random, 40)) return { ...window, endpoint: "teams" as const, fault: chance(random, 12) ? oneOf(random, ["status:400", "status:413"]) : oneOf(random, TEAMS_FAULTS) };
    const endpoint = oneOf(random, ["day_relay", "day_inverter", "day_relay", "day_inverter", "plants", "authenticate", "plant_devices"] as const);
    if (endpoint === "plants" && chance(random, 40)) return { ...window, endpoint, fault: `partial:${plants.slice(0, whole(random, 1, plants.length)).join(",")}` };
    const plant = endpoint.startsWith("day") && chance(random, 50) ? Number(plants[whole(random, 0, plants.length - 1)]) : null;
    return { ...window, endpoint, plant, fault: oneOf(random, API_FAULTS) };
  });
}

function makeChaos(during: During, calm: string, graceS: number): ChaosFile {
  const { random } = during;
  const some = <T>(percent: number, most: number, make: () => T): T[] => (chance(random, percent) ? Array.from({ length: whole(random, 1, most) }, make) : []);
  return {
    calm, graceS,
    latencyMs: oneOf(random, [0, 0, 300, 4_000]),
    diskMs: oneOf(random, [0, 0, 200, 3_000]),
    restartS: oneOf(random, [0, 1, 30, 3600]),
    flaky: some(50, 3, () => ({ ...(chance(random, 40) ? morningIn(during) : windowIn(during, 600)), percent: oneOf(random, [5, 20, 60, 85]) })),
    disk: some(30, 3, () => ({ ...windowIn(during, 60), fault: oneOf(random, ["ENOSPC", "EROFS", "EACCES"] as const) })),
    clock: some(25, 3, () => ({
      at: momentsIn(during, 1)[0] ?? calm, kind: oneOf(random, ["step", "step", "suspend"] as const),
      seconds: oneOf(random, [-7200, -3600, -90, -5, 5, 90, 3600, 6 * 3600]),
    })).map((step) => (step.kind === "suspend" ? { ...step, seconds: Math.min(Math.abs(step.seconds), secondsBetween(step.at, calm)) } : step)),
    crashes: some(60, 6, () => ({
      after: momentsIn(during, 1)[0] ?? calm, port: oneOf(random, ["write", "write", "rename", "sync", "call", "send", "send", "send"] as const), nth: whole(random, 1, 6),
      moment: oneOf(random, ["before", "during", "after"] as const), power: chance(random, 50),
    })),
  };
}
