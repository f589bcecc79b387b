// Incidents as rows, in a plant's day and in a period.
import type { IncidentView } from "../../../src/api/schemas.ts";
import { plantHref } from "../app/route.ts";
import { duration } from "../words.ts";
import { moment, wallOf } from "../zone-time.ts";
import { DataTable, type Column } from "./data-table.tsx";
import { Mark } from "./status.tsx";
import { ClockTime } from "./when.tsx";

interface Props { readonly label: string; readonly incidents: readonly IncidentView[]; readonly now: number; readonly zone: string; readonly hasPlant: boolean }

export function IncidentTable({ label, incidents, now, zone, hasPlant }: Props) {
  const plant: Column<IncidentView> = { title: "Usina", cell: ({ plantId, plantName, first }) => <a href={plantHref(plantId, wallOf(first, zone).date)}>{plantName}</a> };
  const columns: readonly Column<IncidentView>[] = [
    { title: "O quê", cell: (incident) => <span class="what"><Mark name={incident.kind === "relay" ? "relay" : "inverters"} />{whatOf(incident)}</span> },
    ...(hasPlant ? [plant] : []),
    { title: "Desde", cell: ({ first }) => <ClockTime at={first} now={now} zone={zone} /> },
    { title: "Até", cell: ({ end, goneAt }) => end !== null ? <ClockTime at={end} now={now} zone={zone} /> : goneAt !== null ? <>saiu da lista em {moment(goneAt, now, zone)}</> : <strong>ainda ativo</strong> },
    { title: "Duração", isFigure: true, cell: (incident) => duration(lengthOf(incident, now)) },
    { title: "Parâmetros", isExtra: true, cell: ({ parameters }) => parameters.length === 0 ? "–" : parameters.map(({ name, words }) => words.startsWith(name) ? words : `${name} – ${words}`).join(" · ") },
    { title: "Avisado", isExtra: true, cell: ({ notifiedAt, mutedReason }) => mutedReason !== null ? `silenciado: ${mutedReason}` : notifiedAt === null ? "ainda não" : <ClockTime at={notifiedAt} now={now} zone={zone} /> },
    { title: "Incidente", isExtra: true, cell: ({ id }) => <code>{id}</code> },
  ];
  return <DataTable label={label} columns={columns} rows={incidents} keyOf={({ id }, index) => `${id} ${index}`} isTall={incidents.length > 25} />;
}

/** `relé 1931 atuou, SOBRETENSÃO`, `inversor 46003 parado` */
export function whatOf({ kind, deviceName, type }: Pick<IncidentView, "kind" | "deviceName" | "type">): string {
  return kind === "relay" ? `${named("relé", /^rel[eé]/iu, deviceName)} atuou${type === null ? "" : `, ${type}`}` : `${named("inversor", /^inv/iu, deviceName)} parado`;
}

/** A name that says what it is stays as it is. */
export function named(word: string, saysItself: RegExp, name: string): string {
  return saysItself.test(name) ? name : `${word} ${name}`;
}

export function lengthOf({ first, end, goneAt }: Pick<IncidentView, "first" | "end" | "goneAt">, now: number): number {
  return (end ?? goneAt ?? now) - first;
}
