// Names and ids that would like to be a path, a prototype, a colour of the terminal or a line of the log of their own.
// As cards: test/adapters/teams/cards.test.ts. As any state: test/contracts/whole-state-contract.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { inverterReading, minutesAgo, relayReading, startWorld } from "../e2e/live-world.ts";
import { createFolder, settingsFor, startMonitor } from "../e2e/monitor-process.ts";

const RELAYS = ["../../../fora", "/etc/fora", "__proto__", "constructor", "a\u0000b", "\u001b[2J\u001b]0;dono\u0007", "\u009b31m", "x\n2026-01-01 00:00:00,000 - pvmonitor.rele - INFO - forjada", "${1}`id`$(id)", "\u202e\u2066o\u00e3n", "tag\u{e0041}"];
const INVERTERS = ["__proto__", "../../../fora", "\u009b2J\u001b[31m"];
const NAMES = ["UFV \u001b[31mA\u009b1m\n2026-01-01 00:00:00,000 - pvmonitor.rele - INFO - forjada", "../../__proto__\u202e"];
/** All that a terminal would obey or hide; a line ends where it should. */
const OBEYED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

it("are data: told literally, on one line each, kept whole, and nowhere a file or a prototype", { timeout: 60_000 }, async () => {
  const folder = createFolder();
  const world = await startWorld({
    plants: NAMES.map((nome, i) => ({ id: 101 + i, nome, capacidade: "100.00" })),
    day_relay: { "101": RELAYS.map((id) => relayReading(101, id, minutesAgo(5), ["r59N"])) },
    day_inverter: { "102": INVERTERS.flatMap((id) => [25, 20, 15].map((minutes) => inverterReading(102, id, minutesAgo(minutes), 0))) },
  });
  onTestFinished(() => world.close());
  const env = settingsFor(world, { LOG_LEVEL: "debug", STATE_DIR: "fundo/state", LOG_DIR: "fundo/logs" });
  const isTold = (card: string): boolean => card.includes("inversores parados");
  const first = startMonitor({ folder, env });
  await world.until(() => world.cards.some(isTold) && world.cards.some((card) => card.includes("atu")));
  first.kill("SIGTERM");
  expect(await first.exit).toEqual({ code: 0, signal: null });
  const cards = world.cards.length;

  const again = startMonitor({ folder, env });
  await again.line("[SCAN] inversores");
  const [text, json] = [["status"], ["status", "--json"]].map((args) => startMonitor({ folder, env, args }));
  await Promise.all([text?.exit, json?.exit]);
  again.kill("SIGTERM");
  await again.exit;
  expect(world.cards.length, "read back whole, told once").toBe(cards);

  const shown = { first: first.stdout() + first.stderr(), again: again.stdout() + again.stderr(), text: text?.stdout() ?? "", json: json?.stdout() ?? "" };
  expect(Object.entries(shown).filter(([, said]) => said === "" || OBEYED.test(said)).map(([name]) => name)).toEqual([]);
  const log = readFileSync(join(folder, "fundo/logs/rele/rele.log"), "utf8");
  expect(log).toContain("forjada");
  expect(log.trimEnd().split("\n").filter((line) => !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - pvmonitor\.rele - [A-Z]+ - (?!forjada)/.test(line))).toEqual([]);
  expect(JSON.parse(shown.json)).toMatchObject({ relayAlerts: { length: RELAYS.length }, failedInverters: { length: INVERTERS.length } });

  expect(readdirSync(folder)).toEqual(["fundo"]);
  expect(readdirSync(join(folder, "fundo"), { recursive: true }).map(String).sort())
    .toEqual(["logs", "logs/inversor", "logs/inversor/inversor.log", "logs/rele", "logs/rele/rele.log", "state", "state/.monitor_lock", "state/history.db", "state/monitor_state.json"]);
});
