// Every happening as the operator reads it in the log: level, logger and words. The one place for log words.
import type { DeviceEvent, NotifiedPlant } from "../../domain/notification.ts";
import type { Heartbeat } from "../../domain/heartbeat.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import type { Happening } from "../../ports/telemetry.ts";
import { because, counted, duration, moment, plantName } from "./phrases.ts";

export type Level = "debug" | "info" | "warn" | "error";
export interface Line {
  readonly level: Level;
  /** `rele` also holds what is of neither kind. */
  readonly logger: "rele" | "inversor";
  readonly text: string;
}

type Kind = Happening["kind"];
type OfKind = { readonly [K in Kind]: Extract<Happening, { readonly kind: K }> };
/** The system's word of a disk, or of a database that is away. `ESTALE`: another one has taken over. */
function saveAdvice(detail: string): string {
  if (detail === "ESTALE") return "outro processo tomou o lugar deste, que não avisa mais nada";
  if (/^(?:ECONN|ETIMEDOUT|EAGAIN|ENOTFOUND|EHOST|ENET|EPIPE|SQLSTATE)/.test(detail)) return "verifique o PostgreSQL e a rede até ele; novas tentativas seguem";
  return "verifique espaço em disco e permissão da pasta; novas tentativas seguem";
}

/** What happens all the time is a figure (metrics, history), not a line. */
const WORDLESS = ["api.called", "card.posted", "state.saved", "ping.ended", "inverters.read"] as const;
type Wordless = (typeof WORDLESS)[number];
type Words = { readonly [K in Exclude<Kind, Wordless>]: (happening: OfKind[K], zone: string) => Line };

/** Null for what is no line. `zone` is that of the log's own times; what concerns a plant is told in the plant's. */
export function happeningLine(happening: Happening, zone: string): Line | null {
  return isWordless(happening) ? null : lineOf(happening.kind, happening, zone);
}
function isWordless(happening: Happening): happening is OfKind[Wordless] {
  return WORDLESS.some((kind) => kind === happening.kind);
}
function lineOf<K extends keyof Words>(kind: K, happening: OfKind[K], zone: string): Line {
  return words[kind](happening, zone);
}

function general(level: Level, text: string): Line {
  return { level, logger: "rele", text };
}
function about(kind: DeviceKind, level: Level, text: string): Line {
  return { level, logger: kind === "relay" ? "rele" : "inversor", text };
}
const NAMES: Readonly<Record<DeviceKind, string>> = { relay: "relés", inverter: "inversores" };

