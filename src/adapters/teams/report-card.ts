// The week in a few lines: how available each kind was, which plants were down longest, and where the whole sheet is.
import { DAY_MS, HOUR_MS, type EpochMs } from "../../domain/local-time.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import type { ReportTotals, WeeklyReportNotice } from "../../domain/notification.ts";
import { joined, section, type Card, type Row } from "./card-model.ts";
import { clean } from "./literal-text.ts";
import { SIGNATURE } from "./notice-cards.ts";
import { capitalized, counted, deviceWord, duration, number, plural, timesOf } from "./words.ts";

/** `relatório da semana 2025-W48` */
export function reportWords({ week }: WeeklyReportNotice): string {
  return `relatório da semana ${clean(week, 16, "passada")}`;
}

export function reportCard(notice: WeeklyReportNotice, today: number): Card {
  const { relay, inverter, from, until, to, zone, gaps, others } = notice;
  const times = timesOf(zone, today);
  const incidents = relay.incidents + inverter.incidents;
  const told = incidents === 0 ? "nenhuma ocorrência" : counted(incidents, "ocorrência", "ocorrências");
  const title = `${incidents + gaps === 0 ? "🟢" : "📊"} ${capitalized(reportWords(notice))}: ${told}`;
  const available = inverter.availability === null ? null : `inversores ${percent(inverter.availability)} disponíveis`;
  const worst = notice.worst.map((row): Row => ({
    name: joined(clean(row.plant, 80, "usina sem nome"), deviceWord(row.subject, 2)),
    when: hours(row.downInWindowMs),
    details: [joined(counted(row.incidents, "ocorrência", "ocorrências"), `${hours(row.downMs)} ao todo`, row.availability === null ? null : `disponibilidade ${percent(row.availability)}`)],
  }));
  return {
    title,
    summary: available === null ? title : `${title} · ${available}`,
    severity: incidents + gaps === 0 ? "good" : "info",
    tone: incidents + gaps === 0 ? "good" : "info",
    subtitle: `${dayText(from, zone)} a ${dayText(until - 1, zone)}${until < to ? ", semana ainda em curso" : ""}`,
    notes: gaps === 0 ? [] : [`⚠️ O relatório não viu tudo: ${counted(gaps, "lacuna", "lacunas")}, ${plural(gaps, "dita", "ditas")} na planilha.`],
    sections: [
      section([totalRow("inverter", inverter), totalRow("relay", relay)], null, ["Na janela de geração", "disponíveis"]),
      { ...section(worst, "Mais tempo fora", ["Usina", "fora na janela"]), omitted: others },
    ],
    remarks: notice.file === null ? ["A planilha não pôde ser gravada: ver no log, nas linhas RELATÓRIO."] : [],
    small: joined(notice.file === null ? null : `planilha no servidor: ${clean(notice.file, 80)}`, `feito ${times.on(notice.at)}`, SIGNATURE),
  };
}

function totalRow(kind: DeviceKind, totals: ReportTotals): Row {
  const { plants, devices, incidents, open, downMs, downInWindowMs, mttrMs, availability } = totals;
  const watched = plants === 0 ? "nenhum conhecido" : joined(counted(plants, "usina", "usinas"), devices === 0 ? null : `${number(devices)} ${deviceWord(kind, devices)}`);
  const what = incidents === 0 ? "nenhuma ocorrência" : counted(incidents, "ocorrência", "ocorrências");
  return {
    name: kind === "relay" ? "Relés" : "Inversores",
    when: availability === null ? "–" : percent(availability),
    details: [
      joined(what, open === 0 ? null : `${number(open)} sem normalização`, mttrMs === null ? null : `reparo em ${duration(mttrMs)} em média`),
      joined(incidents === 0 ? null : `${hours(downInWindowMs)} fora na janela, ${hours(downMs)} ao todo`, watched),
    ],
  };
}

/** `24/11`; a time of another day makes `timesOf` say the date. */
function dayText(at: EpochMs, zone: string): string {
  return timesOf(zone, at - 2 * DAY_MS).moment(at).split(" ")[0] ?? "";
}

function hours(ms: number): string {
  return `${number(ms / HOUR_MS)} h`;
}

/** Never 100 % of what was not whole. */
function percent(share: number): string {
  const shown = Math.floor(share * 1000) / 10;
  return `${number(shown)} %`;
}
