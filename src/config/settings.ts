// The one table of settings: the schema, docs/configuracao.md and .env.example are all made from it.
import { z } from "zod";
import { readPostgresUrl } from "./database-url.ts";
import {
  readBasePath, readBaseUrl, readBoolean, readEmails, readHost, readHttpsUrl, readInteger, readKw, readProxy, readRelayPlants, readSmtpUrl, readText, readTimes,
  readWebToken, readWindow, readWord, readZone, textual,
} from "./setting-values.ts";

z.config({ jitless: true }); // no eval: some hardened hosts forbid it

export interface SettingInfo {
  readonly about: string;
  readonly example: string;
  /** Shown where there is no default value. */
  readonly absent?: string;
  /** Never shown; together with `fromFile` all that a service's credentials need. */
  readonly secret?: true;
  /** May also come as NAME_FILE, or as $CREDENTIALS_DIRECTORY/NAME. */
  readonly fromFile?: true;
  /** Each entry of `contas` may have its own; without the mark it is the whole process'. */
  readonly ofAccount?: true;
}

const infos = z.registry<SettingInfo & { readonly standard: string | null }>();

function required<T>(schema: z.ZodType<T, string>, info: SettingInfo): z.ZodType<T, string> {
  return schema.register(infos, { ...info, standard: null, absent: "obrigatório" });
}
function optional<T>(schema: z.ZodType<T, string>, info: SettingInfo): z.ZodOptional<z.ZodType<T, string>> {
  return schema.optional().register(infos, { ...info, standard: null });
}
function standard<T>(schema: z.ZodType<T, string>, value: string, info: SettingInfo): z.ZodPrefault<z.ZodType<T, string>> {
  return schema.prefault(value).register(infos, { ...info, standard: value });
}

const interval = textual(readInteger(1, 86_400));
const readings = textual(readInteger(1, 100));

