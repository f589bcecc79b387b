// The incidents of a past week out of what the API still has: for a week that the monitor did not see, or not whole.
import PQueue from "p-queue";
import type { Week } from "../domain/iso-week.ts";
import { applyDeviceList, mayHaveRelay } from "../domain/listing.ts";
import { addDays, localDate, startOfDay, type EpochMs, type LocalDate } from "../domain/local-time.ts";
import { newPlant, type DeviceKind, type PlantInfo, type PlantState } from "../domain/plant.ts";
import type { DecodedDay, InverterReading, RelayReading } from "../domain/reading.ts";
import { replayPlant } from "../domain/replay.ts";
import type { ReportIncident } from "../domain/report-incidents.ts";
import type { ReportGap, ReportPlant } from "../domain/weekly-report.ts";
import type { CallOptions, Fetched, PlantApi } from "../ports/plant-api.ts";
import type { Settings } from "./context.ts";

/** Days read before the week, so that what began before it, and each inverter's rhythm, are known when it begins. */
const WARM_UP_DAYS = 7;
/** Plants under way at once; how many calls are is for the client to bound. */
const PLANTS_AT_ONCE = 4;
const TRIES = 3;

export interface Rebuilding {
  readonly api: PlantApi;
  readonly settings: Pick<Settings, "intervalMs" | "relayPlants" | "rulesOf">;
  readonly week: Week;
  readonly now: EpochMs;
  readonly signal: AbortSignal;
  /** Days of plants that were asked for, and how many there are in all. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Rebuilt {
  readonly incidents: readonly ReportIncident[];
  readonly plants: readonly ReportPlant[];
  readonly gaps: readonly ReportGap[];
}

/** Not ok where the API does not even tell its plants. A day that cannot be read is a gap of the report. */
export async function rebuildIncidents(rebuilding: Rebuilding): Promise<{ readonly ok: true; readonly value: Rebuilt } | { readonly ok: false; readonly reason: string }> {
  const { api, signal, onProgress, settings, week, now } = rebuilding;
  const listed = await api.plants({ tries: TRIES, signal });
  if (listed.kind === "unavailable") return { ok: false, reason: listed.detail === "" ? listed.reason : listed.detail };
  const { plants, unusable } = listed.value;
  const datesOf = (plant: PlantInfo): LocalDate[] => datesToRead(week, now, settings.rulesOf(plant).zone);
  const total = plants.reduce((sum, plant) => sum + datesOf(plant).length, 0);
  let done = 0;
  const queue = new PQueue({ concurrency: PLANTS_AT_ONCE });
  const rebuilt = await Promise.all(plants.map((plant) => queue.add(() => rebuildPlant(rebuilding, plant, datesOf(plant), () => { onProgress(done += 1, total); }))));
  const gaps: readonly ReportGap[] = unusable.count === 0 ? [] : [{ kind: "plants", reason: `usinas ilegíveis na lista da API: ${String(unusable.count)}` }];
  return { ok: true, value: {
    incidents: rebuilt.flatMap(({ incidents }) => incidents),
    plants: rebuilt.flatMap((one) => one.plants),
    gaps: [...gaps, ...rebuilt.flatMap((one) => one.gaps)],
  } };
}

function datesToRead({ from, to }: Week, now: EpochMs, zone: string): LocalDate[] {
  const last = localDate(Math.min(to - 1, now), zone);
  const dates: LocalDate[] = [];
  for (let date = addDays(localDate(from, zone), -WARM_UP_DAYS); date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

async function rebuildPlant({ api, settings, week, now, signal }: Rebuilding, info: PlantInfo, dates: readonly LocalDate[], onDay: () => void): Promise<Rebuilt> {
  const options: CallOptions = { tries: TRIES, signal };
  const rules = settings.rulesOf(info);
  const devices = await api.plantDevices(info.id, options);
  const plant = devices.kind === "complete" ? applyDeviceList(newPlant(info), devices.value, now) : newPlant(info);
  const failed: { readonly subject: DeviceKind; readonly date: LocalDate; readonly reason: string }[] = [];
  /** An answer also holds the day before: what comes twice is judged once. */
  const taken = <R>(subject: DeviceKind, date: LocalDate, fetched: Fetched<DecodedDay<R>>): readonly R[] => {
    if (fetched.kind === "complete") return fetched.value.readings;
    failed.push({ subject, date, reason: fetched.reason });
    return [];
  };
  const relays: RelayReading[] = [];
  const inverters: InverterReading[] = [];
  for (const date of dates) {
    if (isAskedForRelays(plant, settings.relayPlants)) for (const reading of taken("relay", date, await api.dayRelay(info.id, date, rules.zone, options))) relays.push(reading);
    for (const reading of taken("inverter", date, await api.dayInverter(info.id, date, rules.zone, options))) inverters.push(reading);
    onDay();
  }
  const from = startOfDay(dates[0] ?? week.monday, rules.zone);
  const replayed = replayPlant(plant, { relays, inverters, from, to: Math.min(week.to, now), scanEveryMs: settings.intervalMs.inverter }, rules);
  const gaps = [...Map.groupBy(failed, ({ subject, reason }) => `${subject} ${reason}`).values()].flatMap((days): ReportGap[] => {
    const [first] = days;
    return first === undefined ? [] : [{ kind: "days", plantId: info.id, plantName: info.name, subject: first.subject, dates: days.map(({ date }) => date), reason: first.reason }];
  });
  return { incidents: replayed.incidents, plants: [{ id: info.id, name: info.name, devices: replayed.devices }], gaps };
}

/** One list without a relay is enough here, where the live monitor wants two. */
function isAskedForRelays(plant: PlantState, setting: Settings["relayPlants"]): boolean {
  if (setting === "all") return true;
  return setting === "auto" ? mayHaveRelay(plant) || plant.deviceList.withoutRelay === null : setting.has(plant.info.id);
}
