// Proof of life: can the monitor be believed, and if not, why, since when and what to do; then what stands open.
import type { Attention, Heartbeat } from "../../domain/heartbeat.ts";
import type { NotifiedPlant } from "../../domain/notification.ts";
import { joined, section, type Card, type Row, type Section } from "./card-model.ts";
import { typeText } from "./device-stories.ts";
import { clean } from "./literal-text.ts";
import { plantName, SIGNATURE } from "./notice-cards.ts";
import { capitalized, counted, duration, firstOf, listed, named, number, reasonWords, timesOf, type Times } from "./words.ts";

export function heartbeatCard(beat: Heartbeat): Card {
  const times = timesOf(beat.zone, beat.at);
  const reasons = beat.attention.map((attention) => reasonOf(attention));
  const isOk = beat.status === "OK";
  const text = isOk ? "✅ Monitor ativo, varreduras em dia: OK" : `⚠️ Monitor ativo, ATENÇÃO${reasons.length === 0 ? "" : `: ${firstOf(reasons.map(({ what }) => what), 3).join("; ")}`}`;
  const title = `${text} (${times.moment(beat.at)})`;
  return {
    title,
    summary: title,
    severity: isOk ? "good" : "info",
    tone: isOk ? "good" : "warning",
    subtitle: null,
    notes: [],
    sections: [
      section(reasons.map(({ what, toDo, since }): Row => ({ name: capitalized(what), when: since === null ? "" : `desde ${times.moment(since)}`, details: [toDo] })), "O que pede atenção"),
      section(scanRows(beat, times), "Varreduras"),
      ...standing(beat, times),
    ],
    remarks: remarksOf(beat),
    small: joined(clean(beat.host, 64, "servidor"), `PID ${beat.pid}`, `v${clean(beat.version, 32)}`, `no ar há ${duration(beat.at - beat.startedAt)}`, SIGNATURE),
  };
}

export interface ReasonWords { readonly what: string; readonly toDo: string; readonly since: number | null }

/** The reason in words, what to do about it, and since when. */
export function reasonOf(attention: Attention): ReasonWords {
  const since = "since" in attention ? attention.since : null;
  switch (attention.kind) {
    case "scan-late":
      return { what: `varredura de ${attention.scan === "relay" ? "relés" : "inversores"} atrasada`, toDo: "Ver no log, nas linhas SCAN, quanto demora cada varredura e o que falha.", since };
    case "api-failing":
      return {
        what: attention.reason === "login-refused" ? "login recusado pela PVOperation" : `PVOperation falha: ${reasonWords(attention.reason)}`,
        toDo: attention.reason === "login-refused" ? "Conferir o usuário e a senha da PVOperation na configuração do monitor." : "Conferir a rede do servidor e se a PVOperation está no ar.",
        since,
      };
    case "teams-failing":
      return { what: `Teams falha: ${reasonWords(attention.reason)}`, toDo: "Nada se perde: os cartões saem quando o Teams responder.", since };
    case "webhook-gone":
      return { what: `webhook do Teams desligado (HTTP ${number(attention.status)})`, toDo: "Criar outro webhook no canal e trocar TEAMS_WEBHOOK_URL; os cartões esperam.", since };
    case "cards-refused":
      return { what: `Teams recusou ${counted(attention.count, "cartão", "cartões")}`, toDo: "São tentados de novo a cada hora; ver no log, nas linhas TEAMS, o que foi recusado.", since };
    case "notifications-waiting":
      return { what: `${counted(attention.count, "notificação", "notificações")} na fila`, toDo: "Saem sozinhas quando o Teams aceitar; se a fila crescer, conferir o webhook.", since };
    case "plants-without-data":
      return { what: `${counted(attention.count, "usina", "usinas")} sem dados`, toDo: "Conferir na PVOperation a comunicação das usinas listadas abaixo.", since };
    case "inverters-unwatched": {
      const plants = firstOf(attention.plants.map((name) => clean(name, 48)), 4);
      const where = plants.length === 0 ? "" : `${listed(plants)}: `;
      return { what: "inversores sem vigilância há mais de 12 h", toDo: `${where}resolver o alerta do relé, ou ignorar o parâmetro em pvmonitor.yaml.`, since };
    }
    case "state-not-saved":
      return { what: "estado não gravado em disco", toDo: `Conferir espaço e permissão da pasta do estado (${clean(attention.detail, 80, "sem detalhe")}).`, since };
  }
}

