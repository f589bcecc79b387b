// Several workers on one account: processes on a real PostgreSQL that are killed, stopped and cut off, or of the next version.
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { incidentList, overview } from "../../src/api/schemas.ts";
import { restlessWorld, type LiveWorld } from "./live-world.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import type { MonitorProcess } from "./spawned-monitor.ts";
import { freePort, startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";

/** Each starts several processes, and waits for a worker to be missed, on a machine that may be busy. */
const SLOW = { timeout: 240_000 };
const IDS = [101, 102, 103];

let server: PostgresServer;
let address = "";
beforeAll(async () => { server = await startPostgres(); }, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  await server.start();
  address = await server.createDatabase();
  const migrated = startMonitor({ folder: createFolder(), args: ["migrate"], env: settingsFor(NOWHERE, { DATABASE_URL: address }) });
  expect(await migrated.exit).toEqual({ code: 0, signal: null });
});
const NOWHERE = { baseUrl: "http://127.0.0.1:9/api", webhookUrl: "http://127.0.0.1:9/hook" };

function worker(world: LiveWorld, more: Record<string, string> = {}): MonitorProcess {
  const one = startMonitor({ folder: createFolder(), env: settingsFor(world, { DATABASE_URL: address, WEB_ENABLED: "False", ...more }) });
  onTestFinished(() => { one.kill("SIGKILL"); });
  return one;
}

/** Which of them conducts; it said so when it began. */
async function conductorOf(all: readonly MonitorProcess[]): Promise<{ readonly conductor: MonitorProcess; readonly others: readonly MonitorProcess[] }> {
  const conductor = await Promise.any(all.map(async (one) => {
    await one.line("Monitor iniciado");
    return one;
  }));
  return { conductor, others: all.filter((one) => one !== conductor) };
}

const status = async (args: readonly string[] = []): Promise<string> => {
  const shown = startMonitor({ folder: createFolder(), args: ["status", ...args], env: settingsFor(NOWHERE, { DATABASE_URL: address }) });
  await shown.exit;
  return shown.stdout();
};

/** Teams was told of each incident once, or twice for as many as `repeats`. */
function expectOnce(world: LiveWorld, repeats: number): void {
  const again = world.cards.length - new Set(world.cards).size;
  expect(again).toBeLessThanOrEqual(repeats);
}

describe("workers", () => {
  it("share the scans; where the one that conducts is killed, another goes on within a minute", SLOW, async () => {
    const world = await restlessWorld(IDS);
    const { conductor, others: [other] } = await conductorOf([worker(world), worker(world)]);
    await world.until(() => world.cards.length >= 6);
    expect(await status()).toMatch(/Processos: 2 no ar\n {2}\S+, PID \d+, pvmonitor \d/);
    conductor.kill("SIGKILL");
    const begun = Date.now();
    await other?.line("Monitor iniciado");
    expect(Date.now() - begun).toBeLessThan(60_000);
    const told = world.cards.length;
    await world.until(() => world.cards.length >= told + 6);
    expectOnce(world, 1);
  });

  it("hand over at once where the one that conducts is stopped in order", SLOW, async () => {
    const world = await restlessWorld(IDS);
    const { conductor, others: [other] } = await conductorOf([worker(world), worker(world)]);
    await world.until(() => world.cards.length >= 3);
    conductor.kill("SIGTERM");
    expect(await conductor.exit).toEqual({ code: 0, signal: null });
    await other?.line("Monitor iniciado");
    const told = world.cards.length;
    await world.until(() => world.cards.length >= told + 3);
    expectOnce(world, 0);
  });

  it("take one that hangs for dead; awake again it finds its work taken, and goes on with what is left to it", SLOW, async () => {
    const world = await restlessWorld(IDS);
    const { conductor, others: [other] } = await conductorOf([worker(world), worker(world)]);
    await world.until(() => world.cards.length >= 3);
    conductor.kill("SIGSTOP");
    await other?.line("Monitor iniciado");
    const told = world.cards.length;
    await world.until(() => world.cards.length >= told + 3);
    conductor.kill("SIGCONT");
    await conductor.line("Outro processo conduz agora a vigilância da conta");
    other?.kill("SIGKILL");
    const then = world.cards.length;
    await world.until(() => world.cards.length >= then + 3);
    expectOnce(world, 2);
  });

  it("tell which scans none of them could end, and go on with the others", SLOW, async () => {
    const world = await restlessWorld(IDS);
    await server.execute(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON pvmonitor.plant FOR EACH ROW WHEN (NEW.id = '102' AND NEW.scan IS NOT NULL) EXECUTE FUNCTION refuse();`, address);
    const one = worker(world);
    await one.line("[FILA] A varredura da usina 102 não terminou: SQLSTATE P0001; será feita de novo.");
    await expect.poll(() => status(), { timeout: 120_000, interval: 1_000 }).toMatch(/Varreduras abandonadas depois de várias tentativas, nos últimos 14 dias: \d+\n {2}⚠ UFV 102, relés/);
    await world.until(() => world.cards.length >= 4);
    expect(world.cards.join(" ")).not.toContain("UFV 102");
  });

  it("show the same page, each on its own port; a mute asked for at one that does not conduct is kept by all", SLOW, async () => {
    const world = await restlessWorld(IDS);
    const ports = [await freePort(), await freePort()];
    const all = ports.map((port) => worker(world, { WEB_ENABLED: "True", WEB_PORT: String(port) }));
    const { conductor } = await conductorOf(all);
    const other = `http://127.0.0.1:${ports[conductor === all[0] ? 1 : 0] ?? 0}`;
    await world.until(() => world.cards.length >= 3);
    const plantsAt = async (origin: string): Promise<unknown> => overview.parse(await (await fetch(`${origin}/api/overview`)).json()).plants.map(({ id }) => id).toSorted();
    for (const port of ports) await expect.poll(() => plantsAt(`http://127.0.0.1:${port}`).catch(() => []), { timeout: 60_000, interval: 500 }).toEqual(IDS.map(String));
    const asked = await fetch(`${other}/api/mutes`, {
      method: "POST", headers: { "content-type": "application/json", origin: other },
      body: JSON.stringify({ plantId: "102", device: null, until: Date.now() + 3_600_000, reason: "manutenção" }),
    });
    expect(await asked.json()).toMatchObject({ ok: true });
    const incidents = async (): Promise<readonly unknown[]> => incidentList.parse(await (await fetch(`${other}/api/incidents?plant=102`)).json()).incidents;
    // Recorded, with its reason, and not told.
    await expect.poll(incidents, { timeout: 60_000, interval: 500 }).toContainEqual(expect.objectContaining({ mutedReason: "em silêncio: manutenção" }));
    const told = world.cards.filter((card) => card.includes("UFV 102")).length;
    await world.until(() => world.cards.length >= told + 12);
    expect(world.cards.filter((card) => card.includes("UFV 102")).length).toBe(told);
  });

  it("of this version work beside those of the next, on its schema", SLOW, async () => {
    const world = await restlessWorld(IDS);
    const first = worker(world);
    await world.until(() => world.cards.length >= 2);
    // What the next version's `migrate` may do: add.
    await server.execute("ALTER TABLE pvmonitor.plant ADD COLUMN next_thing text; INSERT INTO pvmonitor.migration (version, about) SELECT max(version) + 1, 'next' FROM pvmonitor.migration", address);
    const second = worker(world);
    first.kill("SIGTERM");
    await first.exit;
    await second.line("Monitor iniciado");
    const told = world.cards.length;
    await world.until(() => world.cards.length >= told + 3);
    expectOnce(world, 0);
  });
});
