// Settings out of environment, .env and pvmonitor.yaml: one frozen Config, or every fault at once.
import { parseEnv } from "node:util";
import type { z } from "zod";
import type { Config } from "./config.ts";
import { codeOf, exampleOf, type SettingFault } from "./faults.ts";
import { createRulesOf, relayClassesOf } from "./plant-overrides.ts";
import { redactor } from "./secrets.ts";
import { booleanOf, isLoopback, quoted, QUOTED_LENGTH } from "./setting-values.ts";
import { exceptionsInForce, settingsInForce, type SettingInForce } from "./settings-in-force.ts";
import { settings, settingTable, type Setting, type SettingName, type Settings } from "./settings.ts";
import { readSources, unknownNames, type Raw } from "./sources.ts";
import { readYaml, type YamlContent } from "./yaml-file.ts";

export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of `.env`, and of `pvmonitor.yaml`; null where there is none. */
  readonly envFile: string | null;
  readonly yaml: string | null;
  /** Reads a text file; throws where it cannot. */
  readonly readFile: (path: string) => string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly notes: readonly string[]; readonly inForce: readonly SettingInForce[] }
  | { readonly ok: false; readonly faults: readonly SettingFault[] };

export function readConfig(input: ConfigInput): ConfigResult {
  const dotEnv: Readonly<Record<string, string | undefined>> = parseEnv((input.envFile ?? "").replace(/^\uFEFF/, ""));
  const yaml = readYaml(input.yaml);
  const raw = readSources([input.env, dotEnv, yaml.settings], input.readFile);
  const parsed = settings.safeParse(raw.values);
  const ca = readCa(raw.values, input.readFile);
  const faults = [
    ...raw.faults,
    ...missingWebhook(raw),
    ...missingWebToken(raw),
    ...halfMail(raw),
    ...(parsed.success ? [] : faultsOf(parsed.error, raw)),
    ...("wrong" in ca ? [ca] : []),
    ...yaml.faults,
  ];
  if (!parsed.success || "wrong" in ca || faults.length > 0) return { ok: false, faults: withoutSecrets(faults, raw.values) };
  const config = configOf(parsed.data, yaml, ca.value);
  return { ok: true, config, notes: [...unknownNames(input.env, dotEnv), ...formatNote(config), ...insecureNote(input.env)], inForce: [...settingsInForce(raw.values), ...exceptionsInForce(yaml)] };
}

function settingOf(name: SettingName): Setting {
  const setting = settingTable.find((candidate) => candidate.name === name);
  if (setting === undefined) throw new Error(`no setting ${name}`);
  return setting;
}

function faultOf(name: SettingName, wrong: string): SettingFault {
  return { name, wrong, example: exampleOf(settingOf(name)) };
}

const PLACEHOLDER = "ainda tem o texto de exemplo no lugar do valor";

function faultsOf(error: z.ZodError, raw: Raw): SettingFault[] {
  return settingTable.flatMap(({ name }) => {
    const issue = error.issues.find(({ path }) => path[0] === name);
    // What a source said of it (a file that cannot be read) says more than "missing" does.
    if (issue === undefined || raw.faults.some((fault) => fault.name === name)) return [];
    const value = raw.values[name];
    if (value === undefined && raw.placeholders.has(name)) return [faultOf(name, PLACEHOLDER)];
    // A message may repeat a part of the value, which the redaction of whole secrets would not find.
    const holdsSecret = secretValues(raw.values).some((secret) => value?.includes(secret) === true);
    return [faultOf(name, holdsSecret && issue.message.includes('"') ? "o valor contém um segredo de outra configuração; confira a linha" : issue.message)];
  });
}

function secretValues(values: Raw["values"]): string[] {
  return settingTable.flatMap(({ name, secret }) => (secret === true ? (values[name] ?? []) : []));
}

function missingWebhook(raw: Raw): SettingFault[] {
  const name = "TEAMS_WEBHOOK_URL";
  const enabled = booleanOf(raw.values["TEAMS_ENABLED"] ?? "True") !== false;
  if (!enabled || raw.values[name] !== undefined || raw.faults.some((fault) => fault.name === name)) return [];
  return [faultOf(name, raw.placeholders.has(name) ? PLACEHOLDER : "não foi definido, e é obrigatório com TEAMS_ENABLED=True")];
}

/** Whoever reaches the port could read the page: beyond this machine only with a token. */
function missingWebToken(raw: Raw): SettingFault[] {
  const { WEB_HOST: host = "127.0.0.1", WEB_ENABLED: enabled = "True" } = raw.values;
  const isOpen = booleanOf(enabled) !== false && !isLoopback(host.trim());
  if (!isOpen || raw.values["WEB_TOKEN"] !== undefined || raw.faults.some(({ name }) => name === "WEB_TOKEN")) return [];
  return [faultOf("WEB_TOKEN", raw.placeholders.has("WEB_TOKEN") ? PLACEHOLDER : `não foi definido, e é obrigatório com WEB_HOST=${quoted(host)} (a página ficaria aberta a quem alcançar a porta)`)];
}