const words: Words = {
  "monitor.started": ({ version, pid, host, note }) =>
    general("info", `Monitor iniciado: pvmonitor ${version}, PID ${pid}, em ${host}${note === null ? "" : `. ${note}`}`),
  "monitor.stopping": ({ signal }) => general("info", `Monitor parando (${signal}): espera as chamadas em curso, salva o estado e sai`),
  "monitor.stopped": ({ isSaved }) => isSaved
    ? general("info", "Monitor parado: estado salvo, trava liberada")
    : general("error", "Monitor parado, trava liberada; o último estado NÃO foi salvo: o que mudou desde a última gravação será lido de novo"),
  "state.loaded": ({ plants, waiting, takenOver }) =>
    general("info", `[ESTADO] Lido: ${counted(plants, "usina")}, ${counted(waiting, "notificação", "notificações")} por enviar`
      + (takenOver ? "; veio do monitor anterior (o arquivo antigo ficou ao lado, como .v1.bak)" : "")),
  "state.corrupt": ({ movedTo, reason }) =>
    general("error", `[ESTADO] Arquivo de estado ilegível (${reason}): guardado como ${movedTo}; o monitor começa com estado limpo e pode repetir alertas`),
  "state.not-saved": ({ detail, times }) =>
    general("error", `[ESTADO] Não foi salvo (${detail}), ${times === 1 ? "1 vez" : `${times} vezes seguidas`}: ${saveAdvice(detail)}`),
  "state.saved-again": ({ since }, zone) => general("info", `[ESTADO] Voltou a ser salvo; não era desde ${moment(since, zone)}`),
  "login.failed": ({ reason, retryInMs }) =>
    general("error", `[PVOP] Falha ao logar: ${because(reason)}; nova tentativa em ${duration(retryInMs)}`),
  "plants.listed": plantsListed,
  "plants.unavailable": ({ reason, detail, known }) =>
    general("warn", `[PVOP] Lista de usinas não veio: ${because(reason, detail)}; segue com ${counted(known, "usina conhecida", "usinas conhecidas")}`),
  "scan.finished": scanFinished,
  "plant.unavailable": ({ scan, plant, reason, detail }) =>
    about(scan, "warn", `[PVOP] ${plantName(plant)}: ${NAMES[scan]} não lidos: ${because(reason, detail)}`),
  "records.unusable": ({ scan, plant, count, example }) =>
    about(scan, "warn", `[PVOP] ${plantName(plant)}: ${counted(count, "registro inutilizável", "registros inutilizáveis")} de ${NAMES[scan]}`
      + (example === null ? "" : `; exemplo: ${example.slice(0, 300)}`)),
  "relay.unknown-parameters": ({ plant, parameters }) =>
    general("warn", `[RELE] ${plantName(plant)}: parâmetros ativos desconhecidos, sem alerta: ${parameters.slice(0, 50).join(", ")}`),
  "event.detected": ({ event, plant, name, mutedReason }) => {
    const line = event.subject === "relay" ? relayEvent(event, plant, name) : inverterEvent(event, plant, name);
    return mutedReason === null ? line : { ...line, text: `${line.text} [${mutedReason}: não vai ao Teams]` };
  },
  "relay.silent": ({ plant, since }) =>
    general("warn", `[RELE] ${plantName(plant)}: relé atuado sem comunicação desde ${moment(since, plant.zone)}; o alerta segue ativo, inversores voltam a ser vigiados`),
  "device.gone": ({ plant, device, type }) =>
    about(type === null && device !== null ? "inverter" : "relay", "warn", device === null
      ? `${plantName(plant)}: há 7 dias fora da lista de usinas; saiu das listas ativas, sem normalização`
      : `${plantName(plant)}: ${type === null ? "inversor" : "relé"} ${device} há 7 dias sem dados; saiu das listas ativas, sem normalização${type === null ? "" : ` (${type})`}`),
  "mute.begun": ({ mute, plant, name }) =>
    general("info", `[SILÊNCIO] Início: ${mutedWho(plant, mute.device, name)}, até ${moment(mute.until, plant.zone)}, por ${mute.by}: ${mute.reason}`),
  "mute.ended": ({ mute, plant, name, endedBy, failing }) =>
    general(failing === 0 ? "info" : "warn", `[SILÊNCIO] Fim: ${mutedWho(plant, mute.device, name)}, ${endedBy === null ? "no horário" : `por ${endedBy}`}; `
      + (failing === 0 ? "nada em falha" : counted(failing, "falha aberta", "falhas abertas"))),
  "test-card.sent": ({ by, title, outcome }) =>
    general(outcome === "delivered" ? "info" : "warn", `[TEAMS] Cartão de teste pedido por ${by}: ${outcome === "delivered" ? "aceito" : `não entregue (${outcome})`}: ${title}`),
  "api.outage": ({ phase, reason }) => phase === "lost"
    ? general("error", `[PVOP] API sem resposta: ${because(reason)}; uma sondagem por minuto até voltar`)
    : general("info", "[PVOP] API voltou a responder"),
  "card.posting": ({ card }) => general("debug", `[TEAMS] Enviando cartão: ${card.title} (tentativa ${String(card.attempt)})`),
  "card.delivered": ({ card, notice }) =>
    about(notice?.kind === "devices" ? notice.subject : "relay", "info",
      `[TEAMS] Cartão entregue: ${card.title} (${counted(card.events, "evento")}, tentativa ${card.attempt})`),
  "events.delivered": ({ plant, events }) =>
    about(events[0]?.subject ?? "relay", "debug", `[TEAMS] ${plantName(plant)}: ${counted(events.length, "evento entregue", "eventos entregues")}`),
  "failures.delivered": ({ plant, failing }) =>
    general("debug", `[TEAMS] ${plantName(plant)}: ${counted(failing.length, "falha dita", "falhas ditas")} no fim do silêncio`),
  "card.failed": ({ title, reason, attempt, retryInMs }) =>
    general("warn", `[TEAMS] Falha ao enviar webhook: ${because(reason)}; tentativa ${attempt} do cartão "${title}", outra em ${duration(retryInMs)}`),
  "card.refused": ({ title, status, plainToo, attempt }) =>
    general("error", `[TEAMS] Falha ao enviar webhook: cartão recusado (HTTP ${status}, tentativa ${attempt}): "${title}"; `
      + (plainToo ? "a forma simples também foi: fica guardado, nova tentativa a cada hora" : "vai de novo em forma simples")),
  "webhook.gone": ({ status, waiting }) =>
    general("error", `[TEAMS] Falha ao enviar webhook: endereço desativado ou sem permissão (HTTP ${status}); `
      + `${counted(waiting, "notificação guardada", "notificações guardadas")}, uma sondagem a cada 5 min; confira o webhook no Teams e TEAMS_WEBHOOK_URL`),
  "card.shadow": ({ title }) => general("info", `[TEAMS] Desligado (TEAMS_ENABLED=False), cartão só no log: ${title}`),
  "heartbeat.delivered": ({ heartbeat }) => heartbeatLine(heartbeat),
  "heartbeat.dropped": ({ reason }) => general("warn", `[HEARTBEAT] Não enviado (${because(reason)}): descartado, o próximo vai no seu horário`),
  "ping.failed": ({ reason, detail }) =>
    general("warn", `[HEARTBEAT] Vigia externo (HEARTBEAT_PING_URL) não pôde ser avisado: ${because(reason, detail)}; o monitor segue e tenta de novo depois de cada varredura`),
  "ping.back": () => general("info", "[HEARTBEAT] Vigia externo voltou a ser avisado"),
  "history.not-written": ({ reason }) => general("warn", `[HISTÓRICO] Não é gravado: ${reason}. Varreduras e cartões seguem; novas tentativas também`),
  "history.written-again": ({ since, lost }, zone) =>
    general("info", `[HISTÓRICO] Voltou a ser gravado; não era desde ${moment(since, zone)}${lost === 0 ? "" : `, e ${counted(lost, "registro se perdeu", "registros se perderam")}`}`),
  "history.moved-aside": ({ movedTo, reason }) => general("error", `[HISTÓRICO] Arquivo inutilizável (${reason}): guardado como ${movedTo}; começa um novo`),
  "report.made": ({ week, incidents, gaps, file }) =>
    general(gaps === 0 ? "info" : "warn", `[RELATÓRIO] ${week}: ${counted(incidents, "ocorrência")}${gaps === 0 ? "" : `, ${counted(gaps, "lacuna")} (ditas na planilha)`}`
      + `; ${file === null ? "sem planilha" : `planilha em ${file}`}, cartão na fila`),
  "report.failed": ({ week, reason }) => general("error", `[RELATÓRIO] ${week}: não pôde ser feito (${reason}); outra tentativa em 1 h`),
  "report.not-kept": ({ week, reason }) =>
    general("error", `[RELATÓRIO] ${week}: a planilha não pôde ser gravada (${reason}); o cartão vai assim mesmo. Depois: pvmonitor report --week ${week}`),
  "report.mailed": ({ week, recipients }) => general("info", `[RELATÓRIO] ${week}: enviado por e-mail a ${counted(recipients, "endereço")}`),
  "report.mail-failed": ({ week, reason, attempt, retryInMs }) =>
    general(retryInMs === null ? "error" : "warn", `[RELATÓRIO] ${week}: e-mail não enviado (${reason}), tentativa ${attempt}; `
      + (retryInMs === null ? `não tenta mais. Confira SMTP_URL e use pvmonitor report --week ${week} --send` : `outra em ${duration(retryInMs)}`)),
  "lock.lost": ({ path }) =>
    general("error", `[TRAVA] ${path} foi apagado ou trocado: outra instância poderia começar, por isso esta termina. Não apague esse arquivo; o sistema o libera sozinho`),
};

