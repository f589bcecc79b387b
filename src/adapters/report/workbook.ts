// The weekly report as a spreadsheet. Numbers and dates are numbers and dates; text from outside is text, never a formula.
import writeXlsxFile, { type CellObject, type Row, type Sheet } from "write-excel-file/node";
import { isoLocal, type EpochMs } from "../../domain/local-time.ts";
import { knownUntil } from "../../domain/report-incidents.ts";
import type { Figures, Occurrence, WeeklyReport } from "../../domain/weekly-report.ts";
import { DEFINITIONS, ENERGY_UNKNOWN, gapText, headlines, hoursOf, KIND_WORDS, moment as momentText, plain } from "./words.ts";

/** Without pictures. */
type FileSheet = Sheet<never>;

const HOURS = "[$-416]#,##0.0";
const COUNT = "[$-416]#,##0";
const SHARE = "[$-416]0.00%";
const MOMENT = "[$-416]dd/mm/yyyy hh:mm";
const INK = "#1F3A4D";
const LINE = { borderStyle: "thin", borderColor: "#D5DCE1" } as const;
const SUMMARY_TITLE_ROWS = 3;

/** Printed, a sheet is one page wide, and as many high as it needs. */
const FIT_TO_WIDTH = { files: { transform: { "xl/worksheets/sheet{id}.xml": {
  transform: (xml: string) => xml.replace("<sheetViews>", '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>').replace("<pageSetup ", '<pageSetup fitToHeight="0" '),
} } } };

export async function composeWorkbook(report: WeeklyReport): Promise<Uint8Array> {
  return writeXlsxFile([summarySheet(report), occurrencesSheet(report)], { fontFamily: "Calibri", fontSize: 11, features: [FIT_TO_WIDTH] }).toBuffer();
}

function text(value: string, style: CellObject = {}): CellObject {
  return { value: plain(value), type: String, alignVertical: "center", ...style };
}

/** A figure, or a word where there is none. */
function figure(value: number | null, format: string, absent = "–"): CellObject {
  return value === null ? text(absent, { align: "right", textColor: "#7A8790" }) : { value, type: Number, format, align: "right", alignVertical: "center" };
}

function hours(ms: number | null): CellObject {
  return figure(ms === null ? null : hoursOf(ms), HOURS);
}

/** Wall clock of the plant: a spreadsheet knows no zones. */
function moment(at: EpochMs | null, zone: string, absent = "–"): CellObject {
  if (at === null) return text(absent, { align: "center", textColor: "#7A8790" });
  return { value: new Date(`${isoLocal(at, zone)}Z`), type: Date, format: MOMENT, align: "center", alignVertical: "center" };
}

interface Column { readonly title: string; readonly width: number; readonly align?: "left" | "right" | "center" }

function header(columns: readonly Column[]): Row {
  return columns.map(({ title, align = "left" }) =>
    text(title, { fontWeight: "bold", backgroundColor: INK, textColor: "#FFFFFF", align, wrap: true, height: 32, ...LINE }));
}

/** A text over all columns. */
function wide(value: string, columns: readonly Column[], style: CellObject): Row {
  return [{ value, type: String, columnSpan: columns.length, wrap: true, alignVertical: "center", ...style }, ...columns.slice(1).map(() => null)];
}

function lined(row: readonly CellObject[], style: CellObject = {}): Row {
  return row.map((cell) => ({ height: 17, ...cell, ...LINE, ...style }));
}

function sheet(name: string, columns: readonly Column[], data: Row[], stickyRowsCount: number): FileSheet {
  return { sheet: name, data, columns: columns.map(({ width }) => ({ width })), stickyRowsCount, orientation: "landscape", showGridLines: false };
}

const SUMMARY: readonly Column[] = [
  { title: "Usina", width: 34 }, { title: "Id", width: 9 }, { title: "Tipo", width: 11 }, { title: "Equipa-mentos", width: 9, align: "right" },
  { title: "Ocor-rências", width: 9, align: "right" }, { title: "Sem nor-malização", width: 11, align: "right" }, { title: "Horas fora", width: 10, align: "right" },
  { title: "Horas fora na janela", width: 11, align: "right" }, { title: "MTTR (h)", width: 9, align: "right" }, { title: "MTBF (h)", width: 11, align: "right" },
  { title: "Disponi-bilidade", width: 11, align: "right" }, { title: "Energia não gerada (kWh)", width: 16, align: "right" },
];

