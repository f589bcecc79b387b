// Bodies as large as the real ones, for benchmarks: 2.5 MB of inverters and 0.45 MB of relay a plant. One template
// of each serves any number of plants, so that a thousand of them cost no more memory than one.
import { createRandom } from "./random.ts";
import { json, refusal } from "./world-answer.ts";
import type { AnsweringWorld } from "./world.ts";

export interface FullSizeOptions {
  readonly plants: number;
  /** A plant; 10 give the real size. */
  readonly inverters?: number;
  /** The newest so many times of a device alone, for accounts of which a real size would take hours; absent: all of both days. */
  readonly readings?: number;
  /** The day asked for, `YYYY-MM-DD`; the answer holds the day before as well, as the real one does. */
  readonly date: string;
  readonly seed?: number;
}

export interface FullSizeBodies {
  readonly plantIds: readonly number[];
  /** Answer of `plants`. */
  readonly plants: string;
  /** Answer of `plant_devices`, of every plant. */
  readonly devices: string;
  /** Answer of `day_inverter`, of every plant: descending, until 14:29 of the day. */
  readonly inverter: string;
  /** Answer of `day_relay`, of every plant: ascending, the whole day. */
  readonly relay: string;
}

/** As long as a real one, which is looked for in every answer. */
export const FULL_SIZE_TOKEN = `eyJhbGciOiJIUzI1NiJ9.${"eyJ1c2VyIjoibWVkaWRhIn0".repeat(6)}.c2ltdWxhZG8`;

const FIRST_PLANT = 40_001;
const FIRST_INVERTER = 61_001;
const RELAY = 2_901;
const DAY_MS = 86_400_000;
const STEP_MS = 316_000;
const RELAY_STEP_MS = 304_000;

const RELAY_FLAGS =
  "r27A r27B r27C r27_0 r32A r32A_2 r32B r32B_2 r32C r32C_2 r46Q r47 r59A r59B r59C r59N r67A r67A_2 r67B r67B_2 r67C r67C_2 r67N_1 r67N_2 " +
  "r78 r81O r81U r86 rAR rBA rDO rEPwd rERLS rEl2t rFR rGS rHLT rRL1 rRL2 rRL3 rRL4 rRL5 rRR";
const RELAY_STILL =
  "r3v0max r3v0min rDID rFREQB rFmaxB rFmaxL rFminB rFminL rIfaltaA rIfaltaB rIfaltaC rIfaltaD rIfaltaI2 rIfaltaN rImaxA rImaxB rImaxC rImaxD " +
  "rImaxI2 rImaxN rNOpen rPAA1 rPAB1 rPAC1 rVfalta3V0 rVfaltaA rVfaltaAs rVfaltaB rVfaltaC rVmaxA rVmaxB rVmaxC rVmaxbar rVminA rVminB rVminC rVminbar";
const RELAY_MOVING =
  "rFREQ rI2 rNIN rPAA5 rPAB5 rPAC5 rTempInterno rV3V0 rVAA rVAs rVfaseA rVfaseB rVfaseC rcosA rcosB rcosC rlfaseA rlfaseB rlfaseC";

const stampOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
const httpDate = (at: number): string => new Date(at).toUTCString();
const members = (values: Readonly<Record<string, string>>): string => `{${Object.entries(values).map(([name, value]) => `"${name}":${value}`).join(",")}}`;

/** Currents and voltages of 20 strings: pairs share a voltage, every second input is idle. */
function strings(light: number, random: () => number): Record<string, string> {
  const values: Record<string, string> = {};
  for (let pair = 1; pair <= 19; pair += 2) {
    const volts = (600 + 60 * random()).toFixed(1);
    values[`Ipv${pair}`] = (17 * light + random()).toFixed(1);
    values[`Ipv${pair + 1}`] = (random() * 0.6).toFixed(1);
    values[`Upv${pair}`] = volts;
    values[`Upv${pair + 1}`] = volts;
  }
  return values;
}

