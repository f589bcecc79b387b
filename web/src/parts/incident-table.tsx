// Incidents as rows, in a plant's day and in a period.
import type { IncidentView } from "../../../src/api/schemas.ts";
import { plantHref } from "../app/route.ts";
import { duration } from "../words.ts";
import { moment, wallOf } from "../zone-time.ts";
import { untoldWords } from "./untold-words.ts";
import { DataTable, type Column } from "./data-table.tsx";
import { Mark } from "./status.tsx";
import { ClockTime } from "./when.tsx";

interface Props { readonly label: string; readonly incidents: readonly IncidentView[]; readonly now: number; readonly zone: string; readonly hasPlant: boolean }

export function IncidentTable({ label, incidents, now, zone, hasPlant }: Props) {
  const parameters: Column<IncidentView> = { title: "Parâmetros", isExtra: true, cell: (incident) => incident.parameters.length === 0 ? "–" : incident.parameters.map(({ name, words }) => words.startsWith(name) ? words : `${name} – ${words}`).join(" · ") };
  const columns: readonly Column<IncidentView>[] = [
    { title: hasPlant ? "Usina, o quê" : "O quê", cell: (incident) => <span class="what"><Mark name={incident.kind === "relay" ? "relay" : "inverters"} />{hasPlant && <a href={plantHref(incident.plantId, wallOf(incident.first, zone).date)}>{incident.plantName}</a>}<span>{whatOf(incident)}</span></span> },
    { title: "Desde", cell: ({ first }) => <ClockTime at={first} now={now} zone={zone} /> },
    { title: "Até", cell: ({ end, goneAt }) => end !== null ? <ClockTime at={end} now={now} zone={zone} /> : goneAt !== null ? <>saiu da lista em {moment(goneAt, now, zone)}</> : <strong class="together">ainda ativo</strong> },
    { title: "Duração", isFigure: true, cell: (incident) => duration(lengthOf(incident, now)) },
    ...(incidents.some((incident) => incident.parameters.length > 0) ? [parameters] : []),
    { title: "Avisado", isExtra: true, cell: (incident) => <>{incident.notifiedAt !== null && <ClockTime at={incident.notifiedAt} now={now} zone={zone} />}{untoldWords(incident)}</> },
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
