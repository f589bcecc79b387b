// pvmonitor with its state in PostgreSQL, as processes on a real server: what it says where the database is not as it should be, and that it goes on.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { restlessWorld, type LiveWorld } from "./live-world.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import type { MonitorProcess } from "./spawned-monitor.ts";
import { startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";

/** Each starts several processes, on a machine that may be busy. */
const SLOW = { timeout: 240_000 };

let server: PostgresServer;
let address = "";
beforeAll(async () => { server = await startPostgres(); }, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  await server.start();
  address = await server.createDatabase();
});

async function ended(monitor: MonitorProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  const { code } = await monitor.exit;
  return { code, said: `${monitor.stdout()}${monitor.stderr()}` };
}

/** One command in a folder of its own; the world is never asked. */
function command(args: readonly string[], { url = address, folder = createFolder(), more = {} }: { url?: string; folder?: string; more?: Record<string, string> } = {}): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = { ...settingsFor({ baseUrl: "http://127.0.0.1:9/api", webhookUrl: "http://127.0.0.1:9/hook" }), DATABASE_URL: url, ...more };
  return ended(startMonitor({ folder, args, env }));
}

const run = (world: LiveWorld, more: Record<string, string> = {}, folder = createFolder()): MonitorProcess => startMonitor({ folder, env: settingsFor(world, { DATABASE_URL: address, ...more }) });

describe("a database that is not as it should be", () => {
  const at = (): string => `127.0.0.1:${server.port}`;

  it("is refused with the word that helps", SLOW, async () => {
    const secret = server.password;
    const other = address.replace(secret, "senha-errada-0123");
    const faults: readonly (readonly [url: string, code: number, words: string])[] = [
      [other, 2, "recusou o usuário ou a senha; confira DATABASE_URL"],
      [address.replace(/test_\d+$/, "nenhum"), 2, "o banco de dados de DATABASE_URL não existe no servidor"],
      [address, 1, 'o banco ainda não foi preparado; rode "pvmonitor migrate"'],
      [`${address}?sslmode=verify-full`, 2, "o PostgreSQL não aceita TLS"],
      ["mysql://a:segredo-errado@b/c", 2, "não é um endereço postgres://"],
    ];
    for (const [url, code, words] of faults) {
      const end = await command(["run"], { url });
      expect([end.code, end.said]).toEqual([code, expect.stringContaining(words)]);
      expect(end.said).not.toMatch(new RegExp(`${secret}|senha-errada|segredo-errado`));
    }
  });

  it("of an older or a much newer schema is refused with what to do; of the next version it serves", SLOW, async () => {
    expect((await command(["migrate"])).said).toBe(`PostgreSQL em ${at()}/${address.split("/").at(-1) ?? ""}: esquema preparado, da versão 0 para a 3.\n`);
    expect(await command(["migrate"])).toEqual({ code: 0, said: expect.stringContaining("o esquema já é o desta versão (3)") });
    const insert = (version: number): Promise<unknown> => server.execute(`INSERT INTO pvmonitor.migration (version, about) VALUES (${version}, 'test')`, address);
    await insert(4);
    expect((await command(["status"])).said).toContain("o monitor ainda não gravou estado neste banco");
    await insert(5);
    expect(await command(["run"])).toEqual({ code: 1, said: expect.stringContaining("o esquema (versão 5) é de um pvmonitor mais novo que este; atualize este pvmonitor") });
    expect((await command(["status"])).said).toContain("atualize este pvmonitor");
    await server.execute("DELETE FROM pvmonitor.migration", address);
    expect(await command(["run"])).toEqual({ code: 1, said: expect.stringContaining('rode "pvmonitor migrate"') });
  });

  it("whose user may do nothing there is told so by migrate", SLOW, async () => {
    const [name = ""] = address.split("/").slice(-1);
    await server.execute(`CREATE ROLE "${name}" LOGIN PASSWORD 'senha-de-ninguem'; REVOKE CREATE ON DATABASE ${name} FROM PUBLIC`);
    const end = await command(["migrate"], { url: address.replace(`postgres:${server.password}`, `${name}:senha-de-ninguem`) });
    expect(end).toEqual({ code: 1, said: expect.stringContaining("não tem permissão neste banco de dados") });
  });

  it("may have its address in a file, as any secret may", SLOW, async () => {
    const folder = createFolder();
    writeFileSync(join(folder, "url"), `${address}\n`);
    expect((await command(["migrate"], { folder, url: "", more: { DATABASE_URL_FILE: join(folder, "url") } })).code).toBe(0);
  });

  it("is asked for by every command that needs one", SLOW, async () => {
    for (const args of [["migrate"], ["export-state"], ["import-state", "x"]]) expect(await command(args, { url: "" })).toEqual({ code: 2, said: expect.stringContaining("DATABASE_URL não foi definido") });
  });
});

