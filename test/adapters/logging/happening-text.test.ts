// Every happening has its line: level, file, tag and words.
import { describe, expect, it } from "vitest";
import { happeningLine } from "../../../src/adapters/logging/happening-text.ts";
import { counted, duration, oneLine } from "../../../src/adapters/logging/phrases.ts";
import { parseWallClock } from "../../../src/domain/local-time.ts";
import type { DeviceEvent } from "../../../src/domain/notification.ts";
import type { Happening } from "../../../src/ports/telemetry.ts";

const ZONE = "America/Sao_Paulo";
const at = (text: string): number => parseWallClock(`2025-12-01 ${text}:00`, ZONE) ?? NaN;
const plant = { id: "101", name: "UFV A", capacityKwp: 100, zone: ZONE };
const incident = { id: "7F3K", first: at("10:05"), last: at("10:15"), end: null, parameters: ["r59N", "r86"], nth: 1 };
const trip: DeviceEvent = { kind: "failure", subject: "relay", device: "1931", type: "SOBRETENSÃO", reading: at("10:05"), incident };
const stop: DeviceEvent = { kind: "failure", subject: "inverter", device: "9", type: null, reading: at("10:15"), incident: { ...incident, nth: 3, parameters: [] } };
const back = { end: at("10:40") };
const detected = { kind: "event.detected", plant, mutedReason: null } as const;
const card = { title: "🔴 UFV A: inversor 9 parado", severity: "danger", plantId: "101", events: 1, attempt: 2 } as const;
const scan = { kind: "scan.finished", scan: "inverter", durationMs: 12_340, plants: 27, complete: 25, unavailable: 2, unwatched: 0, calls: 54, readings: 2269,
  oldNews: 3, unusable: 0, reasons: { timeout: 2 }, endedEarly: false } as const;
const heartbeat = { at: at("12:00"), zone: ZONE, status: "ATENÇÃO", attention: [{ kind: "plants-without-data", count: 2 }], lastRelayScan: null, lastInverterScan: null,
  relayPlants: 1, inverterPlants: 191, relayAlerts: [{ plant, alerts: 2, types: ["TÉRMICO"], since: at("10:05") }],
  failedInverters: [{ plant, inverters: 3, since: at("10:05") }], withoutData: [], silentInverters: 0, unwatched: [], gone: [], muted: [], mutes: [],
  host: "servidor", pid: 1, version: "1.0.0", startedAt: at("00:01") } as const;

