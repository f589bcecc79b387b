// mute, unmute, mutes as processes: with a running monitor they ask it, without one they write the state themselves.
import { fork } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createFileStore } from "../../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../../src/adapters/system/node-disk.ts";
import { REQUEST_FOLDER } from "../../src/adapters/system/request-folder.ts";
import { askMonitor } from "../../src/cli/mute/ask-monitor.ts";
import { muteCommand, showMutes, unmuteCommand } from "../../src/cli/mute.ts";
import { takeLock } from "../../src/cli/run.ts";
import { showStatus } from "../../src/cli/status.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, withPlant } from "../../src/domain/monitor-state.ts";
import { newPlant, type PlantState } from "../../src/domain/plant.ts";
import { createFolder, settingsFor, startMonitor } from "../e2e/monitor-process.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, wallClock, type LiveWorld } from "../e2e/live-world.ts";
import { configOf } from "./settings-of.ts";
import { Sink } from "./sink.ts";

const TIMEOUT = 90_000;
const LOCK_HOLDER = fileURLToPath(new URL("lock-holder.process.ts", import.meta.url));
const ME = `linha de comando (${userInfo().username})`;

const monitorState = z.object({ monitor: z.object({ mutes: z.array(z.object({ plantId: z.string(), device: z.string().nullable(), reason: z.string(), by: z.string(), since: z.number(), until: z.number() })) }) });
const mutesIn = (folder: string): z.infer<typeof monitorState>["monitor"]["mutes"] =>
  monitorState.parse(JSON.parse(readFileSync(join(folder, "state", "monitor_state.json"), "utf8"))).monitor.mutes;

/** Plant 101's relay trips once it is told to; 102 has an inverter that has failed. */
async function startTroubledWorld(): Promise<{ readonly world: LiveWorld; readonly trip: () => void }> {
  let measured = minutesAgo(6);
  const world = await startWorld({
    plants: plants(101, 102),
    day_relay: { "101": [20, 10, 5].map((minutes) => relayReading(101, 7, minutesAgo(minutes), minutes === 5 ? ["r59N"] : [])) },
    day_inverter: { "102": [25, 20, 15, 10].map((minutes) => inverterReading(102, 9, minutesAgo(minutes), minutes === 25 ? 50 : 0)) },
  });
  onTestFinished(() => world.close());
  world.clock = () => measured;
  return { world, trip: () => { measured = Number.MAX_SAFE_INTEGER / 2; } };
}

async function run(folder: string, world: LiveWorld, ...args: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const command = startMonitor({ folder, env: settingsFor(world), args });
  const { code } = await command.exit;
  return { code, out: command.stdout(), err: command.stderr() };
}

