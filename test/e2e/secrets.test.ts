// A whole run with failures of every kind: no secret in anything that the process writes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createFolder, PASSWORD, settingsFor, SIGNATURE, startMonitor } from "./monitor-process.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld } from "./live-world.ts";

/** What the simulator gives out; the real one is as secret. */
const TOKEN = "simulated-token-";

function filesUnder(folder: string): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

it.each(["text", "json"])("no output of a run holds a secret (LOG_FORMAT=%s)", { timeout: 60_000 }, async (format) => {
  const folder = createFolder();
  const world = await startWorld({
    // A service that sends our own secrets back to us, too.
    plants: [...plants(101), { id: 102, nome: `UFV ${PASSWORD} ${SIGNATURE}` }],
    day_relay: { "101": [relayReading(101, 7, minutesAgo(10), ["r59N"])] },
    day_inverter: { "102": [...[25, 20, 15].map((minutes) => inverterReading(102, 9, minutesAgo(minutes), 0)), { senha: PASSWORD, url: SIGNATURE }] },
  });
  onTestFinished(() => world.close());
  // Each call fails in another way before it is let through; the bodies of failures name the secrets.
  const told = { kind: "answer", headers: { "content-type": "text/html" }, body: `<p>${PASSWORD} ${SIGNATURE} ${TOKEN}1</p>` } as const;
  const spoilt = [{ kind: "reset" }, { ...told, status: 500 }, { ...told, status: 401 }, { ...told, status: 200 }] as const;
  const met = new Map<string, number>();
  world.intercept = (call) => {
    const name = call.to === "teams" ? "teams" : call.request.path;
    const times = met.get(name) ?? 0;
    met.set(name, times + 1);
    // A webhook that answers 401 is asked again only minutes later.
    const fault = call.to === "teams" ? ([{ kind: "reset" }, { ...told, status: 400 }] as const)[times] : spoilt[times];
    return fault ?? null;
  };
  const env = settingsFor(world, { LOG_LEVEL: "debug", LOG_FORMAT: format });
  const monitor = startMonitor({ folder, env });
  await world.until(() => world.cards.length >= 2 && (met.get("/day_inverter") ?? 0) > spoilt.length);
  monitor.kill("SIGTERM");
  expect(await monitor.exit).toEqual({ code: 0, signal: null });
  const check = startMonitor({ folder, env, args: ["check"] });
  await check.exit;

  const outputs = [
    { name: "stdout", text: monitor.stdout() }, { name: "stderr", text: monitor.stderr() }, { name: "check", text: check.stdout() + check.stderr() },
    ...filesUnder(folder),
  ];
  expect(outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(["logs/rele/rele.log", "logs/inversor/inversor.log", "state/monitor_state.json"]));
  expect(monitor.stdout()).toContain("[TEAMS] Falha ao enviar webhook");
  const leaks = outputs.flatMap(({ name, text }) => [PASSWORD, SIGNATURE, TOKEN, encodeURIComponent(PASSWORD)].filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret}`));
  // A plant that is called by a secret is kept under its name: what the service says of itself is no secret of ours.
  expect(leaks.filter((leak) => !leak.startsWith("state/"))).toEqual([]);
  expect(filesUnder(join(folder, "state")).map(({ text }) => text.replaceAll(`UFV ${PASSWORD} ${SIGNATURE}`, "")).join("")).not.toMatch(new RegExp(`${PASSWORD}|${SIGNATURE}|${TOKEN}`));
});

it("no message about wrong settings holds one", { timeout: 60_000 }, async () => {
  const folder = createFolder();
  const env = {
    PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: PASSWORD, PVOP_BASE_URL: `https://x:${PASSWORD}@exemplo.invalid`, RELAY_INTERVAL: PASSWORD,
    TEAMS_WEBHOOK_URL: `http://exemplo.invalid/${SIGNATURE}`, TEAMS_FORMAT: SIGNATURE, HTTPS_PROXY: `ftp://u:${PASSWORD}@proxy`,
  };
  const monitor = startMonitor({ folder, env });
  expect(await monitor.exit).toEqual({ code: 2, signal: null });
  expect(monitor.stderr()).toContain("TEAMS_WEBHOOK_URL");
  expect(monitor.stdout() + monitor.stderr()).not.toMatch(new RegExp(`${PASSWORD}|${SIGNATURE}`));
});