describe("a monitor on PostgreSQL", () => {
  it("waits for a server that is down, says so, works, outlives its restart, and ends in order", SLOW, async () => {
    await command(["migrate"]);
    await server.stop();
    const [world, folder] = [await restlessWorld(), createFolder()];
    const monitor = run(world, {}, folder);
    expect(await monitor.line("não responde")).toMatch(/\[BANCO\] PostgreSQL em 127\.0\.0\.1:\d+\/test_\d+ não responde \(ECONNREFUSED\); o monitor espera por ele/);
    await server.start();
    await monitor.line("respondeu, depois de");
    await world.until(() => world.cards.length >= 2);
    await server.stop("immediate");
    await monitor.line("Não foi salvo");
    await server.start();
    await world.until(() => world.cards.length >= 4);
    await monitor.line("Voltou a ser salvo");
    // The server's restart freed the hold; the monitor takes it again within seconds.
    const status = async (): Promise<unknown> => JSON.parse((await command(["status", "--json"], { folder })).said);
    await expect.poll(status, { timeout: 60_000, interval: 500 }).toMatchObject({ file: expect.stringContaining("PostgreSQL em 127.0.0.1"), lock: { state: "held" } });
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect((await command(["status"], { folder })).said).toContain("parado: nenhum processo vigia esta conta");
    expect(monitor.stdout()).not.toContain(server.password);
  });

  it("ends in order while it waits", SLOW, async () => {
    await server.stop();
    const monitor = run(await restlessWorld());
    await monitor.line("não responde");
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
  });

  it("keeps commands out that would replace its state, and gives back what it has", SLOW, async () => {
    await command(["migrate"]);
    const world = await restlessWorld();
    const monitor = run(world);
    await world.until(() => world.cards.length >= 1);
    const exported = await command(["export-state"]);
    expect(JSON.parse(exported.said)).toMatchObject({ schema_version: 2 });
    const file = join(createFolder(), "estado.json");
    expect(await command(["import-state", file])).toEqual({ code: 1, said: expect.stringContaining("estado.json não pôde ser lido (ENOENT)") });
    writeFileSync(file, exported.said);
    expect(await command(["import-state", "--replace", file])).toEqual({ code: 1, said: expect.stringContaining("um monitor trabalha neste banco; pare-o antes") });
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect((await command(["import-state", "--replace", file])).code).toBe(0);
  });

  it("that is away when the monitor ends leaves something unsaved, which it says", SLOW, async () => {
    await command(["migrate"]);
    const world = await restlessWorld();
    const monitor = run(world);
    await world.until(() => world.cards.length >= 1);
    await server.stop();
    await monitor.line("Não foi salvo");
    monitor.kill("SIGTERM");
    expect(await ended(monitor)).toEqual({ code: 0, said: expect.stringContaining("o último estado NÃO foi salvo") });
  });

  it("hinders no check of the next one, which says how many are up", SLOW, async () => {
    await command(["migrate"]);
    const world = await restlessWorld();
    const check = (): ReturnType<typeof ended> => ended(startMonitor({ folder: createFolder(), args: ["check"], env: settingsFor(world, { DATABASE_URL: address }) }));
    expect(await check()).toEqual({ code: 0, said: expect.stringMatching(/ {2}ok {5}Estado: .*ainda não há.*\n {2}ok {5}Processos: nenhum no ar\n/) });
    const monitor = run(world);
    await world.until(() => world.cards.length >= 1);
    expect(await check()).toEqual({ code: 0, said: expect.stringMatching(/ {2}ok {5}Estado: .*1 usina conhecida\n {2}ok {5}Processos: 1 no ar\n[^]*Tudo pronto\.\n$/) });
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
  });

  it("on a clock that is 10 minutes ahead says so, and once it is right again", SLOW, async () => {
    await command(["migrate"]);
    const world = await restlessWorld();
    const entry = fileURLToPath(new URL("stepped-date.process.ts", import.meta.url));
    const monitor = startMonitor({ folder: createFolder(), entry, env: settingsFor(world, { DATABASE_URL: address, CLOCK_AHEAD_MS: "600000" }) });
    expect(await monitor.line("O relógio desta máquina")).toMatch(/\[BANCO\] O relógio desta máquina está 10 min adiantado em relação ao do PostgreSQL; acerte os dois/);
    monitor.kill("SIGUSR2");
    await monitor.line("voltaram a concordar");
  });
});

