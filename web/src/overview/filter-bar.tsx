// States as switches with their counts, and a search. Both live in the address, to be kept or sent.
import type { ComponentChildren } from "preact";
import type { Overview, PlantStatus } from "../../../src/api/schemas.ts";
import { setQuery } from "../app/route.ts";
import { Mark, STATUSES, STATUS_WORDS } from "../parts/status.tsx";
import { number } from "../words.ts";
import type { PlantFilter } from "./plant-order.ts";

export function FilterBar({ seen, filter }: { readonly seen: Overview; readonly filter: PlantFilter }) {
  const counts: Readonly<Record<PlantStatus, number>> = {
    "relay": seen.counts.relay, "inverters": seen.counts.inverters, "no-data": seen.counts.noData, "muted": seen.counts.muted, "normal": seen.counts.normal,
  };
  return (
    <div class="filters">
      <div class="switches" role="group" aria-label="Mostrar só as usinas neste estado">
        <Switch isOn={filter.status === null} onPress={() => { setQuery({ estado: "" }); }}>Todas <b>{number(seen.counts.plants)}</b></Switch>
        {STATUSES.map((status) => (
          <Switch key={status} isNone={counts[status] === 0} isOn={filter.status === status} onPress={() => { setQuery({ estado: filter.status === status ? "" : status }); }}>
            <Mark name={status} />{STATUS_WORDS[status].many} <b>{number(counts[status])}</b>
          </Switch>
        ))}
      </div>
      <div class="search">
        <label class="hidden" for="search">Procurar usina</label>
        <input id="search" type="search" placeholder="Procurar usina" value={filter.search} autoComplete="off" spellcheck={false} onInput={(event) => { setQuery({ busca: event.currentTarget.value }); }} />
      </div>
    </div>
  );
}

interface SwitchProps { readonly isOn: boolean; readonly isNone?: boolean; readonly onPress: () => void; readonly children: ComponentChildren }

function Switch({ isOn, isNone = false, onPress, children }: SwitchProps) {
  return <button type="button" class={isNone ? "switch switch-none" : "switch"} aria-pressed={isOn} onClick={onPress}>{children}</button>;
}
