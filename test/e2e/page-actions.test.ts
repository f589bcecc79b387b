// What the page changes and what changes under it: a mute and its end, a test card, a failure that comes while somebody looks.
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { incidentList, monitorView } from "../../src/api/schemas.ts";
import { PATIENCE_MS, useBrowser } from "../page/page.ts";
import { LIGHT, openView, settled, WALL } from "../page/view-pictures.ts";
import { inverter, relay, scenarioFile, type Story } from "../support/scenario.ts";
import { startStandingDay, type StandingDay } from "./standing-day.ts";

const { browser } = useBrowser();
const MARKUP = `<img src=x onerror="document.title='owned'"><b>UFV</b> &amp; {x}`;
const START = "08:00";

async function startDay(story: Omit<Story, "start" | "end">): Promise<StandingDay> {
  const day = await startStandingDay(scenarioFile({ ...story, start: START, end: "23:00", config: { RELAY_INTERVAL: 300, INVERTER_INTERVAL: 300, ...story.config } }));
  onTestFinished(() => day.close());
  return day;
}

async function open(day: StandingDay, hash: string, look = LIGHT): Promise<Page> {
  const faults: string[] = [];
  const page = await openView(browser(), day.address + hash, look, faults);
  page.setDefaultTimeout(60_000);
  onTestFinished(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  return page;
}

/** Titles of the cards that Teams took, the newest last. */
async function titles(day: StandingDay): Promise<string[]> {
  const { cards } = await day.get("api/monitor", monitorView);
  return cards.filter(({ outcome }) => outcome === "delivered").map(({ title }) => title).toReversed();
}

// Plant 101: an inverter that stops at 09:00 and does not come back; plant 102 is well, and its relay trips at 10:00.
const devices = [
  inverter(101, 9).from("06:30").kwUntil("09:00", 40).kwUntil("17:00", 0), inverter(101, 8).from("06:30").kwUntil("17:00", 40),
  relay(102, 7).from("07:00").cleanUntil("10:00").activeUntil("12:00", "r59N r86").cleanUntil("17:00"),
];

it("a failure shows up by itself, on the overview, the wall and the plant", { timeout: PATIENCE_MS }, async () => {
  const day = await startDay({ devices });
  await day.until("08:50");
  const [overview, wall, plant] = [await open(day, "#/"), await open(day, "#/mural", WALL), await open(day, "#/usina/102")];
  await overview.getByRole("heading", { name: "Tudo bem: 2 usinas, varreduras em dia" }).waitFor();
  await overview.getByText("ao vivo").waitFor();
  for (const page of [overview, wall, plant]) await page.evaluate("window.isSamePage = true");
  await day.until("10:05");
  for (const page of [overview, wall]) await page.getByRole("heading", { name: "2 usinas precisam de alguém" }).waitFor();
  await overview.locator(".tile-loud", { hasText: "UFV 101" }).getByText("1 de 2 inversores parados").waitFor();
  await wall.locator(".wall-tile", { hasText: "UFV 102" }).getByText("SOBRETENSÃO").waitFor();
  await plant.getByText("Bloqueio (86) ativo:").waitFor();
  for (const page of [overview, wall, plant]) expect(await page.evaluate("window.isSamePage")).toBe(true);
  // And goes by itself.
  await day.until("12:10");
  await overview.getByRole("heading", { name: "1 usina precisa de alguém" }).waitFor();
});

it("a plant muted on the page: nothing of it goes to Teams, all of it is recorded, and its end tells what still fails", { timeout: PATIENCE_MS }, async () => {
  const day = await startDay({ devices });
  await day.until("08:50");
  const page = await open(day, "#/usina/101");
  await page.getByRole("button", { name: "Silenciar…" }).click();
  const form = page.getByRole("form", { name: "Silenciar" });
  await form.getByLabel("Motivo").fill("troca de fusíveis");
  await form.getByRole("button", { name: "Silenciar…" }).click();
  const dialog = page.getByRole("dialog", { name: "Silenciar a usina UFV 101 inteira?" });
  expect(await dialog.textContent()).toContain("nenhum cartão vai ao Teams");
  expect((await day.get("api/monitor", monitorView)).mutes).toEqual([]);
  await dialog.getByRole("button", { name: "Silenciar até 12:50" }).click();
  await page.getByRole("status").filter({ hasText: /silêncio|silenciad/i }).first().waitFor();
  const [mute] = (await day.get("api/monitor", monitorView)).mutes;
  expect(mute).toMatchObject({ plantId: "101", device: null, reason: "troca de fusíveis", by: "página, 127.0.0.1" });
  expect(day.log()).toContain("[SILÊNCIO]");
  expect(day.log()).toMatch(/\[PÁGINA\] Silenciar usina 101 \(troca de fusíveis\), pedido de página, 127\.0\.0\.1: feito/);

  await day.until("09:40");
  expect((await titles(day)).filter((title) => title.includes("UFV 101"))).toEqual([]);
  await page.getByText("Silenciada", { exact: false }).first().waitFor();
  const { incidents } = await day.get("api/incidents?plant=101", incidentList);
  expect(incidents).toMatchObject([{ device: "9", end: null, notifiedAt: null, mutedReason: "em silêncio: troca de fusíveis" }]);
  await page.getByRole("group", { name: "Ocorrências do dia" }).getByText("em silêncio: troca de fusíveis").waitFor();
  const overview = await open(day, "#/");
  await overview.getByRole("heading", { name: "Tudo bem" }).waitFor();
  await overview.getByRole("heading", { name: "Silenciadas, com algo em falha 1" }).waitFor();

  const monitor = await open(day, "#/monitor");
  await monitor.getByRole("button", { name: "Encerrar o silêncio de UFV 101" }).click();
  await monitor.getByRole("button", { name: "Encerrar agora" }).click();
  await monitor.getByText("Nenhum está.").waitFor();
  await day.until("09:45");
  const told = (await titles(day)).filter((title) => title.includes("UFV 101"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/fim do silêncio/i);
  await overview.getByRole("heading", { name: "1 usina precisa de alguém" }).waitFor();
});

it("a mute that ends by its hour tells as well", { timeout: PATIENCE_MS }, async () => {
  const day = await startDay({ devices });
  await day.until("08:50");
  const page = await open(day, "#/usina/101");
  await page.getByRole("button", { name: "Silenciar…" }).click();
  const form = page.getByRole("form", { name: "Silenciar" });
  await form.getByLabel("O quê").selectOption({ label: "inversor 9" });
  await form.getByLabel("Até quando").selectOption("1");
  await form.getByLabel("Motivo").fill("limpeza");
  await form.getByRole("button", { name: "Silenciar…" }).click();
  await page.getByRole("button", { name: "Silenciar até 09:50" }).click();
  await page.getByRole("button", { name: /^Encerrar o silêncio/ }).waitFor();
  await day.until("09:45");
  expect((await titles(day)).filter((title) => title.includes("UFV 101"))).toEqual([]);
  await day.until("10:00");
  expect((await titles(day)).filter((title) => title.includes("UFV 101"))).toEqual([expect.stringMatching(/fim do silêncio/i)]);
});

it("a test card arrives at Teams, after the second question only", { timeout: PATIENCE_MS }, async () => {
  const day = await startDay({ devices });
  await day.until("08:20");
  const before = day.world.cards.length;
  const page = await open(day, "#/monitor");
  await page.getByLabel("Exemplo de").selectOption("inverter");
  await page.getByRole("button", { name: "Enviar cartão de teste…" }).click();
  await page.getByText("agora ao canal do Teams").waitFor();
  expect(day.world.cards).toHaveLength(before);
  await Promise.all([page.waitForRequest("**/api/test-card"), page.getByRole("button", { name: "Enviar agora" }).click()]);
  // Cards keep their distance by the day's clock: it has to go on.
  for (let minute = 21; day.world.cards.length === before; minute += 1) {
    await day.until(`08:${String(minute)}`);
    await day.overview();
  }
  await page.getByText("O Teams aceitou o cartão de teste").waitFor();
  expect(day.world.cards).toHaveLength(before + 1);
  expect(day.world.cards.at(-1)?.body).toMatch(/TESTE/i);
  expect(day.log()).toMatch(/\[PÁGINA\] Cartão de teste \(inverter\), pedido de página/);
});

it("names with markup are text everywhere: tiles, plant, tables, charts' words, CSV", { timeout: PATIENCE_MS }, async () => {
  const device = `<svg onload=alert(1)>`;
  const day = await startDay({
    plants: [{ id: 101, nome: MARKUP, capacidade: "100.00" }, { id: 102, nome: "=HYPERLINK(\"http://x\")", capacidade: "1" }],
    devices: [...devices, inverter(101, device).from("06:30").kwUntil("09:00", 40).kwUntil("17:00", 0)],
  });
  await day.until("10:30");
  for (const hash of ["#/", "#/mural", "#/usina/101", "#/ocorrencias", "#/monitor"]) {
    const page = await open(day, hash);
    await settled(page);
    expect(await page.locator("body").textContent()).toContain("<img src=x");
    expect(await page.locator("img:not([role]), #page b b, svg[onload], script:not([src])").count()).toBe(0);
    expect(await page.title()).not.toContain("owned");
  }
  const plant = await open(day, "#/usina/101");
  expect(await plant.locator("h1").textContent()).toBe(MARKUP);
  await plant.getByRole("group", { name: "Ocorrências do dia" }).getByText(device).waitFor();
  const csv = await (await fetch(new URL("api/incidents.csv", day.address))).text();
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(csv).toContain(MARKUP.replaceAll('"', '""'));
});
