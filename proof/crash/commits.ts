// The commits whose disk operations are recorded, and what lies in the folder before the first of them.
import { emptyState, withMonitor, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant } from "../../src/domain/plant.ts";

export const ZONE = "America/Sao_Paulo";
export const NOW = Date.UTC(2025, 11, 1, 13);

/** Sizes go up and down, so that a file that was not replaced whole would show. */
export const STATES: readonly MonitorState[] = [1, 2, 3].map((count) => {
  const plants = Array.from({ length: (count * 7) % 11 }, (_, i) => newPlant({ id: String(i), name: `UFV ${count}`, capacityKwp: count }));
  return { ...withMonitor(emptyState, { nextNotification: count }), plants: new Map(plants.map((plant) => [plant.info.id, plant])) };
});

export const PREDECESSOR = JSON.stringify({ schema_version: 1, rele_alertas_ativos: ["1:2:TÉRMICO"], estado_inversores: {} });
export const BROKEN = "{cortado";

/** Content of the state file before; null where there is none. */
export const BEGINNINGS = { nothing: null, predecessor: PREDECESSOR, broken: BROKEN } as const;
export type Beginning = keyof typeof BEGINNINGS;

/** What a disk may leave out, to see it caught. */
export const CARELESS = ["no-fsync", "rename-before-fsync", "no-folder-fsync", "in-place"] as const;
export type Careless = (typeof CARELESS)[number];