describe("with a monitor that runs", () => {
  it("is asked to be silent and to speak again; what happened meanwhile is told at the end", { timeout: TIMEOUT }, async () => {
    const [{ world, trip }, folder] = [await startTroubledWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: { ...settingsFor(world), RELAY_INTERVAL: "1" } });
    await world.until(() => world.cards.length === 1); // inverter 9 of 102
    await monitor.line("[SCAN] relés");
    const muted = await run(folder, world, "mute", "ufv 101", "--for", "4h", "--reason", "troca do <b>relé</b> **1**");
    expect([muted.code, muted.err]).toEqual([0, ""]);
    expect(muted.out).toMatch(/^Em silêncio até \d\d\/\d\d\/\d{4} \d\d:\d\d: UFV 101 \(101\), a usina inteira \(silêncio S[0-9A-Z]{6}\)\. Em falha agora: nada\./);
    expect(await monitor.line("[SILÊNCIO] Início")).toContain(`UFV 101 (101), até `);
    expect(monitor.stdout()).toContain(`por ${ME}: troca do <b>relé</b> **1**`);
    expect(mutesIn(folder)).toMatchObject([{ plantId: "101", device: null, by: ME, reason: "troca do <b>relé</b> **1**" }]);
    expect([statSync(join(folder, "state", REQUEST_FOLDER)).mode & 0o777, readdirSync(join(folder, "state", REQUEST_FOLDER))]).toEqual([0o700, []]);

    trip();
    expect(await monitor.line("[RELE] Falha: UFV 101 (101)")).toContain("[em silêncio: troca do <b>relé</b> **1**: não vai ao Teams]");
    const listed = await run(folder, world, "mutes", "--json");
    expect(JSON.parse(listed.out)).toMatchObject({ mutes: [{ plantId: "101", plantName: "UFV 101", until: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }] });
    expect(world.cards.filter((card) => card.includes("UFV 101"))).toEqual([]);

    expect(await run(folder, world, "unmute", "101")).toMatchObject({ code: 0, out: "Silêncio encerrado: UFV 101 (101), a usina inteira. Em falha agora: 1.\n" });
    await world.until(() => world.cards.length === 2);
    expect(world.cards[1]).toContain("🔴 UFV 101: fim do silêncio, relé 7 atuado");
    expect(monitor.stdout()).toContain(`[SILÊNCIO] Fim: UFV 101 (101), por ${ME}; 1 falha aberta`);
    expect(await run(folder, world, "mutes")).toMatchObject({ code: 0, out: "Em silêncio: nada\n" });
    monitor.kill("SIGTERM");
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
  });

  it("throws hostile requests away with a line in its log, and goes on", { timeout: TIMEOUT }, async () => {
    const [{ world }, folder] = [await startTroubledWorld(), createFolder()];
    const monitor = startMonitor({ folder, env: settingsFor(world) });
    await monitor.line("[SCAN] inversores");
    const requests = join(folder, "state", REQUEST_FOLDER);
    mkdirSync(requests, { mode: 0o700 });
    writeFileSync(join(requests, "0b2f1c1e-0000-4000-8000-000000000001.json"), "\u001b[31m{");
    writeFileSync(join(requests, "0b2f1c1e-0000-4000-8000-000000000002.json"), "x".repeat(1_000_000));
    expect(await monitor.line("000000000001.json")).toContain("[SILÊNCIO] Pedido descartado: 0b2f1c1e-0000-4000-8000-000000000001.json não é JSON");
    expect(await monitor.line("000000000002.json")).toContain("grande demais (1000000 bytes)");
    expect(await run(folder, world, "mute", "102", "--device", "9", "--for", "30min", "--reason", "limpeza")).toMatchObject({ code: 0 });
    expect(mutesIn(folder)).toMatchObject([{ plantId: "102", device: "9" }]);
    expect(readdirSync(requests)).toEqual([]);
  });
});

describe("without one", () => {
  it("changes the state under the lock, and the next monitor keeps to it", { timeout: TIMEOUT }, async () => {
    const [{ world, trip }, folder] = [await startTroubledWorld(), createFolder()];
    const first = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length === 1);
    await first.line("[SCAN] relés");
    await first.line("[SCAN] inversores");
    first.kill("SIGTERM");
    await first.exit;

    const muted = await run(folder, world, "mute", "101", "--until", wallClock(Date.now() + 4 * HOUR_MS).slice(0, 16), "--reason", "manutenção");
    expect(muted).toMatchObject({ code: 0, err: "" });
    expect(muted.out).toContain("O monitor está parado; vale a partir do próximo início.");
    expect(readFileSync(join(folder, "logs", "rele", "rele.log"), "utf8")).toContain("[SILÊNCIO] Início: UFV 101 (101)");
    expect(statSync(join(folder, "state", "monitor_state.json")).mode & 0o777).toBe(0o600);

    trip();
    const second = startMonitor({ folder, env: settingsFor(world) });
    await second.line("[RELE] Falha: UFV 101 (101)");
    await second.line("[SCAN] inversores");
    second.kill("SIGTERM");
    await second.exit;
    expect(world.cards).toHaveLength(1);

    expect(await run(folder, world, "unmute", "UFV 101")).toMatchObject({ code: 0 });
    const third = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => world.cards.length === 2);
    expect(world.cards[1]).toContain("🔴 UFV 101: fim do silêncio, relé 7 atuado");
    third.kill("SIGTERM");
    await third.exit;
  });
});

