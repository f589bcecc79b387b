// `pvmonitor check` against the simulator: all is well, or each point that is not, with what to do about it.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireLock } from "../../src/adapters/system/instance-lock.ts";
import { checkCommand } from "../../src/cli/check.ts";
import { readConfig } from "../../src/config/read-config.ts";
import type { WorldAnswer } from "../../src/simulator/world-answer.ts";
import { createFolder, PASSWORD, settingsFor, SIGNATURE, startMonitor } from "./monitor-process.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "./live-world.ts";

interface Bed {
  readonly world: LiveWorld;
  readonly folder: string;
  readonly env: Record<string, string>;
}

async function createBed(): Promise<Bed> {
  const folder = createFolder();
  const world = await startWorld({
    plants: plants(101), day_relay: { "101": [relayReading(101, 7, minutesAgo(5), [])] }, day_inverter: { "101": [inverterReading(101, 9, minutesAgo(5), 50)] },
  });
  onTestFinished(() => world.close());
  return { folder, world, env: settingsFor(world, { STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs") }) };
}

async function check({ env }: Bed, { send = false, meanwhile = () => undefined }: { send?: boolean; meanwhile?: () => void } = {}): Promise<{ code: number; said: string }> {
  const read = readConfig({ env, envFile: null, yaml: null, readFile: () => "-----BEGIN CERTIFICATE-----" });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  meanwhile();
  const stdout = new PassThrough();
  const said = text(stdout);
  const code = await checkCommand({ ...read, send, stdout });
  stdout.end();
  expect(await said).not.toMatch(new RegExp(`${PASSWORD}|${SIGNATURE}`));
  return { code, said: await said };
}

const WELL = ["Configuração", "Certificados (CA)", "Pasta de estado", "Pasta de logs", "Estado", "Trava", "Login na PVOperation", "Lista de usinas", "Equipamentos da usina 101", "Relés da usina 101", "Inversores da usina 101", "Teams"];

describe("check", () => {
  it("as a command says ok to every point, ends with 0, and leaves nothing but the folders behind", { timeout: 60_000 }, async () => {
    const { folder, world, env } = await createBed();
    const done = startMonitor({ folder, env, args: ["check", "--send"] });
    expect(await done.exit).toEqual({ code: 0, signal: null });
    expect([...done.stdout().matchAll(/^ {2}ok {5}([^:]+):/gm)].map(([, point]) => point)).toEqual(WELL);
    expect(done.stdout()).toMatch(/\nTudo pronto\.\n$/);
    expect(done.stdout()).not.toContain("FALTA");
    expect(world.cards).toHaveLength(1);
    expect([readdirSync(join(folder, "state")), readdirSync(join(folder, "logs"))]).toEqual([[".monitor_lock"], []]);
  });

  it("as a command ends with 3 and names what is missing, in one line each and one for all", { timeout: 60_000 }, async () => {
    const { folder, world, env } = await createBed();
    world.intercept = () => ({ kind: "answer", status: 401, headers: {}, body: `{"message":"${PASSWORD}"}` });
    const done = startMonitor({ folder, env, args: ["check"] });
    expect(await done.exit).toEqual({ code: 3, signal: null });
    expect(done.stdout()).toContain("→ confira PVOP_EMAIL e PVOP_PASSWORD");
    expect(done.stdout()).toMatch(/\nFalta resolver: Login na PVOperation\.\n$/);
    expect(done.stdout() + done.stderr()).not.toContain(PASSWORD);
  });

  it("sends no card unless asked to, and none with Teams switched off", async () => {
    const bed = await createBed();
    expect(await check(bed)).toMatchObject({ code: 0, said: expect.stringContaining("use --send") });
    bed.env["TEAMS_ENABLED"] = "não";
    expect(await check(bed, { send: true })).toMatchObject({ code: 0, said: expect.stringContaining("cartões só no log") });
    expect(bed.world.cards).toEqual([]);
  });

  const told = (status: number, body = "<html>"): WorldAnswer => ({ kind: "answer", status, headers: {}, body });
  it.each<[string, WorldAnswer, string, string]>([
    ["/authenticate", told(401), "Login na PVOperation", "confira PVOP_EMAIL e PVOP_PASSWORD"],
    ["/authenticate", told(503), "Login na PVOperation", "confira rede, proxy (HTTPS_PROXY) e certificados"],
    ["/authenticate", { kind: "reset" }, "Login na PVOperation", "confira rede, proxy (HTTPS_PROXY) e certificados"],
    ["/authenticate", told(200, "{}"), "Login na PVOperation", "confira PVOP_EMAIL"],
    ["/plants", told(200), "Lista de usinas", "tente de novo"],
    ["/plants", told(200, "{\"message\":\"x\"}"), "Lista de usinas", "tente de novo"],
    ["/plant_devices", told(429), "Equipamentos da usina 101", "tente de novo"],
    ["/day_relay", told(500), "Relés da usina 101", "tente de novo"],
    ["/day_inverter", told(200, "[{"), "Inversores da usina 101", "tente de novo"],
    ["teams", told(410), "Teams", "troque TEAMS_WEBHOOK_URL"],
    ["teams", told(400), "Teams", "Confira TEAMS_FORMAT"],
    ["teams", { kind: "reset" }, "Teams", "confira rede, proxy (HTTPS_PROXY)"],
    ["teams", told(200, "Webhook message delivery failed"), "Teams", "confira rede"],
  ])("names %s that answers otherwise (%j), and what to do", async (path, answer, point, todo) => {
    const bed = await createBed();
    bed.world.intercept = (call) => ((call.to === "teams" ? "teams" : call.request.path) === path ? answer : null);
    const { code, said } = await check(bed, { send: true });
    expect(said).toMatch(new RegExp(`FALTA {2}${point}: .+\\n {9}→ .*${todo.replace(/[()]/g, "\\$&")}`));
    expect(code).toBe(3);
    expect(said).toContain(`Falta resolver: ${point}.`);
  });

  it("says so where no plant is listed", async () => {
    const bed = await createBed();
    bed.world.intercept = (call) => (call.to === "api" && call.request.path === "/plants" ? told(200, "[]") : null);
    expect((await check(bed)).said).toContain("Lista de usinas: 0 usinas");
  });

  it.each(["STATE_DIR", "LOG_DIR"])("names the folder of %s that cannot be written", async (name) => {
    const bed = await createBed();
    writeFileSync(join(bed.folder, "file"), "");
    bed.env[name] = join(bed.folder, "file", "inside");
    const { code, said } = await check(bed);
    expect(said).toMatch(/FALTA {2}Pasta de (?:estado|logs): .+ não pode ser escrita \(ENOTDIR\)\n +→ dê a pasta ao usuário/);
    expect(code).toBe(3);
  });

  it("names a broken state and leaves it where it is", async () => {
    const bed = await createBed();
    mkdirSync(join(bed.folder, "state"));
    writeFileSync(join(bed.folder, "state", "monitor_state.json"), "{");
    const { code, said } = await check(bed);
    expect([code, said]).toEqual([3, expect.stringMatching(/FALTA {2}Estado: .+não é JSON.+\n +→ restaure uma cópia/)]);
    expect(readdirSync(join(bed.folder, "state")).sort()).toEqual([".monitor_lock", "monitor_state.json"]);
  });

  it("knows a state of the predecessor, and leaves it as it is", async () => {
    const bed = await createBed();
    mkdirSync(join(bed.folder, "state"));
    writeFileSync(join(bed.folder, "state", "monitor_state.json"), "{\"rele_alertas_ativos\":[]}");
    expect(await check(bed)).toMatchObject({ code: 0, said: expect.stringContaining("do monitor anterior: será assumido") });
    expect(existsSync(join(bed.folder, "state", "monitor_state.json.v1.bak"))).toBe(false);
  });

  it("names a monitor that runs already", async () => {
    const bed = await createBed();
    const held = acquireLock(join(bed.folder, "state"));
    onTestFinished(() => { if (held.ok) held.lock.release(); });
    const { code, said } = await check(bed);
    expect([code, said]).toEqual([3, expect.stringContaining(`FALTA  Trava: outra instância rodando (PID ${String(process.pid)})\n         → pare-a`)]);
  });

  it("names a CA file that is gone, holds no certificate, or a broken one, and calls nobody without it", async () => {
    const bed = await createBed();
    const ca = join(bed.folder, "ca.pem");
    bed.env["VERIFY_CA"] = ca;
    const wrong: [string, string][] = [["-----BEGIN PRIVATE KEY-----", "não contém nenhum certificado PEM"], ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "está corrompido"]];
    for (const [content, detail] of wrong) {
      writeFileSync(ca, content);
      const { code, said } = await check(bed);
      expect([code, said]).toEqual([3, expect.stringMatching(new RegExp(`FALTA {2}Certificados \\(CA\\): .+${detail}.+\\n +→ aponte VERIFY_CA`))]);
    }
    const { code, said } = await check(bed, { meanwhile: () => { rmSync(ca); } });
    expect([code, said]).toEqual([3, expect.stringContaining("(ENOENT)")]);
    expect(bed.world.calls).toBe(0);
  });
});

describe("a CA file without a usable certificate", () => {
  it.each([[[]], [["test-card", "--kind", "relay"]]])("is a wrong setting to every command: %j", { timeout: 60_000 }, async (args) => {
    const { folder, world, env } = await createBed();
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, "-----BEGIN PRIVATE KEY-----");
    const done = startMonitor({ folder, env: { ...env, VERIFY_CA: ca }, args });
    expect(await done.exit).toEqual({ code: 2, signal: null });
    expect(done.stderr()).toMatch(/^pvmonitor: 1 problema na configuração; nada foi iniciado\.\n {2}- .+ não contém nenhum certificado PEM\. Confira VERIFY_CA\.\n$/);
    expect([readdirSync(folder), world.calls]).toEqual([["ca.pem"], 0]);
  });
});