function mutedWho(plant: NotifiedPlant, device: string | null, name: string | null): string {
  if (device === null) return plantName(plant);
  return `${plantName(plant)}, aparelho ${name === null || name === device ? device : `${name} (${device})`}`;
}

function plantsListed({ plants, missing, unusable, example }: OfKind["plants.listed"]): Line {
  const parts = [`[PVOP] Lista de usinas: ${counted(plants, "usina")}`];
  if (missing.length > 0) parts.push(`${counted(missing.length, "conhecida não veio e segue sendo lida", "conhecidas não vieram e seguem sendo lidas")} (${missing.slice(0, 20).join(", ")}${missing.length > 20 ? ", …" : ""})`);
  if (unusable > 0) parts.push(`${counted(unusable, "registro inutilizável", "registros inutilizáveis")}${example === null ? "" : `, exemplo: ${example.slice(0, 300)}`}`);
  return general(missing.length + unusable > 0 ? "warn" : "info", parts.join("; "));
}

function scanFinished(scan: OfKind["scan.finished"]): Line {
  const plants = [
    counted(scan.complete, "completa"),
    ...(scan.unavailable > 0 ? [`${scan.unavailable} sem resposta`] : []),
    ...(scan.unwatched > 0 ? [`${scan.unwatched} sem vigilância`] : []),
  ];
  const readings = [
    ...(scan.oldNews > 0 ? [counted(scan.oldNews, "já conhecida")] : []),
    ...(scan.unusable > 0 ? [counted(scan.unusable, "inutilizável", "inutilizáveis")] : []),
  ];
  const reasons = Object.entries(scan.reasons).map(([reason, count]) => `${reason}=${count}`);
  const text = `[SCAN] ${NAMES[scan.scan]}: ${duration(scan.durationMs)}, ${counted(scan.plants, "usina")} (${plants.join(", ")}), `
    + `${counted(scan.calls, "chamada")}, ${counted(scan.readings, "leitura")}${readings.length > 0 ? ` (${readings.join(", ")})` : ""}`
    + `${reasons.length > 0 ? `; motivos: ${reasons.join(", ")}` : ""}${scan.endedEarly ? "; interrompida antes do fim" : ""}`;
  return about(scan.scan, scan.unavailable > 0 || scan.endedEarly ? "warn" : "info", text);
}

