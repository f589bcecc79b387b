// The report in plain text: body of the e-mail, and what the terminal shows.
import type { Figures, WeeklyReport } from "../../domain/weekly-report.ts";
import { gapText, headlines, hoursText, KIND_WORDS, percentText, plain } from "./words.ts";

const MOST_ROWS = 15;
const MOST_GAPS = 20;
const HEADINGS = ["Usina", "Tipo", "Ocorr.", "Sem norm.", "Horas fora", "Na janela", "MTTR (h)", "MTBF (h)", "Disponib."] as const;
const LONGEST_NAME = 32;

export function reportText(report: WeeklyReport): string {
  const { rows, totals, gaps, week, occurrences } = report;
  const [title, about] = headlines(report);
  const failed = rows.filter(({ incidents }) => incidents > 0);
  const table = [
    HEADINGS,
    ...(["inverter", "relay"] as const).map((kind) => ["Todas as usinas", KIND_WORDS[kind], ...cells(totals[kind])]),
    ...failed.slice(0, MOST_ROWS).map((row) => [plain(row.plantName).slice(0, LONGEST_NAME), KIND_WORDS[row.kind], ...cells(row)]),
  ];
  return [
    title, about, "",
    ...aligned(table),
    ...(failed.length > MOST_ROWS ? [`e mais ${String(failed.length - MOST_ROWS)}, na planilha`] : []),
    ...(occurrences.length === 0 ? ["Nenhuma ocorrência nesta semana."] : []),
    ...(gaps.length === 0 ? [] : ["", "O que este relatório não viu:", ...gaps.slice(0, MOST_GAPS).map((gap) => `- ${plain(gapText(gap, week.zone))}`)]),
    ...(gaps.length > MOST_GAPS ? [`- e mais ${String(gaps.length - MOST_GAPS)}, na planilha`] : []),
  ].join("\n");
}

/** `Relatório semanal 2025-W48: 5 ocorrências, inversores 99,9 % disponíveis` */
export function reportSubject({ week, occurrences, totals }: WeeklyReport): string {
  const count = occurrences.length === 0 ? "nenhuma ocorrência" : occurrences.length === 1 ? "1 ocorrência" : `${String(occurrences.length)} ocorrências`;
  const { availability } = totals.inverter;
  return `Relatório semanal ${week.name}: ${count}${availability === null ? "" : `, inversores ${percentText(availability)} disponíveis`}`;
}

function cells({ incidents, open, downMs, downInWindowMs, mttrMs, mtbfMs, availability }: Figures): string[] {
  return [String(incidents), String(open), hoursText(downMs), hoursText(downInWindowMs), hoursText(mttrMs), hoursText(mtbfMs), percentText(availability)];
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  return table.map((row) => row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ").trimEnd());
}
