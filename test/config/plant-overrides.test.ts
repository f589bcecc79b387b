// pvmonitor.yaml's own sections, and the rules that come of them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { defaultRelayClasses } from "../../src/domain/relay-parameters.ts";
import type { PlantRules, RulesOf } from "../../src/domain/rules.ts";

const env = { PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: "senha-boa-123", TEAMS_ENABLED: "0" };
const readFile = (path: string): string => { throw new Error(path); };

function rulesOf(yaml: string): RulesOf {
  const result = readConfig({ env, envFile: null, yaml, readFile });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config.rulesOf;
}
function rules(yaml: string, id: string, name: string): PlantRules {
  return rulesOf(yaml)({ id, name });
}
function faults(yaml: string): string[] {
  const result = readConfig({ env, envFile: null, yaml, readFile });
  return result.ok ? [] : result.faults.map(({ name, wrong }) => `${name}: ${wrong}`);
}

describe("usinas", () => {
  const yaml = `
usinas:
  - id: 101
    zero_kw: 0.5
  - nome: "UFV  sertão *"
    fuso: america/recife
    janela: 05:30-17:00
    zero_kw: 0.1
  - nome: "*NORTE?"
    janela: 6:00-18:00
    leituras_falha: 5
    leituras_normalizacao: 4
    silenciar: sim
    ignorar_parametros: [rl1, r59N]
`;
  it("are found by name, letter case and blanks apart; the later wins field by field", () => {
    expect(rules(yaml, "7", "UFV Sertão Norte1")).toEqual({
      zone: "America/Recife", window: { fromS: 21_600, toS: 64_800 }, failureReadings: 5, recoveryReadings: 4, zeroKw: 0.1, muted: true,
      ignoredParameters: new Set(["rRL1", "r59N"]), relayClasses: defaultRelayClasses,
    });
    expect(rules(yaml, "7", "UFV Sertão Norte")).toMatchObject({ window: { fromS: 19_800, toS: 61_200 }, muted: false });
    expect(rules(yaml, "7", "Outra")).toMatchObject({ zone: "America/Sao_Paulo", zeroKw: 0 });
  });

  it("by id beat those by name, wherever they stand", () => {
    expect(rules(yaml, "101", "UFV Sertão Sul")).toMatchObject({ zone: "America/Recife", zeroKw: 0.5 });
  });

  it("follow a plant that is renamed, and are worked out once", () => {
    const of = rulesOf(yaml);
    expect(of({ id: "7", name: "UFV Sertão Sul" })).toBe(of({ id: "7", name: "UFV Sertão Sul" }));
    expect(of({ id: "7", name: "UFV Litoral" }).zone).toBe("America/Sao_Paulo");
  });

  it("take special characters of a name for what they are", () => {
    expect(rules("usinas: [{ nome: 'UFV (A+B) [1]', silenciar: true }]", "1", "UFV (A+B) [1]").muted).toBe(true);
    expect(rules("usinas: [{ nome: 'UFV.A', silenciar: true }]", "1", "UFVxA").muted).toBe(false);
  });

  it.each([
    ["usinas: { 101: {} }", "usinas: precisa de uma lista"],
    ["usinas: [x]", "usinas nº 1: precisa de campos"],
    ["usinas: [{ janela: 06:00-07:00 }]", "usinas nº 1: precisa de id ou de nome"],
    ["usinas: [{ id: 1, nome: x }]", "usinas nº 1: precisa de id ou de nome"],
    ["usinas: [{ id: 1, janelas: x }]", 'usinas nº 1: "janelas" não existe aqui'],
    ["usinas: [{ id: 1 }, { id: 2, janela: 18:00-06:00 }]", "usinas nº 2 janela:"],
    ["usinas: [{ id: 1, fuso: Lua }]", "usinas nº 1 fuso:"],
    ["usinas: [{ id: 1, zero_kw: -1 }]", "usinas nº 1 zero_kw:"],
    ["usinas: [{ id: 1, leituras_falha: 0 }]", "usinas nº 1 leituras_falha:"],
    ["usinas: [{ id: 1, silenciar: talvez }]", "usinas nº 1 silenciar:"],
    ["usinas: [{ id: 1, ignorar_parametros: [rXYZ] }]", 'usinas nº 1 ignorar_parametros nº 1: "rXYZ" não é'],
  ])("%s is refused", (text, wrong) => {
    expect(faults(text)).toEqual([expect.stringContaining(`pvmonitor.yaml: ${wrong}`)]);
  });
});

describe("classes_rele", () => {
  it("give order and parameters, in any letter case, with or without the r", () => {
    const { relayClasses } = rules("classes_rele: [{ tipo: TERRA, parametros: [59n, RGS, gs_x] }]".replace(", gs_x", ""), "1", "");
    expect(relayClasses).toEqual([{ type: "TERRA", parameters: ["r59N", "rGS"] }]);
  });

  it.each([
    ["classes_rele: []", "classes_rele: está vazia"],
    ["classes_rele: [{ tipo: A, parametros: [] }]", "classes_rele nº 1 parametros:"],
    ["classes_rele: [{ tipo: 'A:B', parametros: [49] }]", "classes_rele nº 1 tipo:"],
    ["classes_rele: [{ tipo: A, parametros: [49] }, { tipo: A, parametros: [86] }]", 'classes_rele nº 2: "A" aparece mais de uma vez'],
    ["classes_rele: [{ tipo: A, parametros: [49] }, { tipo: B, parametros: [r49] }]", 'classes_rele nº 2: "r49" aparece mais de uma vez'],
    ["classes_rele: [{ tipo: A, parametros: [inexistente] }]", 'classes_rele nº 1 parametros nº 1: "inexistente" não é'],
  ])("%s is refused", (text, wrong) => {
    expect(faults(text)).toEqual([expect.stringContaining(`pvmonitor.yaml: ${wrong}`)]);
  });
});

describe("the file", () => {
  it.each([
    ["LOG_LEVEL: 'info", "perto da linha 1"],
    ["a: 1\na: 2", "perto da linha 2"],
    ["- 1", "precisa de campos"],
    ["texto", "precisa de campos"],
    ["__proto__: 1\nconstructor: 2", "não é uma configuração"],
  ])("%j is told with what is wrong", (text, wrong) => {
    expect(faults(text)[0]).toContain(wrong);
  });

  it("may be empty, or hold only comments", () => {
    expect(faults("")).toEqual([]);
    expect(faults("# nada\n")).toEqual([]);
  });

  it("of the example is read, shows the classes as they are by default, and every field of a plant", () => {
    const example = readFileSync(new URL("../../pvmonitor.example.yaml", import.meta.url), "utf8");
    expect(rules(example, "101", "UFV Litoral exemplo")).toEqual({
      zone: "America/Recife", window: { fromS: 19_800, toS: 61_200 }, failureReadings: 4, recoveryReadings: 4, zeroKw: 0.05,
      ignoredParameters: new Set(["rRL1"]), relayClasses: defaultRelayClasses, muted: true,
    });
  });
});
