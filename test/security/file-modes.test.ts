// Who may read what a run leaves: the state its owner alone, the logs its group too, others nothing.
import { existsSync, readdirSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { minutesAgo, plants, relayReading, startWorld } from "../e2e/live-world.ts";
import { createFolder, settingsFor, startMonitor } from "../e2e/monitor-process.ts";

const modesIn = (folder: string): Record<string, string> => Object.fromEntries(readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()
  .map((name) => [name.replace(/\d{8}_\d{6}$/, "…"), (statSync(join(folder, name)).mode & 0o777).toString(8)]));

const RUN = { "logs": "750", "logs/rele": "750", "logs/rele/rele.log": "640", "logs/inversor": "750", "logs/inversor/inversor.log": "640" };

it.each([
  ["in an empty place", null, {}],
  ["over the file of the predecessor, which all could read", '{"rele_alertas_ativos":[]}', { "state/monitor_state.json.v1.bak": "600" }],
])("a run %s, with a mask that hides nothing", { timeout: 60_000 }, async (_name, before, more) => {
  const folder = createFolder();
  if (before !== null) {
    mkdirSync(join(folder, "state"), { mode: 0o700 });
    writeFileSync(join(folder, "state", "monitor_state.json"), before, { mode: 0o644 });
  }
  const world = await startWorld({ plants: plants(101), day_relay: { "101": [relayReading(101, 7, minutesAgo(5), ["r59N"])] } });
  onTestFinished(() => world.close());
  const monitor = startMonitor({ folder, env: settingsFor(world), flags: ["--import=data:text/javascript,process.umask(0)"] });
  await monitor.line("[SCAN] inversores");
  await world.until(() => world.cards.length > 0);
  monitor.kill("SIGTERM");
  expect(await monitor.exit).toEqual({ code: 0, signal: null });
  // What the database keeps beside its file is folded into it at the end, where the machine is not too busy for that.
  const beside = ["state/history.db-shm", "state/history.db-wal"].filter((name) => existsSync(join(folder, name))).map((name) => [name, "600"]);
  expect(modesIn(folder)).toEqual({ ...RUN, "state": "700", "state/.monitor_lock": "600", "state/history.db": "600", "state/monitor_state.json": "600", ...more, ...Object.fromEntries(beside) });
});
