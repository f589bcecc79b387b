// `contas` of pvmonitor.yaml: several accounts, each a whole configuration of its own, and what is wrong with them told by account.
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { faultLine } from "../../src/config/faults.ts";
import { readConfig, type ConfigInput, type ConfigRead, type ConfigResult } from "../../src/config/read-config.ts";
import { redactor, secretsOf } from "../../src/config/secrets.ts";
import { settingTable } from "../../src/config/settings.ts";

const shared = { DATABASE_URL: "postgres://pv:senha-do-banco@127.0.0.1/pv", TEAMS_WEBHOOK_URL: "https://exemplo.invalid/hook/comum" };
const north = { id: "norte", PVOP_EMAIL: "norte@exemplo.invalid", PVOP_PASSWORD: "senha-do-norte" };
const south = { id: "sul", PVOP_EMAIL: "sul@exemplo.invalid", PVOP_PASSWORD: "senha-do-sul-1" };

type Entry = Readonly<Record<string, unknown>>;
interface Given extends Partial<Pick<ConfigInput, "env" | "envFile">> {
  readonly accounts?: unknown;
  readonly top?: Entry;
  readonly files?: Readonly<Record<string, string>>;
}

function read({ accounts = [north, south], top = {}, files = {}, env = shared, envFile = null }: Given): ConfigResult {
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    return content;
  };
  return readConfig({ env, envFile, yaml: JSON.stringify({ ...top, contas: accounts }), readFile });
}
function taken(given: Given): ConfigRead {
  const result = read(given);
  if (!result.ok) throw new Error(result.faults.map(faultLine).join("\n"));
  return result;
}
function account(id: string, given: Given): Config {
  const found = taken(given).accounts.find((config) => config.account === id);
  if (found === undefined) throw new Error(`no account ${id}`);
  return found;
}
function faults(given: Given): string[] {
  const result = read(given);
  return result.ok ? [] : result.faults.map(faultLine);
}

