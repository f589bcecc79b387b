// Several accounts in one database, as an operator has them: by commands, on a real server, kept apart in all of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { weekAt } from "../../src/domain/iso-week.ts";
import { startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";
import { minutesAgo, plants, relayReading, startWorld, ZONE, type LiveWorld } from "./live-world.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import type { MonitorProcess } from "./spawned-monitor.ts";

/** Each starts several processes, on a machine that may be busy. */
const SLOW = { timeout: 240_000 };
const NOWHERE = { baseUrl: "http://127.0.0.1:9/api", webhookUrl: "http://127.0.0.1:9/hook" };
type World = Pick<LiveWorld, "baseUrl" | "webhookUrl">;

let server: PostgresServer;
let address = "";
let folder = "";
beforeAll(async () => { server = await startPostgres(); }, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  address = await server.createDatabase();
  folder = createFolder();
  writeAccounts({});
  expect((await command(["migrate"])).code).toBe(0);
});

function writeAccounts({ north = NOWHERE, south = NOWHERE }: { readonly north?: World; readonly south?: World }): void {
  const account = (id: string, { baseUrl, webhookUrl }: World): unknown =>
    ({ id, PVOP_EMAIL: `${id}@exemplo.invalid`, PVOP_PASSWORD: `senha-que-nao-aparece-${id}`, PVOP_BASE_URL: baseUrl, TEAMS_WEBHOOK_URL: webhookUrl });
  writeFileSync(join(folder, "pvmonitor.yaml"), JSON.stringify({ contas: [account("norte", north), account("sul", south)] }));
}

function start(args: readonly string[]): MonitorProcess {
  const { PVOP_TIMEZONE = "", RELAY_INTERVAL = "", INVERTER_INTERVAL = "" } = settingsFor(NOWHERE);
  return startMonitor({ folder, args, env: { DATABASE_URL: address, PVOP_TIMEZONE, RELAY_INTERVAL, INVERTER_INTERVAL, WEB_ENABLED: "0" } });
}
async function command(args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const done = start(args);
  const { code } = await done.exit;
  const said = `${done.stdout()}${done.stderr()}`;
  expect(said).not.toContain("senha-que-nao-aparece");
  return { code, said };
}

function file(name: string, ...alerts: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ schema_version: 1, rele_alertas_ativos: alerts, ultima_varredura_rele: "2025-12-01T10:00:00" }));
  return path;
}
async function world(plant: number, active: readonly string[]): Promise<LiveWorld> {
  const started = await startWorld({ plants: plants(plant), day_relay: { [plant]: [relayReading(plant, 7, minutesAgo(30), active)] } });
  onTestFinished(() => started.close());
  return started;
}

describe("a state", () => {
  it("that is imported into one account is seen in no other, nor touched from there", SLOW, async () => {
    expect(await command(["import-state", "--conta", "norte", file("n.json", "101:7:SOBRETENSÃO")])).toEqual({ code: 0, said: expect.stringMatching(/PostgreSQL em 127\.0\.0\.1:\d+\/test_\d+, conta norte: estado do monitor anterior importado: 1 usina/) });
    expect(await command(["export-state", "--conta", "sul"])).toEqual({ code: 1, said: expect.stringMatching(/, conta sul: o monitor ainda não gravou estado neste banco/) });
    const before = (await command(["export-state", "--conta", "norte"])).said;
    expect(JSON.parse(before)).toMatchObject({ rele_alertas_ativos: ["101:7:SOBRETENSÃO"] });

    // The same plant in both, as two logins may see it, and one that is only here.
    expect((await command(["import-state", "--conta", "sul", file("s.json", "101:7:SUBTENSÃO", "202:9:TÉRMICO")])).code).toBe(0);
    expect((await command(["import-state", "--conta", "sul", "--replace", file("s.json", "101:7:BLOQUEIO", "202:9:TÉRMICO")])).code).toBe(0);
    expect((await command(["export-state", "--conta", "norte"])).said).toBe(before);
    expect(JSON.parse((await command(["export-state", "--conta", "sul"])).said)).toMatchObject({ rele_alertas_ativos: ["101:7:BLOQUEIO", "202:9:TÉRMICO"] });
    const rows = await server.execute("SELECT tenant, string_agg(id, ' ' ORDER BY id) AS plants FROM pvmonitor.plant GROUP BY tenant ORDER BY tenant", address);
    expect(rows).toEqual([{ tenant: "norte", plants: "101" }, { tenant: "sul", plants: "101 202" }]);
  });

  it("is shown for all one after another, or for the one that is asked for", SLOW, async () => {
    await command(["import-state", "--conta", "norte", file("n.json", "101:7:SOBRETENSÃO")]);
    const both = await command(["status"]);
    expect(both).toEqual({ code: 1, said: expect.stringMatching(/^Conta norte\n\nMonitor: parado[^]+\n\nConta sul\n\npvmonitor status: .+, conta sul: o monitor ainda não gravou estado/) });
    expect(both.said.split("Conta sul")[1]).not.toContain("101");
    const asJson: unknown = JSON.parse((await command(["status", "--json"])).said);
    expect(asJson).toMatchObject({ accounts: [{ account: "norte", status: { relayAlerts: [{ plant: { id: "101" } }] } }, { account: "sul", status: { error: expect.stringContaining("conta sul") } }] });
    expect(JSON.parse((await command(["status", "--conta", "norte", "--json"])).said)).toMatchObject({ file: expect.stringContaining("conta norte"), relayAlerts: [{ plant: { id: "101" } }] });
  });

  it("of one is silenced without the other's", SLOW, async () => {
    const [north, south] = [await world(101, ["r59N"]), await world(101, ["r59N"])];
    writeAccounts({ north, south });
    const monitor = start(["run"]);
    await north.until(() => north.cards.length >= 1);
    monitor.kill("SIGTERM");
    await monitor.exit;
    expect((await command(["export-state", "--conta", "norte", "--out", join(folder, "n.json")])).code).toBe(0);
    expect((await command(["import-state", "--conta", "sul", "--replace", join(folder, "n.json")])).code).toBe(0);
    expect(await command(["mute", "101", "--conta", "sul", "--for", "2h", "--reason", "manutenção"])).toMatchObject({ code: 0 });
    expect(JSON.parse((await command(["mutes", "--conta", "sul", "--json"])).said)).toMatchObject({ mutes: [{ plantId: "101" }] });
    expect(JSON.parse((await command(["mutes", "--conta", "norte", "--json"])).said)).toMatchObject({ mutes: [] });
    expect(await command(["unmute", "101", "--conta", "norte"])).toEqual({ code: 2, said: expect.stringContaining("não está em silêncio") });
    expect(await command(["unmute", "101", "--conta", "sul"])).toMatchObject({ code: 0 });
  });
});

