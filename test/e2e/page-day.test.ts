// The demo's day, looked at from each view of the real page: the real monitor, history and server behind it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { incidentList } from "../../src/api/schemas.ts";
import { inPage, PATIENCE_MS, useBrowser } from "../page/page.ts";
import { DARK, LIGHT, openView, PHONE, settled, WALL, type Look } from "../page/view-pictures.ts";
import { SECRETS, startDemoDay, type StandingDay } from "./standing-day.ts";

const VIEWS = ["#/", "#/mural", "#/usina/31050", "#/usina/31127", "#/ocorrencias", "#/monitor"];
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const { browser } = useBrowser();
let standing: StandingDay | null = null;
beforeAll(async () => { standing = await startDemoDay(); }, PATIENCE_MS);
afterAll(async () => { await standing?.close(); }, PATIENCE_MS);

function day(): StandingDay {
  if (standing === null) throw new Error("the day has not begun");
  return standing;
}

/** A view of it. What the policy forbids and what breaks in the page fails the test. */
async function open(hash: string, look: Look = LIGHT): Promise<Page> {
  const faults: string[] = [];
  const page = await openView(browser(), day().address + hash, look, faults);
  page.setDefaultTimeout(60_000);
  onTestFinished(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  return page;
}

const rowsOf = (page: Page, label: string): ReturnType<Page["locator"]> => page.getByRole("group", { name: label, exact: true }).locator("tbody tr");

it("overview: what fails now, in words, worst kind first; why nobody was told", { timeout: PATIENCE_MS }, async () => {
  const page = await open("#/");
  expect(await page.locator("h1").textContent()).toBe("3 usinas precisam de alguém");
  expect(await page.locator("h2").allTextContents()).toEqual(["Em falha 3", "Normais 21"]);
  const tiles = await page.locator(".tile-loud").allTextContents();
  expect(tiles).toHaveLength(3);
  const words = [["relé atuado", "UFV Cacto Velho", "SOBRETENSÃO", "há 9 min", "15:02", "389,4 kWp"], ["UFV Sabiá 2", "1 de 6 inversores parados", "07:30"], ["UFV Serra do Gavião", "TODOS os 8 inversores parados", "13:51"]];
  for (const [index, each] of words.entries()) for (const word of each) expect(tiles[index]?.replaceAll("\u00a0", " ")).toContain(word);
  await page.getByText("Teams falha: HTTP 429. Nada se perde").waitFor();
});

it("wall: the same, and every other plant in sight", { timeout: PATIENCE_MS }, async () => {
  const page = await open("#/mural", WALL);
  await page.getByRole("heading", { name: "3 usinas precisam de alguém" }).waitFor();
  expect(await page.locator(".wall-tile").count()).toBe(24);
  // No text is cut off, neither below nor at the side.
  const cut = await inPage(page, z.array(z.string()), "[...document.querySelectorAll('.wall-tile, .wall-name, .wall-what, .wall-since')].filter((part) => part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > 1.25 * part.clientHeight).map((part) => part.textContent)");
  expect(cut).toEqual([]);
});

describe("plant", () => {
  it("all inverters down: power until then, none since, and what failed", { timeout: PATIENCE_MS }, async () => {
    const page = await open("#/usina/31050");
    expect(await page.locator("figure canvas").count()).toBe(2);
    await page.getByText("8 inversores, janela de geração 06:30–17:30. 8 parados.").first().waitFor();
    expect(await rowsOf(page, "Ocorrências do dia").count()).toBe(8);
    await page.getByRole("button", { name: "Ver em tabela" }).click();
    const table = page.getByRole("group", { name: "Potência média por hora, em kW" });
    const [head, ...rows] = await inPage(page, z.array(z.array(z.string())), "[...document.querySelectorAll('#power tr, [aria-labelledby=power] tr, table tr')].slice(0, 9).map((row) => [...row.cells].map((cell) => cell.textContent))");
    expect(await table.count()).toBe(1);
    const [noon, afternoon] = [head?.indexOf("12:00") ?? -1, head?.indexOf("14:00") ?? -1];
    expect(rows).toHaveLength(8);
    for (const row of rows) {
      expect(Number(row[noon]?.replace(",", "."))).toBeGreaterThan(20);
      expect(row[afternoon]).toBe("0");
    }
  });

  it("a relay that has tripped: which parameters, and that its inverters are not watched", { timeout: PATIENCE_MS }, async () => {
    const page = await open("#/usina/31127");
    for (const text of ["sem vigilância enquanto o relé estiver atuado", "r59A – sobretensão, fase A (ANSI 59)", "3 inversores com falta de leituras. Relé: 1 atuação."]) await page.getByText(text).first().waitFor();
    // Painted, not only announced: the trip's band and the power's blues are there.
    const colours = await inPage(page, z.array(z.number()), "[...document.querySelectorAll('figure canvas')].map((canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)");
    for (const count of colours) expect(count).toBeGreaterThan(20);
  });

  it("turned back to a day without readings: says so", { timeout: PATIENCE_MS }, async () => {
    const page = await open("#/usina/31127");
    await page.getByRole("button", { name: "Dia anterior" }).click();
    await page.getByText("Não há leituras guardadas de 30/11/2025.").waitFor();
  });
});

it("incidents: all of the day, filtered, and the same as CSV", { timeout: PATIENCE_MS }, async () => {
  const page = await open("#/ocorrencias");
  const table = "Ocorrências do período";
  const all = await rowsOf(page, table).count();
  expect(all).toBe((await day().get("api/incidents", incidentList)).incidents.length);
  expect(all).toBe(20);
  const combo = (name: RegExp): ReturnType<Page["locator"]> => page.getByRole("combobox", { name });
  await combo(/^Aparelho/).selectOption("relay");
  await rowsOf(page, table).nth(6).waitFor({ state: "detached" });
  await rowsOf(page, table).nth(5).waitFor();
  expect(await rowsOf(page, table).count()).toBe(6);
  await combo(/^Tipo/).selectOption("FREQUÊNCIA");
  await rowsOf(page, table).nth(2).waitFor({ state: "detached" });
  await rowsOf(page, "Reincidentes").first().waitFor();
  expect(await rowsOf(page, "Reincidentes").allTextContents()).toEqual(["relé 1902UFV Pedra Rachada250 min"]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Baixar CSV" }).click()]);
  expect(download.suggestedFilename()).toBe("ocorrencias.csv");
  const csv = await readFile(await download.path(), "utf8");
  expect(csv.startsWith("\uFEFFIncidente;Usina;")).toBe(true);
  const [head = [], ...lines] = csv.slice(1).trimEnd().split("\r\n").map((line) => line.split(";"));
  const column = (name: string): (string | undefined)[] => lines.map((cells) => cells[head.indexOf(name)]);
  expect(column("Usina")).toEqual(["UFV Pedra Rachada", "UFV Pedra Rachada"]);
  expect(column("Classe")).toEqual(["FREQUÊNCIA", "FREQUÊNCIA"]);
  expect(column("Primeira leitura")).toEqual([expect.stringMatching(/^2025-12-01 13:39:48/), expect.stringMatching(/^2025-12-01 12:24:48/)]);
  expect(column("Duração (h)")).toEqual(["0,17", "0,67"]);
  expect(column("Avisado em")).toEqual(["", expect.stringMatching(/^2025-12-01 12:30/)]);
});

it("monitor: scans and their reasons, each waiting card and why, tries, outages, settings", { timeout: PATIENCE_MS }, async () => {
  const page = await open("#/monitor");
  await page.getByText("servidor-1 · 4711").waitFor();
  const waiting = page.locator("li", { hasText: "o Teams não a aceitou ainda: HTTP 429" });
  expect(await waiting.filter({ hasText: "UFV Serra do Gavião: TODOS os 8 inversores parados" }).count()).toBe(1);
  expect(await page.locator("li", { hasText: "espera a anterior da mesma usina" }).count()).toBe(3);
  const scans = await rowsOf(page, "Varreduras").allTextContents();
  expect(scans.length).toBeGreaterThan(80);
  for (const reason of [/^11:40inversores.*0 de \d+sem conexão.*terminou antes do fim.*sem sucesso/, /^08:00relés.*5 de 6resposta em formato inesperado/]) expect(scans.filter((row) => reason.test(row))).toHaveLength(1);
  const tries = await rowsOf(page, "Cartões enviados").allTextContents();
  expect(tries[0]).toMatch(/sem sucesso: HTTP 503/);
  for (const text of ["PVOperation sem resposta: erro no servidor", "ainda dura"]) await page.getByText(text).first().waitFor();
  expect(await rowsOf(page, "Ajustes").filter({ hasText: "PVOP_PASSWORD" }).textContent()).toContain("(definido)");
});

it("no secret in any answer, in any view, in any attribute", { timeout: PATIENCE_MS }, async () => {
  const paths = ["api/overview", "api/plants/31127", "api/incidents", "api/incidents.csv", "api/monitor", "api/mutes", "api/openapi.json", "api/session", "metrics", "healthz", "readyz", ""];
  const answers = await Promise.all(paths.map(async (path) => {
    const response = await fetch(new URL(path, day().address));
    return { path, text: `${JSON.stringify([...response.headers])} ${await response.text()}` };
  }));
  const page = await open("#/monitor");
  await page.getByRole("button", { name: "Também os de fábrica" }).click();
  const seen = [...answers, { path: "the page", text: await page.content() }];
  expect(seen.filter(({ text }) => text.length < 20).map(({ path }) => path)).toEqual([]);
  expect(seen.flatMap(({ path, text }) => SECRETS.filter((secret) => text.includes(secret)).map((secret) => `${path}: ${secret}`))).toEqual([]);
  expect(seen.at(-1)?.text).toContain("HEARTBEAT_PING_URL");
});

describe.each([LIGHT, DARK, PHONE])("axe finds no fault, $name", (look) => {
  it.each(VIEWS)("%s", { timeout: PATIENCE_MS }, async (hash) => {
    const page = await open(hash, look);
    await settled(page);
    await page.evaluate(axe);
    const found = await inPage(page, z.array(z.string()), "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))");
    expect(found).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});
