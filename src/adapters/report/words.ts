// The words of the sheet, the e-mail and the terminal about a weekly report. Definitions are those of src/domain/weekly-report.ts.
import { HOUR_MS, MINUTE_MS, isoLocal, type EpochMs } from "../../domain/local-time.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import type { ReportGap, WeeklyReport } from "../../domain/weekly-report.ts";

export const KIND_WORDS: Readonly<Record<DeviceKind, string>> = { relay: "Relés", inverter: "Inversores" };

export const ENERGY_UNKNOWN = "a calcular";

export const DEFINITIONS: readonly string[] = [
  "Ocorrências: as que tocam a semana; a que passa da semana conta em cada uma, só com a sua parte. "
    + "Horas fora: equipamento × hora, da primeira leitura em falha à primeira da normalização; ocorrências simultâneas do mesmo equipamento contam uma vez.",
  "Na janela: só a parte dentro da janela de geração da usina. MTTR: duração média, inteira, das ocorrências que terminaram na semana. "
    + "MTBF: horas da janela em operação ÷ falhas que começaram na semana.",
  "Disponibilidade: por tempo (cf. IEC TS 63019), 1 − horas fora na janela ÷ (equipamentos × horas da janela). Tempo sem dados não conta como fora. "
    + "Inversores sob relé atuado contam no relé. Energia: “a calcular” enquanto não houver estimativa.",
];

const SOURCES: Readonly<Record<WeeklyReport["source"], string>> = {
  history: "histórico do monitor", api: "reconstruído das leituras da PVOperation", both: "histórico do monitor e leituras da PVOperation",
};

/** `24/11/2025 00:00` */
export function moment(at: EpochMs, zone: string): string {
  const [date = "", time = ""] = isoLocal(at, zone).split("T");
  return `${date.split("-").reverse().join("/")} ${time.slice(0, 5)}`;
}

/** `Semana 2025-W48: de 24/11/2025 00:00 a 01/12/2025 00:00, fuso America/Sao_Paulo` and where it comes from. */
export function headlines({ week, until, madeAt, source }: WeeklyReport): readonly [title: string, about: string] {
  const { zone } = week;
  const part = until < week.to ? ` (em curso: até ${moment(until, zone)})` : "";
  return [
    `Relatório semanal ${week.name}`,
    `${moment(week.from, zone)} a ${moment(week.to, zone)}${part} · fuso ${zone} · fonte: ${SOURCES[source]} · feito em ${moment(madeAt, zone)} por pvmonitor`,
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  timeout: "sem resposta a tempo", connection: "sem conexão", throttled: "pedidos demais", "server-error": "erro do servidor", "http-status": "resposta inesperada",
  "login-refused": "login recusado", "login-unavailable": "login indisponível", unauthorized: "acesso negado", "invalid-id": "usina de outra conta",
  "plant-error": "erro da usina", "bad-json": "resposta que não é JSON", "wrong-shape": "resposta em formato inesperado", "too-large": "resposta grande demais", stopped: "interrompido",
  nobody: "nenhum processo concluiu a varredura",
};
const TOPICS: Readonly<Record<string, string>> = { down: "o monitor esteve parado", api: "a PVOperation não respondia", "no-data": "mais da metade das usinas sem dados" };

/** `UFV A (101): dias de inversores que não puderam ser lidos: 24/11, 25/11 (sem resposta a tempo)` */
export function gapText(gap: ReportGap, zone: string): string {
  switch (gap.kind) {
    case "history": return `Histórico: ${gap.reason}`;
    case "plants": return `Usinas: ${gap.reason}`;
    case "outage": return `${TOPICS[gap.topic] ?? gap.topic}, de ${moment(gap.since, zone)} ${gap.until === null ? "em diante" : `a ${moment(gap.until, zone)}`}`;
    case "days": {
      const days = gap.dates.map((date) => date.slice(5).split("-").reverse().join("/")).join(", ");
      return `${gap.plantName} (${gap.plantId}): dias de ${KIND_WORDS[gap.subject].toLowerCase()} que não puderam ser lidos: ${days} (${REASONS[gap.reason] ?? gap.reason})`;
    }
  }
}

const DECIMAL = new Intl.NumberFormat("pt-BR", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `12,3`; `–` where it is not known. */
export function hoursText(ms: number | null): string {
  return ms === null ? "–" : DECIMAL.format(ms / HOUR_MS);
}

/** `99,9 %`; never 100 % of what was not whole. */
export function percentText(share: number | null): string {
  return share === null ? "–" : `${DECIMAL.format(Math.floor(share * 1000) / 10)} %`;
}

/** Hours as a figure, to the minute: what a reading's second adds is noise. */
export function hoursOf(ms: number): number {
  return Math.round(ms / MINUTE_MS) / 60;
}

// Controls (also those that XML forbids), what turns text round, and halves of characters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/gu;
const LONGEST = 300;

/** A text from outside in one line, without what cannot be shown. */
export function plain(text: string): string {
  return text.slice(0, 4 * LONGEST).replace(UNPRINTABLE, " ").replace(/\s+/g, " ").trim().slice(0, LONGEST);
}