const cases: readonly (readonly [Happening, string, string, string])[] = [
  [{ kind: "monitor.started", version: "1.0.0", pid: 7, host: "servidor", note: null }, "info", "rele", "Monitor iniciado: pvmonitor 1.0.0, PID 7, em servidor"],
  [{ kind: "monitor.stopping", signal: "SIGTERM" }, "info", "rele", "Monitor parando (SIGTERM): espera as chamadas em curso, salva o estado e sai"],
  [{ kind: "monitor.stopped", isSaved: true }, "info", "rele", "Monitor parado: estado salvo, trava liberada"],
  [{ kind: "monitor.stopped", isSaved: false }, "error", "rele", "Monitor parado, trava liberada; o último estado NÃO foi salvo: o que mudou desde a última gravação será lido de novo"],
  [{ kind: "state.loaded", plants: 1, waiting: 2, takenOver: true }, "info", "rele", "[ESTADO] Lido: 1 usina, 2 notificações por enviar; veio do monitor anterior (o arquivo antigo ficou ao lado, como .v1.bak)"],
  [{ kind: "state.corrupt", movedTo: "monitor_state.json.corrupt.20251201_101500", reason: "não é JSON" }, "error", "rele", "[ESTADO] Arquivo de estado ilegível (não é JSON): guardado como monitor_state.json.corrupt.20251201_101500; o monitor começa com estado limpo e pode repetir alertas"],
  [{ kind: "state.not-saved", detail: "ENOSPC", times: 3 }, "error", "rele", "[ESTADO] Não foi salvo (ENOSPC), 3 vezes seguidas: verifique espaço em disco e permissão da pasta; novas tentativas seguem"],
  [{ kind: "state.saved-again", since: at("10:05") }, "info", "rele", "[ESTADO] Voltou a ser salvo; não era desde 01/12/2025 10:05:00"],
  [{ kind: "login.failed", reason: "login-refused", retryInMs: 60_000 }, "error", "rele", "[PVOP] Falha ao logar: login recusado (login-refused); nova tentativa em 1 min"],
  [{ kind: "plants.listed", plants: 27, missing: [], unusable: 0, example: null }, "info", "rele", "[PVOP] Lista de usinas: 27 usinas"],
  [{ kind: "plants.listed", plants: 26, missing: ["101"], unusable: 1, example: "{}" }, "warn", "rele", "[PVOP] Lista de usinas: 26 usinas; 1 conhecida não veio e segue sendo lida (101); 1 registro inutilizável, exemplo: {}"],
  [{ kind: "plants.unavailable", reason: "bad-json", detail: "<html>", known: 27 }, "warn", "rele", "[PVOP] Lista de usinas não veio: resposta que não é JSON (bad-json): <html>; segue com 27 usinas conhecidas"],
  [scan, "warn", "inversor", "[SCAN] inversores: 12,3 s, 27 usinas (25 completas, 2 sem resposta), 54 chamadas, 2.269 leituras (3 já conhecidas); motivos: timeout=2"],
  [{ ...scan, scan: "relay", unavailable: 0, complete: 26, unwatched: 1, oldNews: 0, unusable: 1, reasons: {} }, "info", "rele", "[SCAN] relés: 12,3 s, 27 usinas (26 completas, 1 sem vigilância), 54 chamadas, 2.269 leituras (1 inutilizável)"],
  [{ kind: "plant.unavailable", scan: "relay", plant, reason: "timeout", detail: "" }, "warn", "rele", "[PVOP] UFV A (101): relés não lidos: sem resposta a tempo (timeout)"],
  [{ kind: "records.unusable", scan: "inverter", plant, count: 2, example: "null" }, "warn", "inversor", "[PVOP] UFV A (101): 2 registros inutilizáveis de inversores; exemplo: null"],
  [{ kind: "relay.unknown-parameters", plant, parameters: ["rXX"] }, "warn", "rele", "[RELE] UFV A (101): parâmetros ativos desconhecidos, sem alerta: rXX"],
  [{ ...detected, event: trip, name: "1931" }, "warn", "rele", "[RELE] Falha: UFV A (101), relé 1931 atuou, SOBRETENSÃO (r59N, r86) desde 01/12/2025 10:05:00, incidente 7F3K"],
  [{ ...detected, event: { ...trip, kind: "normal", reading: at("10:40"), incident: { ...incident, ...back } }, name: "Relé 1" }, "info", "rele", "[RELE] Normalizacao: UFV A (101), relé Relé 1 (1931) normalizado, SOBRETENSÃO, às 01/12/2025 10:40:00, durou 35 min, incidente 7F3K"],
  [{ ...detected, event: stop, name: "INV 9", mutedReason: "silenciada em pvmonitor.yaml" }, "warn", "inversor", "[ALERTA INVERSOR] UFV A (101), inversor INV 9 (9) parado desde 01/12/2025 10:05:00, 3ª vez em 1 h, incidente 7F3K [silenciada em pvmonitor.yaml: não vai ao Teams]"],
  [{ ...detected, event: { ...stop, kind: "normal", incident: { ...incident, ...back } }, name: "9" }, "info", "inversor", "[RECUPERACAO INVERSOR] UFV A (101), inversor 9 normalizado às 01/12/2025 10:40:00, durou 35 min, incidente 7F3K"],
  [{ kind: "relay.silent", plant, since: at("10:05") }, "warn", "rele", "[RELE] UFV A (101): relé atuado sem comunicação desde 01/12/2025 10:05:00; o alerta segue ativo, inversores voltam a ser vigiados"],
  [{ kind: "device.gone", plant, device: "9", type: null }, "warn", "inversor", "UFV A (101): inversor 9 há 7 dias sem dados; saiu das listas ativas, sem normalização"],
  [{ kind: "device.gone", plant, device: "7", type: "TÉRMICO" }, "warn", "rele", "UFV A (101): relé 7 há 7 dias sem dados; saiu das listas ativas, sem normalização (TÉRMICO)"],
  [{ kind: "device.gone", plant, device: null, type: null }, "warn", "rele", "UFV A (101): há 7 dias fora da lista de usinas; saiu das listas ativas, sem normalização"],
  [{ kind: "api.outage", phase: "lost", reason: "connection" }, "error", "rele", "[PVOP] API sem resposta: sem conexão (connection); uma sondagem por minuto até voltar"],
  [{ kind: "api.outage", phase: "back", reason: "connection" }, "info", "rele", "[PVOP] API voltou a responder"],
  [{ kind: "card.delivered", card, notice: null }, "info", "rele", "[TEAMS] Cartão entregue: 🔴 UFV A: inversor 9 parado (1 evento, tentativa 2)"],
  [{ kind: "events.delivered", plant, events: [stop, stop] }, "debug", "inversor", "[TEAMS] UFV A (101): 2 eventos entregues"],
  [{ kind: "card.failed", title: "T", reason: "HTTP 429", attempt: 2, retryInMs: 1500 }, "warn", "rele", '[TEAMS] Falha ao enviar webhook: HTTP 429; tentativa 2 do cartão "T", outra em 1,5 s'],
  [{ kind: "card.refused", title: "T", status: 413, plainToo: false, attempt: 1 }, "error", "rele", '[TEAMS] Falha ao enviar webhook: cartão recusado (HTTP 413, tentativa 1): "T"; vai de novo em forma simples'],
  [{ kind: "card.refused", title: "T", status: 400, plainToo: true, attempt: 2 }, "error", "rele", '[TEAMS] Falha ao enviar webhook: cartão recusado (HTTP 400, tentativa 2): "T"; a forma simples também foi: fica guardado, nova tentativa a cada hora'],
  [{ kind: "failures.delivered", plant, failing: [{ subject: "inverter", device: "9", name: "9", type: null, parameters: [], incidentId: "X", first: 0, last: 0 }] }, "debug", "rele", "[TEAMS] UFV A (101): 1 falha dita no fim do silêncio"],
  [{ kind: "webhook.gone", status: 404, waiting: 2 }, "error", "rele", "[TEAMS] Falha ao enviar webhook: endereço desativado ou sem permissão (HTTP 404); 2 notificações guardadas, uma sondagem a cada 5 min; confira o webhook no Teams e TEAMS_WEBHOOK_URL"],
  [{ kind: "card.shadow", title: "T" }, "info", "rele", "[TEAMS] Desligado (TEAMS_ENABLED=False), cartão só no log: T"],
  [{ kind: "report.made", week: "2025-W48", incidents: 1, gaps: 0, file: "relatorios/pvmonitor-2025-W48.xlsx" }, "info", "rele", "[RELATÓRIO] 2025-W48: 1 ocorrência; planilha em relatorios/pvmonitor-2025-W48.xlsx, cartão na fila"],
  [{ kind: "report.made", week: "2025-W48", incidents: 1200, gaps: 2, file: null }, "warn", "rele", "[RELATÓRIO] 2025-W48: 1.200 ocorrências, 2 lacunas (ditas na planilha); sem planilha, cartão na fila"],
  [{ kind: "report.failed", week: "2025-W48", reason: "sem memória" }, "error", "rele", "[RELATÓRIO] 2025-W48: não pôde ser feito (sem memória); outra tentativa em 1 h"],
  [{ kind: "report.not-kept", week: "2025-W48", reason: "ENOSPC" }, "error", "rele", "[RELATÓRIO] 2025-W48: a planilha não pôde ser gravada (ENOSPC); o cartão vai assim mesmo. Depois: pvmonitor report --week 2025-W48"],
  [{ kind: "report.mailed", week: "2025-W48", recipients: 2 }, "info", "rele", "[RELATÓRIO] 2025-W48: enviado por e-mail a 2 endereços"],
  [{ kind: "report.mail-failed", week: "2025-W48", reason: "sem conexão", attempt: 1, retryInMs: 300_000 }, "warn", "rele", "[RELATÓRIO] 2025-W48: e-mail não enviado (sem conexão), tentativa 1; outra em 5 min"],
  [{ kind: "report.mail-failed", week: "2025-W48", reason: "sem conexão", attempt: 16, retryInMs: null }, "error", "rele", "[RELATÓRIO] 2025-W48: e-mail não enviado (sem conexão), tentativa 16; não tenta mais. Confira SMTP_URL e use pvmonitor report --week 2025-W48 --send"],
  [{ kind: "heartbeat.delivered", heartbeat }, "warn", "rele", "[HEARTBEAT] ATENÇÃO (usinas sem dados): relés de 1 usina, 2 alertas ativos; inversores de 191 usinas, 3 parados; 0 usinas sem dados"],
  [{ kind: "heartbeat.delivered", heartbeat: { ...heartbeat, status: "OK", attention: [] } }, "info", "rele", "[HEARTBEAT] OK: relés de 1 usina, 2 alertas ativos; inversores de 191 usinas, 3 parados; 0 usinas sem dados"],
  [{ kind: "heartbeat.dropped", reason: "timeout" }, "warn", "rele", "[HEARTBEAT] Não enviado (sem resposta a tempo (timeout)): descartado, o próximo vai no seu horário"],
  [{ kind: "ping.failed", reason: "connection", detail: "conexão recusada (ECONNREFUSED)" }, "warn", "rele", "[HEARTBEAT] Vigia externo (HEARTBEAT_PING_URL) não pôde ser avisado: sem conexão (connection): conexão recusada (ECONNREFUSED); o monitor segue e tenta de novo depois de cada varredura"],
  [{ kind: "ping.back" }, "info", "rele", "[HEARTBEAT] Vigia externo voltou a ser avisado"],
  [{ kind: "lock.lost", path: "state/.monitor_lock" }, "error", "rele", "[TRAVA] state/.monitor_lock foi apagado ou trocado: outra instância poderia começar, por isso esta termina. Não apague esse arquivo; o sistema o libera sozinho"],
];

describe("a happening", () => {
  it.each(cases)("%o", (happening, level, logger, text) => {
    expect(happeningLine(happening, ZONE)).toEqual({ level, logger, text });
  });
});

describe("phrases", () => {
  it.each([[0, "0 ms"], [850, "850 ms"], [1_000, "1 s"], [12_340, "12,3 s"], [60_000, "1 min"], [3_600_000, "1 h"], [4_800_000, "1 h 20 min"]])("%d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
  it.each([[0, "0 leituras"], [1, "1 leitura"], [999, "999 leituras"], [1_234_567, "1.234.567 leituras"]])("%d is %s", (n, text) => {
    expect(counted(n, "leitura")).toBe(text);
  });
  it("writes out whatever would break or turn a line, and bounds it", () => {
    expect(oneLine("a\nb\r\t\u001B[31m\u2028\u202E\u200F\uFEFF\uD800c\u{E0001}🔴é")).toBe("a\\nb\\u000d\\u0009\\u001b[31m\\u2028\\u202e\\u200f\\ufeff\\ud800c\\ue0001🔴é");
    expect(oneLine("x".repeat(5_000))).toBe(`${"x".repeat(4_000)}… (+1000 caracteres)`);
  });
});
