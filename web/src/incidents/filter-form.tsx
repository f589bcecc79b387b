// Which incidents are shown.
import { overview } from "../data/live.ts";
import { setQuery } from "../app/route.ts";
import { addDays } from "../zone-time.ts";
import type { PeriodQuery } from "./period-query.ts";

interface Props { readonly query: PeriodQuery; readonly today: string; readonly types: readonly string[]; readonly csvHref: string }

const PERIODS: readonly (readonly [days: number, word: string])[] = [[1, "Hoje"], [7, "7 dias"], [30, "30 dias"]];

export function FilterForm({ query, today, types, csvHref }: Props) {
  const plants = overview.value?.plants ?? [];
  const byName = plants.toSorted((a, b) => a.name.localeCompare(b.name, "pt-BR"));
  return (
    <form class="filters incident-filters" onSubmit={(event) => { event.preventDefault(); }} aria-label="Filtros das ocorrências">
      <div class="switches" role="group" aria-label="Período">
        {PERIODS.map(([days, word]) => {
          const from = addDays(today, 1 - days);
          return <button key={word} type="button" class="switch" aria-pressed={query.to === today && query.from === from} onClick={() => { setQuery({ de: from, ate: today }); }}>{word}</button>;
        })}
      </div>
      <label>De <input type="date" value={query.from} max={query.to} required onChange={(event) => { setQuery({ de: event.currentTarget.value }); }} /></label>
      <label>Até <input type="date" value={query.to} min={query.from} max={today} required onChange={(event) => { setQuery({ ate: event.currentTarget.value }); }} /></label>
      <label>Usina <select value={query.plant} onChange={(event) => { setQuery({ usina: event.currentTarget.value }); }}>
        <option value="">todas</option>
        {byName.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select></label>
      <label>Aparelho <select value={query.kind} onChange={(event) => { setQuery({ aparelho: event.currentTarget.value, ...(event.currentTarget.value === "inverter" ? { tipo: "" } : {}) }); }}>
        <option value="">todos</option><option value="relay">relés</option><option value="inverter">inversores</option>
      </select></label>
      <label>Tipo <select value={query.type} onChange={(event) => { setQuery({ tipo: event.currentTarget.value }); }} disabled={query.kind === "inverter"}>
        <option value="">todos</option>
        {types.map((type) => <option key={type} value={type}>{type}</option>)}
      </select></label>
      <a class="button" href={csvHref} download>Baixar CSV</a>
    </form>
  );
}
