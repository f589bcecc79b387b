// Axes in the colours of the page. Time runs in epoch milliseconds: an hour is as wide as any other, also where clocks change.
import type { Colours } from "./chart.tsx";

export interface Span { readonly from: number; readonly to: number }

export function timeAxis(span: Span, marks: readonly number[], wordOf: (at: number) => string, colours: Colours) {
  return {
    type: "value", min: span.from, max: span.to, splitLine: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: colours.line } },
    axisTick: { show: true, customValues: marks, lineStyle: { color: colours.line } },
    axisLabel: { color: colours.faint, fontFamily: colours.font, fontSize: 11, customValues: marks, hideOverlap: true, formatter: wordOf },
  };
}

/** Where the plot begins, so that charts of the same hours stand below each other; names of rows have the room before it. */
export function plotLeft(isNarrow: boolean): number {
  return isNarrow ? 72 : 120;
}

/** Rows by number, with the first on top. */
export function rowAxis(names: readonly string[], colours: Colours, widthPx: number) {
  return {
    type: "category", data: names, inverse: true, axisTick: { show: false }, axisLine: { show: false },
    axisLabel: { color: colours.ink, fontFamily: colours.font, fontSize: 11, width: widthPx, overflow: "truncate", interval: names.length > 60 ? "auto" : 0 },
  };
}

export function figureAxis(name: string, colours: Colours, wordOf: (value: number) => string) {
  return {
    type: "value", name, min: 0, nameTextStyle: { color: colours.faint, fontFamily: colours.font, fontSize: 11, align: "left" }, nameGap: 12,
    axisLabel: { color: colours.faint, fontFamily: colours.font, fontSize: 11, formatter: wordOf }, splitLine: { lineStyle: { color: colours.line } },
  };
}
