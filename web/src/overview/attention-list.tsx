// What the monitor itself complains of, and what its history lacks.
import type { Overview } from "../../../src/api/schemas.ts";
import { When } from "../parts/when.tsx";
import { counted } from "../words.ts";

type Props = Pick<Overview, "attention" | "at" | "zone"> & { readonly history: Overview["history"] };

export function AttentionList({ attention, history, at, zone }: Props) {
  if (attention.length === 0 && history === null) return null;
  return (
    <ul class="attention" aria-label="Atenção ao monitor">
      {attention.map(({ kind, text, since }) => <li key={`${kind} ${text}`}><span>{text}</span>{since !== null && <When at={since} now={at} zone={zone} />}</li>)}
      {history !== null && <li><span>Histórico: {history.text}{history.lost > 0 && ` (${counted(history.lost, "registro perdido", "registros perdidos")})`}</span><When at={history.since} now={at} zone={zone} /></li>}
    </ul>
  );
}
