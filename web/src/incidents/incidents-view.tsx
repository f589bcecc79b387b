// What failed in a period: when, how long, and who does so again and again.
import { useRef, useState } from "preact/hooks";
import { incidentList as schema, type IncidentList } from "../../../src/api/schemas.ts";
import { route } from "../app/route.ts";
import { Chart } from "../charts/chart.tsx";
import { lost, overview } from "../data/live.ts";
import { useAnswer } from "../data/use-answer.ts";
import { IncidentTable, lengthOf } from "../parts/incident-table.tsx";
import { Empty, Loading, Missing, Trouble } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { counted, duration, number } from "../words.ts";
import { fullDate, wallOf } from "../zone-time.ts";
import { FilterForm } from "./filter-form.tsx";
import { ganttHeight, ganttOption, ganttRows } from "./gantt.ts";
import { Offenders } from "./offenders.tsx";
import { apiQuery, readQuery } from "./period-query.ts";

const MOST_ROWS = 30;

export function IncidentsView() {
  const seen = overview.value;
  return (
    <>
      <h1>Ocorrências</h1>
      {seen === null ? lost.value === null && <Loading what="as ocorrências" /> : <Asked now={seen.at} zone={seen.zone} />}
    </>
  );
}

function Asked({ now, zone }: { readonly now: number; readonly zone: string }) {
  const query = readQuery(route.value.query, now, zone);
  const path = apiQuery(query, zone);
  const asked = useAnswer(schema, `api/incidents?${path}`);
  // Every type that was ever seen stays to be chosen: a filter must not empty its own list.
  const types = useRef(new Set<string>());
  for (const type of [query.type, ...(overview.value?.plants ?? []).flatMap((plant) => plant.types), ...(asked.value?.incidents ?? []).map((incident) => incident.type ?? "")]) if (type !== "") types.current.add(type);
  return (
    <>
      <FilterForm query={query} today={wallOf(now, zone).date} types={[...types.current].toSorted()} csvHref={`api/incidents.csv?${path}`} />
      {asked.error !== null && <Trouble onAgain={asked.again}>{asked.error}</Trouble>}
      {asked.value === null ? asked.error === null && <Loading what="as ocorrências" /> : <Shown list={asked.value} days={`${fullDate(query.from)} a ${fullDate(query.to)}`} />}
    </>
  );
}

function Shown({ list, days }: { readonly list: IncidentList; readonly days: string }) {
  const [isTable, setTable] = useState(false);
  const { incidents, at, zone, isCut, missing, offenders } = list;
  const rows = ganttRows(incidents, at, MOST_ROWS);
  const plants = new Set(incidents.map(({ plantId }) => plantId)).size;
  const summary = summaryOf(list, plants);
  const isNarrow = innerWidth < 640;
  if (incidents.length === 0) return <><Missing text={missing} /><Empty>Aqui aparecem as falhas de relés e inversores. De {days}, com estes filtros, nenhuma.</Empty></>;
  return (
    <>
      <Missing text={missing} />
      {isCut && <p class="notice notice-warning">Há mais ocorrências do que cabem aqui: são mostradas as {number(incidents.length)} mais novas. Um período mais curto mostra todas.</p>}
      <Figures list={list} plants={plants} />
      <Panel id="timeline" title="Linha do tempo" about={`Uma linha por usina, as com mais tempo em falha primeiro${plants > MOST_ROWS ? `; mais ${number(plants - MOST_ROWS)} na tabela abaixo` : ""}.`} isWide
        side={<div class="panel-side"><span class="legend"><span class="legend-item"><span class="legend-relay" aria-hidden="true" /> relé atuado</span><span class="legend-item"><span class="legend-inverter" aria-hidden="true" /> inversor parado</span></span>
          <button type="button" class="button" aria-pressed={isTable} onClick={() => { setTable(!isTable); }}>Só a tabela</button></div>}>
        {!isTable && <Chart optionOf={(colours) => ganttOption(list, rows, colours, isNarrow)} version={`${list.from} ${list.to} ${at} ${incidents.length} ${isNarrow ? "n" : "w"}`} summary={`Linha do tempo das ocorrências, de ${days}. ${summary}`} height={ganttHeight(rows.length)} />}
        {isTable && <p class="panel-about">{summary}</p>}
      </Panel>
      <Offenders offenders={offenders} />
      <Panel id="list" title="Todas" isWide><IncidentTable label="Ocorrências do período" incidents={incidents} now={at} zone={zone} hasPlant /></Panel>
    </>
  );
}

function totalOf({ incidents, at }: IncidentList): number {
  return incidents.reduce((sum, incident) => sum + lengthOf(incident, at), 0);
}

function summaryOf(list: IncidentList, plants: number): string {
  const relays = list.incidents.filter(({ kind }) => kind === "relay").length;
  return `${counted(list.incidents.length, "ocorrência", "ocorrências")} em ${counted(plants, "usina", "usinas")}: ${number(relays)} de relés, ${number(list.incidents.length - relays)} de inversores; ${duration(totalOf(list))} em falha ao todo.`;
}

function Figures({ list, plants }: { readonly list: IncidentList; readonly plants: number }) {
  const open = list.incidents.filter(({ end, goneAt }) => end === null && goneAt === null).length;
  const figures: readonly (readonly [string, string])[] = [
    ["ocorrências", number(list.incidents.length)], ["ainda ativas", number(open)], ["usinas", number(plants)], ["em falha ao todo", duration(totalOf(list))], ["em média", duration(totalOf(list) / list.incidents.length)],
  ];
  return <dl class="figures">{figures.map(([word, figure]) => <div key={word}><dt>{word}</dt><dd>{figure}</dd></div>)}</dl>;
}
