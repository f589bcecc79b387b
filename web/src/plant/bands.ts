// What lies over a plant's whole day: the hours outside the generation window, and relay trips.
import type { PlantDay } from "../../../src/api/schemas.ts";
import type { Span } from "../charts/axes.ts";
import type { Colours } from "../charts/chart.tsx";
import { within } from "./day-model.ts";

/** A series of no points that carries the bands; `z`: over or under the rest. */
export function bandsOf(day: PlantDay, span: Span, colours: Colours, z: number) {
  const night = [{ from: span.from, to: day.window.from }, { from: day.window.to, to: span.to }].filter(({ from, to }) => to > from)
    .map(({ from, to }) => [{ xAxis: from, itemStyle: { color: colours.night } }, { xAxis: to }]);
  const trips = day.incidents.filter(({ kind }) => kind === "relay").flatMap((incident) => {
    const part = within(incident, span, day.at);
    const label = { show: true, formatter: () => "relé atuou", position: "insideTopLeft", offset: [-4, -20], color: colours.relayText, fontFamily: colours.font, fontSize: 11, fontWeight: "bold" };
    return part === null ? [] : [[{ xAxis: part.from, itemStyle: { color: colours.relayBand, borderColor: colours.relayText, borderWidth: 1.5, borderType: "dashed" }, label }, { xAxis: part.to }]];
  });
  return { type: "line", name: "faixas", data: [], silent: true, z, markArea: { z, silent: true, animation: false, data: [...night, ...trips] } };
}