/** Plants as a state has them, without a world behind. */
function plantOf(id: string, name: string, inverters: readonly string[] = []): PlantState {
  const plant = newPlant({ id, name, capacityKwp: null });
  const inverter = { mark: Date.now() - MINUTE_MS, lastInWindow: null, intervalsS: [], run: null, failure: null, recentFailures: [] };
  const names = new Map(inverters.slice(0, 1).map((device) => [device, `INV ${device}`]));
  return { ...plant, deviceList: { ...plant.deviceList, names }, inverter: { ...plant.inverter, devices: new Map(inverters.map((device) => [device, inverter])) } };
}

async function createState(): Promise<{ readonly folder: string; readonly config: ReturnType<typeof configOf> }> {
  const folder = createFolder();
  const config = configOf({ STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs"), PVOP_TIMEZONE: "America/Sao_Paulo" });
  const plantsOfIt = [plantOf("101", "UFV São João", ["46003", "46004"]), plantOf("102", "UFV São José"), plantOf("103", "Usina 101"), plantOf("104", "UFV São João II")];
  await createFileStore({ disk: createNodeDisk(config.stateDir), zone: config.zone }).save(plantsOfIt.reduce(withPlant, emptyState));
  return { folder, config };
}

type State = Awaited<ReturnType<typeof createState>>;

async function mute({ config }: State, more: Partial<Parameters<typeof muteCommand>[0]>): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await muteCommand({ config, stdout, stderr, plant: "101", device: null, until: null, length: more.until === undefined ? "4h" : null, reason: "manutenção", ...more });
  return { code, out: stdout.text, err: stderr.text };
}
async function unmute({ config }: State, target: string): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  return { code: await unmuteCommand({ config, stdout, stderr, target }), out: stdout.text, err: stderr.text };
}

describe("what is meant", () => {
  it.each([
    ["an id", "101", "101"], ["an id before a name that holds it", " 101 ", "101"], ["a whole name before longer ones", "ufv sao joao", "101"],
    ["a part that one plant has", "josé", "102"], ["the same without accents", "JOSE", "102"], ["a part of a name that is another's id", "usina 101", "103"],
  ])("%s", async (_name, plant, id) => {
    const state = await createState();
    expect(await mute(state, { plant })).toMatchObject({ code: 0, err: "" });
    expect(mutesIn(state.folder)).toMatchObject([{ plantId: id }]);
  });

  it.each([
    [{ plant: "são" }, /"são" pode ser 3 usinas: UFV São João \(101\), UFV São José \(102\), UFV São João II \(104\); use o id/],
    [{ plant: "nenhuma" }, /usina desconhecida: "nenhuma"; o monitor conhece 4/], [{ plant: " " }, /usina desconhecida/],
    [{ device: "77" }, /aparelho desconhecido: "77"; UFV São João tem INV 46003 \(46003\), 46004/], [{ plant: "102", device: "1" }, /UFV São José tem nenhum/],
    [{ until: "2020-01-01 10:00" }, /O fim do silêncio precisa estar no futuro/], [{ until: "amanhã" }, /data inválida: "amanhã"; exemplos/],
    [{ until: "2030-02-30 10:00" }, /data inválida/], [{ until: "2099-01-01 10:00" }, /no máximo 90 dias/],
    [{ length: "91d" }, /no máximo 90 dias/], [{ length: "0h" }, /duração inválida/], [{ length: "4 horas" }, /duração inválida: "4 horas"; exemplos: 30min, 4h, 2d/],
    [{ length: "-1h" }, /duração inválida/], [{ length: null }, /--until ou --for/], [{ until: "18:00", length: "4h" }, /--until ou --for/],
    [{ reason: "x" }, /de 3 a 300 caracteres/], [{ reason: "   " }, /de 3 a 300 caracteres/], [{ reason: "x".repeat(301) }, /de 3 a 300 caracteres/],
  ] as const)("%o: exit code 2 with a reason, and nothing changes", async (more, why) => {
    const state = await createState();
    const before = readFileSync(join(state.folder, "state", "monitor_state.json"), "utf8");
    const { code, out, err } = await mute(state, more);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(why);
    expect(readFileSync(join(state.folder, "state", "monitor_state.json"), "utf8")).toBe(before);
  });

  it("times are of the plant's zone, and a device goes by its name too", async () => {
    const state = await createState();
    const config = { ...state.config, rulesOf: (plant: { readonly id: string; readonly name: string }) => ({ ...state.config.rulesOf(plant), zone: "America/Noronha" }) };
    const until = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 5 * HOUR_MS - 2 * HOUR_MS).toISOString().slice(0, 16).replace("T", " "); // Noronha is UTC−2
    const { out } = await mute({ ...state, config }, { device: "inv 46003", until });
    expect(out).toContain(`${until.slice(8, 10)}/${until.slice(5, 7)}/${until.slice(0, 4)} ${until.slice(11)}: UFV São João (101), só o aparelho INV 46003`);
    const [only] = mutesIn(state.folder);
    expect(only?.device).toBe("46003");
    expect((only?.until ?? 0) - Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS).toBeGreaterThan(4.9 * HOUR_MS);
  });
});

