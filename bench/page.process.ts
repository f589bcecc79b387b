// The monitor with its history and its page, as `pvmonitor run` composes it, scanning without a pause until it is ended.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createTransport } from "../src/adapters/http/undici-transport.ts";
import { createNodeDisk } from "../src/adapters/system/node-disk.ts";
import { runMonitor } from "../src/app/supervisor.ts";
import { createBeside } from "../src/cli/beside.ts";
import { parseWallClock } from "../src/domain/local-time.ts";
import type { DeviceKind } from "../src/domain/plant.ts";
import { wireMonitor } from "../src/wire.ts";
import { configOf, createSetClock } from "./monitor-cycles.ts";
import { inputOf, say } from "./processes.ts";

const { baseUrl, webhookUrl, concurrency, date } = inputOf(z.object({ baseUrl: z.string(), webhookUrl: z.string(), concurrency: z.number(), date: z.string() }));
const folder = await mkdtemp(join(tmpdir(), "pvmonitor-bench-"));
const config = configOf({
  PVOP_BASE_URL: baseUrl, TEAMS_WEBHOOK_URL: webhookUrl, PVOP_CONCURRENCY: String(concurrency), RELAY_PLANTS: "all",
  RELAY_INTERVAL: "1", INVERTER_INTERVAL: "1", STATE_DIR: folder, LOG_DIR: join(folder, "logs"), WEB_PORT: "0",
});
const clock = createSetClock(parseWallClock(`${date} 15:00:00`, config.zone) ?? 0);
const transport = createTransport(config);
const [opened, scanned] = [Promise.withResolvers<string>(), Promise.withResolvers<undefined>()];
const seen = new Set<DeviceKind>();
const log = {
  tell: () => undefined,
  say: (_level: string, text: string): void => {
    const address = /Página em (\S+\/)/.exec(text)?.[1];
    if (address !== undefined) opened.resolve(address);
  },
};
const beside = createBeside({ config, settingsInForce: [], clock, transport, log, version: "0" });
const stop = new AbortController();
const run = runMonitor(wireMonitor(config, {
  clock, transport, disk: createNodeDisk(config.stateDir), random: Math.random, identity: { host: "bench", pid: process.pid, version: "0" }, companions: beside.companions,
  telemetry: {
    tell(happening) {
      beside.telemetry.tell(happening);
      if (happening.kind === "scan.finished") seen.add(happening.scan);
      if (seen.size === 2) scanned.resolve(undefined);
    },
  },
}), stop.signal);
process.once("SIGTERM", () => { stop.abort(); });
process.once("disconnect", () => { process.exit(); });
// Every plant has been seen; the cycles that follow are the ones that the page is asked in.
await scanned.promise;
say({ address: await opened.promise });
await run;
await beside.close();
await transport.close();
await rm(folder, { recursive: true, force: true });
process.exit();
