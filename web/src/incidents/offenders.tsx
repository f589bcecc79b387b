// Devices that failed again and again.
import type { IncidentList } from "../../../src/api/schemas.ts";
import { plantHref } from "../app/route.ts";
import { DataTable } from "../parts/data-table.tsx";
import { named } from "../parts/incident-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { duration, number } from "../words.ts";

export function Offenders({ offenders }: Pick<IncidentList, "offenders">) {
  return (
    <Panel id="offenders" title="Reincidentes" about="Aparelhos com mais de uma ocorrência no período, os piores primeiro.">
      {offenders.length === 0 ? <Empty>Aqui aparecem os aparelhos que falharam mais de uma vez. Neste período, nenhum.</Empty> : (
        <DataTable label="Reincidentes" rows={offenders} keyOf={({ plantId, kind, device }) => `${plantId} ${kind} ${device}`} isTall={offenders.length > 12} columns={[
          { title: "Aparelho", cell: ({ kind, deviceName }) => (kind === "relay" ? named("relé", /^rel[eé]/iu, deviceName) : named("inversor", /^inv/iu, deviceName)) },
          { title: "Usina", cell: ({ plantId, plantName }) => <a href={plantHref(plantId)}>{plantName}</a> },
          { title: "Vezes", isFigure: true, cell: ({ incidents }) => number(incidents) },
          { title: "Em falha", isFigure: true, cell: ({ downMs }) => duration(downMs) },
        ]} />
      )}
    </Panel>
  );
}
