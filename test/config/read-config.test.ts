// Settings: layers, secrets from files, every fault at once, and never a secret in a message.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { faultLine, type SettingFault } from "../../src/config/faults.ts";
import { readConfig, type ConfigInput, type ConfigResult } from "../../src/config/read-config.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const least = { PVOP_EMAIL: "operacao@exemplo.invalid", PVOP_PASSWORD: "senha-boa-123", TEAMS_WEBHOOK_URL: "https://exemplo.invalid/hook/abcd" };

function read(input: Partial<ConfigInput> & { readonly files?: Readonly<Record<string, string>> } = {}): ConfigResult {
  const { files = {}, ...rest } = input;
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    return content;
  };
  return readConfig({ env: least, envFile: null, yaml: null, readFile, ...rest });
}
function config(input: Parameters<typeof read>[0] = {}): Config {
  const result = read(input);
  if (!result.ok) throw new Error(result.faults.map(faultLine).join("\n"));
  return result.config;
}
function faults(input: Parameters<typeof read>[0] = {}): readonly SettingFault[] {
  const result = read(input);
  return result.ok ? [] : result.faults;
}
function faultOf(name: string, value: string, files: Readonly<Record<string, string>> = {}): string | undefined {
  return faults({ env: { ...least, [name]: value }, files }).find((fault) => fault.name === name)?.wrong;
}

describe("defaults", () => {
  it("are those of the specification", () => {
    const { rulesOf, ...rest } = config();
    expect(rest).toEqual({
      account: "principal",
      pvop: { baseUrl: "https://apipv.pvoperation.com.br/api/v1", email: least.PVOP_EMAIL, password: least.PVOP_PASSWORD, concurrency: 3 },
      zone: "America/Sao_Paulo",
      teams: { enabled: true, webhookUrl: least.TEAMS_WEBHOOK_URL, format: "adaptivecard" },
      relayIntervalMs: 600_000, inverterIntervalMs: 900_000,
      heartbeatTimesS: [7, 12, 17, 20, 23].map((hour) => hour * 3600),
      stateDir: "state", logDir: "logs", logLevel: "info", logFormat: "text", relayPlants: "auto",
      ca: null, proxy: { https: null, http: null, none: null },
      web: { enabled: true, host: "127.0.0.1", port: 8787, basePath: "/", token: null }, historyDays: 30, pingUrl: null, mail: null, database: null,
    });
    expect(rulesOf({ id: "1", name: "UFV A" })).toMatchObject({
      zone: "America/Sao_Paulo", window: { fromS: 6.5 * 3600, toS: 17.5 * 3600 }, failureReadings: 3, recoveryReadings: 3, zeroKw: 0, muted: false,
    });
  });

  it("come frozen, all the way down", () => {
    const read = config();
    expect([read, read.pvop, read.teams, read.proxy, read.heartbeatTimesS, read.rulesOf({ id: "1", name: "" }), read.rulesOf({ id: "1", name: "" }).window]
      .every((part) => Object.isFrozen(part))).toBe(true);
  });
});

describe("layers", () => {
  it("take the environment first, then .env, then pvmonitor.yaml", () => {
    const envFile = "\uFEFFRELAY_INTERVAL=120\nINVERTER_INTERVAL=240\n";
    const yaml = "RELAY_INTERVAL: 7\nINVERTER_INTERVAL: 8\nPVOP_CONCURRENCY: 5\nHEARTBEAT_TIMES: [08:00, 6:30]\nTEAMS_ENABLED: false\nLOG_LEVEL:\n";
    expect(config({ env: { ...least, RELAY_INTERVAL: "60" }, envFile, yaml })).toMatchObject({
      relayIntervalMs: 60_000, inverterIntervalMs: 240_000, pvop: { concurrency: 5 }, heartbeatTimesS: [23_400, 28_800],
      teams: { enabled: false }, logLevel: "info",
    });
  });

  it("pass over empty values and placeholders", () => {
    const envFile = "PVOP_PASSWORD=changeme\nPVOP_EMAIL='<SEU_EMAIL_PVOPERATION>'\nTEAMS_WEBHOOK_URL=COLE_AQUI_A_URL\n";
    const env = { PVOP_EMAIL: "", PVOP_PASSWORD: "  ", TEAMS_WEBHOOK_URL: "<SUA_URL_WEBHOOK_TEAMS>", RELAY_INTERVAL: "" };
    expect(faults({ env, envFile }).map(({ name, wrong }) => [name, wrong.includes("texto de exemplo")])).toEqual([
      ["TEAMS_WEBHOOK_URL", true], ["PVOP_EMAIL", true], ["PVOP_PASSWORD", true],
    ]);
    expect(config({ env, envFile, yaml: JSON.stringify(least) })).toMatchObject({ pvop: { email: least.PVOP_EMAIL }, relayIntervalMs: 600_000 });
  });

  it("take lower-case proxy names, as curl does", () => {
    expect(config({ env: { ...least, https_proxy: "proxy.invalid:3128", NO_PROXY: "localhost" } }).proxy)
      .toEqual({ https: "http://proxy.invalid:3128/", http: null, none: "localhost" });
  });
});

