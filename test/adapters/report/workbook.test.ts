// The sheet read back: what is a number is one, dates are wall clock, and no text from outside is ever anything else.
import { mkdtemp, readdir, readFile, stat, writeFile, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createReportDesk, writeWhole } from "../../../src/adapters/report/report-shelf.ts";
import { reportSubject, reportText } from "../../../src/adapters/report/report-text.ts";
import { composeWorkbook } from "../../../src/adapters/report/workbook.ts";
import { HOSTILE } from "../teams/arbitrary-messages.ts";
import { readXlsx, valuesFrom, wallClock, type ReadSheet } from "./read-xlsx.ts";
import { at, sampleIncident, sampleReport } from "./sample-report.ts";

async function sheets(report = sampleReport()): Promise<{ readonly summary: ReadSheet; readonly occurrences: ReadSheet }> {
  const [summary, occurrences] = readXlsx(await composeWorkbook(report));
  if (summary === undefined || occurrences === undefined) throw new Error("a sheet is missing");
  return { summary, occurrences };
}

describe("Resumo", () => {
  it("says what week and zone it is, how figures are defined, and what it did not see", async () => {
    const { summary } = await sheets();
    const texts = valuesFrom(summary, 1).flat().join("\n");
    expect(summary.name).toBe("Resumo");
    for (const said of ["Relatório semanal 2025-W48", "24/11/2025 00:00 a 01/12/2025 00:00 · fuso America/Sao_Paulo", "IEC TS 63019", "MTTR: duração média", "2 lacunas",
      "o monitor esteve parado, de 27/11/2025 02:00 a 27/11/2025 02:40", "UFV Vale Verde (104): dias de inversores que não puderam ser lidos: 24/11, 25/11 (sem resposta a tempo)"]) expect(texts).toContain(said);
  });

  it("has a row a plant and kind below those of all plants; figures are numbers with formats", async () => {
    const { summary } = await sheets();
    const rows = valuesFrom(summary, 4);
    expect(rows[0]).toEqual(["Usina", "Id", "Tipo", "Equipa-mentos", "Ocor-rências", "Sem nor-malização", "Horas fora", "Horas fora na janela", "MTTR (h)", "MTBF (h)", "Disponi-bilidade", "Energia não gerada (kWh)"]);
    expect(rows.slice(1, 4).map((row) => row.filter((value) => value !== ""))).toEqual([
      ["Todas as usinas", "Inversores", 56, 3, 1, expect.closeTo(117.5, 5), expect.closeTo(52.5, 5), expect.closeTo(37.2083, 1), expect.closeTo(2129.8, 0), 0.9878, "a calcular"],
      ["Todas as usinas", "Relés", 3, 2, 0, 0.75, 0.75, expect.closeTo(0.375, 1), expect.closeTo(115.1, 0), 0.9967, "a calcular"],
      ["UFV Lagoa do Meio", "103", "Inversores", 9, 1, 1, 57, 24.5, "–", 668.5, 0.9646, "a calcular"],
    ]);
    expect([...summary.cells].filter(([address]) => /^[D-K][56]$/.test(address)).map(([, { type }]) => type)).toEqual(Array.from({ length: 16 }, () => "number"));
    expect(["E5", "G5", "K5", "B7"].map((address) => summary.cells.get(address)?.format)).toEqual(["[$-416]#,##0", "[$-416]#,##0.0", "[$-416]0.00%", "@"]);
  });

  it("keeps its head in view, is one page wide, and has widths", async () => {
    const { summary, occurrences } = await sheets();
    for (const [{ xml }, rows] of [[summary, 4], [occurrences, 3]] as const) {
      expect(xml).toMatch(new RegExp(`<pane ySplit="${String(rows)}"[^>]*state="frozen"`));
      expect(xml).toContain('<pageSetUpPr fitToPage="1"/>');
      expect(xml).toMatch(/<pageSetup fitToHeight="0"[^>]*orientation="landscape"/);
      expect(xml.match(/<col /g)?.length).toBeGreaterThan(10);
    }
  });
});