describe("an account", () => {
  it("is a whole configuration; there is one, principal, where there is no `contas`", () => {
    expect(taken({}).accounts.map((config) => config.account)).toEqual(["norte", "sul"]);
    const { config, accounts } = taken({});
    expect(config).toBe(accounts[0]);
    expect(taken({ accounts: null, env: { ...shared, PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: "senha-boa-123" } }))
      .toMatchObject({ config: { account: "principal", stateDir: "state" }, accounts: [{ account: "principal" }] });
  });

  it.each<[string, Entry, object]>([
    ["login", { PVOP_EMAIL: "outra@exemplo.invalid" }, { pvop: { email: "outra@exemplo.invalid", password: "senha-do-sul-1" } }],
    ["base URL and concurrency", { PVOP_BASE_URL: "https://outra.invalid/api/", PVOP_CONCURRENCY: 7 }, { pvop: { baseUrl: "https://outra.invalid/api", concurrency: 7 } }],
    ["webhook", { TEAMS_WEBHOOK_URL: "https://a.webhook.office.com/x" }, { teams: { webhookUrl: "https://a.webhook.office.com/x", format: "messagecard" } }],
    ["Teams off", { TEAMS_ENABLED: false }, { teams: { enabled: false } }],
    ["zone", { PVOP_TIMEZONE: "America/Recife" }, { zone: "America/Recife" }],
    ["intervals", { RELAY_INTERVAL: 60, INVERTER_INTERVAL: "120" }, { relayIntervalMs: 60_000, inverterIntervalMs: 120_000 }],
    ["heartbeats", { HEARTBEAT_TIMES: ["08:00", "6:30"] }, { heartbeatTimesS: [23_400, 28_800] }],
    ["relay plants", { RELAY_PLANTS: [101, 102] }, { relayPlants: new Set(["101", "102"]) }],
    ["ping", { HEARTBEAT_PING_URL: "https://hc.invalid/sul" }, { pingUrl: "https://hc.invalid/sul" }],
    ["report", { SMTP_URL: "smtps://sul:correio@smtp.invalid", REPORT_EMAIL_TO: "a@b.invalid" }, { mail: { smtpUrl: "smtps://sul:correio@smtp.invalid", to: ["a@b.invalid"], from: "a@b.invalid" } }],
  ])("has its own %s, whatever environment and .env say; the other keeps what is shared", (_, own, expected) => {
    const given = { accounts: [north, { ...south, ...own }], env: { ...shared, RELAY_INTERVAL: "300", HEARTBEAT_TIMES: "09:00", PVOP_TIMEZONE: "America/Bahia" }, envFile: "PVOP_CONCURRENCY=2" };
    expect(account("sul", given)).toMatchObject(expected);
    expect(account("norte", given)).toMatchObject({
      pvop: { email: "norte@exemplo.invalid", baseUrl: "https://apipv.pvoperation.com.br/api/v1", concurrency: 2 }, teams: { enabled: true, webhookUrl: shared.TEAMS_WEBHOOK_URL },
      zone: "America/Bahia", relayIntervalMs: 300_000, heartbeatTimesS: [32_400], relayPlants: "auto", pingUrl: null, mail: null,
    });
  });

  it("takes what it does not say from the environment, then .env, then the top of the file; an empty value or an example's text says nothing", () => {
    const given = {
      accounts: [north, { ...south, RELAY_INTERVAL: "", TEAMS_WEBHOOK_URL: "COLE_AQUI" }],
      env: { ...shared, RELAY_INTERVAL: "100" }, envFile: "RELAY_INTERVAL=200\nINVERTER_INTERVAL=201", top: { INVERTER_INTERVAL: 300, PVOP_CONCURRENCY: 4 },
    };
    expect(account("sul", given)).toMatchObject({ relayIntervalMs: 100_000, inverterIntervalMs: 201_000, pvop: { concurrency: 4 }, teams: { webhookUrl: shared.TEAMS_WEBHOOK_URL } });
  });

  it("may have its secrets in files, also where the shared layers have a value", () => {
    const given = { accounts: [north, { id: "sul", PVOP_EMAIL: south.PVOP_EMAIL, PVOP_PASSWORD_FILE: "/sul" }], env: { ...shared, PVOP_PASSWORD: "senha-de-todos" }, files: { "/sul": "senha-de-arquivo\n" } };
    expect(account("sul", given).pvop.password).toBe("senha-de-arquivo");
  });

  it("has a folder of its own, but for the one that goes on with what was there", () => {
    expect(taken({ accounts: [{ ...north, id: "principal" }, south], env: { ...shared, STATE_DIR: "/var/lib/pv" } }).accounts.map(({ stateDir }) => stateDir))
      .toEqual(["/var/lib/pv", "/var/lib/pv/contas/sul"]);
  });

  it("shares what belongs to the process", () => {
    const [a, b] = taken({ env: { ...shared, LOG_LEVEL: "debug", WEB_PORT: "80" } }).accounts;
    expect(a).toMatchObject({ logLevel: "debug", web: { port: 80 }, database: { name: "pv" } });
    expect([b?.logLevel, b?.web, b?.database]).toEqual([a?.logLevel, a?.web, a?.database]);
  });

  it("adds its plants' exceptions to the shared ones, its own the later, and has its own relay classes or else the shared", () => {
    const top = { usinas: [{ nome: "UFV *", zero_kw: 0.5, leituras_falha: 5 }], classes_rele: [{ tipo: "COMUM", parametros: ["49"] }] };
    const given = { top, accounts: [north, { ...south, usinas: [{ nome: "*", zero_kw: 0.1 }], classes_rele: [{ tipo: "DO SUL", parametros: ["86"] }] }] };
    const rules = (id: string): unknown => account(id, given).rulesOf({ id: "1", name: "UFV A" });
    expect(rules("norte")).toMatchObject({ zeroKw: 0.5, failureReadings: 5, relayClasses: [{ type: "COMUM" }] });
    expect(rules("sul")).toMatchObject({ zeroKw: 0.1, failureReadings: 5, relayClasses: [{ type: "DO SUL" }] });
  });

  it.each(["a", "Norte_2-b", "x".repeat(40), 7, "principal"])("may be called %j", (id) => {
    expect(taken({ accounts: [{ ...north, id }] }).config.account).toBe(String(id));
  });
});