function relayEvent({ kind, type, device, incident, reading }: DeviceEvent, plant: NotifiedPlant, name: string): Line {
  const relay = name === device ? device : `${name} (${device})`;
  const text = kind === "failure"
    ? `[RELE] Falha: ${plantName(plant)}, relé ${relay} atuou, ${type ?? "?"} (${incident.parameters.join(", ")}) desde ${moment(incident.first, plant.zone)}`
    : `[RELE] Normalizacao: ${plantName(plant)}, relé ${relay} normalizado, ${type ?? "?"}, às ${moment(reading, plant.zone)}${lasted(incident)}`;
  return about("relay", kind === "failure" ? "warn" : "info", `${text}, incidente ${incident.id}`);
}

function inverterEvent({ kind, device, incident }: DeviceEvent, plant: NotifiedPlant, name: string): Line {
  const inverter = name === device ? device : `${name} (${device})`;
  const text = kind === "failure"
    ? `[ALERTA INVERSOR] ${plantName(plant)}, inversor ${inverter} parado desde ${moment(incident.first, plant.zone)}`
    : `[RECUPERACAO INVERSOR] ${plantName(plant)}, inversor ${inverter} normalizado${incident.end === null ? "" : ` às ${moment(incident.end, plant.zone)}`}${lasted(incident)}`;
  const again = kind === "failure" && incident.nth > 1 ? `, ${incident.nth}ª vez em 1 h` : "";
  return about("inverter", kind === "failure" ? "warn" : "info", `${text}${again}, incidente ${incident.id}`);
}

function lasted({ first, end }: DeviceEvent["incident"]): string {
  return end === null ? "" : `, durou ${duration(end - first)}`;
}

function heartbeatLine({ status, attention, relayAlerts, failedInverters, withoutData, relayPlants, inverterPlants }: Heartbeat): Line {
  const alerts = relayAlerts.reduce((sum, row) => sum + row.alerts, 0);
  const failed = failedInverters.reduce((sum, row) => sum + row.inverters, 0);
  const reasons = attention.map(({ kind }) => ATTENTION[kind]).join(", ");
  return general(status === "OK" ? "info" : "warn", `[HEARTBEAT] ${status}${reasons === "" ? "" : ` (${reasons})`}: `
    + `relés de ${counted(relayPlants, "usina")}, ${counted(alerts, "alerta ativo", "alertas ativos")}; `
    + `inversores de ${counted(inverterPlants, "usina")}, ${counted(failed, "parado")}; ${counted(withoutData.length, "usina")} sem dados`);
}

const ATTENTION: Readonly<Record<Heartbeat["attention"][number]["kind"], string>> = {
  "scan-late": "varredura atrasada",
  "api-failing": "API falhando",
  "teams-failing": "Teams falhando",
  "webhook-gone": "webhook desativado",
  "cards-refused": "cartões recusados",
  "notifications-waiting": "notificações por enviar",
  "plants-without-data": "usinas sem dados",
  "inverters-unwatched": "inversores sem vigilância",
  "state-not-saved": "estado não salvo",
};
