import { describe, expect, it } from "vitest";
import { secondsOf } from "../../src/simulator/demo-records.ts";
import { DEMO_STORY, FAILURES, LATE_UPLOADS, RELAY_PLANTS, TRIPS } from "../../src/simulator/demo-story.ts";
import { makeDemoFile, makeDemoScenario } from "../../src/simulator/demo-world.ts";
import { contentOf, isObject, type JsonObject } from "../../src/simulator/served-records.ts";

const scenario = makeDemoScenario();
const ids = scenario.plants.map((plant) => (isObject(plant) ? String(plant["id"]) : ""));
const idAt = (place: number): string => ids[place] ?? "";

/** Second of the day at which a record was read, as it says itself. */
function secondOf(record: unknown): number {
  const stamp = isObject(record) ? contentOf(record)?.["tsleitura"] : null;
  return typeof stamp === "string" ? secondsOf(stamp.slice(11)) : NaN;
}

const within = (from: string, to: string) => (record: unknown): boolean => secondOf(record) >= secondsOf(from) && secondOf(record) < secondsOf(to);

function powerOf(record: unknown): number {
  const content = isObject(record) ? contentOf(record) : null;
  const value = content?.["Pac"] ?? content?.["PAC"] ?? content?.["Potencia_Saida"] ?? content?.["Pout"];
  return typeof value === "number" ? value : Number(String(value).replace(" kW", "").replace(",", "."));
}

function deviceOf(record: unknown): string {
  if (!isObject(record)) return "";
  const content: JsonObject = contentOf(record) ?? {};
  return String(record["idinversor"] ?? content["Inversor"] ?? content["esn"] ?? record["idefinversor"]);
}

/** A plant's usable inverter records by device, in order of time, devices in the order of their ids. */
function seriesOf(place: number): (readonly unknown[])[] {
  const byDevice = Map.groupBy((scenario.day_inverter[idAt(place)] ?? []).filter((record) => secondOf(record) >= 0), deviceOf);
  return [...byDevice].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, records]) => records.toSorted((a, b) => secondOf(a) - secondOf(b)));
}

const active = (record: unknown): string[] =>
  Object.entries(isObject(record) ? (contentOf(record) ?? {}) : {}).flatMap(([name, value]) => (value === true && name !== "rACheck" ? [name] : []));