describe("a fault", () => {
  const second = "pvmonitor.yaml: contas nº 2 (sul): ";
  const own = (more: Entry): Given => ({ accounts: [north, { ...south, ...more }] });
  it.each<[string, Given, readonly string[]]>([
    ["no list", { accounts: { norte: north } }, ["pvmonitor.yaml: contas: precisa de uma lista"]],
    ["an empty list", { accounts: [] }, ["pvmonitor.yaml: contas: precisa de uma lista"]],
    ["no fields", { accounts: [north, "sul"] }, ["pvmonitor.yaml: contas nº 2: precisa de campos"]],
    ["no id", { accounts: [{ ...north, id: null }] }, ["pvmonitor.yaml: contas nº 1: precisa de um id"]],
    ["an id with a blank", { accounts: [{ ...north, id: "do norte" }] }, ['pvmonitor.yaml: contas nº 1: o id "do norte" não serve']],
    ["an id that is a path", { accounts: [{ ...north, id: "../norte" }] }, ['pvmonitor.yaml: contas nº 1: o id "../norte" não serve']],
    ["an id with an accent", { accounts: [{ ...north, id: "sertão" }] }, ['pvmonitor.yaml: contas nº 1: o id "sertão" não serve']],
    ["a long id", { accounts: [{ ...north, id: "x".repeat(41) }] }, ["pvmonitor.yaml: contas nº 1: o id \"xxx"]],
    ["an id that is a list", { accounts: [{ ...north, id: ["norte"] }] }, ['pvmonitor.yaml: contas nº 1: o id "(lista ou campos)" não serve']],
    ["an id twice, by case too", own({ id: "NORTE" }), ["pvmonitor.yaml: contas nº 2 (NORTE): o id já é o da conta nº 1"]],
    ["a setting of the process", own({ STATE_DIR: "/x" }), [`${second}STATE_DIR: é do monitor inteiro, não de uma conta`]],
    ["its secret's file", own({ WEB_TOKEN_FILE: "/x" }), [`${second}WEB_TOKEN_FILE: é do monitor inteiro, não de uma conta`]],
    ["an unknown setting", own({ PVOP_EMAL: "x" }), [`${second}PVOP_EMAL: não é uma configuração do pvmonitor`]],
    ["accounts in an account", own({ contas: [] }), [`${second}contas: não é uma configuração do pvmonitor`]],
    ["a value that is none", own({ RELAY_INTERVAL: { a: 1 } }), [`${second}RELAY_INTERVAL: precisa de um valor simples ou de uma lista deles. Exemplo: RELAY_INTERVAL: 600`]],
    ["a wrong value", own({ RELAY_INTERVAL: "x" }), [`${second}RELAY_INTERVAL: "x" não é um número inteiro de 1 a 86400. Exemplo: RELAY_INTERVAL: 600`]],
    ["a wrong exception", own({ usinas: [{ id: 1, janela: "x" }] }), [`${second}usinas nº 1 janela: "x" não é uma janela`]],
    ["wrong classes", own({ classes_rele: [] }), [`${second}classes_rele: está vazia`]],
    ["a value and its file", own({ PVOP_PASSWORD_FILE: "/x" }), [`${second}PVOP_PASSWORD: foi definido duas vezes, por PVOP_PASSWORD e por PVOP_PASSWORD_FILE`]],
    ["a file that is gone", own({ PVOP_PASSWORD: null, PVOP_PASSWORD_FILE: "/x" }), [`${second}PVOP_PASSWORD: o arquivo de PVOP_PASSWORD_FILE não pôde ser lido (ENOENT)`]],
    ["no password anywhere", own({ PVOP_PASSWORD: null }), [`${second}PVOP_PASSWORD: não foi definido`]],
    ["an example's text", own({ PVOP_PASSWORD: "changeme" }), [`${second}PVOP_PASSWORD: ainda tem o texto de exemplo`]],
    ["no webhook anywhere", { env: { DATABASE_URL: shared.DATABASE_URL }, accounts: [{ ...north, TEAMS_WEBHOOK_URL: "https://exemplo.invalid/n" }, south] }, [`${second}TEAMS_WEBHOOK_URL: não foi definido, e é obrigatório`]],
    ["the same login twice", own({ PVOP_EMAIL: " Norte@exemplo.invalid" }), [`${second}PVOP_EMAIL: é o mesmo login, no mesmo PVOP_BASE_URL, da conta norte: o limite de chamadas da API valeria em dobro`]],
    ["the shared login in both", { env: { ...shared, PVOP_EMAIL: "a@b.invalid", PVOP_PASSWORD: "senha-boa-123" }, accounts: [{ id: "norte" }, { id: "sul" }] }, [`${second}PVOP_EMAIL: é o mesmo login`]],
    ["no database", { env: { TEAMS_WEBHOOK_URL: shared.TEAMS_WEBHOOK_URL } }, ["DATABASE_URL: não foi definido, e é obrigatório com contas em pvmonitor.yaml"]],
    ["no database, with one account", { env: { TEAMS_WEBHOOK_URL: shared.TEAMS_WEBHOOK_URL }, accounts: [north] }, ["DATABASE_URL: não foi definido"]],
    ["a shared value: told once", { env: { ...shared, RELAY_INTERVAL: "x", WEB_PORT: "y" } }, ["RELAY_INTERVAL: \"x\"", "WEB_PORT: \"y\""]],
    ["a shared file: told once", { env: { ...shared, PVOP_PASSWORD_FILE: "/x" } }, ["PVOP_PASSWORD: o arquivo de PVOP_PASSWORD_FILE não pôde ser lido (ENOENT)"]],
    ["readers without a server", own({ REPORT_EMAIL_TO: "a@b.invalid" }), [`${second}SMTP_URL: não foi definido, e REPORT_EMAIL_TO sem ele não envia nada`]],
    ["an own server without readers", own({ SMTP_URL: "smtps://smtp.invalid" }), [`${second}REPORT_EMAIL_TO: não foi definido, e SMTP_URL sem ele não envia nada`]],
    ["a shared server without any reader", { env: { ...shared, SMTP_URL: "smtps://smtp.invalid" } }, ["REPORT_EMAIL_TO: não foi definido"]],
    ["faults of several, all at once", { accounts: [{ ...north, RELAY_INTERVAL: "x" }, { id: "a b" }, { ...south, HEARTBEAT_TIMES: "y" }] },
      ["pvmonitor.yaml: contas nº 1 (norte): RELAY_INTERVAL", "pvmonitor.yaml: contas nº 2: PVOP_EMAIL", "pvmonitor.yaml: contas nº 2: PVOP_PASSWORD", "pvmonitor.yaml: contas nº 3 (sul): HEARTBEAT_TIMES", "pvmonitor.yaml: contas nº 2: o id"]],
  ])("of %s names the account, once", (_, given, expected) => {
    const told = faults(given);
    expect(told.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it("is none: the same login at another address, a shared server for those who have readers", () => {
    expect(faults(own({ PVOP_EMAIL: north.PVOP_EMAIL, PVOP_BASE_URL: "https://outra.invalid/api" }))).toEqual([]);
    const mail = { env: { ...shared, SMTP_URL: "smtps://smtp.invalid" }, ...own({ REPORT_EMAIL_TO: "a@b.invalid" }) };
    expect(taken(mail).accounts.map((config) => config.mail?.to ?? null)).toEqual([null, ["a@b.invalid"]]);
  });

  it("of any setting of the process is told where an account has it", () => {
    const known = settingTable.filter(({ ofAccount }) => ofAccount !== true);
    expect(known.length).toBeGreaterThan(12);
    for (const { name, example } of known) expect(faults(own({ [name]: example }))).toEqual([expect.stringContaining(`${second}${name}: é do monitor inteiro`)]);
  });

  it("never holds a secret, not even another account's", () => {
    const lines = faults({ accounts: [{ ...north, RELAY_PLANTS: "senha-do-sul-1,x" }, { ...south, LOG_LEVEL: "x", usinas: [{ id: 1, janela: "senha-do-norte" }], HEARTBEAT_TIMES: "xsenha-do-nortex" }, { id: "senha-do-norte!" }] });
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.join("\n")).not.toMatch(/senha-do/);
  });
});

describe("notes", () => {
  const office = "https://a.webhook.office.com/x";
  it("name the account, and the ping address that accounts share", () => {
    const given = { accounts: [north, { ...south, TEAMS_WEBHOOK_URL: office }], env: { ...shared, HEARTBEAT_PING_URL: "https://hc.invalid/0123456789abcdef0123" } };
    expect(taken(given).notes).toEqual([
      expect.stringMatching(/^conta sul: TEAMS_FORMAT: o webhook é de um conector do Office 365/),
      expect.stringMatching(/^HEARTBEAT_PING_URL é o mesmo nas contas norte, sul: /),
    ]);
  });
});

describe("settings in force", () => {
  const webhook = "https://exemplo.invalid/hook/0123456789abcdef0123sul4";
  const given = {
    env: { ...shared, PVOP_CONCURRENCY: "2" }, top: { usinas: [{ id: 1, silenciar: true }] },
    accounts: [{ ...north, HEARTBEAT_TIMES: ["08:00"], usinas: [{ id: 101, zero_kw: 0.1 }] }, { ...south, TEAMS_WEBHOOK_URL: webhook, RELAY_PLANTS: "senha-do-norte" }],
  };
  const { inForce, accounts } = taken(given);

  it("show what is shared, then what each account says itself, with the secrets of all masked", () => {
    expect(inForce).toHaveLength(settingTable.length + 1 + 4 + 4);
    const shown = new Map(inForce.map(({ name, value }) => [name, value]));
    expect(["PVOP_CONCURRENCY", "PVOP_EMAIL", "usinas: 1", "conta norte: PVOP_EMAIL", "conta norte: PVOP_PASSWORD", "conta norte: HEARTBEAT_TIMES", "conta norte: usinas: 101", "conta sul: TEAMS_WEBHOOK_URL", "conta sul: RELAY_PLANTS"]
      .map((name) => shown.get(name))).toEqual(["2", "–", '{"silenciar":true}', "norte@exemplo.invalid", "(definido)", "08:00", '{"zero_kw":0.1}', "https://exemplo.invalid/…sul4", "[oculto]"]);
    expect(JSON.stringify(inForce)).not.toMatch(/senha-do|0123456789abcdef/);
  });

  it("are all redacted in what is written", () => {
    const redact = redactor(secretsOf(...accounts));
    expect(redact(`a senha-do-norte b senha-do-sul-1 c ${webhook} d senha-do-banco`)).toBe("a [oculto] b [oculto] c [oculto] d [oculto]");
  });
});
