// Who sees little or nothing, who has no pointer, who has a small screen: axe finds no fault. And what the page weighs.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { BUSY } from "./canned-api.ts";
import { inPage, PATIENCE_MS, useBrowser } from "./page.ts";
import { DARK, LIGHT, PHONE, settled, type Look } from "./view-pictures.ts";

const { open } = useBrowser();
const require = createRequire(import.meta.url);
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const found = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }));

const VIEWS: readonly (readonly [name: string, hash: string])[] = [
  ["overview", "#/"], ["wall", "#/mural"], ["plant with a relay", "#/usina/100"], ["plant with inverters", "#/usina/102"], ["incidents", "#/ocorrencias"], ["monitor", "#/monitor"], ["nowhere", "#/nada"],
];
const LOOKS: readonly Look[] = [LIGHT, DARK, PHONE];

/** The faults that axe finds, each with what it is about. Through the debugger: the policy lets no other script in. */
async function faultsOf(page: Awaited<ReturnType<typeof open>>["page"]): Promise<readonly string[]> {
  await page.evaluate(axe);
  const violations = await inPage(page, found, "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`));
}

describe.each(LOOKS)("axe, $name", (look) => {
  it.each(VIEWS)("%s", { timeout: PATIENCE_MS }, async (_, hash) => {
    const { page } = await open(hash, BUSY, look);
    expect(await faultsOf(page)).toEqual([]);
    // Nothing sticks out: the page itself never scrolls sideways.
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});

it.each([LIGHT, DARK])("axe, $name: form, dialog, tables, sign-in, without contact", { timeout: PATIENCE_MS }, async (look) => {
  const { page, server } = await open("#/usina/102", BUSY, look);
  await page.getByRole("button", { name: "Ver em tabela" }).click();
  await page.getByRole("button", { name: "Silenciar…" }).click();
  await page.getByLabel("Motivo").fill("troca de fusíveis");
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("form").getByRole("button", { name: "Silenciar…" }).click();
  await page.getByRole("dialog").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  server.setDark(true);
  await page.getByText("Sem contato com o monitor desde").first().waitFor();
  expect(await faultsOf(page)).toEqual([]);
  const signIn = await open("#/", BUSY, look, "0123456789abcdef0123456789abcdef");
  await signIn.page.getByLabel("Senha da página").waitFor();
  expect(await faultsOf(signIn.page)).toEqual([]);
});

it("is walked through by keyboard: skip link, focus at the new view, the clock's time on focus", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Ir para o conteúdo");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("main");
  const first = page.locator(".tile-loud").first();
  await first.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("getComputedStyle(document.querySelector('.tile-loud .when-clock')).visibility")).toBe("visible");
  expect(await first.locator(".when-clock").textContent()).toBe(", 24/11/2025 10:08");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "UFV Barra Norte", level: 1 }).waitFor();
  expect(await page.evaluate("document.activeElement.id")).toBe("main");
});

it("weighs less than 300 KB of script, compressed; the overview paints without the charts", { timeout: PATIENCE_MS }, async () => {
  const folder = join(import.meta.dirname, "../../dist/page/assets");
  const scripts = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const sizes = await Promise.all(scripts.map(async (name) => ({ name, size: gzipSync(await readFile(join(folder, name))).length })));
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(300_000);
  const { page } = await open("#/");
  const loaded = await inPage(page, z.array(z.string()), "performance.getEntriesByType('resource').map(({ name }) => name)");
  expect(loaded.filter((name) => name.includes("echarts"))).toEqual([]);
});

it("carries 500 plants and 10,000 inverters", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/", { ...BUSY, plants: 500, inverters: 20 });
  expect(await page.locator(".tile").count()).toBe(500);
  const paint = await inPage(page, z.number(), "performance.getEntriesByName('first-contentful-paint')[0].startTime");
  // The time that the page's thread works, not what passes while the machine does other things.
  const debug = await page.context().newCDPSession(page);
  await debug.send("Performance.enable", { timeDomain: "threadTicks" });
  const workMs = async (): Promise<number> => 1000 * ((await debug.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
  const before = await workMs();
  await page.evaluate(`new Promise((resolve) => {
    let step = 0;
    const scroll = () => { scrollBy(0, 60); if (++step < 60) requestAnimationFrame(scroll); else resolve(); };
    requestAnimationFrame(scroll);
  })`);
  const perFrame = ((await workMs()) - before) / 60;
  expect(await page.evaluate("scrollY")).toBeGreaterThan(1000);
  // Told, not judged: how fast this machine is today is no property of the page.
  console.log(`500 usinas, 10.000 inversores: primeira pintura em ${String(Math.round(paint))} ms; ao rolar, ${perFrame.toFixed(1)} ms de trabalho por quadro`);
  await page.getByRole("searchbox").fill("serra azul");
  await settled(page);
  expect(await page.locator(".tile").count()).toBeLessThan(10);
});
