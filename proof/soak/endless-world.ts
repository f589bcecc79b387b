// A PVOperation and a Teams that remember nothing: every answer is made of the plant, the date and the time, so that what grows
// in three days is the monitor's. Each day has the same faults at the same hours, and is quiet at its end.
import { addDays, localDate, type EpochMs } from "../../src/domain/local-time.ts";
import { parseScenario, type Scenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { json, refusal, type WorldAnswer, type WorldRequest } from "../../src/simulator/world-answer.ts";
import { createFaults, faultyAnswer } from "../../src/simulator/world-faults.ts";
import type { AnsweringWorld } from "../../src/simulator/world.ts";
import { z } from "zod";

export const FIRST_DATE = "2025-12-01";
const ZONE = "America/Sao_Paulo";
const FIRST_PLANT = 40_001;
const INVERTERS = 4;
const RELAY = 7;
/** One reading each so many minutes: sparse, so that a day of 1,000 plants is a minute of work. */
const STEP_MIN = 30;
const LIGHT = { from: 6 * 60 + 30, to: 17 * 60 + 30 };

type Row = NonNullable<ScenarioFile["faults"]>[number];

/** Of every day. The disk's are in soak.process.ts. */
const FAULTS: readonly (readonly [from: string, to: string, endpoint: Row["endpoint"], fault: string])[] = [
  ["02:00", "02:20", "plants", "empty"],
  ["07:00", "07:20", "day_inverter", "status:503"],
  ["07:40", "07:50", "day_relay", "truncated"],
  ["08:00", "08:25", "day_inverter", "timeout"], ["08:00", "08:25", "day_relay", "timeout"],
  ["09:00", "09:20", "day_inverter", "reset"], ["09:00", "09:20", "plants", "notjson"],
  ["09:30", "09:45", "day_inverter", "status:429:60"],
  ["10:30", "10:50", "day_relay", "unauthorized"],
  ["11:10", "12:40", "teams", "status:503"],
  ["13:10", "13:40", "teams", "timeout"],
  ["14:10", "14:20", "teams", "status:429:120"],
  ["14:40", "14:50", "teams", "accepted-then-reset"],
  ["15:10", "15:40", "teams", "status:404"],
  ["16:10", "16:20", "teams", "status:400"],
];

export function endlessScenario(days: number, config: Scenario["config"]): Scenario {
  const faults = Array.from({ length: days }, (_, i) => addDays(FIRST_DATE, i)).flatMap((date) =>
    FAULTS.map(([from, to, endpoint, fault]) => ({ from: `${date}T${from}:00`, to: `${date}T${to}:00`, endpoint, fault })));
  return parseScenario({ timezone: ZONE, start: `${FIRST_DATE}T00:00:00`, end: `${addDays(FIRST_DATE, days)}T00:00:00`, plants: [], faults, config });
}

export interface EndlessWorld extends AnsweringWorld {
  readonly calls: number;
  readonly cards: number;
}

const asked = z.object({ id: z.coerce.number(), date: z.string().optional() });

/** Every fifth plant has a relay; of every tenth an inverter stops each day, of every twentieth the relay trips. */
export function createEndlessWorld(scenario: Scenario, plants: number, now: () => EpochMs): EndlessWorld {
  const faults = createFaults(scenario, now);
  let [calls, cards, tokens] = [0, 0, 0];
  const list = JSON.stringify(Array.from({ length: plants }, (_, i) => ({ id: FIRST_PLANT + i, nome: `UFV ${i + 1}`, capacidade: "1180.00" })));

  function service({ path, headers, body }: WorldRequest): WorldAnswer {
    if (path === "/authenticate") {
      faults.loggedIn();
      tokens += 1;
      return json(200, JSON.stringify({ token: `token-${tokens}` }));
    }
    if (headers["x-access-token"] !== `token-${tokens}`) return refusal(401, "Token is missing or invalid!");
    if (path === "/plants") return json(200, list);
    const { id, date = "" } = asked.parse(JSON.parse(body ?? ""));
    const until = minuteOf(date, now());
    if (path === "/plant_devices") return json(200, devicesOf(id));
    return json(200, path === "/day_relay" ? relayRecords(id, date, until) : inverterRecords(id, date, until));
  }

  return {
    get calls() { return calls; },
    get cards() { return cards; },
    answer(request) {
      calls += 1;
      const endpoint = z.enum(["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"]).parse(request.path.slice(1));
      const fault = faults.meet(endpoint, null);
      const instead = fault === null ? null : faultyAnswer(fault, now());
      if (instead !== null) return instead;
      const right = service(request);
      return fault?.kind === "truncated" && right.kind === "answer" ? { ...right, body: right.body.slice(0, right.body.length >> 1) } : right;
    },
    teams() {
      const fault = faults.meet("teams", null);
      const answer = (fault === null ? null : faultyAnswer(fault, now())) ?? json(202, "");
      const accepted = fault === null || fault.kind === "accepted-then-reset";
      if (accepted) cards += 1;
      return { ...answer, accepted };
    },
  };
}

const hasRelay = (plant: number): boolean => plant % 5 === 0;
/** Another tenth, another twentieth each day. */
const turnOf = (plant: number, date: string): number => plant / 5 + Number(date.slice(-2));
const stamp = (date: string, minute: number): string => `${date} ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;

/** Minutes of that date that have passed by now. */
function minuteOf(date: string, at: EpochMs): number {
  const today = localDate(at, ZONE);
  if (date !== today) return date < today ? 24 * 60 : -1;
  return Math.floor(((at / 60_000 - 3 * 60) % (24 * 60) + 24 * 60) % (24 * 60)); // São Paulo is three hours behind UTC
}

function devicesOf(plant: number): string {
  const inverters = Array.from({ length: INVERTERS }, (_, i) => ({ device_id: i + 1, device_name: `Inversor ${i + 1}`, device_type: "INVERTER", device_status: 1 }));
  const relay = { device_id: RELAY, device_name: "Relé", device_type: "RELE", device_status: 1 };
  return JSON.stringify([{ plant_devices: hasRelay(plant) ? [...inverters, relay] : inverters }]);
}

function relayRecords(plant: number, date: string, until: number): string {
  const records: string[] = [];
  for (let minute = 0; hasRelay(plant) && minute <= until; minute += STEP_MIN) {
    const active = turnOf(plant, date) % 4 === 0 && minute >= 14 * 60 && minute <= 15 * 60;
    records.push(`{"id":${plant},"idrele":${RELAY},"conteudojson":{"tsleitura":"${stamp(date, minute)}","r27A":false,"r59N":${String(active)},"r86":${String(active)}}}`);
  }
  return `[${records.join(",")}]`;
}

function inverterRecords(plant: number, date: string, until: number): string {
  const records: string[] = [];
  for (let minute = LIGHT.from; minute <= Math.min(until, LIGHT.to); minute += STEP_MIN) {
    for (let inverter = 1; inverter <= INVERTERS; inverter += 1) {
      const down = inverter === 1 && (plant + Number(date.slice(-2))) % 10 === 0 && minute >= 10 * 60 && minute <= 12 * 60 + 30;
      records.push(`{"id":${plant},"idinversor":${inverter},"conteudojson":{"tsleitura":"${stamp(date, minute)}","Pac":${down ? "0.0" : "87.5"}}}`);
    }
  }
  return `[${records.join(",")}]`;
}