describe("a command", () => {
  it("that is about one account names those that there are", SLOW, async () => {
    const asked = [["test-card", "--kind", "relay"], ["mute", "101", "--for", "2h", "--reason", "manutenção"], ["unmute", "101"], ["mutes"], ["report"], ["import-state", "x"], ["export-state"]];
    for (const args of asked) expect(await command(args)).toEqual({ code: 2, said: "pvmonitor: há 2 contas (norte, sul); diga qual com --conta.\n" });
    for (const args of [["export-state"], ["status"], ["check"]]) {
      expect(await command([...args, "--conta", "leste"])).toEqual({ code: 2, said: 'pvmonitor: conta desconhecida: "leste"; há norte, sul.\n' });
    }
  });

  it("goes to the account's own API and webhook", SLOW, async () => {
    const [north, south] = [await world(101, []), await world(202, [])];
    writeAccounts({ north, south });
    expect((await command(["test-card", "--kind", "relay", "--conta", "sul"])).code).toBe(0);
    expect([north.calls, south.cards.length]).toEqual([0, 1]);
    expect(await command(["check", "--conta", "norte"])).toEqual({ code: 0, said: expect.stringMatching(/^ {2}ok {5}Configuração[^]+Relés da usina 101[^]+\nTudo pronto\.\n$/) });
    expect(south.calls).toBe(1);
  });

  it("checks all accounts, and says of which something is missing", SLOW, async () => {
    const north = await world(101, []);
    writeAccounts({ north });
    const { code, said } = await command(["check"]);
    expect(code).toBe(3);
    expect(said).toMatch(/^Conta norte\n {2}ok {5}Configuração[^]+Relés da usina 101[^]+\n\nConta sul\n[^]+ {2}FALTA {2}Login na PVOperation[^]+\n\nFalta resolver: Login na PVOperation \(sul\)\.\n$/);
    expect(said).toContain(`Pasta de estado: ${join("state", "contas", "sul")} pode ser escrita`);
  });
});

describe("run", () => {
  it("watches every account, and leaves nothing of one in the other's channel, database or report", SLOW, async () => {
    const [north, south] = [await world(101, ["r59N"]), await world(202, ["r59N"])];
    writeAccounts({ north, south });
    const monitor = start(["run"]);
    await Promise.all([north, south].map((one) => one.until(() => one.cards.length >= 1)));
    expect((await command(["status", "--conta", "norte"])).said).toMatch(/^Monitor: no ar[^]+Processos: 1 no ar/);
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect([north, south].map(({ cards }) => /UFV (\d+)/.exec(cards.join(" "))?.[1])).toEqual(["101", "202"]);
    expect(monitor.stdout()).not.toContain("senha-que-nao-aparece");
    const rows = await server.execute("SELECT tenant, string_agg(id, ' ') AS plants FROM pvmonitor.plant GROUP BY tenant ORDER BY tenant", address);
    expect(rows).toEqual([{ tenant: "norte", plants: "101" }, { tenant: "sul", plants: "202" }]);
    const week = weekAt(Date.now(), ZONE).name;
    const report = (id: string): Promise<unknown> => command(["report", "--conta", id, "--week", week]);
    expect(await report("norte")).toEqual({ code: 0, said: expect.stringMatching(/^(?=[^]*UFV 101)(?![^]*UFV 202)/) });
    expect(await report("sul")).toEqual({ code: 0, said: expect.stringMatching(/^(?=[^]*UFV 202)(?![^]*UFV 101)/) });
  });
});
