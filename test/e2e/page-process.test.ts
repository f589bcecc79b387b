// The page of the monitor as it is run: a process of its own, its own server on a port, a browser before it. Who may see it, a proxy in
// front of it, and a history that cannot be written behind it.
import { spawn } from "node:child_process";
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { incidentList, monitorView } from "../../src/api/schemas.ts";
import { PATIENCE_MS, useBrowser } from "../page/page.ts";
import { LIGHT, openView } from "../page/view-pictures.ts";
import { smallDisk } from "../support/small-disk.ts";
import { createFolder, PASSWORD, settingsFor, SIGNATURE, startMonitor } from "./monitor-process.ts";
import { restlessWorld, type LiveWorld } from "./live-world.ts";
import type { MonitorProcess } from "./spawned-monitor.ts";

const { browser } = useBrowser();
const TOKEN = "ficha-da-pagina-0123456789abcdef0123";
const DISK_BYTES = 2 * 1_024 * 1_024;
const HOLDER = fileURLToPath(new URL("../adapters/history/file-holder.process.ts", import.meta.url));

interface Served { readonly monitor: MonitorProcess; readonly address: string; readonly folder: string }

/** `address`: by way of loopback, whatever it listens on. */
async function serve(world: LiveWorld, settings: Readonly<Record<string, string>> = {}, folder = createFolder()): Promise<Served> {
  const monitor = startMonitor({ folder, env: settingsFor(world, { WEB_PORT: "0", ...settings }) });
  const said = await monitor.line("Página em http");
  const [, port = "", path = ""] = /:(\d+)(\/\S*?),?(?: |$)/.exec(said.slice(said.indexOf("http://") + 7)) ?? [];
  return { monitor, address: `http://127.0.0.1:${port}${path}`, folder };
}

