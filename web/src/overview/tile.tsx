// One plant in the grid: large while it needs someone, else a quiet line.
import type { PlantTile } from "../../../src/api/schemas.ts";
import { plantHref } from "../app/route.ts";
import { Mark, STATUS_WORDS } from "../parts/status.tsx";
import { When } from "../parts/when.tsx";
import { capacity } from "../words.ts";
import { moment } from "../zone-time.ts";

interface Props { readonly plant: PlantTile; readonly now: number; readonly zone: string }

export function LoudTile({ plant, now, zone }: Props) {
  return (
    <a class={`tile tile-loud tile-${plant.status}`} href={plantHref(plant.id)}>
      <span class="tile-state"><Mark name={plant.status} />{STATUS_WORDS[plant.status].one}{plant.since !== null && <span class="tile-age"><When at={plant.since} now={now} zone={zone} isInLink /></span>}</span>
      <span class="tile-name">{plant.name}</span>
      <span class="tile-what">{plant.what}</span>
      <span class="tile-foot"><span>{plant.since === null ? "" : `desde ${moment(plant.since, now, zone)}`}</span><span>{capacity(plant.capacityKwp) ?? "kWp não informado"}</span></span>
    </a>
  );
}

export function QuietTile({ plant, now, zone }: Props) {
  return (
    <a class={`tile tile-quiet tile-${plant.status}`} href={plantHref(plant.id)}>
      <Mark name={plant.status} />
      <span class="tile-name" title={plant.name}>{plant.name}</span>
      <span class="tile-size">{plant.status === "normal" ? <><span class="hidden">{STATUS_WORDS.normal.one}, </span>{capacity(plant.capacityKwp) ?? "– kWp"}</> : <span class="hidden">{STATUS_WORDS[plant.status].one}</span>}</span>
      {plant.status !== "normal" && <span class="tile-what">{plant.what}{plant.mutedUntil !== null && ` · até ${moment(plant.mutedUntil, now, zone)}`}</span>}
    </a>
  );
}
