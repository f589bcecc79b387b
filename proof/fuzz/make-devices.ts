// Readings of simulated devices: steady, with trips and stops, late, double, out of order, and now and then garbage.
import { chance, oneOf, whole, type Random } from "./chance.ts";

const MINUTE_MS = 60_000;
const DAY_MIN = 24 * 60;

export interface DayPlan {
  /** First date, `YYYY-MM-DD`, and how many. */
  readonly date: string;
  readonly days: number;
  /** Minutes between two readings of a device. */
  readonly cadenceMin: number;
  /** How awkward the loggers are, in percent of readings. */
  readonly oddPercent: number;
}

type RawRecord = Record<string, unknown>;

/** `YYYY-MM-DD HH:MM:SS`, that many seconds into the first date by a clock that knows no daylight saving. */
export function wall(plan: Pick<DayPlan, "date">, seconds: number): string {
  return new Date(Date.parse(`${plan.date}T00:00:00Z`) + seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

const TRIPS: readonly [string, ...string[]] = ["r59N", "r59A r86", "r27A", "r81U", "r49", "rBA", "r67N_1", "r50N", "rRL2", "r59N r27B", "R59B", "r79x"];
const QUIET = { rFREQ: 60, r27A: false, r59N: false, r49: 0, r86: "0", rACheck: true };
const ACTIVE: readonly [unknown, ...unknown[]] = [true, true, true, 1, "true", "Ativo", "1", "TRIP"];

/** Relay trips of one plant, in minutes since its first date: the inverters of the plant stand still meanwhile. */
export interface Trip { readonly from: number; readonly to: number }

export function makeRelay(plant: number, device: number, plan: DayPlan, random: Random): { records: RawRecord[]; trips: Trip[] } {
  const records: RawRecord[] = [];
  const trips: Trip[] = [];
  const second = whole(random, 0, 59);
  let minute = whole(random, 0, plan.cadenceMin);
  let trip: { from: number; until: number; names: string[] } | null = null;
  while (minute < plan.days * DAY_MIN) {
    if (trip === null && chance(random, 2)) trip = { from: minute, until: minute + oneOf(random, [1, 1, 2, 3, 5, 9, 20]) * plan.cadenceMin, names: oneOf(random, TRIPS).split(" ") };
    if (trip !== null && minute >= trip.until) {
      trips.push({ from: trip.from, to: minute });
      // One type may go over into another.
      trip = chance(random, 25) ? { from: minute, until: minute + 2 * plan.cadenceMin, names: oneOf(random, TRIPS).split(" ") } : null;
    }
    const active = trip === null ? {} : Object.fromEntries(trip.names.map((name) => [name, oneOf(random, ACTIVE)]));
    const inside: RawRecord = { ...(chance(random, plan.oddPercent / 4) ? { rFREQ: 60 } : QUIET), ...active, tsleitura: wall(plan, minute * 60 + second) };
    records.push({ id: plant, idrele: device, conteudojson: inside });
    minute += plan.cadenceMin;
    // It falls silent for hours, sometimes in the middle of a trip.
    if (chance(random, trip === null ? 0.7 : 4)) minute += whole(random, 60, 400);
  }
  return { records: spoiltTimes(records, plan, random), trips };
}

export function makeInverter(device: number, trips: readonly Trip[], plan: DayPlan, random: Random): RawRecord[] {
  const records: RawRecord[] = [];
  const second = whole(random, 0, 59);
  let stopUntil = -1;
  // Some are away for a whole day: who reports again is asked about the days between.
  const dayOff = chance(random, 30) ? whole(random, 1, plan.days - 1) : -1;
  for (let day = 0; day < plan.days; day += 1) {
    if (day === dayOff) continue;
    const dawn = day * DAY_MIN + whole(random, 280, 350);
    const dusk = day * DAY_MIN + whole(random, 1060, 1150);
    for (let minute = dawn; minute < dusk; minute += plan.cadenceMin) {
      if (chance(random, 15)) continue; // real loggers miss one reading in six
      if (chance(random, 0.5)) minute += whole(random, 30, 200);
      if (stopUntil < minute && chance(random, 3)) stopUntil = minute + oneOf(random, [1, 1, 2, 3, 4, 4, 6, 12]) * plan.cadenceMin;
      const isDown = minute <= stopUntil || trips.some(({ from, to }) => from <= minute && minute < to);
      records.push({ idinversor: device, conteudojson: { ...powerFields(isDown, plan, random), tsleitura: wall(plan, minute * 60 + second) } });
    }
  }
  return spoiltTimes(records, plan, random);
}

function powerFields(isDown: boolean, { oddPercent }: DayPlan, random: Random): RawRecord {
  const kw = Math.round(random() * 1000) / 10 + 0.1;
  const text = String(kw).replace(".", ",");
  if (chance(random, oddPercent)) return oneOf<RawRecord>(random, [{}, { Pac: null }, { Pac: "-" }, { Pac: "erro" }, { Pac: "" }, { Pac: null, PAC: isDown ? 0 : kw }]);
  if (isDown) return oneOf<RawRecord>(random, [{ Pac: 0 }, { Pac: 0 }, { Pac: 0 }, { Pac: "0,0" }, { Pac: -0.3 }, { Pac: "0 kW" }]);
  return oneOf<RawRecord>(random, [{ Pac: kw }, { Pac: kw }, { Pac: kw }, { Pac: text }, { Pac: `${text} kW` }, { Pac: `1.0${String(whole(random, 10, 99))},5 W` }, { Potencia: kw }]);
}

const timeOf = (record: RawRecord): string => String((record["conteudojson"] as RawRecord)["tsleitura"]);
const later = (text: string, minutes: number): string => new Date(Date.parse(`${text.replace(" ", "T")}Z`) + minutes * MINUTE_MS).toISOString().slice(0, 19).replace("T", " ");

/** Some come late, alone or a whole stretch at once (an upload after an outage); some come twice, told differently; some are no records. */
function spoiltTimes(records: readonly RawRecord[], { oddPercent }: DayPlan, random: Random): RawRecord[] {
  let uploadAt: string | null = null;
  return records.flatMap((record): RawRecord[] => {
    const time = timeOf(record);
    if (uploadAt !== null && time >= uploadAt) uploadAt = null;
    if (uploadAt === null && chance(random, oddPercent / 10)) uploadAt = later(time, whole(random, 20, 600));
    const late = uploadAt ?? (chance(random, oddPercent / 2) ? later(time, whole(random, 1, 90)) : null);
    const served = late === null ? record : { ...record, _available: late };
    const odd = chance(random, oddPercent) ? odder(served, random) : [served];
    return odd;
  });
}

function odder(record: RawRecord, random: Random): RawRecord[] {
  const inside = record["conteudojson"] as RawRecord;
  return oneOf<RawRecord[]>(random, [
    [{ ...record, conteudojson: { ...inside, Pac: 7, r59N: true } }, record],
    [record, record],
    [{ ...record, conteudojson: JSON.stringify(inside) }],
    [{ ...record, conteudojson: { ...inside, tsleitura: "-" }, tsleitura_new: inside["tsleitura"] }],
    [{ ...record, idinversor: null, idrele: null }, record],
    [record, { ...record, conteudojson: { ...inside, tsleitura: later(timeOf(record), 60 * 24 * 40) } }],
    [{ ...record, conteudojson: "{cortado" }, record],
    [{ ...record, conteudojson: { ...inside, tsleitura: "ontem" } }, record],
  ]);
}
