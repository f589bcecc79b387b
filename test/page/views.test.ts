// Each view in a real browser, on the answers of a canned monitor and under the real policy.
import { expect, it } from "vitest";
import { z } from "zod";
import { BUSY, NOW } from "./canned-api.ts";
import { inPage, PATIENCE_MS, useBrowser } from "./page.ts";
import { LIGHT, settled, WALL } from "./view-pictures.ts";

const { open } = useBrowser();
const MINUTE = 60_000;

it("overview: the line of truth, then who needs someone, oldest first, then the rest", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/");
  expect(await page.locator("h1").textContent()).toBe("7 usinas precisam de alguém");
  expect(await page.locator("h2").allTextContents()).toEqual(["Em falha 5", "Sem dados 2", "Silenciadas, com algo em falha 1", "Normais 34"]);
  const first = page.locator(".tile-loud").first();
  for (const text of ["relé atuado", "UFV Barra Norte", "Relé 1931 atuou, SOBRETENSÃO", "há 4 h 12 min", "desde 10:08", "250 kWp"]) expect(await first.textContent()).toContain(text);
  const ages = await inPage(page, z.array(z.number()), "[...document.querySelectorAll('.group-failing .tile-age time')].map((time) => Date.parse(time.dateTime))");
  expect(ages).toHaveLength(5);
  expect(ages).toEqual(ages.toSorted((a, b) => a - b));
});

it("filters by state and by what is written, and keeps both in the address", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/");
  await page.getByRole("button", { name: /sem dados/ }).click();
  expect(await page.locator(".tile .tile-name").allTextContents()).toEqual(["UFV Ilha Dourado", "UFV Porto Bonita"]);
  expect(page.url()).toContain("estado=no-data");
  await page.getByRole("button", { name: /^Todas/ }).click();
  await page.getByRole("searchbox").fill("  CHAPÁDA ufv");
  await page.getByRole("status").filter({ hasText: "Mostrando 3 usinas" }).waitFor();
  for (const name of await page.locator(".tile .tile-name").allTextContents()) expect(name).toContain("UFV Chapada");
  await page.reload();
  await settled(page);
  expect(await page.getByRole("searchbox").inputValue()).toBe("  CHAPÁDA ufv");
  await page.getByRole("searchbox").fill("não existe");
  await page.getByText(/Nenhuma das 42 usinas é assim/).waitFor();
});

it("changes by itself when the monitor says so, and counts age by the monitor's clock", { timeout: PATIENCE_MS }, async () => {
  const { page, server } = await open("#/");
  await page.getByText("ao vivo").waitFor();
  await page.evaluate("window.isSamePage = true");
  server.change({ ...BUSY, mood: "calm", revision: 2, at: NOW + 10 * MINUTE });
  await page.getByRole("heading", { name: "Tudo bem: 42 usinas, nada parado" }).waitFor();
  await page.getByText("14:30").waitFor();
  expect(await page.locator(".tile-loud").count()).toBe(0);
  expect(await page.evaluate("window.isSamePage")).toBe(true);
});

it("asks by itself where the monitor takes no more listeners", { timeout: PATIENCE_MS }, async () => {
  const { server, go } = await open("#/");
  server.refuseStreams();
  const page = await go("#/");
  await page.getByText("a cada 10 s").first().waitFor();
  server.change({ ...BUSY, mood: "calm", revision: 2 });
  await page.getByRole("heading", { name: /^Tudo bem/ }).waitFor();
});

it("says that it lost the monitor, and since when; and is back when it is back", { timeout: PATIENCE_MS }, async () => {
  const { page, server, go } = await open("#/");
  const wall = await go("#/mural", WALL);
  await page.getByText("ao vivo").waitFor();
  server.setDark(true);
  expect(await page.getByRole("alert").filter({ hasText: "Sem contato" }).textContent()).toContain("Sem contato com o monitor desde 14:20 de 24/11/2025.");
  await wall.getByRole("heading", { name: "Sem contato com o monitor desde 14:20 de 24/11/2025." }).waitFor();
  server.setDark(false);
  await page.getByText("Sem contato").waitFor({ state: "detached" });
  await page.getByText("ao vivo").waitFor();
});

it("wall: everything in sight, however many plants, on any screen", { timeout: PATIENCE_MS }, async () => {
  const { go } = await open("#/", { ...BUSY, plants: 500 });
  for (const look of [WALL, { ...LIGHT, width: 1280, height: 720 }, { ...LIGHT, width: 3840, height: 2160 }]) {
    const page = await go("#/mural", look);
    await page.locator(".wall-quiet li").nth(492).waitFor();
    const boxes = await inPage(page, z.array(z.object({ right: z.number(), bottom: z.number(), width: z.number(), height: z.number() })), "[...document.querySelectorAll('.wall-tile')].map((tile) => tile.getBoundingClientRect().toJSON())");
    expect(boxes).toHaveLength(500);
    for (const { right, bottom, width, height } of boxes) {
      expect(right).toBeLessThanOrEqual(look.width);
      expect(bottom).toBeLessThanOrEqual(look.height);
      expect(Math.min(width, height)).toBeGreaterThan(8);
    }
    expect(await page.evaluate("document.documentElement.scrollHeight <= innerHeight && document.querySelectorAll('button, input, select').length === 0")).toBe(true);
    await page.keyboard.press("Escape");
    await page.locator(".masthead").waitFor();
  }
});

