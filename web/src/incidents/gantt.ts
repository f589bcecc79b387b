// When what was in failure, one row a plant: relays in the upper half of a row, filled; inverters in the lower, with a frame.
import type { EChartsCoreOption } from "echarts/core";
import type { CustomSeriesRenderItem } from "echarts/types/dist/shared";
import type { IncidentList, IncidentView } from "../../../src/api/schemas.ts";
import { rowAxis, timeAxis } from "../charts/axes.ts";
import type { Colours } from "../charts/chart.tsx";
import { tooltipOf, tooltipStyle } from "../charts/tooltip.ts";
import { lengthOf, whatOf } from "../parts/incident-table.tsx";
import { duration } from "../words.ts";
import { hoursBetween, midnightsBetween, moment, range, shortDate, wallOf } from "../zone-time.ts";

export interface GanttRow { readonly plantId: string; readonly name: string; readonly incidents: readonly IncidentView[] }

const DAY_MS = 86_400_000;

/** The plants with the longest failures first; at most so many. */
export function ganttRows(incidents: readonly IncidentView[], now: number, most: number): readonly GanttRow[] {
  const rows = [...Map.groupBy(incidents, ({ plantId }) => plantId)].map(([plantId, its]) => ({ plantId, name: its[0]?.plantName ?? plantId, incidents: its, total: its.reduce((sum, one) => sum + lengthOf(one, now), 0) }));
  return rows.toSorted((a, b) => b.total - a.total).slice(0, most);
}

export function ganttHeight(rows: number): number {
  return 44 + rows * 26;
}

export function ganttOption(list: IncidentList, rows: readonly GanttRow[], colours: Colours, isNarrow: boolean): EChartsCoreOption {
  const { from, zone, at: now } = list;
  const span = { from, to: Math.max(from + 1, Math.min(list.to, now)) };
  const isDay = span.to - span.from <= 1.5 * DAY_MS;
  const marks = isDay ? hoursBetween(span.from, span.to, zone, isNarrow ? 6 : 2) : midnightsBetween(span.from, span.to, zone);
  const today = wallOf(now, zone).date;
  const shown = rows.flatMap(({ incidents }, row) => incidents.map((incident) => ({ row, incident })));
  const dataOf = (kind: IncidentView["kind"]) => shown.filter(({ incident }) => incident.kind === kind).map(({ row, incident }) => ({
    value: [row, Math.max(incident.first, span.from), Math.min(incident.end ?? incident.goneAt ?? now, span.to)], incident,
  }));
  const say = ({ data }: { data: { incident: IncidentView } }) => {
    const { incident } = data;
    const end = incident.end ?? incident.goneAt;
    return tooltipOf(incident.plantName, [whatOf(incident), end === null ? `desde ${moment(incident.first, now, zone)}, ainda ativo` : range(incident.first, end, now, zone), duration(lengthOf(incident, now))]);
  };
  return {
    animation: false,
    grid: { left: isNarrow ? 96 : 168, right: 16, top: 8, bottom: 28 },
    tooltip: { trigger: "item", ...tooltipStyle(colours), formatter: say },
    xAxis: { ...timeAxis(span, marks, (at) => { const wall = wallOf(at, zone); return isDay ? wall.time : shortDate(wall.date, today); }, colours), splitLine: { show: true, lineStyle: { color: colours.line } } },
    yAxis: { ...rowAxis(rows.map(({ name }) => name), colours, isNarrow ? 88 : 156), splitLine: { show: true, lineStyle: { color: colours.line } } },
    series: [
      { type: "custom", name: "relé atuado", data: dataOf("relay"), clip: true, encode: { x: [1, 2], y: 0 }, renderItem: bars(-0.22, { fill: colours.relay }) },
      { type: "custom", name: "inversor parado", data: dataOf("inverter"), clip: true, encode: { x: [1, 2], y: 0 }, renderItem: bars(0.22, { fill: colours.second, stroke: colours.inverter, lineWidth: 1.5 }) },
    ],
  };
}

function bars(shift: number, style: Readonly<Record<string, string | number>>): CustomSeriesRenderItem {
  return (_, api) => {
    const [left = 0, middle = 0] = api.coord([Number(api.value(1)), Number(api.value(0))]);
    const [right = 0] = api.coord([Number(api.value(2)), Number(api.value(0))]);
    const size = api.size?.([0, 1]);
    const step = Array.isArray(size) ? (size[1] ?? 0) : 0;
    const height = Math.max(3, step * 0.34);
    return { type: "rect", shape: { x: left, y: middle + shift * step - height / 2, width: Math.max(3, right - left), height, r: 1.5 }, style };
  };
}
