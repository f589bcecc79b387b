// The words of `status`, in the order in which an operator asks: does it run, what is failing, what waits, what is not seen.
import { counted, duration, listed, named, number, reasonWords, timesOf, type Times } from "../../adapters/teams/words.ts";
import type { StatusView, Waiting } from "../../app/status-view.ts";
import type { EpochMs } from "../../domain/local-time.ts";
import type { QueueFacts } from "../../adapters/queue/queue-facts.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import { printable } from "../terminal/text-width.ts";
import type { LockHolder } from "./lock-holder.ts";
import { whyWaiting } from "./waiting-words.ts";

export interface StatusFacts {
  readonly view: StatusView;
  readonly zone: string;
  readonly path: string;
  readonly savedAt: EpochMs;
  readonly lock: LockHolder;
  readonly cluster: QueueFacts | { readonly wrong: string } | null;
  /** The file is the predecessor's: it will be taken over at the next start. */
  readonly isPredecessor: boolean;
  /** Null where no such plant is known. */
  readonly plantName: (id: string) => string | null;
  readonly teamsEnabled: boolean;
  /** The card's own title, of each waiting notification. */
  readonly titleOf: (waiting: Waiting) => string;
  /** What operators silenced, in lines. */
  readonly mutes: readonly string[];
}

interface Words {
  readonly times: Times;
  /** `há 12 min` */
  readonly ago: (at: EpochMs) => string;
  /** `desde 10:05 (há 2 h)` */
  readonly since: (at: EpochMs) => string;
}