describe("the state", () => {
  it("goes from a file into the database and back, as it was; nothing is replaced unasked", SLOW, async () => {
    await command(["migrate"]);
    const [world, folder] = [await restlessWorld(), createFolder()];
    const onFile = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length >= 1);
    onFile.kill("SIGTERM");
    await onFile.exit;
    const file = join(folder, "state", "monitor_state.json");
    expect(await command(["run"], { folder })).toEqual({ code: 1, said: expect.stringContaining(`rode "pvmonitor import-state ${join("state", "monitor_state.json")}"`) });
    expect(await command(["import-state", file])).toEqual({ code: 0, said: expect.stringContaining("estado importado: 1 usina") });
    expect(await command(["import-state", file])).toEqual({ code: 1, said: expect.stringContaining("use --replace") });
    expect((await command(["import-state", "--replace", file])).code).toBe(0);
    const out = join(folder, "volta.json");
    expect((await command(["export-state", "--out", out])).code).toBe(0);
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(JSON.parse(readFileSync(file, "utf8")));
    const told = world.cards.length;
    const onDatabase = run(world, {}, folder);
    await world.until(() => world.cards.length > told);
    onDatabase.kill("SIGTERM");
    expect((await onDatabase.exit).code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8")), "the file is left alone").toEqual(JSON.parse(readFileSync(out, "utf8")));
  });

  it("of the predecessor is taken over, and what is none is refused", SLOW, async () => {
    await command(["migrate"]);
    const file = join(createFolder(), "monitor_state.json");
    writeFileSync(file, JSON.stringify({ schema_version: 1, rele_alertas_ativos: ["101:7:SOBRETENSÃO"], ultima_varredura_rele: "2025-12-01T10:00:00" }));
    expect(await command(["import-state", file])).toEqual({ code: 0, said: expect.stringContaining("estado do monitor anterior importado: 1 usina") });
    expect(JSON.parse((await command(["export-state"])).said)).toMatchObject({ schema_version: 2, rele_alertas_ativos: ["101:7:SOBRETENSÃO"] });
    writeFileSync(file, "{}");
    expect(await command(["import-state", "--replace", file])).toEqual({ code: 1, said: expect.stringContaining("não é um estado que se possa ler") });
  });

  it("is silenced by mute with and without a running monitor", SLOW, async () => {
    await command(["migrate"]);
    const [world, folder] = [await restlessWorld(), createFolder()];
    const monitor = run(world, {}, folder);
    await world.until(() => world.cards.length >= 1);
    expect(await command(["mute", "101", "--for", "2h", "--reason", "manutenção"], { folder })).toMatchObject({ code: 0 });
    monitor.kill("SIGTERM");
    await monitor.exit;
    const shown = await command(["mutes", "--json"], { folder });
    expect(JSON.parse(shown.said)).toMatchObject({ mutes: [{ plantId: "101", reason: "manutenção" }] });
    expect(await command(["unmute", "101"], { folder })).toEqual({ code: 0, said: expect.stringContaining("vale a partir do próximo início") });
    expect(JSON.parse((await command(["mutes", "--json"], { folder })).said)).toMatchObject({ mutes: [] });
  });
});
