// Settings out of environment, .env and pvmonitor.yaml: one frozen Config an account, or every fault at once.
import { join } from "node:path";
import { parseEnv } from "node:util";
import { accountNotes, sharedLogins } from "./across-accounts.ts";
import type { Config } from "./config.ts";
import { draftsOf, PRINCIPAL, type Draft } from "./drafts.ts";
import { codeOf, inYaml, type SettingFault } from "./faults.ts";
import { createRulesOf, relayClassesOf } from "./plant-overrides.ts";
import { booleanOf } from "./setting-values.ts";
import { accountInForce, exceptionsInForce, settingsInForce, type SettingInForce } from "./settings-in-force.ts";
import { settings, type Settings } from "./settings.ts";
import { readSources, unknownNames, type Raw } from "./sources.ts";
import { faultOf, faultsOf, halfMail, mailWithoutReader, missingDatabase, missingWebhook, missingWebToken, secretValues, withoutSecrets } from "./value-faults.ts";
import { readYaml } from "./yaml-file.ts";

export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of `.env`, and of `pvmonitor.yaml`; null where there is none. */
  readonly envFile: string | null;
  readonly yaml: string | null;
  /** Reads a text file; throws where it cannot. */
  readonly readFile: (path: string) => string;
}

export interface ConfigRead {
  readonly ok: true;
  /** Of the first account. What belongs to the process is the same in all. */
  readonly config: Config;
  /** In the order of `contas`; without it, the one that there is. */
  readonly accounts: readonly Config[];
  readonly notes: readonly string[];
  readonly inForce: readonly SettingInForce[];
}

export type ConfigResult = ConfigRead | { readonly ok: false; readonly faults: readonly SettingFault[] };

interface Parsed {
  readonly draft: Draft;
  readonly result: ReturnType<typeof settings.safeParse>;
}

export function readConfig(input: ConfigInput): ConfigResult {
  const dotEnv: Readonly<Record<string, string | undefined>> = parseEnv((input.envFile ?? "").replace(/^\uFEFF/, ""));
  const yaml = readYaml(input.yaml);
  const shared = readSources([input.env, dotEnv, yaml.settings], input.readFile);
  const parsed = draftsOf(shared, yaml, input.readFile).map((draft): Parsed => ({ draft, result: settings.safeParse(draft.raw.values) }));
  const secrets = [...new Set([shared, ...parsed.map(({ draft }) => draft.raw)].flatMap(({ values }) => secretValues(values)))];
  const ca = readCa(shared.values, input.readFile);
  const faults = [
    ...shared.faults,
    ...missingWebToken(shared),
    ...(yaml.accounts === null ? [] : sharedFaults(shared, parsed, secrets)),
    ...parsed.flatMap((account) => accountFaults(account, secrets)),
    ...sharedLogins(parsed.map(({ draft }) => draft)),
    ...("wrong" in ca ? [ca] : []),
    ...yaml.faults,
  ];
  const accounts = "wrong" in ca ? [] : parsed.flatMap(({ draft, result }) => (result.success ? [configOf(result.data, draft, ca.value)] : []));
  const [config] = accounts;
  if (config === undefined || faults.length > 0) return { ok: false, faults: withoutSecrets(faults, secrets) };
  const notes = [...unknownNames(input.env, dotEnv), ...accountNotes(accounts), ...insecureNote(input.env)];
  const inForce = [...settingsInForce(shared.values, secrets), ...exceptionsInForce(yaml), ...parsed.flatMap(({ draft }) => accountInForce(draft, secrets))];
  return { ok: true, config, accounts, notes, inForce };
}

/** What is wrong where all accounts look: told once, not by each of them. */
function sharedFaults(shared: Raw, accounts: readonly Parsed[], secrets: readonly string[]): SettingFault[] {
  const { error } = settings.safeParse(shared.values);
  const hasReader = accounts.some(({ draft }) => draft.raw.values["REPORT_EMAIL_TO"] !== undefined);
  return [
    ...missingDatabase(shared),
    ...(shared.values["SMTP_URL"] !== undefined && !hasReader ? [mailWithoutReader()] : []),
    ...(error === undefined ? [] : faultsOf(error, shared, secrets).filter(({ name }) => shared.values[name] !== undefined)),
  ];
}

function accountFaults({ draft, result }: Parsed, secrets: readonly string[]): SettingFault[] {
  const { prefix } = draft;
  const faults = [
    ...draft.ownFaults,
    ...missingWebhook(draft),
    ...halfMail(draft),
    ...(result.success ? [] : faultsOf(result.error, draft.raw, secrets).filter(({ name }) => draft.decides(name))),
  ];
  return prefix === null ? faults : faults.map((fault) => ({ ...fault, name: `${prefix}${fault.name}`, example: inYaml(fault.example) }));
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

/** Node's own switch. It reaches nothing here (`undici-transport.ts`): who set it is told so, and what to do instead. */
function insecureNote(env: ConfigInput["env"]): string[] {
  return env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0"
    ? [`NODE_TLS_REJECT_UNAUTHORIZED=0: sem efeito aqui; ${NOT_OFF} em VERIFY_CA, e tire esta variável`]
    : [];
}

/** In STATE_DIR: history, reports and requests of one account are not another's. The one that was alone before stays where it was. */
const ACCOUNTS_FOLDER = "contas";

function configOf(values: Settings, { id, plants, relayClasses }: Draft, ca: Config["ca"]): Config {
  const rulesOf = createRulesOf(deepFreeze({
    zone: values.PVOP_TIMEZONE,
    window: values.GENERATION_WINDOW,
    failureReadings: values.INVERTER_FAILURE_READINGS,
    recoveryReadings: values.INVERTER_RECOVERY_READINGS,
    zeroKw: values.INVERTER_ZERO_KW,
    ignoredParameters: new Set<string>(),
    relayClasses: relayClassesOf(relayClasses),
    muted: false,
  }), plants);
  return deepFreeze({
    account: id,
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
    stateDir: id === PRINCIPAL ? values.STATE_DIR : join(values.STATE_DIR, ACCOUNTS_FOLDER, id),
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