async function open(address: string): Promise<Page> {
  const faults: string[] = [];
  const page = await openView(browser(), address, LIGHT, faults);
  page.setDefaultTimeout(60_000);
  onTestFinished(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  return page;
}

async function cardsGoOn(world: LiveWorld): Promise<void> {
  const before = world.cards.length;
  await world.until(() => world.cards.length >= before + 3);
}

describe("with a token, on every address of the machine", () => {
  it("does not start without one", { timeout: PATIENCE_MS }, async () => {
    const world = await restlessWorld([101], 300);
    const monitor = startMonitor({ folder: createFolder(), env: settingsFor(world, { WEB_HOST: "0.0.0.0" }) });
    expect((await monitor.exit).code).toBe(2);
    expect(monitor.stderr()).toContain("WEB_TOKEN");
  });

  it("signs in by form, refuses a wrong one, and after too many of them also the right one", { timeout: PATIENCE_MS }, async () => {
    const world = await restlessWorld([101], 300);
    const { monitor, address } = await serve(world, { WEB_HOST: "0.0.0.0", WEB_TOKEN: TOKEN });
    await world.until(() => world.cards.length >= 1);
    expect((await fetch(new URL("api/overview", address))).status).toBe(401);
    const page = await open(`${address}#/`);
    const bodies: string[] = [];
    page.on("response", (response) => { void response.text().then((body) => bodies.push(`${response.url()} ${JSON.stringify(response.headers())} ${body}`), () => undefined); });
    const field = page.getByLabel("Senha da página");
    await field.fill(`${TOKEN}x`);
    await page.keyboard.press("Enter");
    await page.getByText("Senha errada.").waitFor();
    await field.fill(TOKEN);
    await page.getByRole("button", { name: "Entrar" }).click();
    await page.locator(".headline, h1").filter({ hasText: /usina|Tudo bem/ }).first().waitFor();
    await page.getByText("ao vivo").waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect(await page.evaluate("document.cookie")).toBe("");
    await page.getByRole("link", { name: "Monitor", exact: true }).click();
    await page.getByRole("button", { name: "Também os de fábrica" }).click();
    await page.getByText("WEB_TOKEN", { exact: true }).waitFor();
    const dom = await page.content();
    await page.getByRole("button", { name: "Sair" }).click();
    await field.waitFor();
    for (let i = 1; i < 5; i += 1) {
      const refused = page.waitForResponse((response) => response.url().endsWith("api/session") && response.status() === 401);
      await field.fill(`errada ${String(i)}`);
      await page.getByRole("button", { name: "Entrar" }).click();
      await refused;
    }
    await field.fill(TOKEN);
    await page.getByRole("button", { name: "Entrar" }).click();
    await page.getByText(/Tentativas demais com senha errada\. Tente de novo em \d+ s/).waitFor();
    expect((await fetch(new URL("metrics", address), { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    // Machines that hold the token go on, whoever is signed in stays so, and the monitor does its work.
    await cardsGoOn(world);
    const leaks = [dom, ...bodies, monitor.stdout(), monitor.stderr()].flatMap((text) => [TOKEN, PASSWORD, SIGNATURE].filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${text.slice(0, 80)}`));
    expect(leaks).toEqual([]);
    expect(bodies.length).toBeGreaterThan(5);
    expect(monitor.stdout()).toMatch(/\[PÁGINA\] Entrada recusada de 127\.0\.0\.1: senha errada; por um minuto nenhuma outra é aceita/);
  });
});

/** What a proxy does: hands everything on as it comes, and says for whom. */
async function startProxy(target: string): Promise<string> {
  const { port } = new URL(target);
  const server = createServer((request, response) => {
    const onward = ask({ host: "127.0.0.1", port, method: request.method, path: request.url, headers: { ...request.headers, "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "http", "x-forwarded-host": request.headers.host ?? "" } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${String(address.port)}` : "";
}

it("under a path behind a proxy: every view, live, with a session, and who asked by name", { timeout: PATIENCE_MS }, async () => {
  const world = await restlessWorld([101], 300);
  const { monitor, address } = await serve(world, { WEB_BASE_PATH: "/pvmonitor", WEB_TOKEN: TOKEN });
  expect(address).toMatch(/\/pvmonitor\/$/);
  const proxy = await startProxy(address);
  const page = await open(`${proxy}/pvmonitor/#/`);
  await page.getByLabel("Senha da página").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.getByText("ao vivo").waitFor();
  expect((await page.context().cookies())[0]).toMatchObject({ path: "/pvmonitor" });
  // An event a scan: what is written on the page changes again and again without anybody's doing.
  await page.getByRole("heading", { name: "1 usina precisa de alguém" }).waitFor();
  await page.getByRole("heading", { name: "1 usina sem dados" }).waitFor();
  for (const [link, heading] of [["Ocorrências", "Ocorrências"], ["Monitor", "Monitor"]] as const) {
    await page.getByRole("link", { name: link, exact: true }).click();
    await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  }
  await page.getByRole("button", { name: "Enviar cartão de teste…" }).click();
  await page.getByRole("button", { name: "Enviar agora" }).click();
  await page.getByText("O Teams aceitou o cartão de teste").waitFor();
  expect(monitor.stdout()).toContain("pedido de página, 192.0.2.7: feito");
  expect((await fetch(`${proxy}/api/overview`)).status).toBe(404);
});

describe("a history that cannot be written", () => {
  it("held by another program: scans and cards go on, the page says so, and later has all of it", { timeout: PATIENCE_MS }, async () => {
    const world = await restlessWorld([101], 300);
    const { monitor, address, folder } = await serve(world);
    await world.until(() => world.cards.length >= 2);
    const page = await open(`${address}#/`);
    const holder = spawn(process.execPath, [HOLDER, join(folder, "state", "history.db")], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => { holder.kill("SIGKILL"); });
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    await monitor.line("history.db está em uso por outro programa");
    await page.getByText("history.db está em uso por outro programa").waitFor();
    await cardsGoOn(world);
    holder.stdin.end();
    await page.getByText("history.db está em uso por outro programa").waitFor({ state: "detached" });
    const { incidents, missing } = incidentList.parse(await (await fetch(new URL("api/incidents", address))).json());
    expect(missing).toBeNull();
    expect(incidents.length).toBeGreaterThan(2);
  });

  it("cut while the monitor was down: it begins anew, keeps the old file, and says what is missing", { timeout: PATIENCE_MS }, async () => {
    const world = await restlessWorld([101], 300);
    const first = await serve(world);
    await world.until(() => world.cards.length >= 3);
    first.monitor.kill("SIGTERM");
    await first.monitor.exit;
    const path = join(first.folder, "state", "history.db");
    truncateSync(path, Math.floor(statSync(path).size / 16_384) * 8_192);
    const { address, monitor } = await serve(world, {}, first.folder);
    await monitor.line("history.db.corrupt.");
    const page = await open(`${address}#/`);
    await page.getByText(/history\.db estava ilegível .* foi guardado como history\.db\.corrupt\./).waitFor();
    await cardsGoOn(world);
    expect(monitorView.parse(await (await fetch(new URL("api/monitor", address))).json()).scans.length).toBeGreaterThan(0);
  });

  const disk = smallDisk(DISK_BYTES);
  // Mounting is root's; the other cases need nobody's leave.
  if (disk !== null) {
    it("on a disk that is full: scans and cards go on, and the page says so", { timeout: PATIENCE_MS }, async () => {
      const world = await restlessWorld([101], 300);
      const state = disk.mount();
      const { address } = await serve(world, { STATE_DIR: state });
      await world.until(() => world.cards.length >= 2);
      const ballast = join(state, "ballast");
      // More than there is room for: it fills what there is.
      expect(() => { writeFileSync(ballast, Buffer.alloc(DISK_BYTES)); }).toThrow("ENOSPC");
      const page = await open(`${address}#/`);
      await page.getByText(/Histórico incompleto|disco cheio/i).first().waitFor();
      await page.getByText(/não (foi )?gravado/i).first().waitFor();
      await cardsGoOn(world);
      rmSync(ballast);
      await page.getByText(/disco cheio/i).first().waitFor({ state: "detached" });
    });
  }
});
