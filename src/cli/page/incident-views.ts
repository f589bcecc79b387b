// Incidents as the page and a spreadsheet show them, those of the history and those that the state knows better.
import type { IncidentList, IncidentView } from "../../api/schemas.ts";
import { parameterInWords } from "../../adapters/teams/relay-parameters.ts";
import { isoLocal, type EpochMs } from "../../domain/local-time.ts";
import type { FromHistory, HistoryIncident, IncidentQuery } from "../../ports/history.ts";

/** More repeat offenders than this tell nobody more. */
const MOST_OFFENDERS = 50;

export function incidentView(incident: HistoryIncident): IncidentView {
  return { ...incident, parameters: parametersView(incident.parameters) };
}

export function parametersView(names: readonly string[]): { name: string; words: string }[] {
  return names.map((name) => ({ name, words: parameterInWords(name) }));
}

/** The history's incidents with what the state knows of those that are open; what only the state knows is added. Newest first. */
export function uniteWithOpen(recorded: FromHistory<readonly HistoryIncident[]>, open: readonly HistoryIncident[]): HistoryIncident[] {
  const known = new Map((recorded.ok ? recorded.value : []).map((incident) => [incident.id, incident]));
  for (const { id, parameters, last, ...rest } of open) known.set(id, { ...rest, ...known.get(id), id, parameters, last });
  return [...known.values()].sort((a, b) => b.first - a.first || (a.id < b.id ? -1 : 1));
}

export function isAsked({ kind, device, type, plantId, ...times }: HistoryIncident, query: IncidentQuery): boolean {
  return times.first < query.to && (times.end ?? times.goneAt ?? Infinity) >= query.from
    && (query.plantId ?? plantId) === plantId && (query.kind ?? kind) === kind && (query.type ?? type) === type && device !== "";
}

/** Devices with more than one incident, the worst first: by how often, then by how long within the period. */
export function offendersOf(incidents: readonly HistoryIncident[], { from, to }: { readonly from: EpochMs; readonly to: EpochMs }, now: EpochMs): IncidentList["offenders"] {
  const devices = Map.groupBy(incidents, ({ plantId, kind, device }) => JSON.stringify([plantId, kind, device]));
  return [...devices.values()].filter((stories) => stories.length > 1).flatMap((stories) => {
    const [first] = stories;
    if (first === undefined) return [];
    const { plantId, plantName, kind, device, deviceName: name } = first;
    const downMs = stories.reduce((sum, { first: begin, end, goneAt }) => sum + Math.max(0, Math.min(end ?? goneAt ?? now, to) - Math.max(begin, from)), 0);
    return [{ plantId, plantName, kind, device, deviceName: name, incidents: stories.length, downMs }];
  }).sort((a, b) => b.incidents - a.incidents || b.downMs - a.downMs).slice(0, MOST_OFFENDERS);
}

const HEAD = [
  "Incidente", "Usina", "Id da usina", "Tipo", "Aparelho", "Id do aparelho", "Classe", "Parâmetros", "Primeira leitura", "Última leitura",
  "Normalizado em", "Duração (h)", "Avisado em", "Normalização avisada em", "Silenciado",
];

/** For a spreadsheet as Brazil sets it up: `;`, decimal comma, BOM so that accents survive. */
export function incidentsCsv(incidents: readonly HistoryIncident[], zoneOf: (plantId: string) => string, isCut: boolean): string {
  const lines = incidents.map((incident) => {
    const time = (at: EpochMs | null): string => (at === null ? "" : isoLocal(at, zoneOf(incident.plantId)).replace("T", " "));
    const { first, last, end } = incident;
    const hours = end === null ? "" : ((end - first) / 3_600_000).toFixed(2).replace(".", ",");
    return [
      incident.id, incident.plantName, incident.plantId, incident.kind === "relay" ? "relé" : "inversor", incident.deviceName, incident.device, incident.type ?? "",
      incident.parameters.join(", "), time(first), time(last), time(end), hours, time(incident.notifiedAt), time(incident.endNotifiedAt), incident.mutedReason ?? "",
    ];
  });
  const more = isCut ? [["Há mais ocorrências no período: peça um período menor."]] : [];
  return `\uFEFF${[HEAD, ...lines, ...more].map((cells) => cells.map(csvCell).join(";")).join("\r\n")}\r\n`;
}

/** A spreadsheet would run what begins like a formula: an apostrophe makes it text. */
function csvCell(text: string): string {
  const literal = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(literal) ? `"${literal.replaceAll('"', '""')}"` : literal;
}
