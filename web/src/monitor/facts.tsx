// Who the monitor is, when it could not do its work, and by which settings it goes.
import { useState } from "preact/hooks";
import type { MonitorView } from "../../../src/api/schemas.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { When } from "../parts/when.tsx";
import { duration, plain } from "../words.ts";
import { moment, range } from "../zone-time.ts";

export function IdentityFacts({ seen: { identity, lastCycle, at, zone } }: { readonly seen: MonitorView }) {
  const cycle = (last: number | null) => (last === null ? "ainda não houve" : <When at={last} now={at} zone={zone} />);
  return (
    <dl class="figures">
      <div><dt>varredura dos relés</dt><dd>{cycle(lastCycle.relay)}</dd></div>
      <div><dt>varredura dos inversores</dt><dd>{cycle(lastCycle.inverter)}</dd></div>
      <div><dt>no ar</dt><dd>há {duration(at - identity.startedAt)}</dd></div>
      <div><dt>versão</dt><dd>{identity.version}</dd></div>
      <div><dt>processo</dt><dd>{identity.host} · {identity.pid}</dd></div>
    </dl>
  );
}

export function OutagePanel({ seen: { outages, at, zone } }: { readonly seen: MonitorView }) {
  return (
    <Panel id="outages" title="Interrupções">
      {outages.length === 0 ? <Empty>Aqui aparece quando o monitor não pôde ver, avisar ou gravar. Não houve nenhuma.</Empty> : (
        <ul class="rows">
          {outages.map((outage, index) => (
            <li key={`${outage.since} ${index}`}>
              <p>{outage.text}</p>
              <p class="small">{outage.until === null ? <>desde {moment(outage.since, at, zone)} (<When at={outage.since} now={at} zone={zone} />), <strong>ainda dura</strong></> : `${range(outage.since, outage.until, at, zone)} (${duration(outage.until - outage.since)})`}</p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function SettingsPanel({ seen: { settings } }: { readonly seen: MonitorView }) {
  const [search, setSearch] = useState("");
  const [isAll, setAll] = useState(false);
  const shown = settings.filter(({ name, about, isDefault }) => (isAll || search !== "" || !isDefault) && plain(`${name} ${about}`).includes(plain(search)));
  return (
    <Panel id="settings" title="Ajustes em vigor" about="Segredos aparecem mascarados." isWide side={(
      <div class="panel-side">
        <label class="inline">Procurar <input type="search" value={search} onInput={(event) => { setSearch(event.currentTarget.value); }} /></label>
        <button type="button" class="button" aria-pressed={isAll} onClick={() => { setAll(!isAll); }}>Também os de fábrica</button>
      </div>
    )}>
      {shown.length === 0 ? <Empty>Aqui aparecem os ajustes que diferem dos de fábrica{search === "" ? "" : ", ou que a busca encontra"}. Nenhum.</Empty> : (
        <DataTable label="Ajustes" rows={shown} keyOf={({ name }) => name} isTall={shown.length > 12} columns={[
          { title: "Ajuste", cell: ({ name }) => <code>{name}</code> },
          { title: "Valor", cell: ({ value, isDefault }) => <>{value === "" ? <span class="faint">vazio</span> : <code>{value}</code>}{isDefault && <span class="small"> de fábrica</span>}</> },
          { title: "O que é", isExtra: true, cell: ({ about }) => about },
        ]} />
      )}
    </Panel>
  );
}
