// Inverter × time. A cell is a reading; failures have a thick frame, gaps a thin line through the middle, relay trips a band over all rows.
import type { EChartsCoreOption } from "echarts/core";
import type { CustomSeriesRenderItem } from "echarts/types/dist/shared";
import type { PlantDay } from "../../../src/api/schemas.ts";
import { plotLeft, rowAxis, timeAxis } from "../charts/axes.ts";
import type { Colours } from "../charts/chart.tsx";
import { mixed } from "../charts/colour.ts";
import { tooltipOf, tooltipStyle } from "../charts/tooltip.ts";
import { power } from "../words.ts";
import { hoursBetween, range, wallOf } from "../zone-time.ts";
import { bandsOf } from "./bands.ts";
import { cadenceOf, cellsOf, gapsOf, shownSpan, within } from "./day-model.ts";

/** [row, from, to, figure] */
type Bar = readonly [row: number, from: number, to: number, figure: number];

export function heatMapHeight(rows: number): number {
  return 52 + rows * (rows > 40 ? 14 : rows > 16 ? 20 : 26);
}

export function heatMapOption(day: PlantDay, colours: Colours, isNarrow: boolean): EChartsCoreOption {
  const { inverters, zone, at: now } = day;
  const span = shownSpan(day);
  const cadence = cadenceOf(inverters);
  const most = peakOf(day);
  const cells: Bar[] = inverters.flatMap((inverter, row) => cellsOf(inverter, cadence).filter(({ to, from }) => to > span.from && from < span.to).map(({ from, to, powerKw }) => [row, from, to, powerKw] as const));
  const gaps: Bar[] = inverters.flatMap((inverter, row) => gapsOf(inverter, day.window, now, cadence).map(({ from, to }) => [row, from, to, 0] as const));
  const rowOf = new Map(inverters.map(({ id }, row) => [id, row]));
  const failures: Bar[] = day.incidents.flatMap((incident) => {
    const [row, part] = [rowOf.get(incident.device), within(incident, span, now)];
    return incident.kind === "inverter" && row !== undefined && part !== null ? [[row, part.from, Math.max(part.to, part.from + cadence), 0] as const] : [];
  });
  const nameOf = (row: number): string => inverters[row]?.name ?? "";
  const say = (word: (bar: Bar) => string) => ({ value }: { value: Bar }) => tooltipOf(nameOf(value[0]), [word(value), range(value[1], value[2], now, zone)]);
  return {
    animation: false,
    grid: { left: plotLeft(isNarrow), right: 12, top: 22, bottom: 26 },
    tooltip: { trigger: "item", ...tooltipStyle(colours) },
    xAxis: timeAxis(span, hoursBetween(span.from, span.to, zone, isNarrow ? 3 : 1), (at) => wallOf(at, zone).time, colours),
    yAxis: rowAxis(inverters.map(({ name }) => name), colours, plotLeft(isNarrow) - 8),
    series: [
      { type: "custom", name: "potência", data: cells, clip: true, encode: { x: [1, 2], y: 0 }, renderItem: bars((figure) => ({ fill: mixed(colours.low, colours.high, figure / most) }), 1), tooltip: { formatter: say(([, , , kw]) => power(kw)) } },
      { type: "custom", name: "sem leitura", data: gaps, clip: true, encode: { x: [1, 2], y: 0 }, renderItem: bars(() => ({ fill: colours.faint }), 0.12), tooltip: { formatter: say(() => "sem leitura") } },
      { type: "custom", name: "parado", data: failures, clip: true, encode: { x: [1, 2], y: 0 }, renderItem: bars(() => ({ fill: "transparent", stroke: colours.inverter, lineWidth: 2.5 }), 0.92), tooltip: { formatter: say(() => "parado") } },
      bandsOf(day, span, colours, 6),
    ],
  };
}

/** The highest power of the day, and never none. */
export function peakOf({ inverters }: PlantDay): number {
  return inverters.reduce((most, { powerKw }) => powerKw.reduce<number>((top, kw) => Math.max(top, kw ?? 0), most), 0) || 1;
}

/** Rectangles from one time to another, so many parts of a row high. */
function bars(styleOf: (figure: number) => Readonly<Record<string, string | number>>, part: number): CustomSeriesRenderItem {
  return (_, api) => {
    const [row, from, to] = [Number(api.value(0)), Number(api.value(1)), Number(api.value(2))];
    const [left = 0, middle = 0] = api.coord([from, row]);
    const [right = 0] = api.coord([to, row]);
    const size = api.size?.([0, 1]);
    const step = Array.isArray(size) ? (size[1] ?? 0) : 0;
    const height = Math.max(1, (step - 2) * part);
    // A hair wider, so that neighbours leave no seam.
    return { type: "rect", shape: { x: left, y: middle - height / 2, width: Math.max(1, right - left + 0.4), height }, style: styleOf(Number(api.value(3))) };
  };
}
