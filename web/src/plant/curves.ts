// The same day as curves, kW over time; what is down stands out, the rest stays a field of thin lines.
import type { EChartsCoreOption } from "echarts/core";
import type { CustomSeriesRenderItem } from "echarts/types/dist/shared";
import type { PlantDay } from "../../../src/api/schemas.ts";
import { figureAxis, plotLeft, timeAxis } from "../charts/axes.ts";
import type { Colours } from "../charts/chart.tsx";
import { tooltipOf, tooltipStyle } from "../charts/tooltip.ts";
import { counted, number, power } from "../words.ts";
import { hoursBetween, wallOf } from "../zone-time.ts";
import { bandsOf } from "./bands.ts";
import { cadenceOf, shownSpan, within } from "./day-model.ts";

interface Point { readonly seriesName?: string; readonly value: readonly [number, number | null] }
const MOST_LINES = 8;

export function curvesOption(day: PlantDay, chosen: string, colours: Colours, isNarrow: boolean): EChartsCoreOption {
  const span = shownSpan(day);
  const cadence = cadenceOf(day.inverters);
  const isOnlyOne = chosen !== "";
  return {
    animation: false,
    grid: { left: plotLeft(isNarrow), right: 12, top: 30, bottom: 26 },
    tooltip: { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: colours.faint } }, ...tooltipStyle(colours), formatter: (points: readonly Point[]) => sayPoints(points, day.zone) },
    xAxis: timeAxis(span, hoursBetween(span.from, span.to, day.zone, isNarrow ? 3 : 1), (at) => wallOf(at, day.zone).time, colours),
    yAxis: figureAxis("kW", colours, number),
    series: [
      ...day.inverters.map((inverter) => {
        const isChosen = inverter.id === chosen;
        const isLoud = isChosen || (!isOnlyOne && inverter.isDown);
        return {
          type: "line", name: inverter.name, data: points(inverter, cadence), showSymbol: false, symbolSize: 6, z: isLoud ? 4 : 3, connectNulls: false,
          lineStyle: { width: isLoud ? 2.5 : 1, type: inverter.isDown ? [6, 3] : "solid", opacity: isOnlyOne && !isChosen ? 0.25 : isLoud ? 1 : 0.55, color: inverter.isDown ? colours.inverter : colours.accent },
          itemStyle: { color: inverter.isDown ? colours.inverter : colours.accent },
        };
      }),
      { type: "custom", name: "parado", silent: true, z: 5, clip: false, data: day.incidents.flatMap((incident) => {
        const part = incident.kind === "inverter" ? within(incident, span, day.at) : null;
        return part === null ? [] : [[part.from, part.to]];
      }), encode: { x: [0, 1] }, renderItem: baseMark(colours) },
      bandsOf(day, span, colours, 1),
    ],
  };
}

/** A bar on the ground line for as long as an inverter was down. */
function baseMark(colours: Colours): CustomSeriesRenderItem {
  return (_, api) => {
    const [left = 0, ground = 0] = api.coord([Number(api.value(0)), 0]);
    const [right = 0] = api.coord([Number(api.value(1)), 0]);
    return { type: "rect", shape: { x: left, y: ground - 3, width: Math.max(3, right - left), height: 5, r: 1.5 }, style: { fill: colours.inverter } };
  };
}

/** A line breaks where readings are missing: a gap is not a slope. */
function points({ at, powerKw }: PlantDay["inverters"][number], cadence: number): (readonly [number, number | null])[] {
  return at.flatMap((time, index) => {
    const point = [time, powerKw[index] ?? null] as const;
    const before = at[index - 1];
    return before !== undefined && time - before > 2.5 * cadence ? [[before + cadence, null] as const, point] : [point];
  });
}

function sayPoints(points: readonly Point[], zone: string): HTMLElement {
  const known = points.flatMap(({ seriesName = "", value: [, kw] }) => (kw === null ? [] : [{ seriesName, kw }])).toSorted((a, b) => a.kw - b.kw);
  const total = known.reduce((sum, { kw }) => sum + kw, 0);
  const first = points[0]?.value[0];
  const more = known.length - MOST_LINES;
  return tooltipOf(first === undefined ? "" : wallOf(first, zone).time, [
    `${power(total)} em ${counted(known.length, "inversor", "inversores")}`,
    ...known.slice(0, MOST_LINES).map(({ seriesName, kw }) => `${seriesName}: ${power(kw)}`),
    ...(more > 0 ? [`e mais ${number(more)}, com mais potência`] : []),
  ]);
}
