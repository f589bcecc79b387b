// Several workers on one account: processes on a real PostgreSQL that are killed, stopped and cut off.
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { relayReading, minutesAgo, plants, startWorld, type LiveWorld } from "./live-world.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import type { MonitorProcess } from "./spawned-monitor.ts";
import { startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";

const SLOW = { timeout: 240_000 };

let server: PostgresServer;
let address = "";
beforeAll(async () => { server = await startPostgres(); }, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  await server.start();
  address = await server.createDatabase();
  const migrated = startMonitor({ folder: createFolder(), args: ["migrate"], env: { ...settingsFor({ baseUrl: "http://127.0.0.1:9/api", webhookUrl: "http://127.0.0.1:9/hook" }), DATABASE_URL: address } });
  expect(await migrated.exit).toEqual({ code: 0, signal: null });
});

/** Relays that trip and are clean again with every word; each plant is asked in turn. */
async function restlessWorld(ids: readonly number[]): Promise<LiveWorld> {
  const first = minutesAgo(90);
  const world = await startWorld({
    plants: plants(...ids),
    day_relay: Object.fromEntries(ids.map((id) => [String(id), Array.from({ length: 80 }, (_, i) => relayReading(id, 7, first + i * 60_000, i % 2 === 1 ? ["r59N"] : []))])),
  });
  onTestFinished(() => world.close());
  let word = 0;
  world.clock = () => first + Math.floor(word / ids.length) * 60_000;
  world.intercept = (call) => {
    if (call.to === "api" && call.request.path === "/day_relay") word += 1;
    return null;
  };
  return world;
}

const worker = (world: LiveWorld): MonitorProcess => startMonitor({ folder: createFolder(), env: settingsFor(world, { DATABASE_URL: address }) });

describe("workers", () => {
  it("tell what happens, and go on where one is killed", SLOW, async () => {
    const world = await restlessWorld([101, 102, 103]);
    const all = [worker(world), worker(world)];
    await world.until(() => world.cards.length >= 3);
    console.log(world.cards.length, all.map((one) => one.stdout()));
    all[0]?.kill("SIGKILL");
    const told = world.cards.length;
    await world.until(() => world.cards.length >= told + 3);
    console.log(world.cards.length, all.map((one) => one.stdout()));
  });
});