describe("secrets from files", () => {
  const files = { "/run/senha": "da-variavel\n", "/creds/PVOP_PASSWORD": "da-credencial\r\n", "/vazio": "\n" };
  const without = { PVOP_EMAIL: least.PVOP_EMAIL, TEAMS_WEBHOOK_URL: least.TEAMS_WEBHOOK_URL };

  it.each([
    ["X_FILE", { PVOP_PASSWORD_FILE: "/run/senha" }, "da-variavel"],
    ["a credential of systemd", { CREDENTIALS_DIRECTORY: "/creds" }, "da-credencial"],
    ["X_FILE before a credential", { CREDENTIALS_DIRECTORY: "/creds", PVOP_PASSWORD_FILE: "/run/senha" }, "da-variavel"],
  ])("come from %s, without the line's end", (_, env, password) => {
    expect(config({ env: { ...without, ...env }, files }).pvop.password).toBe(password);
  });

  it("beat .env where the environment names the file", () => {
    expect(config({ env: { ...without, PVOP_PASSWORD_FILE: "/run/senha" }, envFile: "PVOP_PASSWORD=do-arquivo-env", files }).pvop.password).toBe("da-variavel");
  });

  it.each([
    ["is not there", { PVOP_PASSWORD_FILE: "/falta" }, "ENOENT"],
    ["is empty", { PVOP_PASSWORD_FILE: "/vazio" }, "vazio"],
    ["stands beside the value", { PVOP_PASSWORD: "outra-senha", PVOP_PASSWORD_FILE: "/run/senha" }, "duas vezes"],
  ])("are a fault where the file %s", (_, env, wrong) => {
    expect(faults({ env: { ...without, ...env }, files })).toEqual([expect.objectContaining({ name: "PVOP_PASSWORD", wrong: expect.stringContaining(wrong) })]);
  });
});

