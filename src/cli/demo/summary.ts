// The table at the end of the demo: what Teams got, what went wrong around it, and whether anything was lost.
import { isSound, type Audit, type ExpectedEvent } from "./audit.ts";
import { boxWidth, styled, type Canvas, type Style } from "../terminal/canvas.ts";
import type { CardKind } from "./messages.ts";
import { padded, widthOf, wrap } from "../terminal/text-width.ts";

export interface DayFacts {
  readonly plants: number;
  /** `05:40` */
  readonly from: string;
  readonly to: string;
  readonly realS: number;
  readonly cards: ReadonlyMap<CardKind, number>;
  readonly cardsAccepted: number;
  readonly apiCalls: number;
  /** Answers that a fault spoilt, by the fault's text in the scenario. */
  readonly faults: ReadonlyMap<string, number>;
  readonly cardRetries: number;
  readonly heartbeatsDropped: number;
  /** Processes that shared the work; 1: it was not shared. */
  readonly workers: number;
  readonly kills: readonly Kill[];
  readonly audit: Audit;
  /** Name of a plant, for what was lost. */
  readonly plantName: (id: string) => string;
}

export interface Kill {
  readonly time: string;
  readonly pid: number;
  readonly nextPid: number;
  readonly plants: number;
  readonly waiting: number;
  /** Real seconds until another worker went on. */
  readonly afterS?: number;
}

type Row = readonly [what: string, value: string, style?: Style];

const CARDS: Readonly<Record<CardKind, string>> = {
  heartbeat: "heartbeats",
  "relay.failure": "relé atuou",
  "relay.normal": "relé normalizado",
  "relay.passed": "relé atuou e normalizou",
  "inverter.failure": "inversores parados",
  "inverter.normal": "inversores normalizados",
  "inverter.passed": "inversor parou e normalizou",
  "relay-silent": "relé sem comunicação",
  "mute-ended": "fim de um silêncio",
  monitor: "o monitor sobre si mesmo",
  "weekly-report": "relatório da semana",
  digest: "resumos depois da queda do Teams",
};
const CARD_KINDS: readonly CardKind[] = [
  "relay.failure", "relay.normal", "relay.passed", "relay-silent", "inverter.failure", "inverter.normal", "inverter.passed", "mute-ended", "digest", "monitor", "weekly-report", "heartbeat",
];

const FAULTS: Readonly<Record<string, string>> = {
  reset: "conexão cortada", timeout: "sem resposta", unauthorized: "token vencido (401)", empty: "lista vazia", truncated: "resposta cortada ao meio",
  notjson: "página HTML no lugar de JSON", wrongtype: "objeto no lugar de lista", "body-error": "Teams: 200, mas entrega falhou",
  "accepted-then-reset": "Teams: aceito, conexão cortada",
};

function faultWords(text: string): string {
  const [kind = "", status = "", retryAfter] = text.split(":");
  if (kind === "partial") return "usinas fora da lista";
  if (kind === "status") return `HTTP ${status}${retryAfter === undefined ? "" : " com Retry-After"}`;
  return FAULTS[kind] ?? text;
}

const number = (value: number): string => new Intl.NumberFormat("pt-BR").format(value);

export function summaryText(facts: DayFacts, canvas: Canvas): string {
  const { plants, from, to, realS, audit } = facts;
  const width = boxWidth(canvas);
  const groups = [cardRows(facts), troubleRows(facts), auditRows(facts)];
  const title = ` Um dia de ${number(plants)} usinas, das ${from} às ${to}, em ${number(Math.round(realS))} s `;
  const rule = (left: string, right: string): string => `${left}${"─".repeat(width - 2)}${right}`;
  const body = groups.map((rows) => rows.flatMap((row) => rowLines(row, width - 4, canvas)).map((line) => `│ ${line} │`).join("\n"));
  const verdict = isSound(audit)
    ? styled(["bold", "green"], "✔ Nada perdido, nada contado duas vezes.", canvas)
    : styled(["bold", "red"], "✘ O dia não foi contado como devia: veja o que falta ou sobra acima.", canvas);
  return `╭─${styled("bold", title, canvas)}${"─".repeat(Math.max(0, width - 3 - widthOf(title)))}╮\n${body.join(`\n${rule("├", "┤")}\n`)}\n${rule("╰", "╯")}\n${verdict}\n`;
}

