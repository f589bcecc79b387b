// What the documents say about settings is what the program reads.
import { describe, expect, it } from "vitest";
import { settingsPage } from "../../docs/write-settings.ts";
import { readConfig, type ConfigResult } from "../../src/config/read-config.ts";
import { settingTable } from "../../src/config/settings.ts";
import { read, rows } from "./documents.ts";

const env = { PVOP_EMAIL: "a@b", PVOP_PASSWORD: "senha", TEAMS_WEBHOOK_URL: "https://exemplo.invalid/x" };
const withYaml = (yaml: string): ConfigResult => readConfig({ env, envFile: null, yaml, readFile: (path) => { throw new Error(path); } });
const code = (cell = ""): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;

describe("docs/configuracao.md", () => {
  const page = read("docs/configuracao.md");
  it("is what docs/write-settings.ts writes", () => {
    expect(page).toBe(settingsPage());
  });

  it("lists fields of `usinas` that exist, with examples that are taken", () => {
    const fields = rows(page, "### `usinas`: exceções por usina");
    expect(fields.length).toBeGreaterThan(5);
    const whom = (field: string): string => (field === "id" || field === "nome" ? "" : "    id: 1\n");
    const read = fields.map(([field, , example]) => withYaml(`usinas:\n  - ${code(field)}: ${code(example)}\n${whom(code(field))}`));
    expect(read.flatMap((result) => (result.ok ? [] : result.faults))).toEqual([]);
    expect(withYaml("usinas:\n  - id: 1\n    zero_kw_: 1\n").ok).toBe(false);
  });

  it("lists fields of `contas` that are taken as they stand", () => {
    const fields = rows(page, "### `contas`: várias contas da PVOperation").map(([field, , example]) => (code(example).includes(": ") && !code(example).startsWith("[") ? code(example) : `${code(field)}: ${code(example)}`));
    expect(fields.length).toBe(4);
    const result = readConfig({ env: { ...env, DATABASE_URL: "postgres://a@127.0.0.1/b" }, envFile: null, yaml: `contas:\n  - ${fields.join("\n    ")}\n`, readFile: (path) => { throw new Error(path); } });
    expect(result).toMatchObject({ ok: true, config: { account: "norte", pvop: { email: "operacao@norte.com.br" } } });
  });
});

describe("pvmonitor.example.yaml", () => {
  it("is taken as it stands", () => {
    expect(withYaml(read("pvmonitor.example.yaml"))).toMatchObject({ ok: true, notes: [] });
  });

  it("is taken with its accounts too, once their comments are lines", () => {
    const text = read("pvmonitor.example.yaml").replace(/^# (contas:| {2,}\S.*)$/gm, "$1").replace(/_FILE: (\S+)/g, ": https://exemplo.invalid$1");
    const result = readConfig({ env: { DATABASE_URL: "postgres://a@127.0.0.1/b", SMTP_URL: "smtps://smtp.invalid" }, envFile: null, yaml: text, readFile: (path) => { throw new Error(path); } });
    expect(result).toMatchObject({ ok: true, notes: [], accounts: [{ account: "principal", mail: null }, { account: "sul", zone: "America/Recife", mail: { to: ["gestao@sul.exemplo.com.br"] } }] });
  });

  it("shows every field that docs/configuracao.md lists", () => {
    const shown = read("pvmonitor.example.yaml");
    const fields = rows(read("docs/configuracao.md"), "### `usinas`: exceções por usina").map(([field]) => code(field));
    expect(fields.filter((field) => !shown.includes(`${field}:`))).toEqual([]);
  });
});

describe("README.md", () => {
  const listed = rows(read("README.md"), "## Configurações");
  it("lists settings that exist, with their defaults", () => {
    const pairs = listed.flatMap(([names = "", standard = ""]) => {
      const values = standard.includes("`") ? [...standard.matchAll(/`([^`]+)`/g)].map(([, value]) => value) : [];
      return [...names.matchAll(/`(\w+)`/g)].map(([, name], i) => [name, values[i] ?? null]);
    });
    expect(pairs.length).toBeGreaterThan(8);
    const known = new Map(settingTable.map(({ name, standard }): [string | undefined, string | null] => [name, standard]));
    expect(pairs.filter(([name, standard]) => !known.has(name ?? "") || known.get(name ?? "") !== standard)).toEqual([]);
  });

  it("names no setting that does not exist, nor does the runbook", () => {
    const known = new Set<string>(settingTable.flatMap(({ name }) => [name, `${name}_FILE`]));
    const named = ["README.md", "docs/operacao.md", "CHANGELOG.md"].flatMap((path) =>
      [...read(path).matchAll(/\b(?:PVOP|TEAMS|RELAY|INVERTER|HEARTBEAT|GENERATION|VERIFY|STATE|LOG)_[A-Z_]+\b/g)].map(([name]) => name));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