describe("ending and showing", () => {
  it("by number, by plant (all of it, in one card), and nothing where nothing is silent", async () => {
    const state = await createState();
    for (const device of [null, "46003", "46004"]) await mute(state, { device });
    const number = /silêncio (S\w{6})/.exec((await mute(state, { plant: "102" })).out)?.[1] ?? "";
    expect(await unmute(state, number.toLowerCase())).toMatchObject({ code: 0, out: expect.stringContaining("UFV São José (102)") });
    expect(await unmute(state, "101")).toMatchObject({ code: 0, err: "" });
    expect(mutesIn(state.folder)).toEqual([]);
    const owed = z.object({ pending_notifications: z.array(z.object({ notice: z.object({ kind: z.string(), plant: z.object({ id: z.string() }), device: z.null() }) })) })
      .parse(JSON.parse(readFileSync(join(state.folder, "state", "monitor_state.json"), "utf8"))).pending_notifications;
    expect(owed.map(({ notice }) => [notice.kind, notice.plant.id])).toEqual([["mute-ended", "102"], ["mute-ended", "101"]]);
    expect(await unmute(state, "101")).toMatchObject({ code: 2, err: expect.stringContaining("não está em silêncio") });
    expect(await unmute(state, "SXXXXXX")).toMatchObject({ code: 2, err: expect.stringContaining("nenhum silêncio tem esse número") });
  });

  it("status and mutes say who, until when and why, on a terminal as text", async () => {
    const state = await createState();
    await mute(state, { device: "46003", reason: "troca \u001b[31m\u202e do inversor" });
    expect((await mute(state, { device: "46003", reason: "outra \u001b[31m\u202e troca" })).out).toContain("Toma o lugar do silêncio até");
    const [status, mutes] = [new Sink(), new Sink()];
    await showStatus({ accounts: [state.config], stdout: status, json: false });
    await showMutes({ config: state.config, stdout: mutes, json: false });
    for (const { text } of [status, mutes]) {
      expect(text).toMatch(/UFV São João \(101\), só o aparelho INV 46003 \(46003\), até .* \(faltam (?:3 h 59 min|4 h)\) · silêncio S\w{6}\n {6}desde .*, por linha de comando \(.+\): outra +\[31m troca/);
      expect(text.includes("\u001b") || text.includes("\u202e")).toBe(false);
    }
    const json = new Sink();
    await showMutes({ config: state.config, stdout: json, json: true });
    expect(json.text).not.toMatch(/\p{Cf}/u);
    expect(JSON.parse(json.text)).toMatchObject({ mutes: [{ device: "46003", deviceName: "INV 46003", reason: "outra \u001b[31m\u202e troca" }] });
  });
});

describe("where it cannot be done", () => {
  const request = { kind: "mute", plantId: "101", device: null, until: Date.now() + HOUR_MS, reason: "manutenção" } as const;

  it("a holder of the lock that does not answer: exit code 1, and the request is taken back", { timeout: TIMEOUT }, async () => {
    const { config } = await createState();
    const holder = fork(LOCK_HOLDER, [config.stateDir]);
    onTestFinished(() => { holder.kill("SIGKILL"); });
    expect(await once(holder, "message")).toEqual(["held", undefined]);
    expect(await askMonitor(config, request, "teste", 1_000)).toEqual({ exit: 1, text: expect.stringContaining("não respondeu em 1 s, e o pedido foi retirado") });
    expect(readdirSync(join(config.stateDir, REQUEST_FOLDER))).toEqual([]);
  });

  it("a holder that ends meanwhile: then it is done here", { timeout: TIMEOUT }, async () => {
    const { folder, config } = await createState();
    const holder = fork(LOCK_HOLDER, [config.stateDir]);
    onTestFinished(() => { holder.kill("SIGKILL"); });
    await once(holder, "message");
    const asking = askMonitor(config, request, "teste", 60_000);
    holder.kill("SIGKILL");
    expect(await asking).toMatchObject({ exit: 0 });
    expect(mutesIn(folder)).toMatchObject([{ plantId: "101" }]);
    expect(readdirSync(config.stateDir).includes(REQUEST_FOLDER) ? readdirSync(join(config.stateDir, REQUEST_FOLDER)) : []).toEqual([]);
  });

  it("a monitor that starts while a command holds the lock waits for it; where it is held for longer, the holder is named", { timeout: TIMEOUT }, async () => {
    const { config } = await createState();
    const holder = fork(LOCK_HOLDER, [config.stateDir]);
    onTestFinished(() => { holder.kill("SIGKILL"); });
    await once(holder, "message");
    expect(await takeLock(config.stateDir, 300)).toEqual({ ok: false, reason: "taken", pid: holder.pid });
    const taking = takeLock(config.stateDir, 60_000);
    holder.kill("SIGKILL");
    const taken = await taking;
    expect(taken.ok).toBe(true);
    if (taken.ok) taken.lock.release();
  });

  it("a folder that cannot be looked at: exit code 1 with a reason", async () => {
    const folder = createFolder();
    symlinkSync("loop", join(folder, "loop"));
    const { config } = await createState();
    expect(await askMonitor({ ...config, stateDir: join(folder, "loop", "state") }, request, "teste")).toEqual({ exit: 1, text: expect.stringContaining("(ELOOP)") });
  });

  // Only root can give a folder to somebody else.
  if (process.geteuid?.() === 0) {
    it("another user's folder: points to the way that is his", async () => {
      const { config } = await createState();
      chownSync(config.stateDir, 12_345, 12_345);
      const { exit, text } = await askMonitor(config, request, "teste");
      expect(exit).toBe(1);
      expect(text).toContain("de outro usuário (uid 12345)");
      expect(text).toContain("systemd-run");
      expect(text).not.toContain("sudo -u");
    });
  }

  it.each([["no state", null, /não existe/], ["a state that cannot be read", "{", /não é um estado/], ["the predecessor's", '{"rele_alertas_ativos":[]}', /ainda é do monitor anterior/]])(
    "%s: exit code 1, and the file stays as it is", async (_name, content, why) => {
      const folder = createFolder();
      const config = configOf({ STATE_DIR: folder, LOG_DIR: join(folder, "logs") });
      if (content !== null) writeFileSync(join(folder, "monitor_state.json"), content);
      const { code, err } = await mute({ folder, config }, {});
      expect(code).toBe(1);
      expect(err).toMatch(why);
      expect(readdirSync(folder)).toEqual(content === null ? [] : ["monitor_state.json"]);
    });
});
