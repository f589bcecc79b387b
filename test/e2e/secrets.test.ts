// A whole run with failures of every kind: no secret in anything that the process writes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createFolder, PASSWORD, settingsFor, SIGNATURE, startMonitor } from "./monitor-process.ts";
import type { WorldAnswer } from "../../src/simulator/world-answer.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld } from "./live-world.ts";

/** What the simulator gives out; the real one is as secret. */
const TOKEN = "simulated-token-";

function filesUnder(folder: string): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

it("no output of a run holds a secret", { timeout: 60_000 }, async () => {
  const folder = createFolder();
  const world = await startWorld({
    // A service that sends our own secrets back to us, too.
    plants: [...plants(101, 103), { id: 102, nome: `UFV ${PASSWORD} ${SIGNATURE}` }],
    day_relay: { "101": [relayReading(101, 7, minutesAgo(10), ["r59N"])] },
    day_inverter: { "102": [...[25, 20, 15].map((minutes) => inverterReading(102, 9, minutesAgo(minutes), 0)), { senha: PASSWORD, url: SIGNATURE }] },
  });
  onTestFinished(() => world.close());
  // Every call fails in its ways before it is let through, and the bodies of failures name the secrets.
  const told = { kind: "answer", headers: { "content-type": "text/html" }, body: `<p>${PASSWORD} ${SIGNATURE} ${TOKEN}1</p>` } as const;
  const spoilt: Readonly<Record<string, readonly WorldAnswer[]>> = {
    "/authenticate": [{ kind: "reset" }, { ...told, status: 500 }],
    "/plants": [{ ...told, status: 500 }, { ...told, status: 401 }],
    "/day_relay": [{ kind: "reset" }, { ...told, status: 500 }, { ...told, status: 401 }, { ...told, status: 200 }],
    "/day_inverter": [{ ...told, status: 401 }, { ...told, status: 200 }, { ...told, status: 418 }],
    teams: [{ kind: "reset" }, { ...told, status: 400 }, { ...told, status: 200, body: "Webhook message delivery failed" }],
  };
  const met = new Map<string, number>();
  world.intercept = (call) => {
    const name = call.to === "teams" ? "teams" : call.request.path;
    // One plant is always well, or the API would count as down and be probed once a minute.
    if (call.to === "api" && call.request.body?.includes("103") === true) return null;
    const times = met.get(name) ?? 0;
    met.set(name, times + 1);
    return spoilt[name]?.[times] ?? null;
  };
  const env = settingsFor(world, { LOG_LEVEL: "debug" });
  const monitor = startMonitor({ folder, env });
  await world.until(() => world.cards.length >= 2 && Object.entries(spoilt).every(([name, all]) => (met.get(name) ?? 0) > all.length));
  monitor.kill("SIGTERM");
  expect(await monitor.exit).toEqual({ code: 0, signal: null });
  const commands = await Promise.all([["check", "--send"], ["status"], ["test-card", "--kind", "relay"]].map(async (args) => {
    const command = startMonitor({ folder, env, args });
    await command.exit;
    return { name: args.join(" "), text: command.stdout() + command.stderr() };
  }));

  const outputs = [{ name: "stdout", text: monitor.stdout() }, { name: "stderr", text: monitor.stderr() }, ...commands, ...filesUnder(folder)];
  expect(commands.filter(({ text }) => text === "")).toEqual([]);
  expect(outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(["logs/rele/rele.log", "logs/inversor/inversor.log", "state/monitor_state.json"]));
  expect(monitor.stdout()).toContain("[TEAMS] Falha ao enviar webhook");
  // A plant that is called like a secret is kept, and listed by `status`, under its name: it is no secret there. The log hides it all the same.
  const readOrKept = ({ name, text }: { name: string; text: string }): string => (name === "status" || name.startsWith("state/") ? text.replaceAll(`UFV ${PASSWORD} ${SIGNATURE}`, "") : text);
  const leaks = outputs.flatMap((output) => [PASSWORD, SIGNATURE, TOKEN].filter((secret) => readOrKept(output).includes(secret)).map((secret) => `${output.name}: ${secret}`));
  expect(leaks).toEqual([]);
});

it("no message about wrong settings holds one", { timeout: 60_000 }, async () => {
  const folder = createFolder();
  const env = {
    PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: PASSWORD, PVOP_BASE_URL: `https://x:${PASSWORD}@exemplo.invalid`, RELAY_INTERVAL: PASSWORD,
    TEAMS_WEBHOOK_URL: `http://exemplo.invalid/${SIGNATURE}`, TEAMS_FORMAT: `http://exemplo.invalid/${SIGNATURE}`, HTTPS_PROXY: `ftp://u:${PASSWORD}@proxy`,
  };
  const monitor = startMonitor({ folder, env });
  expect(await monitor.exit).toEqual({ code: 2, signal: null });
  expect(monitor.stderr()).toContain("TEAMS_WEBHOOK_URL");
  expect(monitor.stdout() + monitor.stderr()).not.toMatch(new RegExp(`${PASSWORD}|${SIGNATURE}`));
});
