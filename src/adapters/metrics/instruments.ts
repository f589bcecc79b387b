// Every counter, histogram and gauge of the monitor: name, labels and help in one place. Names and units by Prometheus' conventions.
// Labels are of closed sets only: no plant, device, address or text from outside ever becomes a series.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const SCAN_SECONDS = [1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 900, 1800];
const CALL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const SAVE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type Counters = ReturnType<typeof createCounters>;
export type Gauges = ReturnType<typeof createGauges>;

/** What happenings add to. */
export function createCounters(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> => new Counter({ name: `pvmonitor_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]): Histogram<L> =>
    new Histogram({ name: `pvmonitor_${name}`, help, buckets, labelNames, registers });
  return {
    scans: counter("scans_total", "Varreduras terminadas, por tipo e resultado.", "kind", "outcome"),
    scanSeconds: histogram("scan_duration_seconds", "Duração das varreduras.", SCAN_SECONDS, "kind"),
    scanPlants: counter("scan_plants_total", "Usinas das varreduras: lidas até o fim, sem resposta, sem vigilância.", "kind", "outcome"),
    readings: counter("readings_total", "Leituras recebidas da PVOperation.", "kind"),
    oldReadings: counter("readings_known_total", "Leituras já conhecidas ou atrasadas: contadas, não julgadas.", "kind"),
    unusable: counter("records_unusable_total", "Registros inutilizáveis.", "kind"),
    reasons: counter("scan_unavailable_total", "Usinas não lidas numa varredura, por motivo.", "kind", "reason"),
    incidents: counter("incidents_total", "Falhas achadas e normalizações provadas, as silenciadas também.", "kind", "event"),
    apiCalls: counter("api_requests_total", "Chamadas à PVOperation, cada tentativa contada.", "call", "outcome"),
    apiSeconds: histogram("api_request_duration_seconds", "Duração das chamadas à PVOperation.", CALL_SECONDS, "call"),
    teamsPosts: counter("teams_posts_total", "Envios ao Teams, cada tentativa contada.", "outcome"),
    teamsSeconds: histogram("teams_post_duration_seconds", "Duração dos envios ao Teams.", CALL_SECONDS),
    cards: counter("cards_total", "Cartões: aceitos, só no log (Teams desligado), adiados, recusados.", "outcome"),
    saveSeconds: histogram("state_save_duration_seconds", "Duração das gravações do estado que deram certo.", SAVE_SECONDS),
    saveFailures: counter("state_save_failures_total", "Gravações do estado que falharam."),
    heartbeats: counter("heartbeats_total", "Heartbeats entregues e descartados.", "outcome"),
    pings: counter("pings_total", "Chamadas ao vigia externo (HEARTBEAT_PING_URL), por sinal e resultado.", "signal", "outcome"),
  };
}

/** What a scrape sets anew. */
export function createGauges(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> => new Gauge({ name: `pvmonitor_${name}`, help, labelNames, registers });
  return {
    buildInfo: gauge("build_info", "Versão do monitor e do Node; sempre 1.", "version", "node"),
    plants: gauge("plants", "Usinas por estado, cada uma no mais urgente.", "state"),
    devices: gauge("devices", "Relés e inversores por estado.", "kind", "state"),
    relayAlerts: gauge("relay_alerts", "Alertas de relé ativos, por classe das configurações.", "type"),
    lastScan: gauge("last_scan_timestamp_seconds", "Fim da última varredura inteira; ausente antes da primeira.", "kind"),
    interval: gauge("scan_interval_seconds", "Intervalo configurado entre os inícios de duas varreduras.", "kind"),
    outbox: gauge("outbox_notifications", "Notificações na fila: à espera de envio, recusadas pelo Teams.", "state"),
    outboxAge: gauge("outbox_oldest_age_seconds", "Idade da notificação mais antiga da fila; 0 se vazia."),
    trouble: gauge("trouble", "1 enquanto falha: API, Teams, gravação do estado, mais da metade das usinas sem dados.", "topic"),
    mutes: gauge("mutes", "Silenciamentos em vigor."),
    historyLost: gauge("history_lost_records", "Registros que o histórico não pôde guardar, no problema de agora."),
  };
}