function rowLines([what, value, style]: Row, most: number, canvas: Canvas): string[] {
  const indent = /^ */.exec(what)?.[0] ?? "";
  const lines = wrap(what.trimStart(), most - indent.length - widthOf(value) - 2);
  return lines.map((piece, i) => {
    const line = indent + piece;
    const text = i === 0 ? padded(line, most - widthOf(value)) + value : padded(line, most);
    return style === undefined ? text : styled(style, text, canvas);
  });
}

function cardRows({ cards, cardsAccepted }: DayFacts): Row[] {
  const reported = [...cards.values()].reduce((sum, count) => sum + count, 0);
  return [
    ["Cartões que o Teams aceitou", number(cardsAccepted), "bold"],
    ...CARD_KINDS.flatMap((kind): Row[] => (cards.has(kind) ? [[`  ${CARDS[kind]}`, number(cards.get(kind) ?? 0)]] : [])),
    ...(cardsAccepted > reported ? [[`  aceitos na hora em que o processo morreu, e repetidos`, number(cardsAccepted - reported)] as const] : []),
  ];
}

function troubleRows({ apiCalls, faults, cardRetries, heartbeatsDropped, workers, kills }: DayFacts): Row[] {
  const met = [...faults].map(([text, count]): readonly [string, number] => [faultWords(text), count]);
  const total = met.reduce((sum, [, count]) => sum + count, 0);
  const byWords = Map.groupBy(met, ([words]) => words);
  return [
    ["Chamadas à API", number(apiCalls), "bold"],
    ["Falhas de API e Teams atravessadas", number(total), "bold"],
    ...[...byWords].map(([words, rows]): Row => [`  ${words}`, number(rows.reduce((sum, [, count]) => sum + count, 0))]),
    ["Cartões tentados de novo", number(cardRetries), "bold"],
    ...(heartbeatsDropped > 0 ? [["Heartbeats descartados (nunca ficam na fila)", number(heartbeatsDropped)] as const] : []),
    ...(workers > 1 ? [["Trabalhadores no mesmo PostgreSQL", number(workers), "bold"] as const] : []),
    ...kills.flatMap(killRows),
  ];
}

function killRows({ time, pid, nextPid, plants, waiting, afterS }: Kill): Row[] {
  const found = `${number(plants)} usinas e ${number(waiting)} ${waiting === 1 ? "cartão" : "cartões"} por enviar`;
  if (afterS === undefined) return [["Processo morto (SIGKILL), e de volta", time, "bold"], [`  PID ${pid} → ${nextPid}: ${found} lidos do disco`, ""]];
  return [
    ["Trabalhador que conduzia morto (SIGKILL), sem substituto", time, "bold"],
    [`  PID ${pid}; o ${nextPid} assumiu ${number(Math.round(afterS))} s depois: ${found} lidos do PostgreSQL`, ""],
  ];
}

const EVENTS: Readonly<Record<string, string>> = {
  "relay.failure": "relé atuou", "relay.normal": "relé normalizou", "inverter.failure": "inversor parou", "inverter.normal": "inversor normalizou",
};
const MOST_SHOWN = 8;

function auditRows({ audit, plantName }: DayFacts): Row[] {
  const count = (what: string, events: readonly ExpectedEvent[]): Row[] => [
    [what, events.length === 0 ? "nenhum" : number(events.length), ["bold", events.length === 0 ? "green" : "red"]],
    ...events.slice(0, MOST_SHOWN).map(({ kind, plant, device, type }): Row => [`  ${plantName(plant)}: ${EVENTS[kind] ?? kind}, ${device}${type === null ? "" : ` (${type})`}`, "", "red"]),
    ...(events.length > MOST_SHOWN ? [[`  e mais ${number(events.length - MOST_SHOWN)}`, "", "red"] as const] : []),
  ];
  return [
    ["Eventos do dia, pelo mesmo cenário sem falhas", number(audit.expected), "bold"],
    ["Eventos contados em cartões aceitos", number(audit.told), "bold"],
    ...count("Perdidos", audit.lost),
    ...count("Contados sem terem acontecido", audit.unexpected),
    ...count("Contados duas vezes", audit.repeated),
    ...(audit.repeatedByKill.length > 0 ? [["Repetidos porque o processo morreu entre o aceite e a gravação (previsto)", number(audit.repeatedByKill.length)] as const] : []),
  ];
}
