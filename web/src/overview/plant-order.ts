// Which plants are shown, and in which groups.
import type { PlantStatus, PlantTile } from "../../../src/api/schemas.ts";
import { plain } from "../words.ts";

export interface PlantFilter { readonly status: PlantStatus | null; readonly search: string }

/** Those that fit, in the monitor's order: who needs someone longest first. */
export function filterPlants(plants: readonly PlantTile[], { status, search }: PlantFilter): readonly PlantTile[] {
  const words = plain(search).split(/\s+/).filter((word) => word !== "");
  return plants.filter((plant) => {
    if (status !== null && plant.status !== status) return false;
    const text = plain(`${plant.name} ${plant.what} ${plant.id}`);
    return words.every((word) => text.includes(word));
  });
}

export interface PlantGroup { readonly key: string; readonly title: string; readonly isLoud: boolean; readonly plants: readonly PlantTile[] }

/** The groups that have plants, the most urgent first. */
export function groupPlants(plants: readonly PlantTile[]): readonly PlantGroup[] {
  const of = (...statuses: readonly PlantStatus[]): readonly PlantTile[] => plants.filter(({ status }) => statuses.includes(status));
  return [
    { key: "failing", title: "Em falha", isLoud: true, plants: of("relay", "inverters") },
    { key: "no-data", title: "Sem dados", isLoud: true, plants: of("no-data") },
    { key: "muted", title: "Silenciadas, com algo em falha", isLoud: false, plants: of("muted") },
    { key: "normal", title: "Normais", isLoud: false, plants: of("normal") },
  ].filter((group) => group.plants.length > 0);
}
