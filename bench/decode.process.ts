// A day's bodies in memory as readings: scanned in bits as they arrive, in turn with JSON.parse of the whole; then its readings through
// the domain. All in CPU time of this process: the machine is shared.
import { z } from "zod";
import { createDayReader } from "../src/adapters/pvoperation/day-reader.ts";
import { decodeDayInverter, decodeDayRelay, INVERTER_FIELDS, RELAY_FIELDS } from "../src/adapters/pvoperation/decode.ts";
import { createShapes } from "../src/adapters/pvoperation/scan-records.ts";
import { readConfig } from "../src/config/read-config.ts";
import { judgeInverters } from "../src/domain/inverter-detector.ts";
import { newPlant } from "../src/domain/plant.ts";
import { orderReadings } from "../src/domain/reading.ts";
import { makeFullSizeBodies } from "../src/simulator/full-size.ts";
import { inputOf, say } from "./processes.ts";

const { inverters, date, pairs } = inputOf(z.object({ inverters: z.number(), date: z.string(), pairs: z.number() }));
const ZONE = "America/Sao_Paulo";
const BIT_BYTES = 64 * 1024;
const A_BATCH_MS = 100;

const bodies = makeFullSizeBodies({ plants: 1, inverters, date });
const [inverter, relay] = [Buffer.from(bodies.inverter), Buffer.from(bodies.relay)];
const inverterShapes = createShapes(INVERTER_FIELDS);
const relayShapes = createShapes(RELAY_FIELDS);

const scanned = (): ReturnType<ReturnType<typeof createDayReader>["end"]> => {
  const reader = createDayReader(inverterShapes(), (json) => decodeDayInverter(json, ZONE));
  for (let at = 0; at < inverter.byteLength; at += BIT_BYTES) reader.take(inverter.subarray(at, at + BIT_BYTES));
  return reader.end();
};
const relayScanned = (): ReturnType<ReturnType<typeof createDayReader>["end"]> => {
  const reader = createDayReader(relayShapes(), (json) => decodeDayRelay(json, ZONE));
  for (let at = 0; at < relay.byteLength; at += BIT_BYTES) reader.take(relay.subarray(at, at + BIT_BYTES));
  return reader.end();
};
const parsed = (body: Buffer): unknown => JSON.parse(new TextDecoder().decode(body));

/** CPU ms of one, of as many as fill a while; and by how much the heap grew in the first, garbage included. */
async function costOf(work: () => unknown): Promise<{ readonly ms: number; readonly megabytes: number }> {
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  let kept = await work();
  const megabytes = Math.max(0, process.memoryUsage().heapUsed - heap) / 1e6;
  const [before, startedMs] = [process.cpuUsage(), performance.now()];
  let times = 0;
  for (; times === 0 || performance.now() - startedMs < A_BATCH_MS; times += 1) kept = await work();
  const { user, system } = process.cpuUsage(before);
  if (kept === undefined) throw new Error("nothing was read");
  return { ms: (user + system) / 1_000 / times, megabytes };
}

const day = await scanned();
if (day.kind !== "complete") throw new Error(day.detail);
const read = decodeDayInverter(parsed(inverter), ZONE);
const readings = read.kind === "complete" ? read.value.readings : [];
if (day.value.readings.length !== readings.length || readings.length === 0) throw new Error("the scan gave other readings");
const config = readConfig({ env: { PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: "senha", TEAMS_WEBHOOK_URL: "http://127.0.0.1/teams" }, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });
if (!config.ok) throw new Error(config.faults.map(({ wrong }) => wrong).join("; "));
const plant = newPlant({ id: "1", name: "UFV Medida", capacityKwp: 1_180 });
const rules = config.config.rulesOf(plant.info);
const detect = (): unknown => judgeInverters(plant, orderReadings(readings, Infinity).ordered, rules);

const found: object[] = [];
for (let i = -1; i < pairs; i += 1) {
  const scan = await costOf(scanned);
  const parse = await costOf(() => parsed(inverter));
  const relayScan = await costOf(relayScanned);
  const relayParse = await costOf(() => parsed(relay));
  const detectMs = (await costOf(detect)).ms;
  if (i >= 0) found.push({ scan, parse, relayScan, relayParse, detectMs });
}
say({ pairs: found, bytes: inverter.byteLength, readings: readings.length });
