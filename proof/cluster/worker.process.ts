// A worker of the proof: the real one, with its files, its connections and its HTTP; only its clock runs many times faster. It is the same
// function of the machine's clock in every worker, so that one that stood still is in time again at once.
import { z } from "zod";
import { createTransport } from "../../src/adapters/http/undici-transport.ts";
import { createTelemetry } from "../../src/adapters/logging/create-telemetry.ts";
import { createNodeDisk } from "../../src/adapters/system/node-disk.ts";
import { runtimeFacts } from "../../src/adapters/system/runtime.ts";
import { runWorker } from "../../src/cli/cluster/run-worker.ts";
import { createReporter } from "../../src/cli/demo/messages.ts";
import { faultLine } from "../../src/config/faults.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { tellAll } from "../../src/ports/telemetry.ts";
import { createHurriedClock } from "../../src/simulator/hurried-clock.ts";
import { hurry } from "./hurry.ts";

const EXIT_BROKEN = 70;
const pace = z.object({ virtual: z.number(), realMs: z.number(), factor: z.number() }).parse(JSON.parse(process.argv[2] ?? ""));
const read = readConfig({ env: process.env, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });
if (!read.ok) throw new Error(read.faults.map(faultLine).join("; "));
const { config, inForce } = read;
if (config.database === null) throw new Error("DATABASE_URL");

const clock = createHurriedClock({ virtual: hurry(pace), factor: pace.factor });
const log = createTelemetry({ zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir, console: process.stdout, now: () => clock.now(), redact: (text) => text });
const reportOf = createReporter();
const reporting = { tell: (happening: Parameters<typeof reportOf>[0]): void => {
  const report = reportOf(happening);
  if (report !== null) process.send?.(report);
} };
const stop = new AbortController();
process.on("message", () => { stop.abort(); });
process.on("disconnect", () => process.exit(EXIT_BROKEN));
const transport = createTransport(config);
const end = await runWorker({
  accounts: [config], address: config.database, settingsInForce: inForce, log, stop: stop.signal, heed: null,
  outside: { clock, transport, disk: createNodeDisk(config.stateDir), telemetry: tellAll([log, reporting]), random: Math.random, identity: runtimeFacts() },
});
if ("text" in end) process.stderr.write(`${end.text}\n`);
await transport.close();
log.close();
process.exit(end.exit);
