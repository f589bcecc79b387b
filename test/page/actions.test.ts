// Signing in, and the two things that the page may do: each asked twice. And names that would like to be more than names.
import { expect, it } from "vitest";
import { BUSY, NOW } from "./canned-api.ts";
import { PATIENCE_MS, useBrowser } from "./page.ts";
import { LIGHT, settled } from "./view-pictures.ts";

const { open } = useBrowser();
const TOKEN = "0123456789abcdef0123456789abcdef";
const MARKUP = `<img src=x onerror=alert(1)><b>UFV</b> {a|&amp;} \${x}`;

it("signs in, refuses a wrong token in words, and out again", { timeout: PATIENCE_MS }, async () => {
  const { page } = await open("#/", BUSY, LIGHT, TOKEN);
  const field = page.getByLabel("Senha da página");
  expect(await page.evaluate("document.activeElement.id")).toBe("token");
  await field.fill("errada");
  await page.keyboard.press("Enter");
  await page.getByText("Senha errada.").waitFor();
  await field.fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "7 usinas precisam de alguém" }).waitFor();
  await page.getByRole("button", { name: "Sair" }).click();
  await field.waitFor();
  await page.reload();
  await field.waitFor();
});

it("mutes a device after the second question only", { timeout: PATIENCE_MS }, async () => {
  const { page, server } = await open("#/usina/102");
  await page.getByRole("button", { name: "Silenciar…" }).click();
  const form = page.getByRole("form", { name: "Silenciar" });
  await form.getByRole("button", { name: "Silenciar…" }).click();
  await page.getByText("Informe o motivo, com 3 a 300 letras.").waitFor();
  await form.getByLabel("O quê").selectOption({ label: "INV 03" });
  await form.getByLabel("Motivo").fill("troca de fusíveis");
  await form.getByRole("button", { name: "Silenciar…" }).click();
  const dialog = page.getByRole("dialog", { name: "Silenciar INV 03 da usina UFV Vale Clara?" });
  for (const text of ["nenhum cartão vai ao Teams", "18:20", "4 h", "“troca de fusíveis”"]) expect(await dialog.textContent()).toContain(text);
  await dialog.getByRole("button", { name: "Voltar" }).click();
  expect(server.posts).toEqual([]);
  await form.getByRole("button", { name: "Silenciar…" }).click();
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(server.posts).toEqual([]);
  await form.getByRole("button", { name: "Silenciar…" }).click();
  await dialog.getByRole("button", { name: "Silenciar até 18:20" }).click();
  await page.getByRole("status").filter({ hasText: "Silenciada." }).waitFor();
  expect(server.posts).toEqual([{ path: "api/mutes", body: { plantId: "102", device: "3", until: NOW + 4 * 3_600_000, reason: "troca de fusíveis" } }]);
  await page.getByRole("button", { name: /^Encerrar o silêncio/ }).waitFor();
});

it("ends a mute after the second question only", { timeout: PATIENCE_MS }, async () => {
  const { page, server } = await open("#/monitor");
  await page.getByRole("button", { name: "Encerrar o silêncio de UFV Monte das Flores" }).click();
  expect(server.posts).toEqual([]);
  await page.getByRole("button", { name: "Encerrar agora" }).click();
  await page.getByText("O silêncio acabou.").waitFor();
  expect(server.posts).toEqual([{ path: "api/mutes/m106/end", body: {} }]);
  await page.getByText("Nenhum está.").waitFor();
});

it("sends a test card after the second question only", { timeout: PATIENCE_MS }, async () => {
  const { page, server } = await open("#/monitor");
  await page.getByLabel("Exemplo de").selectOption("heartbeat");
  await page.getByRole("button", { name: "Enviar cartão de teste…" }).click();
  await page.getByText("agora ao canal do Teams").waitFor();
  expect(server.posts).toEqual([]);
  await page.getByRole("button", { name: "Enviar agora" }).click();
  await page.getByText("Cartão de teste entregue.").waitFor();
  expect(server.posts).toEqual([{ path: "api/test-card", body: { kind: "heartbeat" } }]);
});

it("an action that cannot reach the monitor says so, and nothing is claimed", { timeout: PATIENCE_MS }, async () => {
  const { page, server } = await open("#/monitor");
  await page.getByRole("button", { name: "Enviar cartão de teste…" }).click();
  server.setDark(true);
  await page.getByRole("button", { name: "Enviar agora" }).click();
  await page.getByRole("dialog").getByText("O monitor não responde.").waitFor();
  expect(server.posts).toEqual([]);
});

it("shows names with markup as they are, on every view and in the charts' words", { timeout: PATIENCE_MS }, async () => {
  const world = { ...BUSY, firstName: MARKUP };
  const { page, go } = await open("#/", world);
  expect(await page.locator(".tile-name").first().textContent()).toBe(MARKUP);
  for (const hash of ["#/mural", "#/usina/100", "#/ocorrencias"]) {
    const view = await go(hash);
    await settled(view);
    expect(await view.getByText(MARKUP).count()).toBeGreaterThan(0);
    expect(await view.locator("img:not([role]), #page b b, script:not([src])").count()).toBe(0);
  }
  const incidents = await go("#/ocorrencias?usina=100&de=2025-11-24");
  const box = await incidents.locator("canvas").boundingBox();
  if (box === null) throw new Error("no chart");
  const tip = incidents.locator(".chart-canvas strong");
  // Along the one row, until the pointer comes to a bar.
  for (let x = box.width - 20; x > 200 && (await tip.count()) === 0; x -= 15) await incidents.mouse.move(box.x + x, box.y + 8 + 13 - 6);
  expect(await tip.textContent()).toBe(MARKUP);
});