describe("Ocorrências", () => {
  it("has a row an incident: wall clock, part of the week, whole duration, how it stands", async () => {
    const { occurrences } = await sheets();
    expect(occurrences.name).toBe("Ocorrências");
    const rows = valuesFrom(occurrences, 4);
    expect(rows).toHaveLength(5);
    const [first, second, , open] = rows.map((row) => row.map((value, i) => (i < 2 && typeof value === "number" ? wallClock(value) : value)));
    expect(first).toEqual(["2025-11-23T10:05", "2025-11-24T11:25", "UFV Barra Norte", "101", "Inversor", "INV 3", "46003", "–", "–",
      expect.closeTo(11.4167, 3), expect.closeTo(4.9167, 3), expect.closeTo(25.3333, 3), "a calcular", "normalizado", "B7KD20"]);
    expect(second?.slice(4, 9)).toEqual(["Relé", "1931", "1931", "SOBRETENSÃO", "r59N, r86"]);
    expect(open?.slice(0, 2)).toEqual(["2025-11-28T15:00", "–"]);
    expect(open?.slice(11)).toEqual(["–", "a calcular", "ainda parado · não enviado: obra no telhado", "X4HM8R"]);
    expect(occurrences.cells.get("A4")).toMatchObject({ type: "number", format: "[$-416]dd/mm/yyyy hh:mm" });
  });

  it.each([
    ["normalizado · não enviado: obra", { mutedReason: "obra" }],
    ["normalizado · avisado 25/11/2025 10:05; normalização silenciada: obra", { mutedReason: "obra", notifiedAt: at("11-25 10:05") }],
    ["normalizado · avisado 25/11/2025 10:05 no fim do silêncio: obra", { mutedReason: "obra", notifiedAt: at("11-25 10:05"), endNotifiedAt: at("11-25 11:10") }],
    ["ainda parado · avisado 25/11/2025 10:05 no fim do silêncio: obra", { end: null, mutedReason: "obra", notifiedAt: at("11-25 10:05") }],
    ["normalizado", { notifiedAt: at("11-25 10:05") }],
    ["fim não conhecido", { end: null, goneAt: at("11-25 12:00") }],
  ])("says how it stands, and what was told: %s", async (words, more) => {
    const { occurrences } = await sheets(sampleReport([sampleIncident({ id: "A", first: at("11-25 10:00"), end: at("11-25 11:00"), ...more })], []));
    expect(valuesFrom(occurrences, 4)[0]?.[13]).toBe(words);
  });

  it("says so where there were none", async () => {
    const { occurrences } = await sheets(sampleReport([], []));
    expect(valuesFrom(occurrences, 4)).toEqual([["Nenhuma ocorrência nesta semana."]]);
  });
});

test.each(["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://exemplo.invalid\")", "<b>x</b>", "]]>", "&amp;", "1e5", "007", ...HOSTILE])("%j is text, as it is", async (name) => {
  const incident = sampleIncident({ id: name, first: at("11-25 10:00"), end: at("11-25 11:00"), plantId: `9${name}`.slice(0, 50), plantName: name, device: name, deviceName: name, type: name, parameters: [name], mutedReason: name });
  const { summary, occurrences } = await sheets(sampleReport([incident], [{ kind: "history", reason: name }]));
  const all = [...summary.cells.values(), ...occurrences.cells.values()];
  expect(all.filter(({ type }) => type === "formula")).toEqual([]);
  expect(occurrences.cells.get("C4")?.type ?? "text").toBe("text");
  const shown = String(occurrences.cells.get("C4")?.value ?? "");
  expect(shown.length).toBeLessThanOrEqual(300);
  if (name.length < 60 && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(name)) expect(shown).toBe(name);
  expect([summary.xml, occurrences.xml].join("")).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
});

it("is the same in plain text", () => {
  const text = reportText(sampleReport());
  expect(text).toContain("Relatório semanal 2025-W48\n24/11/2025 00:00 a 01/12/2025 00:00");
  expect(text).toMatch(/Todas as usinas +Inversores +3 +1 +117,5 +52,5 +37,2 +2\.129,8 +98,7 %/);
  expect(text).toMatch(/UFV Lagoa do Meio +Inversores +1 +1 +57,0 +24,5 +– +668,5 +96,4 %/);
  expect(text).toContain("- UFV Vale Verde (104): dias de inversores que não puderam ser lidos: 24/11, 25/11 (sem resposta a tempo)");
  expect(text).not.toContain("UFV Vale Verde  ");
  expect(reportSubject(sampleReport())).toBe("Relatório semanal 2025-W48: 5 ocorrências, inversores 98,7 % disponíveis");
});

describe("the shelf", () => {
  let folder = "";
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), "pvmonitor-report-")); });
  afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

  it("keeps a report whole, for its user alone, and the newest 60", async () => {
    const shelf = join(folder, "relatorios");
    await mkdir(shelf, { recursive: true });
    const old = Array.from({ length: 65 }, (_, i) => `pvmonitor-${String(2023 + Math.floor(i / 52))}-W${String((i % 52) + 1).padStart(2, "0")}.xlsx`);
    for (const name of [...old, "minha-planilha.xlsx"]) await writeFile(join(shelf, name), "x");
    const desk = createReportDesk(folder);
    const file = await desk.compose(sampleReport());
    expect(await desk.keep(file)).toEqual({ ok: true, value: "relatorios/pvmonitor-2025-W48.xlsx" });
    const names = await readdir(shelf);
    expect(names).toHaveLength(61);
    expect(names).toEqual(expect.arrayContaining(["minha-planilha.xlsx", "pvmonitor-2025-W48.xlsx", old[64]]));
    expect(names).not.toContain(old[5]);
    expect((await stat(join(shelf, file.name))).mode & 0o777).toBe(0o600);
    expect(new Uint8Array(await readFile(join(shelf, file.name)))).toEqual(new Uint8Array(file.content));
    expect(new Uint8Array((await desk.find("2025-W48"))?.content ?? [])).toEqual(new Uint8Array(file.content));
    expect(await desk.find("2025-W49")).toBeNull();
  });

  it("says why it could not", async () => {
    await writeFile(join(folder, "file"), "x");
    expect(await writeWhole(join(folder, "file", "report.xlsx"), new Uint8Array([1]))).toMatchObject({ ok: false, reason: expect.stringMatching(/^E[A-Z]+$/) });
  });
});
