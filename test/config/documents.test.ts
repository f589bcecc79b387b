// What operators read about settings says what the code does.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { envExample, settingsTable } from "../../src/config/settings-docs.ts";
import { settingTable } from "../../src/config/settings.ts";

const readFile = (path: string): string => { throw new Error(path); };

describe(".env.example", () => {
  const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
  it("is what the table of settings makes", () => {
    expect(text).toBe(envExample());
  });

  it("names what is required and nothing else, each still to be filled in", () => {
    const result = readConfig({ env: {}, envFile: text, yaml: null, readFile });
    expect(result.ok ? [] : result.faults.map(({ name }) => name).sort()).toEqual(["PVOP_EMAIL", "PVOP_PASSWORD", "TEAMS_WEBHOOK_URL"]);
    expect(Object.keys(parseEnv(text))).toEqual(["PVOP_EMAIL", "PVOP_PASSWORD", "TEAMS_WEBHOOK_URL"]);
  });

  it("is taken whole once its comments are values", () => {
    const filled = text.replace(/^# ([A-Z_]+=)/gm, "$1").replace(/^(VERIFY_CA|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=.*$/gm, "")
      .replace("PASSWORD=COLE_AQUI", "PASSWORD=senha").replace("EMAIL=COLE_AQUI", "EMAIL=a@b").replace("URL=COLE_AQUI", "URL=https://exemplo.invalid/x");
    expect(readConfig({ env: {}, envFile: filled, yaml: null, readFile })).toMatchObject({ ok: true, notes: [] });
  });
});

describe("the table of settings", () => {
  it("stands in docs/configuracao.md", () => {
    expect(readFileSync(new URL("../../docs/configuracao.md", import.meta.url), "utf8")).toContain(settingsTable());
  });

  it("has a row of five cells for each", () => {
    const rows = settingsTable().trimEnd().split("\n").slice(2);
    expect(rows).toHaveLength(settingTable.length);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
  });

  it("keeps secrets without a default, and gives them a file", () => {
    for (const { secret, standard, fromFile, name } of settingTable) {
      if (secret === true) expect(standard).toBeNull();
      if (/PASSWORD|WEBHOOK/.test(name)) expect({ secret, fromFile }).toEqual({ secret: true, fromFile: true });
    }
  });
});
