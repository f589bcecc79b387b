// Scans: when, how long, what was missing and why; and how PVOperation answered meanwhile.
import type { MonitorView } from "../../../src/api/schemas.ts";
import { Chart } from "../charts/chart.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { ClockTime } from "../parts/when.tsx";
import { number, percent, took } from "../words.ts";
import { apiOption } from "./api-chart.ts";

export function ApiPanel({ seen }: { readonly seen: MonitorView }) {
  const isNarrow = innerWidth < 640;
  const calls = seen.scans.reduce((sum, scan) => sum + scan.calls, 0);
  const failed = seen.scans.reduce((sum, scan) => sum + scan.failedCalls, 0);
  const worst = seen.scans.reduce((most, { p95Ms }) => Math.max(most, p95Ms ?? 0), 0);
  const summary = `Nas últimas 24 h: ${number(calls)} chamadas, ${number(failed)} sem sucesso (${percent(failed, calls)}); as mais lentas, ${took(worst)}. Os números estão na tabela das varreduras.`;
  return (
    <Panel id="api" title="Como a PVOperation responde" about={summary} isWide side={<span class="legend"><span class="legend-item"><span class="legend-line" aria-hidden="true" /> mediana</span><span class="legend-item"><span class="legend-dashed" aria-hidden="true" /> 95 % respondem até</span></span>}>
      {seen.scans.length === 0 ? <Empty>Aqui aparece o tempo de resposta da PVOperation, em ms, e quantas chamadas falharam. Ainda não houve varredura.</Empty>
        : <Chart optionOf={(colours) => apiOption(seen, colours, isNarrow)} version={`${seen.at} ${isNarrow ? "n" : "w"}`} summary={`Tempo de resposta em milissegundos e chamadas sem sucesso em por cento. ${summary}`} height={276} />}
    </Panel>
  );
}

export function ScanPanel({ seen: { scans, at, zone } }: { readonly seen: MonitorView }) {
  return (
    <Panel id="scans" title="Varreduras" about="Das últimas 24 h, as mais novas primeiro." isWide>
      {scans.length === 0 ? <Empty>Aqui aparece cada varredura: quanto durou e o que faltou. Ainda não houve nenhuma.</Empty> : (
        <DataTable label="Varreduras" rows={scans} keyOf={(scan) => `${scan.kind} ${scan.at}`} isTall columns={[
          { title: "Hora", cell: (scan) => <ClockTime at={scan.at} now={at} zone={zone} /> },
          { title: "De", cell: ({ kind }) => (kind === "relay" ? "relés" : "inversores") },
          { title: "Durou", isFigure: true, cell: ({ durationMs }) => took(durationMs) },
          { title: "Usinas lidas", isFigure: true, isExtra: true, cell: ({ complete, plants }) => `${number(complete)} de ${number(plants)}` },
          { title: "O que faltou", cell: ({ reasons, endedEarly, unavailable }) => {
            const texts = [...reasons.map(({ text, count }) => `${text}: ${number(count)}`), ...(endedEarly ? ["terminou antes do fim"] : []), ...(unavailable > 0 && reasons.length === 0 ? [`${number(unavailable)} sem resposta`] : [])];
            return texts.length === 0 ? <span class="faint">nada</span> : texts.join(" · ");
          } },
          { title: "Sem vigilância", isFigure: true, isExtra: true, cell: ({ unwatched }) => number(unwatched) },
          { title: "Leituras", isFigure: true, isExtra: true, cell: ({ readings }) => number(readings) },
          { title: "Chamadas", isFigure: true, isExtra: true, cell: ({ calls, failedCalls }) => `${number(calls)}${failedCalls > 0 ? ` (${number(failedCalls)} sem sucesso)` : ""}` },
          { title: "Mediana", isFigure: true, isExtra: true, cell: ({ medianMs }) => (medianMs === null ? "–" : took(medianMs)) },
          { title: "95 % até", isFigure: true, isExtra: true, cell: ({ p95Ms }) => (p95Ms === null ? "–" : took(p95Ms)) },
        ]} />
      )}
    </Panel>
  );
}
