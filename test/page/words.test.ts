// The page's figures and times against the examples of how the monitor speaks.
import { expect, it } from "vitest";
import { ago, capacity, counted, duration, listed, percent, plain, power, took } from "../../web/src/words.ts";
import { addDays, epochOf, hoursBetween, midnightsBetween, moment, range, wallOf } from "../../web/src/zone-time.ts";
import { apiQuery, readQuery } from "../../web/src/incidents/period-query.ts";
import { fitTiles, roomFor } from "../../web/src/overview/fit.ts";
import { untoldWords } from "../../web/src/parts/untold-words.ts";
import { cadenceOf, cellsOf, gapsOf } from "../../web/src/plant/day-model.ts";

const ZONE = "America/Sao_Paulo";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2025, 10, 30, 15);

it("writes figures as Brazil does", () => {
  expect(capacity(1250.5)).toBe("1.250,5 kWp");
  expect(capacity(1250)).toBe("1.250 kWp");
  expect([capacity(null), capacity(0), capacity(Number.NaN)]).toEqual([null, null, null]);
  expect(power(48.25)).toBe("48,3 kW");
  expect(power(null)).toBe("sem potência");
  expect(percent(1, 4)).toBe("25 %");
  expect(percent(0, 0)).toBe("–");
  expect([counted(1, "inversor", "inversores"), counted(1200, "inversor", "inversores")]).toEqual(["1 inversor", "1.200 inversores"]);
  expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b e c"]);
  expect([took(850.4), took(12_400), took(180_000)]).toEqual(["850 ms", "12,4 s", "3 min"]);
});

it.each([
  [35 * MINUTE, "35 min"], [HOUR + 20 * MINUTE, "1 h 20 min"], [2 * DAY + 4 * HOUR, "2 d 4 h"], [2 * DAY + 30 * MINUTE, "2 d"], [3 * HOUR, "3 h"], [59_999, "menos de 1 min"], [-1, "menos de 1 min"], [Number.NaN, "menos de 1 min"],
])("duration of %d ms", (ms, words) => {
  expect(duration(ms)).toBe(words);
});

it("says how long ago, and how long until", () => {
  expect(ago(NOON - 12 * MINUTE, NOON)).toBe("há 12 min");
  expect(ago(NOON - 59_000, NOON)).toBe("agora");
  expect(ago(NOON + 30_000, NOON)).toBe("agora");
  expect(ago(NOON + 4 * MINUTE, NOON)).toBe("em 4 min");
});

it("shows the date only when it is not today", () => {
  expect(moment(NOON, NOON, ZONE)).toBe("12:00");
  expect(moment(NOON + 4 * HOUR, NOON + 2 * DAY, ZONE)).toBe("30/11 16:00");
  expect(moment(NOON - 365 * DAY, NOON, ZONE)).toBe("30/11/2024 12:00");
  expect(range(NOON, NOON + 35 * MINUTE, NOON, ZONE)).toBe("12:00–12:35");
  expect(range(NOON - DAY, NOON - DAY + 35 * MINUTE, NOON, ZONE)).toBe("29/11 12:00–12:35");
});

it("finds the moment of a wall clock, also where clocks change", () => {
  expect(epochOf("2025-11-30", "12:00", ZONE)).toBe(NOON);
  // Clocks in New York go from 02:00 to 03:00 on 9 March 2025 and from 02:00 back to 01:00 on 2 November.
  expect(wallOf(epochOf("2025-03-09", "03:00", "America/New_York"), "America/New_York")).toEqual({ date: "2025-03-09", time: "03:00" });
  expect(["01:30", "03:30"]).toContain(wallOf(epochOf("2025-03-09", "02:30", "America/New_York"), "America/New_York").time);
  expect(epochOf("nada", "12:00", ZONE)).toBeNaN();
  expect(addDays("2025-12-31", 1)).toBe("2026-01-01");
});

