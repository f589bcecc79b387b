// A monitor whose scans are done by others: whom it sends them to.
import { expect, it } from "vitest";
import { runMonitor, type Running } from "../../src/app/supervisor.ts";
import { scanPlant } from "../../src/app/scan-plant.ts";
import { MINUTE_MS } from "../../src/domain/local-time.ts";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";
import { instantOf, parseScenario } from "../../src/simulator/scenario.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";
import { createWorld } from "../../src/simulator/world.ts";
import { createWorldTransport } from "../../src/simulator/world-transport.ts";
import { configOf } from "../../src/simulate.ts";
import { wireMonitor } from "../../src/wire.ts";
import { inverter, relay, scenarioFile } from "../support/scenario.ts";

it("sends nobody to ask for relays where there are none, until the list of devices is due again", async () => {
  const devices = [relay(101, 7).from("00:00").clean(288), inverter(101, 9).from("06:00").kw(50, 132), inverter(102, 9).from("06:00").kw(50, 132)];
  const scenario = parseScenario(scenarioFile({ start: "08:00", end: "12:00", devices }));
  const clock = createVirtualClock(instantOf(scenario, scenario.start));
  const sent: string[] = [];
  let running: Running | null = null;
  const stop = new AbortController();
  const parts = wireMonitor(configOf(scenario), {
    clock, disk: createMemoryDisk(), telemetry: { tell: () => undefined }, random: () => 0.5, identity: { host: "teste", pid: 1, version: "teste" },
    transport: createWorldTransport(createWorld(scenario, { now: () => clock.now() }), clock),
    companions: [(given) => {
      running = given;
      return Promise.resolve();
    }],
    scanElsewhere(kind, plantId, tries) {
      sent.push(`${kind} ${plantId}`);
      if (running === null) throw new Error("it scans before it runs");
      return scanPlant(running.context, kind, plantId, tries);
    },
  });
  const life = { isRunning: true };
  const run = runMonitor(parts, stop.signal).finally(() => { life.isRunning = false; });
  await clock.runUntil(instantOf(scenario, scenario.end), () => life.isRunning);
  stop.abort();
  await clock.runUntil(clock.now() + MINUTE_MS, () => life.isRunning);
  await run;
  const times = (what: string): number => sent.filter((one) => one === what).length;
  expect(times("relay 101")).toBeGreaterThan(20);
  expect(times("inverter 102")).toBeGreaterThan(14);
  // Within the first hour it may turn out to have one: each scan of that hour asks, and the list that confirms that there is none.
  expect(times("relay 102")).toBeLessThan(9);
});