export const settings = z.object({
  PVOP_BASE_URL: standard(textual(readBaseUrl), "https://apipv.pvoperation.com.br/api/v1", {
    about: "Endereço da API PVOperation. Só `https://`, menos para o próprio computador.",
    example: "https://apipv.pvoperation.com.br/api/v1", ofAccount: true,
  }),
  PVOP_EMAIL: required(textual(readText), {
    about: "E-mail de login na PVOperation.", example: "operacao@empresa.com.br", fromFile: true, ofAccount: true,
  }),
  PVOP_PASSWORD: required(textual(readText), {
    about: "Senha da PVOperation.", example: "a-senha-da-conta", secret: true, fromFile: true, ofAccount: true,
  }),
  PVOP_TIMEZONE: standard(textual(readZone), "America/Sao_Paulo", {
    about: "Fuso horário (IANA) do relógio das usinas; também das janelas, dos heartbeats e dos logs.", example: "America/Recife", ofAccount: true,
  }),
  PVOP_CONCURRENCY: standard(textual(readInteger(1, 16)), "3", {
    about: "Chamadas à API ao mesmo tempo, no máximo (1 a 16). Clientes com 4 ou mais já foram bloqueados.", example: "2", ofAccount: true,
  }),
  TEAMS_ENABLED: standard(textual(readBoolean), "True", {
    about: "`True`/`False` (também 1/0, yes/no, sim/não). `False`: tudo roda, os cartões vão só para o log e não são enviados depois.",
    example: "False", ofAccount: true,
  }),
  TEAMS_WEBHOOK_URL: optional(textual(readHttpsUrl), {
    about: "Endereço do webhook do canal (Workflows do Power Automate). Obrigatório com `TEAMS_ENABLED=True`.",
    example: "https://exemplo.api.powerplatform.com/workflows/…", absent: "obrigatório, se ligado", secret: true, fromFile: true, ofAccount: true,
  }),
  TEAMS_FORMAT: standard(textual(readWord(["auto", "adaptivecard", "messagecard"])), "auto", {
    about: "`auto`, `adaptivecard` ou `messagecard`. `auto`: MessageCard para `*.webhook.office.com`, Adaptive Card para os demais.",
    example: "adaptivecard", ofAccount: true,
  }),
  RELAY_INTERVAL: standard(interval, "600", { about: "Segundos entre os inícios de duas varreduras de relés.", example: "600", ofAccount: true }),
  INVERTER_INTERVAL: standard(interval, "900", { about: "Segundos entre os inícios de duas varreduras de inversores.", example: "900", ofAccount: true }),
  HEARTBEAT_TIMES: standard(textual(readTimes), "07:00,12:00,17:00,20:00,23:00", {
    about: "Horários do heartbeat, separados por vírgula.", example: "07:00,19:00", ofAccount: true,
  }),
  GENERATION_WINDOW: standard(textual(readWindow), "06:30-17:30", {
    about: "Janela de geração: só leituras dentro dela (extremos incluídos) são julgadas.", example: "06:00-17:45", ofAccount: true,
  }),
  INVERTER_FAILURE_READINGS: standard(readings, "3", { about: "Leituras zeradas seguidas que fazem uma falha.", example: "4", ofAccount: true }),
  INVERTER_RECOVERY_READINGS: standard(readings, "3", { about: "Leituras com potência seguidas que fazem uma normalização.", example: "4", ofAccount: true }),
  INVERTER_ZERO_KW: standard(textual(readKw), "0", {
    about: "Potência (kW) até a qual o inversor conta como parado; em espera alguns informam 0,02.", example: "0.05", ofAccount: true,
  }),
  VERIFY_CA: optional(textual(readText), {
    about: "Arquivo PEM de autoridades certificadoras, somadas às do sistema e do Node; `True`: só as do sistema e do Node. "
      + "Não há como desligar a verificação: `False` é recusado.",
    example: "/etc/ssl/certs/empresa.pem", absent: "CAs do sistema e do Node",
  }),
  SSL_CERT_FILE: optional(textual(readText), { about: "O mesmo, se não houver `VERIFY_CA`.", example: "/etc/ssl/certs/empresa.pem" }),
  REQUESTS_CA_BUNDLE: optional(textual(readText), {
    about: "O mesmo, se não houver `VERIFY_CA` nem `SSL_CERT_FILE`.", example: "/etc/ssl/certs/empresa.pem",
  }),
  HTTPS_PROXY: optional(textual(readProxy), { about: "Proxy para endereços `https://`.", example: "http://proxy.empresa.com.br:3128", secret: true }),
  HTTP_PROXY: optional(textual(readProxy), { about: "Proxy para endereços `http://`.", example: "http://proxy.empresa.com.br:3128", secret: true }),
  NO_PROXY: optional(textual(readText), { about: "Endereços alcançados sem proxy, separados por vírgula.", example: "localhost,.empresa.com.br" }),
  STATE_DIR: standard(textual(readText), "state", { about: "Pasta do estado e da trava de instância única.", example: "/var/lib/pvmonitor" }),
  DATABASE_URL: optional(textual(readPostgresUrl), {
    about: "Banco PostgreSQL (15 ou mais novo) que guarda o estado em vez do arquivo; prepare-o com `pvmonitor migrate`. Fora do próprio computador só com TLS verificado, "
      + "a não ser com `?sslmode=disable`.",
    example: "postgres://pvmonitor:senha@banco.exemplo.com.br:5432/pvmonitor", absent: "o estado fica em STATE_DIR", secret: true, fromFile: true,
  }),
  LOG_DIR: standard(textual(readText), "logs", { about: "Pasta dos logs.", example: "/var/log/pvmonitor" }),
  LOG_LEVEL: standard(textual(readWord(["debug", "info", "warn", "error"], { warning: "warn" })), "info", {
    about: "`debug`, `info`, `warn` ou `error`.", example: "debug",
  }),
  LOG_FORMAT: standard(textual(readWord(["text", "json"])), "text", { about: "`text` ou `json`.", example: "json" }),
  RELAY_PLANTS: standard(textual(readRelayPlants), "auto", {
    about: "Usinas com varredura de relés: `auto` (descobre pela lista de equipamentos), `all` ou ids separados por vírgula.",
    example: "101,102", ofAccount: true,
  }),
  WEB_ENABLED: standard(textual(readBoolean), "True", {
    about: "Página de situação no navegador, com a API JSON e as métricas. `False`: nenhuma porta é aberta.", example: "False",
  }),
  WEB_HOST: standard(textual(readHost), "127.0.0.1", {
    about: "Endereço em que a página atende. Fora do próprio computador (`0.0.0.0`, um IP da rede), só com `WEB_TOKEN`.", example: "0.0.0.0",
  }),
  WEB_PORT: standard(textual(readInteger(0, 65_535)), "8787", { about: "Porta TCP da página (0: uma livre).", example: "8080" }),
  WEB_BASE_PATH: standard(textual(readBasePath), "/", {
    about: "Caminho da página atrás de um proxy reverso que a publica abaixo de outro endereço.", example: "/pvmonitor",
  }),
  WEB_TOKEN: optional(textual(readWebToken), {
    about: "Senha da página e dos acessos de máquinas (`Authorization: Bearer`), com 32 caracteres ou mais.",
    example: "o-que-openssl-rand-base64-33-escrever", absent: "nenhuma; fora de 127.0.0.1, obrigatória", secret: true, fromFile: true,
  }),
  HISTORY_DAYS: standard(textual(readInteger(1, 366)), "30", { about: "Dias de potência dos inversores guardados para os gráficos da página.", example: "60" }),
  HEARTBEAT_PING_URL: optional(textual(readHttpsUrl), {
    about: "Endereço chamado depois de cada ciclo bom de varreduras, e com `/fail` depois de um ruim (Healthchecks e parecidos): quando ele se cala, alguém é avisado.",
    example: "https://hc.exemplo.com.br/ping/…", secret: true, fromFile: true, ofAccount: true,
  }),
  SMTP_URL: optional(textual(readSmtpUrl), {
    about: "Servidor de e-mail do relatório semanal: `smtp://` ou `smtps://`, com usuário e senha.", example: "smtps://usuario:senha@smtp.exemplo.com.br", secret: true, fromFile: true, ofAccount: true,
  }),
  REPORT_EMAIL_TO: optional(textual(readEmails), { about: "Quem recebe o relatório semanal por e-mail, separados por vírgula.", example: "operacao@empresa.com.br", ofAccount: true }),
  REPORT_EMAIL_FROM: optional(textual(readEmails), {
    about: "Remetente do relatório semanal.", example: "pvmonitor@empresa.com.br", absent: "o usuário de `SMTP_URL`, se for um e-mail, ou o primeiro de `REPORT_EMAIL_TO`", ofAccount: true,
  }),
});

export type SettingName = keyof typeof settings.shape;
export type Settings = z.output<typeof settings>;

export interface Setting extends SettingInfo {
  readonly name: SettingName;
  readonly standard: string | null;
}

export const settingTable: readonly Setting[] = settings.keyof().options.map((name) => {
  const info = infos.get(settings.shape[name]);
  if (info === undefined) throw new Error(`setting ${name} has no description`);
  return { name, ...info };
});
