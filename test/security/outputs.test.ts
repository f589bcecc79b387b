// Where a secret could still come out of a run: a crash, Node's reports and debugger, `ps`, a proxy, an API that repeats what it was sent.
// The run with failures of every kind is test/e2e/secrets.test.ts.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../adapters/http/servers.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "../e2e/live-world.ts";
import { createFolder, PASSWORD, settingsFor, SIGNATURE, startMonitor } from "../e2e/monitor-process.ts";
import type { MonitorProcess } from "../e2e/spawned-monitor.ts";

/** What the simulator gives out; the real one is as secret. */
const TOKEN = "simulated-token-";
const SECRETS = [PASSWORD, SIGNATURE, TOKEN];

async function startPlainWorld(): Promise<LiveWorld> {
  const world = await startWorld({ plants: plants(101), day_relay: { "101": [relayReading(101, 7, minutesAgo(10), [])] }, day_inverter: { "101": [inverterReading(101, 9, minutesAgo(5), 50)] } });
  onTestFinished(() => world.close());
  return world;
}

/** All that a run has left: both streams and every file, as `name: secret`. */
function leaks(folder: string, monitor: MonitorProcess, secrets: readonly string[] = SECRETS): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ name, text: readFileSync(join(folder, name), "latin1") }));
  const all = [{ name: "stdout", text: monitor.stdout() }, { name: "stderr", text: monitor.stderr() }, ...files];
  return all.flatMap(({ name, text }) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret}`));
}

/** Loaded before the monitor: at SIGUSR2 something breaks that nobody catches, with a secret in its message. */
const breaking = (how: string): string =>
  `--import=data:text/javascript,${encodeURIComponent(`const told = process.env.PVOP_PASSWORD + " " + process.env.TEAMS_WEBHOOK_URL; process.on("SIGUSR2", () => { ${how} });`)}`;

describe("a crash", () => {
  it.each([
    ["an exception", "throw new Error(told)", "text"], ["a promise that nobody waits for", "Promise.reject(new Error(told, { cause: new Error(told) }))", "json"],
  ])("by %s ends with 70 and one line in Portuguese, without the secret in its message", { timeout: 60_000 }, async (_name, how, format) => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: settingsFor(world, { LOG_FORMAT: format }), flags: [breaking(how)] });
    await monitor.line("[SCAN]");
    monitor.kill("SIGUSR2");
    expect(await monitor.exit).toEqual({ code: 70, signal: null });
    expect([monitor.stderr(), leaks(folder, monitor)]).toEqual(["", []]);
    expect(monitor.stdout().split("\n").filter((line) => line.includes("Defeito interno, o monitor termina para ser reiniciado: [oculto] [oculto]"))).toHaveLength(1);
    const log = readFileSync(join(folder, "logs/rele/rele.log"), "utf8");
    expect(log).toContain("Defeito interno");
  });
});

describe("Node's own doors", () => {
  it("a diagnostic report holds none of them", { timeout: 60_000 }, async () => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const env = settingsFor(world, { http_proxy: `http://operador:${PASSWORD}@127.0.0.1:1`, NO_PROXY: "127.0.0.1" });
    const monitor = startMonitor({ folder, env, flags: ["--report-on-signal", `--report-directory=${folder}`] });
    await monitor.line("[SCAN]");
    monitor.kill("SIGUSR2");
    await monitor.line("Node.js report completed");
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    const report = readdirSync(folder).find((name) => /^report\..*\.json$/.test(name)) ?? "";
    expect(readFileSync(join(folder, report), "utf8"), "the environment is in it").toContain("PVOP_EMAIL");
    expect(leaks(folder, monitor)).toEqual([]);
  });

  it("SIGUSR1 opens no debugger", { timeout: 60_000 }, async () => {
    const [world, folder] = [await startPlainWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await monitor.line("[SCAN]");
    monitor.kill("SIGUSR1");
    const before = world.calls;
    await world.until(() => world.calls > before + 3); // a scan later it would long have been open
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(monitor.stderr()).toBe("");
  });
});

