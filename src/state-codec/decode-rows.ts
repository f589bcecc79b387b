// A state that is kept a plant a row (`createRowEncoder`) → the state.
import { z } from "zod";
import { byKey, placeOf } from "./by-key.ts";
import { decodeState, type Decoded } from "./decode-state.ts";

const entries = byKey(z.string(), z.unknown());
const list = z.array(z.unknown());

const plantRow = z.object({
  ultima_varredura_rele_por_usina: entries, ultima_varredura_inversor_por_usina: entries,
  rele_alertas_ativos: list, rele_alerta_chave: entries, reles: entries, estado_inversores: entries, usinas: list,
});
type PlantRow = z.infer<typeof plantRow>;

export interface StateRows {
  readonly rest: unknown;
  /** In the order of the plants. */
  readonly plants: readonly unknown[];
  /** In the order of the commits. */
  readonly outbox: readonly unknown[];
}

export function decodeRows({ rest, plants, outbox }: StateRows): Decoded {
  const parsed = z.array(plantRow).safeParse(plants);
  if (!parsed.success) return { ok: false, reason: `a linha de uma usina não tem a forma de um estado (em ${placeOf(parsed.error.issues[0])})` };
  if (typeof rest !== "object" || rest === null) return { ok: false, reason: "a linha do monitor não tem a forma de um estado" };
  const rows = parsed.data;
  const merged = (of: (row: PlantRow) => ReadonlyMap<string, unknown>): Map<string, unknown> => new Map(rows.flatMap((row) => [...of(row)]));
  return decodeState({
    ...rest,
    ultima_varredura_rele_por_usina: merged((row) => row.ultima_varredura_rele_por_usina),
    ultima_varredura_inversor_por_usina: merged((row) => row.ultima_varredura_inversor_por_usina),
    rele_alertas_ativos: rows.flatMap((row) => row.rele_alertas_ativos),
    rele_alerta_chave: merged((row) => row.rele_alerta_chave),
    reles: merged((row) => row.reles),
    estado_inversores: merged((row) => row.estado_inversores),
    usinas: rows.flatMap((row) => row.usinas),
    pending_notifications: outbox,
  });
}
