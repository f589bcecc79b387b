// A simulated PVOperation in real time, at noon of a fixed day: readings are served once their time has come; some relays trip and
// some inverters stop, each at a moment of its own, and come back. Until it is ended.
import { z } from "zod";
import { isoLocal, parseWallClock } from "../src/domain/local-time.ts";
import { startSimulator } from "../src/simulator/http-server.ts";
import { createRandom } from "../src/simulator/random.ts";
import { parseScenario } from "../src/simulator/scenario.ts";
import { createWorld } from "../src/simulator/world.ts";
import { inputOf, say } from "./processes.ts";

const { plants, changing, fromS, untilS, downS, stepS, latencyMs } = inputOf(z.object({
  plants: z.number(), changing: z.number(),
  /** Seconds from now on within which they fail; and for how long. */
  fromS: z.number(), untilS: z.number(), downS: z.number(),
  /** From reading to reading of a device. */
  stepS: z.number(), latencyMs: z.number(),
}));
const ZONE = "America/Sao_Paulo";
const FIRST_PLANT = 40_001;
const RELAY = 7;
const INVERTERS = [1, 2];
const noon = parseWallClock("2025-12-01 12:00:00", ZONE) ?? 0;
const aheadMs = noon - Math.floor(Date.now() / 1_000) * 1_000;
const random = createRandom(1);

const relays: Record<string, unknown[]> = {};
const inverters: Record<string, unknown[]> = {};
const ids = Array.from({ length: plants }, (_, i) => FIRST_PLANT + i);
for (const [i, id] of ids.entries()) {
  const failsS = i < changing ? fromS + random() * (untilS - fromS) : Infinity;
  for (let atS = random() * stepS - 3 * stepS; atS < untilS + downS + 10 * stepS; atS += stepS) {
    const isDown = atS >= failsS && atS < failsS + downS;
    const tsleitura = isoLocal(noon + Math.floor(atS) * 1_000, ZONE).replace("T", " ");
    (relays[String(id)] ??= []).push({ id, idrele: RELAY, conteudojson: { tpLei: "rele", tsleitura, rACheck: true, r27A: false, r59N: isDown && i % 2 === 0 } });
    for (const inverter of INVERTERS) (inverters[String(id)] ??= []).push({ id, idinversor: inverter, conteudojson: { tsleitura, Pac: isDown && i % 2 === 1 && inverter === 1 ? 0 : 87.5 } });
  }
}
const scenario = parseScenario({
  timezone: ZONE, start: "2025-12-01T12:00:00", end: "2025-12-01T13:00:00", plants: ids.map((id) => ({ id, nome: `UFV Medida ${String(id)}`, capacidade: "100.00" })),
  day_relay: relays, day_inverter: inverters,
});
const { baseUrl, webhookUrl } = await startSimulator({ world: createWorld(scenario, { now: () => Date.now() + aheadMs }), latencyMs });
process.once("disconnect", () => { process.exit(); });
say({ baseUrl, webhookUrl, aheadMs });
