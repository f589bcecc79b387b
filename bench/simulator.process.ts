// The simulated PVOperation with full-size bodies, until it is ended.
import { z } from "zod";
import { createFullSizeWorld, makeFullSizeBodies } from "../src/simulator/full-size.ts";
import { startSimulator } from "../src/simulator/http-server.ts";
import { inputOf, say } from "./processes.ts";

const { plants, inverters, readings, date, latencyMs, gzip } = inputOf(z.object({
  plants: z.number(), inverters: z.number(), readings: z.number().default(Infinity), date: z.string(), latencyMs: z.number(), gzip: z.boolean(),
}));
const bodies = makeFullSizeBodies({ plants, inverters, readings, date });
const { baseUrl, webhookUrl } = await startSimulator({ world: createFullSizeWorld(bodies), latencyMs, gzip });
process.once("disconnect", () => { process.exit(); });
say({ baseUrl, webhookUrl, inverterBytes: Buffer.byteLength(bodies.inverter), relayBytes: Buffer.byteLength(bodies.relay) });
