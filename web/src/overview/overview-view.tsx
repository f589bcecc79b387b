// Every plant, those that need someone first.
import { plantStatus } from "../../../src/api/schemas.ts";
import { route } from "../app/route.ts";
import { lost, overview } from "../data/live.ts";
import { Empty, Loading } from "../parts/notice.tsx";
import { counted, number } from "../words.ts";
import { AttentionList } from "./attention-list.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { Headline } from "./headline.tsx";
import { filterPlants, groupPlants, type PlantFilter, type PlantGroup } from "./plant-order.ts";
import { LoudTile, QuietTile } from "./tile.tsx";

export function OverviewView() {
  const seen = overview.value;
  if (seen === null) return <><h1 class="hidden">Visão geral</h1>{lost.value === null && <Loading what="as usinas" />}</>;
  const { query } = route.value;
  const status = plantStatus.safeParse(query.get("estado"));
  const filter: PlantFilter = { status: status.success ? status.data : null, search: query.get("busca") ?? "" };
  const plants = filterPlants(seen.plants, filter);
  return (
    <div class={lost.value === null ? "overview" : "overview is-stale"}>
      <Headline seen={seen} />
      <AttentionList attention={seen.attention} history={seen.history} at={seen.at} zone={seen.zone} />
      <FilterBar seen={seen} filter={filter} />
      <p class="hidden" role="status">{`Mostrando ${counted(plants.length, "usina", "usinas")}`}</p>
      {seen.plants.length === 0 && <Empty>Aqui aparecem as usinas que o monitor vê na PVOperation. A lista ainda não chegou.</Empty>}
      {seen.plants.length > 0 && plants.length === 0 && <Empty>Nenhuma das {number(seen.plants.length)} usinas é assim. Outro estado ou outra busca as mostra.</Empty>}
      {groupPlants(plants).map((group) => <Group key={group.key} group={group} now={seen.at} zone={seen.zone} />)}
    </div>
  );
}

function Group({ group: { key, title, isLoud, plants }, now, zone }: { readonly group: PlantGroup; readonly now: number; readonly zone: string }) {
  const Tile = isLoud ? LoudTile : QuietTile;
  return (
    <section class={`group group-${key}`} aria-labelledby={`group-${key}`}>
      <h2 id={`group-${key}`}>{title} <span class="count">{number(plants.length)}</span></h2>
      <ul class={isLoud ? "grid grid-loud" : "grid grid-quiet"}>
        {plants.map((plant) => <li key={plant.id}><Tile plant={plant} now={now} zone={zone} /></li>)}
      </ul>
    </section>
  );
}