function halfMail(raw: Raw): SettingFault[] {
  const [server, reader] = [raw.values["SMTP_URL"], raw.values["REPORT_EMAIL_TO"]];
  if ((server === undefined) === (reader === undefined) || raw.faults.length > 0) return [];
  const [set, missing] = server === undefined ? ["REPORT_EMAIL_TO", "SMTP_URL"] as const : ["SMTP_URL", "REPORT_EMAIL_TO"] as const;
  return [faultOf(missing, `não foi definido, e ${set} sem ele não envia nada`)];
}

/** Not even a secret that stands in the wrong setting may show in a message. */
function withoutSecrets(faults: readonly SettingFault[], values: Raw["values"]): SettingFault[] {
  const redact = redactor(secretValues(values).flatMap((secret) => [secret, secret.slice(0, QUOTED_LENGTH)]));
  return faults.map((fault) => ({ ...fault, name: redact(fault.name), wrong: redact(fault.wrong) }));
}

const CA_NAMES = ["VERIFY_CA", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] as const;
const NOT_OFF = "a verificação dos certificados não pode ser desligada: sem ela, quem estiver no caminho lê a senha; informe o arquivo PEM da sua CA";

function readCa(values: Raw["values"], readFile: (path: string) => string): SettingFault | { readonly value: Config["ca"] } {
  for (const name of CA_NAMES) {
    const path = values[name]?.trim();
    if (path === undefined) continue;
    const verify = name === "VERIFY_CA" ? booleanOf(path) : null;
    if (verify === true) return { value: null };
    const wrong = verify === false ? NOT_OFF : faultOfCa(path, readFile);
    return wrong === null ? { value: { path } } : faultOf(name, wrong);
  }
  return { value: null };
}

function faultOfCa(path: string, readFile: (path: string) => string): string | null {
  try {
    return readFile(path).includes("-----BEGIN ") ? null : "o arquivo não tem certificados em formato PEM";
  } catch (error) {
    return `o arquivo não pôde ser lido (${codeOf(error)})`;
  }
}

function formatOf(format: Settings["TEAMS_FORMAT"], webhook: URL | undefined): Config["teams"]["format"] {
  if (format !== "auto") return format;
  return webhook?.hostname.endsWith(".webhook.office.com") === true ? "messagecard" : "adaptivecard";
}

function formatNote({ teams }: Config): string[] {
  return teams.enabled && teams.format === "messagecard"
    ? ["TEAMS_FORMAT: o webhook é de um conector do Office 365 (MessageCard), que a Microsoft anunciou desligar até maio de 2026; "
      + "crie um webhook de Workflows (Power Automate) e troque TEAMS_WEBHOOK_URL"]
    : [];
}

/** Node's own switch. It reaches nothing here (`undici-transport.ts`): who set it is told so, and what to do instead. */
function insecureNote(env: ConfigInput["env"]): string[] {
  return env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0"
    ? [`NODE_TLS_REJECT_UNAUTHORIZED=0: sem efeito aqui; ${NOT_OFF} em VERIFY_CA, e tire esta variável`]
    : [];
}

function configOf(values: Settings, yaml: YamlContent, ca: Config["ca"]): Config {
  const rulesOf = createRulesOf(deepFreeze({
    zone: values.PVOP_TIMEZONE,
    window: values.GENERATION_WINDOW,
    failureReadings: values.INVERTER_FAILURE_READINGS,
    recoveryReadings: values.INVERTER_RECOVERY_READINGS,
    zeroKw: values.INVERTER_ZERO_KW,
    ignoredParameters: new Set<string>(),
    relayClasses: relayClassesOf(yaml.relayClasses),
    muted: false,
  }), yaml.plants);
  return deepFreeze({
    pvop: { baseUrl: values.PVOP_BASE_URL, email: values.PVOP_EMAIL, password: values.PVOP_PASSWORD, concurrency: values.PVOP_CONCURRENCY },
    zone: values.PVOP_TIMEZONE,
    teams: {
      enabled: values.TEAMS_ENABLED,
      webhookUrl: values.TEAMS_WEBHOOK_URL?.href ?? null,
      format: formatOf(values.TEAMS_FORMAT, values.TEAMS_WEBHOOK_URL),
    },
    relayIntervalMs: values.RELAY_INTERVAL * 1000,
    inverterIntervalMs: values.INVERTER_INTERVAL * 1000,
    heartbeatTimesS: values.HEARTBEAT_TIMES,
    stateDir: values.STATE_DIR,
    database: values.DATABASE_URL ?? null,
    logDir: values.LOG_DIR,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    relayPlants: values.RELAY_PLANTS,
    ca,
    proxy: { https: values.HTTPS_PROXY ?? null, http: values.HTTP_PROXY ?? null, none: values.NO_PROXY ?? null },
    rulesOf,
    web: {
      enabled: values.WEB_ENABLED, host: values.WEB_HOST, port: values.WEB_PORT, basePath: values.WEB_BASE_PATH, token: values.WEB_TOKEN ?? null,
    },
    historyDays: values.HISTORY_DAYS,
    pingUrl: values.HEARTBEAT_PING_URL?.href ?? null,
    mail: mailOf(values),
  });
}

function mailOf({ SMTP_URL: server, REPORT_EMAIL_TO: to, REPORT_EMAIL_FROM: from }: Settings): Config["mail"] {
  if (server === undefined || to === undefined) return null;
  const user = decodeURIComponent(server.username);
  return { smtpUrl: server.href, to, from: from?.[0] ?? (user.includes("@") ? user : to[0] ?? user) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