export function statusText(facts: StatusFacts): string {
  const { view, zone } = facts;
  const times = timesOf(zone, view.at);
  const ago = (at: EpochMs): string => (at > view.at ? "no futuro: confira o relógio" : `há ${duration(view.at - at)}`);
  const words: Words = { times, ago, since: (at) => `desde ${times.moment(at)} (${ago(at)})` };
  const sections = [
    [`Monitor: ${lockWords(facts)}`, `Estado: ${facts.path}, gravado ${ago(facts.savedAt)}${facts.isPredecessor ? "; é do monitor anterior, e será assumido no próximo início" : ""}`],
    clusterLines(facts, words),
    section("Varreduras", [scanLine("relay", facts, words), scanLine("inverter", facts, words)]),
    troubleLines(view, words),
    failureLines(view, words),
    waitingLines(facts, words),
    unseenLines(view, words),
    section("Em silêncio", facts.mutes),
    leftLines(view),
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.map(printable).join("\n")).join("\n\n")}\n`;
}

/** Nothing where there is nothing to list. */
function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function lockWords({ lock: { state, pid }, cluster }: StatusFacts): string {
  const who = pid === null ? "" : ` (PID ${pid})`;
  if (state === "held") return `no ar${who}`;
  if (state === "free" && cluster !== null) return "parado: nenhum processo vigia esta conta";
  return state === "free" ? "parado: ninguém segura a trava" : `não dá para saber se está no ar neste sistema; o último foi${pid === null ? " desconhecido" : ` o PID ${pid}`}`;
}

const MOST_DEAD = 10;

/** Which workers are there, and what none of them could do. */
function clusterLines({ cluster, plantName }: StatusFacts, { times, since }: Words): readonly string[] {
  if (cluster === null) return [];
  if ("wrong" in cluster) return [`Processos: a fila de tarefas não pôde ser consultada (${cluster.wrong})`];
  const { workers, dead } = cluster;
  return [
    ...section(workers.length === 0 ? "Processos: nenhum no ar" : `Processos: ${counted(workers.length, "no ar", "no ar")}`,
      workers.map(({ host, pid, version, since: at }) => `${host}, PID ${pid}, pvmonitor ${version}, ${since(at)}`)),
    ...section(dead.length === 0 ? "" : `Varreduras abandonadas depois de várias tentativas, nos últimos 14 dias: ${dead.length}`,
      dead.slice(0, MOST_DEAD).map(({ plantId, kind, at }) => `⚠ ${plantName(plantId) ?? `usina ${plantId}`}, ${NAMES[kind]}, ${times.moment(at)}; veja o log dos processos`)),
  ];
}

const NAMES: Readonly<Record<DeviceKind, string>> = { relay: "relés", inverter: "inversores" };

function scanLine(kind: DeviceKind, { view }: StatusFacts, { times, ago }: Words): string {
  const last = view.lastCycle[kind];
  const plants = counted(kind === "relay" ? view.relayPlants : view.plants, "usina", "usinas");
  const when = last === null ? "ainda nenhuma" : `${times.moment(last)}, ${ago(last)}`;
  return `${NAMES[kind].padEnd(11)} ${when} · ${plants}${view.isLate[kind] ? " · ⚠ atrasada" : ""}`;
}

function troubleLines({ api, teams, noData }: StatusView, { since }: Words): readonly string[] {
  return section("Pede atenção", [
    ...(api === null ? [] : [`⚠ PVOperation sem resposta ${since(api.since)}: ${reasonWords(api.detail)}`]),
    ...(teams === null ? [] : [teams.goneStatus === null
      ? `⚠ Teams sem aceitar cartões ${since(teams.since)}: ${reasonWords(teams.reason)}`
      : `⚠ Webhook do Teams desligado ou sem permissão (HTTP ${teams.goneStatus}) ${since(teams.since)}: crie outro no canal e troque TEAMS_WEBHOOK_URL`]),
    ...(noData === null ? [] : [`⚠ Mais da metade das usinas sem dados ${since(noData.since)}`]),
  ]);
}

function failureLines({ relayAlerts, failedInverters }: StatusView, { since }: Words): readonly string[] {
  const lines = [
    ...relayAlerts.map(({ plant, name, type, parameters, since: first, incident }) =>
      `🔴 ${plant.name}: ${named("relay", name)} atuado, ${type}${parameters.length === 0 ? "" : ` (${parameters.join(", ")})`}, ${since(first)} · incidente ${incident}`),
    ...failedInverters.map(({ plant, name, since: first, incident }) => `🔴 ${plant.name}: ${named("inverter", name)} parado, ${since(first)} · incidente ${incident}`),
  ];
  return lines.length === 0 ? ["Em falha: nada"] : section(`Em falha: ${[
    ...(relayAlerts.length === 0 ? [] : [counted(relayAlerts.length, "alerta de relé", "alertas de relé")]),
    ...(failedInverters.length === 0 ? [] : [counted(failedInverters.length, "inversor parado", "inversores parados")]),
  ].join(", ")}`, lines);
}

function waitingLines(facts: StatusFacts, words: Words): readonly string[] {
  const { outbox } = facts.view;
  if (outbox.length === 0) return ["Fila de envio: vazia"];
  const around = { teams: facts.view.teams, isRunning: facts.lock.state !== "free", teamsEnabled: facts.teamsEnabled, times: words.times };
  return section(`Fila de envio: ${counted(outbox.length, "notificação", "notificações")}`, outbox.flatMap((waiting) => [
    facts.titleOf(waiting),
    `    ${words.since(waiting.since)} · ${whyWaiting(waiting, around)}`,
  ]));
}

function unseenLines({ unwatched, withoutData, silentInverters, unlisted }: StatusView, { since }: Words): readonly string[] {
  return [
    ...section("Inversores sem vigilância, por relé atuado", unwatched.map(({ plant, since: first }) => `${plant.name}, ${since(first)}`)),
    ...section("Usinas sem dados", withoutData.map(({ plant, kinds, since: first }) =>
      `${plant.name}: ${listed(kinds.map((kind) => NAMES[kind]))}${first === null ? "" : `, ${since(first)}`}`)),
    ...(silentInverters === 0 ? [] : [`${counted(silentInverters, "inversor", "inversores")} sem dados em usinas cujos outros inversores têm dados`]),
    ...section("Fora da lista da PVOperation, ainda vigiadas", unlisted.map(({ plant, since: first }) => `${plant.name}, ${since(first)}`)),
  ];
}

function leftLines({ gone, muted, oldNews }: StatusView): readonly string[] {
  return [
    ...section("Saíram das listas, 7 dias sem sinal", gone.map(({ plant, device, type }) =>
      `${plant.name}: ${device === null ? "a usina inteira" : `${named(type === null ? "inverter" : "relay", device)}${type === null ? "" : ` (${type})`}`}`)),
    ...section("Silenciadas em pvmonitor.yaml", muted),
    ...(oldNews.relay + oldNews.inverter === 0 ? []
      : [`Leituras já conhecidas ou atrasadas (contadas, não julgadas): ${number(oldNews.relay)} de relés, ${number(oldNews.inverter)} de inversores`]),
  ];
}