function summarySheet(report: WeeklyReport): FileSheet {
  const [title, about] = headlines(report);
  const { rows, totals, gaps, week } = report;
  const strong: CellObject = { fontWeight: "bold", backgroundColor: "#E8EEF2" };
  const subtle: CellObject = { fontSize: 9, textColor: "#4A5962" };
  const all = (["inverter", "relay"] as const).map((kind) => lined([text("Todas as usinas"), text(""), text(KIND_WORDS[kind]), figure(totals[kind].devices, COUNT), ...figures(totals[kind])], strong));
  const each = rows.map((row) => lined([
    text(row.plantName), text(row.plantId, { format: "@" }), text(KIND_WORDS[row.kind]), figure(row.devices === 0 ? null : row.devices, COUNT), ...figures(row),
  ], row.incidents === 0 ? { textColor: "#6B7780" } : {}));
  const unseen = gaps.length === 0 ? [] : [
    [], wide("O que este relatório não viu", SUMMARY, { fontWeight: "bold", textColor: "#8A4B00" }),
    ...gaps.map((gap) => wide(plain(gapText(gap, week.zone)), SUMMARY, subtle)),
  ];
  const warning = gaps.length === 0 ? "" : `   ⚠ não viu tudo: ${String(gaps.length)} ${gaps.length === 1 ? "lacuna, dita" : "lacunas, ditas"} ao fim desta folha`;
  const data: Row[] = [
    wide(title + warning, SUMMARY, { fontWeight: "bold", fontSize: 16, textColor: INK, height: 26 }),
    wide(about, SUMMARY, { ...subtle, height: 18 }),
    wide(DEFINITIONS.join("\n"), SUMMARY, { ...subtle, height: 80 }),
    header(SUMMARY), ...all, ...each, ...unseen,
  ];
  return sheet("Resumo", SUMMARY, data, SUMMARY_TITLE_ROWS + 1);
}

function figures({ incidents, open, downMs, downInWindowMs, mttrMs, mtbfMs, availability, energyKwh }: Figures): CellObject[] {
  return [
    figure(incidents, COUNT), figure(open, COUNT), hours(downMs), hours(downInWindowMs), hours(mttrMs), hours(mtbfMs),
    figure(availability === null ? null : Math.floor(availability * 1e4) / 1e4, SHARE), energy(energyKwh),
  ];
}

function energy(kwh: number | null): CellObject {
  return figure(kwh, COUNT, ENERGY_UNKNOWN);
}

const OCCURRENCES: readonly Column[] = [
  { title: "Início", width: 17, align: "center" }, { title: "Fim", width: 17, align: "center" }, { title: "Usina", width: 32 }, { title: "Id da usina", width: 9 },
  { title: "Tipo", width: 10 }, { title: "Equipamento", width: 22 }, { title: "Id do equipamento", width: 20 }, { title: "Classe", width: 15 }, { title: "Parâmetros", width: 24 },
  { title: "Horas nesta semana", width: 11, align: "right" }, { title: "Horas na janela", width: 11, align: "right" }, { title: "Duração inteira (h)", width: 11, align: "right" },
  { title: "Energia não gerada (kWh)", width: 16, align: "right" }, { title: "Situação", width: 34 }, { title: "Incidente", width: 11 },
];

function occurrencesSheet(report: WeeklyReport): FileSheet {
  const [title, about] = headlines(report);
  const data: Row[] = [
    wide(`${title}: ocorrências`, OCCURRENCES, { fontWeight: "bold", fontSize: 14, textColor: INK, height: 24 }),
    wide(`${about} · horários no fuso de cada usina`, OCCURRENCES, { fontSize: 9, textColor: "#4A5962", height: 16 }),
    header(OCCURRENCES),
    ...report.occurrences.map((occurrence) => occurrenceRow(occurrence, report)),
    ...(report.occurrences.length === 0 ? [wide("Nenhuma ocorrência nesta semana.", OCCURRENCES, { textColor: "#4A5962" })] : []),
  ];
  return sheet("Ocorrências", OCCURRENCES, data, 3);
}

function occurrenceRow({ incident, zone, downMs, downInWindowMs, energyKwh }: Occurrence, { until }: WeeklyReport): Row {
  const { first, end, plantName, plantId, kind, device, deviceName, type, parameters, id } = incident;
  return lined([
    moment(first, zone), moment(end, zone), text(plantName), text(plantId, { format: "@" }), text(kind === "relay" ? "Relé" : "Inversor"),
    text(deviceName), text(device, { format: "@" }), text(type ?? "–"), text(parameters.length === 0 ? "–" : parameters.join(", ")),
    hours(downMs), hours(downInWindowMs), hours(end === null ? null : knownUntil(incident, until) - first), energy(energyKwh), text(situationText(incident, zone)), text(id, { format: "@" }),
  ]);
}

/** How it stands, and what a silence kept back: all of it, the normalization of a failure that was told, or the failure until the silence's end. */
function situationText({ end, goneAt, kind, notifiedAt, endNotifiedAt, mutedReason }: Occurrence["incident"], zone: string): string {
  const state = end !== null ? "normalizado" : goneAt !== null ? "fim não conhecido" : kind === "relay" ? "ainda atuado" : "ainda parado";
  if (mutedReason === null) return state;
  if (notifiedAt === null) return `${state} · não enviado: ${mutedReason}`;
  const told = `avisado ${momentText(notifiedAt, zone)}`;
  return `${state} · ${told}${end !== null && endNotifiedAt === null ? "; normalização silenciada" : " no fim do silêncio"}: ${mutedReason}`;
}