/** JSON text as the API writes it, with `17.0` for a whole number. */
function inverterRecord(inverter: number, at: number, random: () => number): string {
  const hour = (at % DAY_MS) / 3_600_000;
  const light = Math.max(0, Math.sin((Math.PI * (hour - 4.75)) / 14)) * (0.85 + 0.15 * random());
  const serial = `"77010${String(inverter).padStart(10, "0")}"`;
  const amps = [0, 1, 2].map(() => (157 * light + 2 * random()).toFixed(1));
  const volts = [0, 1, 2].map(() => (226 + 8 * random()).toFixed(1));
  const frequency = (59.95 + 0.1 * random()).toFixed(2);
  const midnight = at - (at % DAY_MS);
  const content = members({
    Eac: "0", Eday: (light * 780).toFixed(1), Error: "0", Etotal: (250_000 + Math.floor(random() * 60_000)).toFixed(1),
    Fac1: frequency, Fac2: "0", Fac3: "0", Iac: amps[0] ?? "0", Iac1: amps[0] ?? "0", Iac2: amps[1] ?? "0", Iac3: amps[2] ?? "0",
    Inversor: serial, ...strings(light, random), Pac: (0.2 + 108 * light).toFixed(2), Pac1: "0", Pac2: "0", Pac3: "0", Qac: "0",
    Ri: ((7_000 + Math.floor(random() * 3_000)) * 1_000).toFixed(1), Status: "1", Temp: (30 + 60 * light).toFixed(1), TempDis: "0", Twr: "0",
    Uac: volts[0] ?? "0", Uac1: volts[0] ?? "0", Uac2: volts[1] ?? "0", Uac3: volts[2] ?? "0",
    cos: "0", esn: serial, fac: frequency, tpLei: '"EacOK"', tsleitura: `"${stampOf(at)}"`,
  });
  return members({
    conteudojson: content,
    dataleitura: `"${httpDate(midnight)}"`,
    dataleitura_new: `"${stampOf(midnight)}"`,
    idefinversor: String(FIRST_INVERTER + inverter),
    tsleitura: `"${httpDate(at)}"`,
    tsleitura_new: `"${stampOf(at)}"`,
  });
}

function inverterBody(inverters: number, readings: number, day: number, random: () => number): string {
  const hour = 3_600_000;
  const records: string[] = [];
  const times: number[] = [];
  // Newest first: the day until 14:29, then the day before from its last light to its first.
  for (const [last, first] of [[day + 14.48 * hour, day + 4.75 * hour], [day - 5 * hour, day - 19.25 * hour]] as const) {
    for (let at = last; at > first; at -= STEP_MS) times.push(at);
  }
  for (const at of times.slice(0, readings)) {
    for (let inverter = 0; inverter < inverters; inverter += 1) {
      if (random() > 1 / 6) records.push(inverterRecord(inverter, Math.floor((at - inverter * 2_000) / 1_000) * 1_000, random));
    }
  }
  return `[${records.join(",")}]`;
}

function relayBody(readings: number, day: number, random: () => number): string {
  const named = (names: string, value: (name: string) => string): Record<string, string> =>
    Object.fromEntries(names.split(" ").map((name) => [name, value(name)]));
  const still = named(RELAY_STILL, () => (random() < 0.7 ? "0.0" : (random() * 9_000).toFixed(2)));
  const flags = named(RELAY_FLAGS, () => "false");
  const times: number[] = [];
  for (let at = day + 49_000; at < day + DAY_MS; at += RELAY_STEP_MS) times.push(at);
  const records: string[] = [];
  for (const at of times.slice(-readings)) {
    const moving = named(RELAY_MOVING, (name) => (name === "rFREQ" ? 59.95 + random() * 0.1 : random() * 120).toFixed(2));
    const content = members({ esn: '"releProtecao_40001"', ...flags, ...still, rACheck: "true", ...moving, tpLei: '"rele"', tsleitura: `"${stampOf(at)}"` });
    records.push(members({ conteudojson: content, dataleitura: `"${httpDate(at)}"`, id: String(FIRST_PLANT), idrele: String(RELAY) }));
  }
  return `[${records.join(",")}]`;
}

export function makeFullSizeBodies({ plants: count, inverters = 10, readings = Infinity, date, seed = 1 }: FullSizeOptions): FullSizeBodies {
  const random = createRandom(seed);
  const day = Date.parse(`${date}T00:00:00Z`);
  const plantIds = Array.from({ length: count }, (_, i) => FIRST_PLANT + i);
  const devices = Array.from({ length: inverters }, (_, i) => ({
    device_esn: `77010${String(i).padStart(10, "0")}`, device_id: FIRST_INVERTER + i, device_name: `Inversor ${i + 1}`, device_status: 1, device_type: "INVERTER",
  }));
  return {
    plantIds,
    plants: JSON.stringify(plantIds.map((id) => ({ capacidade: "1180.00", id, latitude: "-8,05", longitude: "-35.3", nome: `UFV Medida ${id}` }))),
    devices: JSON.stringify([{ plant_devices: [...devices, { device_esn: "rele", device_id: RELAY, device_name: "Relé", device_status: 1, device_type: "RELE" }] }]),
    inverter: inverterBody(inverters, readings, day, random),
    relay: relayBody(readings, day, random),
  };
}

/** A world that answers every plant and date with these bodies and lets anyone in; its Teams takes everything. */
export function createFullSizeWorld(bodies: FullSizeBodies): AnsweringWorld {
  const byPath: Readonly<Record<string, string>> = {
    "/authenticate": JSON.stringify({ token: FULL_SIZE_TOKEN }),
    "/plants": bodies.plants,
    "/plant_devices": bodies.devices,
    "/day_inverter": bodies.inverter,
    "/day_relay": bodies.relay,
    "/day_meteo": "[]",
  };
  return {
    answer({ path }) {
      const body = byPath[path];
      return body === undefined ? refusal(404, "Not found") : json(200, body);
    },
    teams: () => ({ kind: "answer", status: 202, headers: {}, body: "", accepted: true }),
  };
}