it("`ps` shows none of them, nor does the environment of what the monitor starts", { timeout: 60_000 }, async () => {
  const [world, folder] = [await startPlainWorld(), createFolder()];
  // In the place of systemd-notify: writes down what it was started with.
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemd-notify"), `#!/bin/sh\n{ tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$$/environ; echo; } >> "${folder}/notified"\n`);
  chmodSync(join(bin, "systemd-notify"), 0o755);
  const monitor = startMonitor({ folder, env: settingsFor(world, { PATH: `${bin}:/usr/bin:/bin`, NOTIFY_SOCKET: "/run/x" }) });
  await monitor.line("[SCAN]");
  const shown = readFileSync(`/proc/${String(monitor.pid)}/cmdline`, "utf8").split("\0").slice(1);
  monitor.kill("SIGTERM");
  await monitor.exit;
  expect(shown).toEqual([expect.stringMatching(/src\/main\.ts$/), ""]);
  expect(readFileSync(join(folder, "notified"), "utf8")).toMatch(/systemd-notify READY=1 .*NOTIFY_SOCKET=/);
  expect(leaks(folder, monitor)).toEqual([]);
});

it("a proxy that refuses and repeats what it was sent: its credentials show in no form", { timeout: 60_000 }, async () => {
  const [world, folder] = [await startPlainWorld(), createFolder()];
  const [user, password] = ["operador", "senha do próxy/1"];
  let asked = "";
  const { port } = await listen(createServer((request, response) => {
    asked = request.headers["proxy-authorization"] ?? "";
    response.writeHead(407, { "content-type": "application/json" }).end(JSON.stringify([{ usina: asked }, asked, `${user}:${password}`]));
  }));
  const address = `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}`;
  const env = settingsFor(world, { HTTP_PROXY: address, LOG_LEVEL: "debug" });
  const checked = startMonitor({ folder, env, args: ["check", "--send"] });
  expect(await checked.exit).toEqual({ code: 3, signal: null });
  const monitor = startMonitor({ folder, env });
  await monitor.line("[PVOP] Falha ao logar");
  monitor.kill("SIGTERM");
  await monitor.exit;
  const encoded = Buffer.from(`${user}:${password}`).toString("base64");
  expect([asked, world.calls]).toEqual([`Basic ${encoded}`, 0]);
  const forms = [password, encodeURIComponent(password), encoded, encoded.replace(/=+$/, ""), address];
  expect([leaks(folder, monitor, forms), leaks(folder, checked, forms)]).toEqual([[], []]);
});

it("an API that repeats the token, in records, names, ids and errors: it is neither shown, kept nor sent", { timeout: 60_000 }, async () => {
  const [world, folder] = [await startPlainWorld(), createFolder()];
  const told = (body: unknown): ReturnType<LiveWorld["intercept"]> => ({ kind: "answer", status: 200, headers: {}, body: JSON.stringify(body) });
  const met = new Set<string>();
  world.intercept = (call) => {
    if (call.to === "teams" || call.request.path === "/authenticate") return null;
    const token = call.request.headers["x-access-token"] ?? "";
    if (token.startsWith(TOKEN)) met.add(call.request.path);
    if (call.request.path === "/plants") return told([{ id: 101, nome: `UFV ${token}` }, { id: 102, nome: token }, { nome: token }]);
    if (call.request.path === "/plant_devices") return told([{ plant_devices: [{ device_type: "RELE", device_id: token, device_name: token }] }]);
    if (call.request.path === "/day_inverter") return told({ error: `token ${token} expirado` });
    if (call.request.body?.includes("102") === true) return told([]);
    return told([relayReading(101, `r-${token}`, minutesAgo(5), ["r59N"]), { segredo: token }]);
  };
  const monitor = startMonitor({ folder, env: settingsFor(world, { LOG_LEVEL: "debug" }) });
  await world.until(() => world.cards.length > 0 && met.size === 4);
  monitor.kill("SIGTERM");
  expect(await monitor.exit).toEqual({ code: 0, signal: null });
  expect(monitor.stdout()).toContain("token ••• expirado");
  expect([leaks(folder, monitor), world.cards.filter((card) => card.includes(TOKEN))]).toEqual([[], []]);
});
