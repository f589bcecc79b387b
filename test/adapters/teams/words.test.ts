// Figures, times, parameters and outside text, as they are shown.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clean, disarm, hasMarkdown, withoutMarkdown } from "../../../src/adapters/teams/literal-text.ts";
import { parameterInWords } from "../../../src/adapters/teams/relay-parameters.ts";
import { sampleTime } from "../../../src/adapters/teams/samples.ts";
import { capacity, deviceLabels, duration, firstOf, listed, named, timesOf } from "../../../src/adapters/teams/words.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const MINUTE = 60_000;

test.each([
  [0, "menos de 1 min"], [-5, "menos de 1 min"], [NaN, "menos de 1 min"], [59_999, "menos de 1 min"], [35 * MINUTE, "35 min"], [60 * MINUTE, "1 h"], [80 * MINUTE, "1 h 20 min"],
  [24 * 60 * MINUTE, "1 d"], [(52 * 60 + 7) * MINUTE, "2 d 4 h"],
])("duração de %s ms: %s", (ms, expected) => { expect(duration(ms)).toBe(expected); });

test.each([[1250.5, "1.250,5 kWp"], [100, "100 kWp"], [0, null], [-1, null], [NaN, null], [1e300, null], [null, null]])("capacidade %s: %s", (kwp, expected) => { expect(capacity(kwp)).toBe(expected); });

describe("horas", () => {
  const times = timesOf("America/Sao_Paulo", sampleTime("11:00"));
  const [before, lastYear] = [sampleTime("2025-11-30 16:00"), sampleTime("2024-12-01 16:00")];
  test("a data só quando não é de hoje", () => {
    expect([sampleTime("10:05"), before, lastYear, NaN].map((at) => times.moment(at))).toEqual(["10:05", "30/11 16:00", "01/12/2024 16:00", "??:??"]);
    expect([times.on(sampleTime("10:05")), times.on(before)]).toEqual(["às 10:05", "em 30/11 16:00"]);
    expect([times.range(before, before + 35 * MINUTE), times.range(before, sampleTime("10:05"))]).toEqual(["30/11 16:00–16:35", "30/11 16:00–10:05"]);
    expect([times.span(sampleTime("10:05"), sampleTime("10:40")), times.span(before, sampleTime("10:05"))]).toEqual(["das 10:05 às 10:40", "de 30/11 16:00 a 10:05"]);
  });
  test("hoje é o dia da usina", () => {
    const late = sampleTime("2025-11-30 23:30"); // already 1 December in UTC
    expect([timesOf("America/Sao_Paulo", late).moment(late), timesOf("UTC", late).moment(late)]).toEqual(["23:30", "02:30"]);
  });
});

const PARAMETERS: readonly (readonly [name: string, words: string])[] = [
  ["r59N", "r59N – sobretensão de neutro (ANSI 59N)"], ["r86", "r86 – bloqueio (ANSI 86)"], ["r27A", "r27A – subtensão, fase A (ANSI 27)"], ["R27a", "R27a – subtensão, fase A (ANSI 27)"],
  ["r67A_2", "r67A_2 – sobrecorrente direcional de fase A (ANSI 67)"], ["r67N_1", "r67N_1 – sobrecorrente direcional de neutro (ANSI 67N)"], ["r81U", "r81U – subfrequência (ANSI 81U)"],
  ["r50N", "r50N – sobrecorrente de neutro (ANSI 50N)"], ["r51GS", "r51GS – sobrecorrente (ANSI 51)"], ["r79", "r79 – religamento (ANSI 79)"], ["rEPwd", "rEPwd – senha errada"],
  ["rBA", "rBA – supervisão da bobina de abertura"], ["rRL3", "rRL3 – contato de saída 3"],
  ...["rAR", "rDO", "rFR", "rERLS", "rRR", "rGS", "rEl2t", "rXYZ", "rconstructor"].map((name) => [name, name] as const), // never guessed
];
test.each(PARAMETERS)("parâmetro %s", (name, expected) => { expect(parameterInWords(name)).toBe(expected); });

test("nomes: o id só ao lado dos iguais, e a palavra só onde falta", () => {
  const label = deviceLabels([{ device: "1", name: "INV" }, { device: "2", name: "INV" }, { device: "3", name: "Telhado" }, { device: "4", name: " " }]);
  expect(["1", "2", "3", "4", "5"].map(label)).toEqual(["INV (1)", "INV (2)", "Telhado", "4", "5"]);
  expect([named("relay", "1931"), named("relay", "Relé geral"), named("inverter", "Inversor 3"), named("inverter", "46003")]).toEqual(["relé 1931", "Relé geral", "Inversor 3", "inversor 46003"]);
  expect([listed(["a", "b", "c"]), listed([]), firstOf(["a", "b", "c"], 1).join(", ")]).toEqual(["a, b e c", "", "a, mais 2"]);
});

describe("texto de fora", () => {
  test.each([
    ["\u00A0UFV\u00A0 Barra\n Norte ", "UFV Barra Norte"], ["a\u202Eb\u200Fc\u200B", "abc"], ["\uD800x", "\uFFFDx"], ["", "sem nome"], ["\u0000", "sem nome"], ["**bold**", "**bold**"],
    ["N".repeat(50), `${"N".repeat(19)}…`], [`e${"\u0301".repeat(90)}!`, "e\u0301\u0301\u0301!"], ["אב", "\u2068אב\u2069"],
  ])("limpo: %j", (text, expected) => { expect(clean(text, 20)).toBe(expected); });

  test("sem marcação para programas, igual para os olhos", () => {
    expect(disarm("<at>a</at> &lt; {{x}} 2 < 3 & 4").replaceAll("\u2060", "")).toBe("<at>a</at> &lt; {{x}} 2 < 3 & 4");
    expect(disarm("<at>a</at> &lt; {{x}}")).not.toMatch(/<[a-z/]|&[a-z#]|\{\{/);
  });

  test("onde só há Markdown, nada dele sobra", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("*_`~[]()#-+=1. <>&|\\!a")) })), (text) => {
      expect(hasMarkdown(withoutMarkdown(clean(text, 60)))).toBe(false);
    }));
    expect(["**b**", "_x_", "[a](b)", "- x", "1. x", "# x", "https://x.y", "www.x.y", "<b>"].map(hasMarkdown)).not.toContain(false);
    expect(["UFV Barra Norte", "desde 10:05 · 1.250,5 kWp", "10:05–10:40", "r59N – sobretensão (ANSI 59N)"].map(hasMarkdown)).not.toContain(true);
  });
});
