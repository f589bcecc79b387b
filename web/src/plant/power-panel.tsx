// The day's power of every inverter: as a heat map and curves, or the same in figures.
import { useState } from "preact/hooks";
import type { PlantDay } from "../../../src/api/schemas.ts";
import { Chart } from "../charts/chart.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { counted, listed, number, power } from "../words.ts";
import { fullDate, hoursBetween, range, wallOf } from "../zone-time.ts";
import { curvesOption } from "./curves.ts";
import { cadenceOf, gapsOf, hourlyMeans, shownSpan } from "./day-model.ts";
import { heatMapHeight, heatMapOption, peakOf } from "./heat-map.ts";

export function PowerPanel({ day }: { readonly day: PlantDay }) {
  const [isTable, setTable] = useState(false);
  const [chosen, setChosen] = useState("");
  const hasReadings = day.inverters.some(({ at }) => at.length > 0);
  const isNarrow = innerWidth < 640;
  const version = `${day.plant.id} ${day.date} ${day.at} ${chosen} ${isNarrow ? "n" : "w"}`;
  const side = hasReadings && (
    <div class="panel-side">
      <label class="inline">Destacar <select value={chosen} onChange={(event) => { setChosen(event.currentTarget.value); }}>
        <option value="">nenhum</option>
        {day.inverters.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select></label>
      <button type="button" class="button" aria-pressed={isTable} onClick={() => { setTable(!isTable); }}>Ver em tabela</button>
    </div>
  );
  return (
    <Panel id="power" title="Potência dos inversores" about={summaryOf(day)} side={side} isWide>
      {!hasReadings && <Empty>Aqui aparece a potência de cada inversor ao longo do dia. Não há leituras guardadas de {fullDate(day.date)}.</Empty>}
      {hasReadings && isTable && <PowerTable day={day} />}
      {hasReadings && !isTable && (
        <>
          <figure>
            <figcaption>Inversor × hora <Legend most={peakOf(day)} /></figcaption>
            <Chart optionOf={(colours) => heatMapOption(day, colours, isNarrow)} version={version} summary={`Mapa de calor da potência, em kW. ${summaryOf(day)}`} height={heatMapHeight(day.inverters.length)} />
          </figure>
          <figure>
            <figcaption>Curvas de potência, em kW</figcaption>
            <Chart optionOf={(colours) => curvesOption(day, chosen, colours, isNarrow)} version={version} summary={`Curvas da potência, em kW. ${summaryOf(day)}`} height={280} />
          </figure>
        </>
      )}
    </Panel>
  );
}

function Legend({ most }: { readonly most: number }) {
  return (
    <span class="legend">
      <span class="legend-item">0 <span class="legend-scale" aria-hidden="true" /> {power(most)}</span>
      <span class="legend-item"><span class="legend-down" aria-hidden="true" /> parado</span>
      <span class="legend-item"><span class="legend-gap" aria-hidden="true" /> sem leitura</span>
      <span class="legend-item"><span class="legend-trip" aria-hidden="true" /> relé atuou</span>
      <span class="legend-item"><span class="legend-night" aria-hidden="true" /> fora da janela de geração</span>
    </span>
  );
}

/** What the charts show, in a sentence or three. */
function summaryOf(day: PlantDay): string {
  const { inverters, window, at, zone, incidents } = day;
  const cadence = cadenceOf(inverters);
  const down = inverters.filter(({ isDown }) => isDown).map(({ name }) => name);
  const gapped = inverters.filter((inverter) => gapsOf(inverter, window, at, cadence).length > 0).length;
  const trips = incidents.filter(({ kind }) => kind === "relay").length;
  return [
    `${counted(inverters.length, "inversor", "inversores")}, janela de geração ${range(window.from, window.to, window.from, zone)}.`,
    down.length === 0 ? "" : down.length > 4 ? `${number(down.length)} parados.` : `${down.length === 1 ? "Parado" : "Parados"}: ${listed(down)}.`,
    gapped === 0 ? "" : `${counted(gapped, "inversor", "inversores")} com falta de leituras.`,
    trips === 0 ? "" : `Relé: ${counted(trips, "atuação", "atuações")}.`,
  ].filter((part) => part !== "").join(" ");
}

function PowerTable({ day }: { readonly day: PlantDay }) {
  const span = shownSpan(day);
  const marks = hoursBetween(span.from, span.to, day.zone, 1);
  const rows = day.inverters.map((inverter) => ({ inverter, means: hourlyMeans(inverter, marks) }));
  return (
    <>
      <p class="panel-about">Potência média de cada hora, em kW. – : sem leitura.</p>
      <DataTable
        label="Potência média por hora, em kW" keyOf={({ inverter }) => inverter.id} rows={rows} isTall
        columns={[
          { title: "Inversor", cell: ({ inverter }) => inverter.isDown ? <strong>{inverter.name} (parado)</strong> : inverter.name },
          ...marks.map((mark, index) => ({
            title: wallOf(mark, day.zone).time, isFigure: true,
            cell: ({ means }: (typeof rows)[number]) => { const mean = means[index] ?? null; return mean === null ? "–" : number(mean); },
          })),
        ]}
      />
    </>
  );
}