it("keeps an axis true over a clock change: its marks are hours apart, whatever the clock says", () => {
  const zone = "America/New_York";
  const [from, to] = [epochOf("2025-11-02", "00:00", zone), epochOf("2025-11-03", "00:00", zone)];
  expect(to - from).toBe(25 * HOUR);
  const marks = hoursBetween(from, to, zone, 1);
  expect(new Set(marks.slice(1).map((at, index) => at - (marks[index] ?? 0)))).toEqual(new Set([HOUR]));
  expect(marks.slice(0, 4).map((at) => wallOf(at, zone).time)).toEqual(["00:00", "01:00", "01:00", "02:00"]);
  expect(midnightsBetween(from, to, zone)).toEqual([from, to]);
});

it("searches without case and accents", () => {
  expect(plain("São José")).toBe("sao jose");
});

it("asks for a week unless the address says otherwise, by midnights of the zone", () => {
  const query = readQuery(new URLSearchParams(), NOON, ZONE);
  expect(query).toEqual({ from: "2025-11-24", to: "2025-11-30", plant: "", kind: "", type: "" });
  expect(apiQuery({ ...query, kind: "relay", plant: "7" }, ZONE)).toBe(`from=${String(Date.UTC(2025, 10, 24, 3))}&to=${String(Date.UTC(2025, 11, 1, 3))}&plant=7&kind=relay&limit=1000`);
  expect(readQuery(new URLSearchParams("de=2025-99-99&ate=x&aparelho=drop"), NOON, ZONE)).toEqual(query);
  expect(readQuery(new URLSearchParams("de=2025-11-20&ate=2025-11-10"), NOON, ZONE)).toMatchObject({ from: "2025-11-10", to: "2025-11-10" });
});

it("fits tiles into a field", () => {
  expect(fitTiles(12, { width: 400, height: 300 }, 1)).toEqual({ columns: 4, rows: 3 });
  const { columns, rows } = fitTiles(500, { width: 1900, height: 600 }, 3.4);
  expect(columns * rows).toBeGreaterThanOrEqual(500);
  expect(roomFor({ width: 1000, height: 500 }, { width: 200, height: 100 })).toBe(25);
});

it("tells gaps from readings, and draws no cell into the next", () => {
  const at = [0, 5, 10, 40, 45].map((minutes) => minutes * MINUTE);
  const inverter = { id: "1", name: "1", isDown: false, down: null, at, powerKw: [1, 0, null, 3, 4] };
  const cadence = cadenceOf([inverter]);
  expect(cadence).toBe(5 * MINUTE);
  expect(cellsOf(inverter, cadence).map(({ from, powerKw }) => [from / MINUTE, powerKw])).toEqual([[0, 1], [5, 0], [40, 3], [45, 4]]);
  expect(gapsOf(inverter, { from: 0, to: 90 * MINUTE }, 60 * MINUTE, cadence).map(({ from, to }) => [from / MINUTE, to / MINUTE])).toEqual([[10, 40], [50, 60]]);
  expect(gapsOf({ ...inverter, at: [], powerKw: [] }, { from: 0, to: HOUR }, HOUR, cadence)).toEqual([{ from: 0, to: HOUR }]);
});

it.each([
  ["nothing yet", {}, "ainda não"], ["the failure, told", { notifiedAt: NOON }, ""], ["both, told", { notifiedAt: NOON, end: NOON, endNotifiedAt: NOON }, ""],
  ["kept back", { mutedReason: "obra" }, "obra"], ["told, and normal within a silence", { notifiedAt: NOON, end: NOON, mutedReason: "obra" }, " · normalização não enviada: obra"],
  ["told by the silence's end, lasting", { notifiedAt: NOON, mutedReason: "obra" }, " · no fim do silêncio"],
  ["told by the silence's end, normal after it", { notifiedAt: NOON, end: NOON, endNotifiedAt: NOON, mutedReason: "obra" }, " · no fim do silêncio"],
])("says of an incident what a silence kept back: %s", (_name, told, words) => {
  expect(untoldWords({ end: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null, ...told })).toBe(words);
});