it("plant: heat map and curves are drawn, and can be had as figures; relay in words; the day turned back", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/usina/100");
  expect(await page.locator("h1").textContent()).toBe("UFV Barra Norte");
  for (const text of ["Bloqueio (86) ativo:", "sem vigilância enquanto o relé estiver atuado", "sobretensão de neutro (ANSI 59N)", "janela de geração 06:30–17:30"]) await page.getByText(text).first().waitFor();
  expect(await page.locator("figure canvas").count()).toBe(2);
  for (const label of await inPage(page, z.array(z.string()), "[...document.querySelectorAll('[role=img]')].map(({ ariaLabel }) => ariaLabel)")) expect(label).toMatch(/em kW\. 12 inversores, .*Relé: 2 atuações\./);
  // Something is painted in each: a canvas of one colour would be an empty chart.
  const colours = await inPage(page, z.array(z.number()), "[...document.querySelectorAll('figure canvas')].map((canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)");
  for (const count of colours) expect(count).toBeGreaterThan(20);
  await page.getByRole("button", { name: "Ver em tabela" }).click();
  expect(await page.getByRole("group", { name: "Potência média por hora, em kW" }).locator("tbody tr").count()).toBe(12);
  await page.getByRole("button", { name: "Dia anterior" }).click();
  await page.getByRole("button", { name: "Hoje" }).waitFor();
  expect(page.url()).toContain("#/usina/100?dia=2025-11-23");
  await page.getByRole("button", { name: "Hoje" }).click();
  await page.getByText("hoje", { exact: true }).waitFor();
});

it("plant that does not exist: says so", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/usina/nenhuma");
  await page.getByText("Não há usina com este id.").waitFor();
});

it("incidents: timeline, table, repeat offenders; filters go to the monitor; CSV of the same", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/ocorrencias");
  const table = page.getByRole("group", { name: "Ocorrências do período" });
  const before = await table.locator("tbody tr").count();
  expect(before).toBeGreaterThan(20);
  expect(await page.locator("canvas").count()).toBe(1);
  expect(await page.getByRole("group", { name: "Reincidentes" }).locator("tbody tr").count()).toBeGreaterThan(2);
  await page.getByRole("combobox", { name: /^Aparelho/ }).selectOption("relay");
  await table.locator("tbody tr").nth(before - 1).waitFor({ state: "detached" });
  for (const text of await table.locator("tbody tr").allTextContents()) expect(text).toContain("relé 1931 atuou, SOBRETENSÃO");
  await page.getByRole("combobox", { name: /^Usina/ }).selectOption("103");
  expect(page.url()).toMatch(/aparelho=relay.*usina=103/);
  const csv = await page.getByRole("link", { name: "Baixar CSV" }).getAttribute("href");
  expect(csv).toMatch(/^api\/incidents\.csv\?from=\d+&to=\d+&plant=103&kind=relay/);
  await page.getByRole("combobox", { name: /^Usina/ }).selectOption("141");
  await page.getByText(/Aqui aparecem as falhas de relés e inversores\. De 18\/11\/2025 a 24\/11\/2025, com estes filtros, nenhuma\./).waitFor();
});

it("monitor: scans, why cards wait, deliveries, outages, settings masked", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/monitor");
  for (const text of ["o Teams respondeu 429: limite de chamadas", "recusado", "ainda dura", "servidor-1 · 4711", "••••••••", "sem resposta no tempo"]) await page.getByText(text).first().waitFor();
  expect(await page.getByRole("group", { name: "Varreduras" }).locator("tbody tr").count()).toBe(96);
  expect(await page.getByText("WEB_PORT").count()).toBe(0);
  await page.getByRole("button", { name: "Também os de fábrica" }).click();
  await page.getByText("WEB_PORT").waitFor();
});

it("calm: nothing is loud, and empty places say what would be there", { timeout: PATIENCE_MS }, async () => {
  const { page, go } = await open("#/monitor", { ...BUSY, mood: "calm" });
  await page.getByText("Aqui espera cada cartão até o Teams o aceitar. Nenhum espera.").waitFor();
  const overview = await go("#/", LIGHT);
  expect(await overview.locator(".tile-loud, .attention").count()).toBe(0);
});

it("works under a path, as behind a proxy", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/usina/102", BUSY, LIGHT, null, "/usinas/monitor/");
  expect(await page.locator("figure canvas").count()).toBe(2);
});

it("keeps the colours that were chosen", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/");
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("light");
  await page.getByRole("button", { name: "Usar cores escuras" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Usar cores claras" }).waitFor();
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
});