describe("one setting", () => {
  it.each(["True", "true", "1", "yes", "SIM"])("TEAMS_ENABLED=%s is on", (text) => {
    expect(config({ env: { ...least, TEAMS_ENABLED: text } }).teams.enabled).toBe(true);
  });
  it.each(["False", "0", "no", "não", "NÃO", "nao", "na\u0303o"])("TEAMS_ENABLED=%s is off, and needs no webhook", (text) => {
    expect(config({ env: { ...least, TEAMS_ENABLED: text, TEAMS_WEBHOOK_URL: "" } }).teams).toEqual({ enabled: false, webhookUrl: null, format: "adaptivecard" });
  });

  it.each([
    ["https://empresa.webhook.office.com/x/y", "messagecard"],
    ["https://a.webhook.office.com.exemplo.invalid/x", "adaptivecard"],
    ["https://prod-1.brazilsouth.logic.azure.com/workflows/a", "adaptivecard"],
    ["http://127.0.0.1:8080/hook", "adaptivecard"],
  ])("TEAMS_FORMAT=auto for %s is %s", (url, format) => {
    expect(config({ env: { ...least, TEAMS_WEBHOOK_URL: url } }).teams.format).toBe(format);
  });

  it("TEAMS_FORMAT decides where it is given, and a connector's webhook is noted", () => {
    const env = { ...least, TEAMS_WEBHOOK_URL: "https://empresa.webhook.office.com/x" };
    expect(config({ env: { ...env, TEAMS_FORMAT: "AdaptiveCard" } }).teams.format).toBe("adaptivecard");
    expect(read({ env })).toMatchObject({ ok: true, notes: [expect.stringContaining("Office 365")] });
  });

  it.each([
    ["RELAY_PLANTS", "ALL", { relayPlants: "all" }],
    ["RELAY_PLANTS", "101, 102;103", { relayPlants: new Set(["101", "102", "103"]) }],
    ["HEARTBEAT_TIMES", "12:00;7:05,12:00", { heartbeatTimesS: [25_500, 43_200] }],
    ["LOG_LEVEL", "WARNING", { logLevel: "warn" }],
    ["PVOP_BASE_URL", "http://localhost:3000/api/v1/", { pvop: { baseUrl: "http://localhost:3000/api/v1" } }],
    ["PVOP_BASE_URL", "http://[::1]:3000/", { pvop: { baseUrl: "http://[::1]:3000" } }],
    ["PVOP_CONCURRENCY", "16", { pvop: { concurrency: 16 } }],
    ["RELAY_INTERVAL", "1", { relayIntervalMs: 1000 }],
  ])("%s=%s", (name, text, expected) => {
    expect(config({ env: { ...least, [name]: text } })).toMatchObject(expected);
  });

  it("INVERTER_ZERO_KW takes a comma", () => {
    expect(config({ env: { ...least, INVERTER_ZERO_KW: "0,02" } }).rulesOf({ id: "1", name: "" }).zeroKw).toBe(0.02);
  });

  it.each([
    ["PVOP_BASE_URL", "http://exemplo.invalid/api"], ["PVOP_BASE_URL", "ftp://exemplo.invalid"], ["PVOP_BASE_URL", "exemplo"],
    ["PVOP_BASE_URL", "http://127.0.0.1.exemplo.invalid/"], ["PVOP_BASE_URL", "https://u:s@exemplo.invalid/"], ["PVOP_BASE_URL", "https://exemplo.invalid/?a=1"],
    ["TEAMS_WEBHOOK_URL", "http://exemplo.invalid/x"], ["PVOP_TIMEZONE", "Marte/Olimpo"], ["PVOP_TIMEZONE", "-03:00"],
    ["PVOP_CONCURRENCY", "0"], ["PVOP_CONCURRENCY", "17"], ["PVOP_CONCURRENCY", "3.5"], ["TEAMS_ENABLED", "talvez"], ["TEAMS_FORMAT", "card"],
    ["RELAY_INTERVAL", "0"], ["INVERTER_INTERVAL", "-1"], ["INVERTER_INTERVAL", "86401"], ["HEARTBEAT_TIMES", "25:00"], ["HEARTBEAT_TIMES", "07:00,"],
    ["GENERATION_WINDOW", "17:30-06:30"], ["GENERATION_WINDOW", "06:30-06:30"], ["GENERATION_WINDOW", "06:30"],
    ["INVERTER_FAILURE_READINGS", "0"], ["INVERTER_RECOVERY_READINGS", "x"], ["INVERTER_ZERO_KW", "-1"], ["INVERTER_ZERO_KW", "NaN"],
    ["HTTPS_PROXY", "socks5://proxy"], ["LOG_LEVEL", "trace"], ["LOG_FORMAT", "xml"], ["RELAY_PLANTS", "101,auto"], ["RELAY_PLANTS", "101,a/b"],
    ["STATE_DIR", "a\nb"], ["RELAY_PLANTS", ","], ["LOG_LEVEL", "constructor"],
  ])("%s=%j is refused, with an example that would be taken", (name, text) => {
    const [fault, ...others] = faults({ env: { ...least, [name]: text } });
    expect(fault?.name).toBe(name);
    expect(others).toEqual([]);
    const example = fault?.example.slice(name.length + 1) ?? "";
    expect(faultOf(name, example)).toBeUndefined();
  });
});

describe("certificate authorities", () => {
  const files = { "/ca.pem": "-----BEGIN CERTIFICATE-----\n", "/outra.pem": "-----BEGIN CERTIFICATE-----\n", "/der": "0\u0082" };
  it.each([
    ["VERIFY_CA, then the others", { VERIFY_CA: "/ca.pem", SSL_CERT_FILE: "/outra.pem" }, { path: "/ca.pem" }],
    ["SSL_CERT_FILE", { SSL_CERT_FILE: "/ca.pem", REQUESTS_CA_BUNDLE: "/outra.pem" }, { path: "/ca.pem" }],
    ["REQUESTS_CA_BUNDLE", { REQUESTS_CA_BUNDLE: "/outra.pem" }, { path: "/outra.pem" }],
    ["nothing where VERIFY_CA=True", { VERIFY_CA: "True", SSL_CERT_FILE: "/ca.pem" }, null],
  ])("come from %s", (_, env, ca) => {
    expect(config({ env: { ...least, ...env }, files }).ca).toEqual(ca);
  });

  it("cannot be switched off, and a file that holds none is told", () => {
    expect(faultOf("VERIFY_CA", "False", files)).toContain("não pode ser desligada");
    expect(faultOf("VERIFY_CA", "0", files)).toContain("não pode ser desligada");
    expect(faultOf("VERIFY_CA", "/falta", files)).toContain("ENOENT");
    expect(faultOf("SSL_CERT_FILE", "/der", files)).toContain("PEM");
  });
});

