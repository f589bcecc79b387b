// How PVOperation answered: times as lines in milliseconds, failed requests as bars in per cent.
import type { EChartsCoreOption } from "echarts/core";
import type { MonitorView } from "../../../src/api/schemas.ts";
import { figureAxis, timeAxis } from "../charts/axes.ts";
import type { Colours } from "../charts/chart.tsx";
import { tooltipOf, tooltipStyle } from "../charts/tooltip.ts";
import { counted, number, percent, took } from "../words.ts";
import { hoursBetween, moment, wallOf } from "../zone-time.ts";

const HOUR_MS = 3_600_000;
type Scan = MonitorView["scans"][number];

export function apiOption({ scans, at: now, zone }: MonitorView, colours: Colours, isNarrow: boolean): EChartsCoreOption {
  const inOrder = scans.toReversed();
  const first = inOrder[0]?.at ?? now - HOUR_MS;
  const span = { from: Math.min(first, now - HOUR_MS), to: now };
  const top = Math.max(10, ...inOrder.map(({ calls, failedCalls }) => (calls === 0 ? 0 : Math.ceil((10 * failedCalls) / calls) * 10)));
  const marks = hoursBetween(span.from, span.to, zone, span.to - span.from > 12 * HOUR_MS ? (isNarrow ? 6 : 3) : 1);
  const axis = (isSaid: boolean) => { const made = timeAxis(span, marks, (at) => wallOf(at, zone).time, colours); return isSaid ? made : { ...made, axisLabel: { show: false, customValues: marks } }; };
  const line = (name: string, of: (scan: Scan) => number | null, type: "solid" | "dashed") => ({
    type: "line", name, data: inOrder.map((scan) => [scan.at, of(scan)]), showSymbol: false, connectNulls: false,
    lineStyle: { width: 1.75, type, color: colours.accent }, itemStyle: { color: colours.accent },
  });
  return {
    animation: false,
    grid: [{ left: 56, right: 12, top: 26, height: 120 }, { left: 56, right: 12, top: 182, height: 64 }],
    tooltip: { trigger: "axis", axisPointer: { link: [{ xAxisIndex: "all" }], type: "line", lineStyle: { color: colours.faint } }, ...tooltipStyle(colours), formatter: (points: readonly { dataIndex: number }[]) => sayScan(inOrder[points[0]?.dataIndex ?? -1], now, zone) },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: [{ ...axis(false), gridIndex: 0 }, { ...axis(true), gridIndex: 1 }],
    yAxis: [{ ...figureAxis("ms", colours, number), gridIndex: 0, splitNumber: 3 }, { ...figureAxis("% sem sucesso", colours, number), gridIndex: 1, max: top, interval: top / 2 }],
    series: [
      line("mediana", ({ medianMs }) => medianMs, "solid"),
      line("95 % até", ({ p95Ms }) => p95Ms, "dashed"),
      { type: "bar", name: "falhas", xAxisIndex: 1, yAxisIndex: 1, barWidth: 3, itemStyle: { color: colours.inverter }, data: inOrder.map(({ at, calls, failedCalls }) => [at, calls === 0 ? null : (100 * failedCalls) / calls]) },
    ],
  };
}

function sayScan(scan: Scan | undefined, now: number, zone: string): HTMLElement {
  if (scan === undefined) return tooltipOf("", []);
  const { at, kind, medianMs, p95Ms, calls, failedCalls } = scan;
  return tooltipOf(`${moment(at, now, zone)}, ${kind === "relay" ? "relés" : "inversores"}`, [
    medianMs === null ? "sem respostas" : `mediana ${took(medianMs)}`,
    ...(p95Ms === null ? [] : [`95 % até ${took(p95Ms)}`]),
    `${counted(calls, "chamada", "chamadas")}, ${number(failedCalls)} sem sucesso (${percent(failedCalls, calls)})`,
  ]);
}
