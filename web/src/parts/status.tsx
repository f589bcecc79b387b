// The states of a plant: colour, shape and word say the same, so that each is told apart in grey and by whoever sees no red.
import type { PlantStatus } from "../../../src/api/schemas.ts";

export const STATUSES: readonly PlantStatus[] = ["relay", "inverters", "no-data", "muted", "normal"];

export const STATUS_WORDS: Readonly<Record<PlantStatus, { readonly one: string; readonly many: string }>> = {
  "relay": { one: "relé atuado", many: "relé atuado" },
  "inverters": { one: "inversores parados", many: "inversores parados" },
  "no-data": { one: "sem dados", many: "sem dados" },
  "muted": { one: "silenciada", many: "silenciadas" },
  "normal": { one: "normal", many: "normais" },
};

export type MarkName = PlantStatus | "blind";

/** A picture only: the word stands beside it. */
export function Mark({ name }: { readonly name: MarkName }) {
  return (
    <svg class={`mark mark-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapeOf(name)}
    </svg>
  );
}

function shapeOf(name: MarkName) {
  switch (name) {
    case "relay": return <><path class="body" d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" /><path class="sign" d="M9.2 2.8 4.6 8.9h2.8l-.8 4.3L11.4 7H8.5z" /></>;
    case "inverters": return <><path class="body" d="M1.3 1.8h13.4a.8.8 0 0 1 .7 1.2L8.7 14.4a.8.8 0 0 1-1.4 0L.6 3a.8.8 0 0 1 .7-1.2z" /><path class="bar" d="M5 5.6h6" /></>;
    case "no-data": return <><circle class="dashed" cx="8" cy="8" r="6.8" /><path class="line" d="M5.9 6.3a2.1 2.1 0 1 1 3.1 1.9c-.7.4-1 .8-1 1.4" /><circle class="dot" cx="8" cy="11.8" r=".9" /></>;
    case "muted": return <><circle class="line" cx="8" cy="8" r="6.6" /><path class="line" d="M6.2 5.2v5.6M9.8 5.2v5.6" /></>;
    case "blind": return <><path class="line" d="M1 8s2.6-4.4 7-4.4S15 8 15 8s-2.6 4.4-7 4.4S1 8 1 8z" /><path class="line" d="M2.4 14 13.6 2" /></>;
    case "normal": return <path class="check" d="m2.6 8.6 3.6 3.6 7.2-8" />;
  }
}

export function StatusBadge({ status }: { readonly status: PlantStatus }) {
  return <span class={`badge badge-${status}`}><Mark name={status} />{STATUS_WORDS[status].one}</span>;
}