function scanRows(beat: Heartbeat, times: Times): Row[] {
  const alerts = beat.relayAlerts.reduce((sum, row) => sum + row.alerts, 0);
  const down = beat.failedInverters.reduce((sum, row) => sum + row.inverters, 0);
  const on = (at: number | null): string => (at === null ? "ainda nenhuma" : times.moment(at));
  const where = (rows: readonly unknown[]): string => (rows.length === 0 ? "" : ` em ${counted(rows.length, "usina", "usinas")}`);
  return [
    { name: "Relés", when: on(beat.lastRelayScan), details: [`${counted(beat.relayPlants, "usina", "usinas")} · ${counted(alerts, "alerta ativo", "alertas ativos")}${where(beat.relayAlerts)}`] },
    { name: "Inversores", when: on(beat.lastInverterScan), details: [`${counted(beat.inverterPlants, "usina", "usinas")} · ${down === 0 ? "nenhum parado" : counted(down, "parado", "parados")}${where(beat.failedInverters)}`] },
  ];
}

/** What stands open, plant by plant, longest first. */
function standing(beat: Heartbeat, times: Times): Section[] {
  const name = plantLabels([...beat.relayAlerts, ...beat.failedInverters, ...beat.withoutData, ...beat.unwatched, ...beat.gone, ...beat.mutes].map(({ plant }) => plant));
  const since = (at: number | null): string => (at === null ? "" : `desde ${times.moment(at)}`);
  const oldestFirst = <T extends { readonly since: number | null }>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0));
  return [
    section(oldestFirst(beat.relayAlerts).map((row) => ({ name: `🔴 ${name(row.plant)}`, when: since(row.since), details: [`relé atuado: ${listed(firstOf(row.types.map(typeText), 6))}`] })), "Relés atuados"),
    section(oldestFirst(beat.failedInverters).map((row) => ({ name: `🔴 ${name(row.plant)}`, when: since(row.since), details: [counted(row.inverters, "inversor parado", "inversores parados")] })), "Inversores parados"),
    section(oldestFirst(beat.unwatched).map((row) => ({ name: name(row.plant), when: since(row.since), details: [] })), "Inversores sem vigilância"),
    section(oldestFirst(beat.withoutData).map((row) => ({ name: name(row.plant), when: since(row.since), details: [listed(row.kinds.map((kind) => (kind === "relay" ? "relés" : "inversores")))] })), "Sem dados"),
    section(beat.mutes.map((row) => ({
      name: name(row.plant), when: `até ${times.moment(row.until)}`, details: [joined(row.device === null ? "a usina inteira" : `só ${clean(row.device, 48)}`, clean(row.reason, 300, "sem motivo"))],
    })), "Em silêncio"),
    section(beat.gone.map(({ plant, device, type }) => ({ name: name(plant), when: "", details: [goneText(device, type)] })), "Fora da lista, 7 dias sem sinal"),
  ];
}

function goneText(device: string | null, type: string | null): string {
  if (device === null) return "a usina inteira";
  return joined(named(type === null ? "inverter" : "relay", clean(device, 48)), type === null ? null : typeText(type));
}

/** Plant names, with the id beside those that are alike. */
function plantLabels(plants: readonly NotifiedPlant[]): (plant: NotifiedPlant) => string {
  const ids = new Map<string, Set<string>>();
  for (const plant of plants) ids.set(plantName(plant), (ids.get(plantName(plant)) ?? new Set()).add(plant.id));
  return (plant) => ((ids.get(plantName(plant))?.size ?? 0) > 1 ? `${plantName(plant)} (${clean(plant.id, 32)})` : plantName(plant));
}

function remarksOf(beat: Heartbeat): string[] {
  const silent = beat.silentInverters > 0 ? `${counted(beat.silentInverters, "inversor", "inversores")} sem dados em usinas cujos outros inversores têm dados.` : "";
  const muted = beat.muted.length > 0 ? `Silenciadas na configuração: ${listed(firstOf(beat.muted.map((name) => clean(name, 48)), 6))}.` : "";
  return [silent, muted].filter((text) => text !== "");
}