describe("the day of the demo", () => {
  it("has 24 plants with names of their own, some with a relay", () => {
    expect(new Set(ids).size).toBe(24);
    const names = scenario.plants.map((plant) => (isObject(plant) ? String(plant["nome"]).replace(/\s+/g, " ").trim() : ""));
    expect(new Set(names).size).toBe(24);
    expect(ids.filter((id) => (scenario.day_relay[id] ?? []).length > 0)).toEqual(RELAY_PLANTS.map(idAt));
    expect(ids.every((id) => (scenario.day_inverter[id] ?? []).length > 300)).toBe(true);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(JSON.stringify(makeDemoFile({ seed: 5 }))).toBe(JSON.stringify(makeDemoFile({ seed: 5 })));
    expect(JSON.stringify(makeDemoFile({ seed: 5 }))).not.toBe(JSON.stringify(makeDemoFile({ seed: 6 })));
    const few = makeDemoScenario({ plants: 6 });
    expect(few.plants).toEqual(scenario.plants.slice(0, 6));
    expect(few.day_inverter[idAt(3)]).toEqual(scenario.day_inverter[idAt(3)]);
    expect(few.faults.every(({ plant }) => plant === null || ids.slice(0, 6).includes(plant))).toBe(true);
  });

  it("is as awkward as the real one", () => {
    const plants = JSON.stringify(scenario.plants);
    expect(plants).toMatch(/"latitude":"-\d+,\d+"/);
    expect(plants).toContain("\u00a0");
    const records = ids.flatMap((id) => (scenario.day_inverter[id] ?? []).filter(isObject));
    const content = (wanted: (content: unknown) => boolean): number => records.filter(({ conteudojson }) => wanted(conteudojson)).length;
    expect(content((value) => typeof value === "string")).toBeGreaterThan(0);
    expect(content((value) => value === null)).toBeGreaterThan(0);
    expect(records.some((record) => "idinversor" in record)).toBe(true);
    expect(records.some((record) => "idefinversor" in record)).toBe(true);
    expect(records.some((record) => !("idinversor" in record) && !("idefinversor" in record))).toBe(true);
    expect(Math.min(...records.map(secondOf).filter((second) => second >= 0))).toBeLessThan(secondsOf("05:00"));
  });

  it("misses about one reading in six, never two in a row, and dips to single zeros", () => {
    const gaps = ids.flatMap((_, place) => seriesOf(place).flatMap((series) => series.slice(1).map((record, i) => secondOf(record) - secondOf(series[i]))));
    const missed = gaps.filter((gap) => gap > 500 && gap < 700).length / gaps.length;
    expect(missed).toBeGreaterThan(0.1);
    expect(missed).toBeLessThan(0.25);
    expect(gaps.filter((gap) => gap > 700)).toEqual([]);
    const isDip = (series: readonly unknown[], i: number): boolean =>
      i > 0 && powerOf(series[i]) === 0 && powerOf(series[i - 1]) > 0 && powerOf(series[i + 1]) > 0;
    expect(seriesOf(15).every((series) => series.some((_, i) => isDip(series, i)))).toBe(true);
  });

  it("gives records of inverters newest first, of relays oldest first", () => {
    const isOrdered = (records: readonly unknown[], sign: 1 | -1): boolean =>
      records.every((record, i) => i === 0 || sign * (secondOf(record) - secondOf(records[i - 1])) >= 0);
    expect(isOrdered(scenario.day_inverter[idAt(3)] ?? [], -1)).toBe(true);
    expect(isOrdered(scenario.day_relay[idAt(0)] ?? [], 1)).toBe(true);
  });

  it.each(TRIPS)("trips the relay of plant $plant from $from to $to", ({ plant, from, to, parameters, silentFrom }) => {
    const records = scenario.day_relay[idAt(plant)] ?? [];
    const during = records.filter(within(from, silentFrom ?? to));
    expect(during.length).toBeGreaterThan(0);
    for (const record of during) expect(active(record)).toEqual(parameters.toSorted());
    expect(records.filter(within(silentFrom ?? to, to))).toEqual([]);
    expect(active(records.find((record) => secondOf(record) >= secondsOf(to)))).toEqual([]);
    const zeros = seriesOf(plant).map((series) => series.filter(within(from, to)).map(powerOf));
    expect(zeros.flat().every((power) => power === 0)).toBe(true);
  });

  it.each(FAILURES)("stops inverters of plant $plant from $from to $to: three zeros at least, then power", ({ plant, inverters, from, to }) => {
    const series = seriesOf(plant);
    const stopped = inverters === "all" ? series : inverters.map((i) => series[i] ?? []);
    expect(stopped.length).toBeGreaterThan(0);
    for (const records of stopped) {
      const during = records.filter(within(from, to));
      const powers = during.map(powerOf);
      // No reading of the story goes missing, so that every seed tells the same one.
      expect(during.slice(1).every((record, i) => secondOf(record) - secondOf(during[i]) < 330)).toBe(true);
      expect(powers.length).toBeGreaterThanOrEqual(3);
      expect(powers.every((power) => power === 0)).toBe(true);
      const after = records.filter((record) => secondOf(record) >= secondsOf(to) && secondOf(record) < secondsOf("17:30"));
      expect(after.slice(0, 3).map(powerOf).every((power) => power > 0)).toBe(true);
    }
  });

  it("has no three zeros in a row within the window beside the story", () => {
    const told = new Set([...FAILURES, ...TRIPS].map(({ plant }) => plant));
    for (const place of ids.keys()) {
      if (told.has(place)) continue;
      for (const series of seriesOf(place)) {
        const powers = series.filter(within("06:30", "17:31")).map(powerOf);
        expect(powers.some((power, i) => i >= 2 && power <= 0 && (powers[i - 1] ?? 1) <= 0 && (powers[i - 2] ?? 1) <= 0)).toBe(false);
      }
    }
  });

  it("stops all inverters of a plant without a relay, and one twice within the hour", () => {
    expect(FAILURES.some(({ plant, inverters }) => inverters === "all" && !RELAY_PLANTS.includes(plant))).toBe(true);
    const [first, second] = FAILURES.filter(({ plant }) => plant === 11);
    expect(secondsOf(second?.from ?? "") - secondsOf(first?.from ?? "")).toBeLessThan(3_600);
  });

  it("has a trip that begins and ends within one scan", () => {
    const short = (scenario.day_relay[idAt(1)] ?? []).filter(within("11:00", "11:10"));
    expect(short.map((record) => active(record).length > 0)).toEqual([true, false]);
  });

  it("uploads a gap late, all at once", () => {
    const [upload] = LATE_UPLOADS;
    if (upload === undefined) throw new Error("no late upload");
    const late = (scenario.day_inverter[idAt(upload.plant)] ?? []).filter(within(upload.from, upload.to));
    expect(late.length).toBeGreaterThan(5);
    expect(late.every((record) => isObject(record) && record["_available"] === `2025-12-01T${upload.arrives}`)).toBe(true);
  });

  it("has outages of API and Teams, and a kill", () => {
    const outage = (endpoint: string) => scenario.faults.filter((fault) => fault.endpoint === endpoint && fault.plant === null);
    for (const endpoint of ["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"]) {
      expect(outage(endpoint).some(({ from }) => from.includes("T11:30")) && outage(endpoint).some(({ to }) => to.includes("T12:10"))).toBe(true);
    }
    expect(outage("teams").map(({ text }) => text)).toEqual(["body-error", "status:429:60", "status:503"]);
    expect(scenario.kills).toEqual(["2025-12-01T12:40:05"]);
    expect(DEMO_STORY.map(({ at }) => at)).toEqual(DEMO_STORY.map(({ at }) => at).toSorted());
  });
});
