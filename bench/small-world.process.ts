// A simulated PVOperation that many workers cannot wear out: small bodies, at a moment at which all readings of the day are there.
import { z } from "zod";
import { makeDay } from "../proof/cluster/scenario.ts";
import { startSimulator } from "../src/simulator/http-server.ts";
import { instantOf, parseScenario } from "../src/simulator/scenario.ts";
import { createWorld } from "../src/simulator/world.ts";
import { inputOf, say } from "./processes.ts";

const { plants, latencyMs } = inputOf(z.object({ plants: z.number(), latencyMs: z.number() }));
const day = makeDay({ plants, hours: 3, seed: 1 });
const scenario = parseScenario(day.file);
const now = instantOf(scenario, day.lastReading);
const { baseUrl, webhookUrl } = await startSimulator({ world: createWorld(scenario, { now: () => now }), latencyMs });
process.once("disconnect", () => { process.exit(); });
say({ baseUrl, webhookUrl, now });