describe("faults", () => {
  it("are told all at once, whatever the source", () => {
    const env = { PVOP_PASSWORD: "<SUA_SENHA>", RELAY_INTERVAL: "x", VERIFY_CA: "False", TEAMS_WEBHOOK_URL_FILE: "/falta" };
    const names = faults({ env, envFile: "GENERATION_WINDOW=x", yaml: "LOG_FORMAT: xml\nFOO: 1\nusinas: 3\nPVOP_EMAIL: {a: 1}" }).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set([
      "PVOP_EMAIL", "PVOP_PASSWORD", "RELAY_INTERVAL", "VERIFY_CA", "TEAMS_WEBHOOK_URL", "GENERATION_WINDOW", "LOG_FORMAT",
      "pvmonitor.yaml: FOO", "pvmonitor.yaml: usinas", "pvmonitor.yaml: PVOP_EMAIL",
    ]));
  });

  it("never hold a secret, whichever setting it stands in", () => {
    const secret = fc.string({ minLength: 12, maxLength: 120, size: "max", unit: fc.constantFrom("a", "b", "X", "0", "9", "%", "&", "?", "/", "=", "é", "\"", "\\", " ", ",", ";") }).filter((text) => text.trim() === text);
    fc.assert(fc.property(secret, fc.constantFrom("RELAY_PLANTS", "LOG_LEVEL", "PVOP_BASE_URL", "VERIFY_CA", "TEAMS_FORMAT", "HEARTBEAT_TIMES"), (text, name) => {
      const told = faults({ env: { PVOP_PASSWORD: text, HTTPS_PROXY: `socks5://u:${text}@proxy`, TEAMS_WEBHOOK_URL: `http://exemplo.invalid/${text}`, [name]: text },
        yaml: JSON.stringify({ usinas: [{ id: 1, janela: text }] }) });
      expect(told.length).toBeGreaterThan(2);
      const lines = told.map(faultLine).join("\n");
      for (let at = 0; at + 12 <= text.length; at++) expect(lines).not.toContain(text.slice(at, at + 12));
    }));
  });
});

describe("notes", () => {
  it("name what looks like one of ours and is none", () => {
    const result = read({ env: { ...least, PVOP_EMAL: "x", TEAMS_ENABLE: "1", HOME: "/root" }, envFile: "STATEDIR=/x\nhttps_proxy=http://p" });
    expect(result.ok ? result.notes.map((note) => [note.split(":")[0], /seria (\w+)/.exec(note)?.[1]]) : null).toEqual([
      ["PVOP_EMAL", "PVOP_EMAIL"], ["TEAMS_ENABLE", "TEAMS_ENABLED"], ["STATEDIR", "STATE_DIR"],
    ]);
  });
});

describe("the page and the report", () => {
  it.each([
    ["another address without a token", { WEB_HOST: "0.0.0.0" }, "WEB_TOKEN: não foi definido, e é obrigatório com WEB_HOST=\"0.0.0.0\""],
    ["a token that is short", { WEB_TOKEN: "curta" }, "WEB_TOKEN: tem 5 caracteres; o mínimo são 32"],
    ["a path that is none", { WEB_BASE_PATH: "/a/../b" }, 'WEB_BASE_PATH: "/a/../b" não é um caminho como /pvmonitor'],
    ["a server without readers", { SMTP_URL: "smtps://smtp.exemplo.invalid" }, "REPORT_EMAIL_TO: não foi definido, e SMTP_URL sem ele não envia nada"],
    ["readers without a server", { REPORT_EMAIL_TO: "a@exemplo.invalid" }, "SMTP_URL: não foi definido, e REPORT_EMAIL_TO sem ele não envia nada"],
    ["a reader that is none", { SMTP_URL: "smtps://smtp.exemplo.invalid", REPORT_EMAIL_TO: "a@exemplo.invalid, b" }, 'REPORT_EMAIL_TO: "b" não é um endereço de e-mail'],
    ["http for the ping", { HEARTBEAT_PING_URL: "http://hc.exemplo.invalid/x" }, "HEARTBEAT_PING_URL: começa com http://"],
  ])("%s is a fault", (_, env, line) => {
    expect(faults({ env: { ...least, ...env } }).map(faultLine)).toEqual([expect.stringContaining(line)]);
  });

  it.each(["127.0.0.1", "localhost", "::1"])("on %s no token is needed", (host) => {
    expect(config({ env: { ...least, WEB_HOST: host } }).web).toMatchObject({ host, token: null });
  });

  it("closed to the network, nothing is asked of it", () => {
    expect(config({ env: { ...least, WEB_HOST: "0.0.0.0", WEB_ENABLED: "não" } }).web.enabled).toBe(false);
  });
});
