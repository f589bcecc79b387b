// `status` on real files: it tells what they hold, and changes nothing about them or their lock.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileStore } from "../../src/adapters/file-store/file-store.ts";
import { createNodeDisk } from "../../src/adapters/system/node-disk.ts";
import { showStatus } from "../../src/cli/status.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/local-time.ts";
import { emptyState, owe, withMonitor, withPlant, type MonitorState } from "../../src/domain/monitor-state.ts";
import { newPlant, type PlantState } from "../../src/domain/plant.ts";
import { sampleNotice } from "./sample-notice.ts";
import { configOf } from "./settings-of.ts";
import { Sink } from "./sink.ts";

const NOW = Date.now();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-status-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function status(json = false): Promise<{ readonly code: number; readonly text: string }> {
  const stdout = new Sink();
  const code = await showStatus({ accounts: [configOf({ STATE_DIR: folder, GENERATION_WINDOW: "00:00-23:59:59" })], stdout, json });
  return { code, text: stdout.text };
}

async function save(state: MonitorState): Promise<void> {
  await createFileStore({ disk: createNodeDisk(folder), zone: "America/Sao_Paulo" }).save(state);
}

/** A plant with a tripped relay and a stopped inverter, both since an hour ago. */
function troubledPlant(): PlantState {
  const plant = newPlant({ id: "101", name: "UFV Barra Norte", capacityKwp: 1250 });
  const [first, last] = [NOW - HOUR_MS, NOW - 5 * MINUTE_MS];
  return {
    ...plant,
    relay: { ...plant.relay, devices: new Map([["1931", {
      mark: last, recentFailures: [], alerts: new Map([["SOBRETENSÃO", { incidentId: "7F3K2M", type: "SOBRETENSÃO", parameters: ["r59N", "r86"], first, last }]]),
    }]]) },
    inverter: { ...plant.inverter, unwatchedSince: first, devices: new Map([["46003", {
      mark: last, lastInWindow: last, intervalsS: [], run: null, failure: { incidentId: "B7KD20", first, last }, recentFailures: [],
    }]]) },
  };
}

function troubledState(): MonitorState {
  const notices = [sampleNotice("relay-failure"), sampleNotice("inverters-some"), sampleNotice("api-lost")];
  const state = owe(withPlant(emptyState, troubledPlant()), notices, NOW - 20 * MINUTE_MS);
  const monitor = {
    lastCycle: { relay: NOW - 4 * MINUTE_MS, inverter: null }, oldNews: { relay: 1234, inverter: 7 },
    teams: { since: NOW - 20 * MINUTE_MS, reason: "HTTP 503", goneStatus: null },
  };
  return withMonitor(state, monitor);
}

describe("status", () => {
  it("shows what is failing, what waits and why, and what is not seen", async () => {
    const state = troubledState();
    const [first, ...others] = state.outbox;
    if (first === undefined) throw new Error("nothing waits");
    await save({ ...state, outbox: [{ ...first, refusedUntil: NOW + 30 * MINUTE_MS }, ...others] });
    const { code, text } = await status();
    expect(code).toBe(0);
    expect(text).toMatch(/^Monitor: parado: ninguém segura a trava\nEstado: \S+monitor_state\.json, gravado há menos de 1 min\n/);
    expect(text).toMatch(/relés {7}\S.*, há 4 min · 1 usina\n {2}inversores {2}ainda nenhuma · 1 usina · ⚠ atrasada/);
    expect(text).toMatch(/⚠ Teams sem aceitar cartões desde \S+.* \(há 20 min\): HTTP 503/);
    expect(text).toMatch(/Em falha: 1 alerta de relé, 1 inversor parado\n {2}🔴 UFV Barra Norte: relé 1931 atuado, SOBRETENSÃO \(r59N, r86\), desde .*\(há 1 h\) · incidente 7F3K2M\n {2}🔴 UFV Barra Norte: inversor 46003 parado, desde .*incidente B7KD20/);
    expect(text).toMatch(/Fila de envio: 3 notificações\n {2}🔴 UFV Barra Norte: relé atuou, SOBRETENSÃO\n {6}desde .* · o Teams recusou este cartão; nova tentativa /);
    expect(text).toContain("Monitor: PVOperation não responde");
    expect(text).toMatch(/Inversores sem vigilância, por relé atuado\n {2}UFV Barra Norte, desde/);
    expect(text).toContain("1.234 de relés, 7 de inversores");
  });

  it("gives machines the same as JSON, with times that can be read anywhere", async () => {
    await save(troubledState());
    const { code, text } = await status(true);
    expect(code).toBe(0);
    const json: unknown = JSON.parse(text);
    const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?-03:00$/);
    expect(json).toMatchObject({
      lock: { state: "free", pid: null }, isPredecessor: false, savedAt: time, at: time, plants: 1,
      lastCycle: { relay: time, inverter: null }, isLate: { relay: false, inverter: true },
      relayAlerts: [{ plant: { id: "101", name: "UFV Barra Norte" }, device: "1931", type: "SOBRETENSÃO", parameters: ["r59N", "r86"], incident: "7F3K2M", since: time, last: time }],
      failedInverters: [{ device: "46003", incident: "B7KD20" }],
      unwatched: [{ plant: { id: "101" }, since: time }],
      outbox: [
        { plant: { id: "101" }, reason: "next", title: "🔴 UFV Barra Norte: relé atuou, SOBRETENSÃO", events: 1, since: time, nextTry: null },
        { plant: { id: "101" }, reason: "behind" }, { plant: null, reason: "next" },
      ],
      teams: { since: time, reason: "HTTP 503" }, oldNews: { relay: 1234, inverter: 7 },
    });
    expect(text).not.toContain("notice");
  });

  it("is calm where all is well", async () => {
    await save(withMonitor(emptyState, { lastCycle: { relay: NOW, inverter: NOW } }));
    const { code, text } = await status();
    expect(code).toBe(0);
    expect(text).toMatch(/Em falha: nada\n\nFila de envio: vazia\n$/);
    expect(text).not.toContain("⚠");
  });

  it("says who holds the lock, and leaves it and the folder as they were", async () => {
    await save(emptyState);
    const holder = fork(fileURLToPath(new URL("./lock-holder.process.ts", import.meta.url)), [folder]);
    expect((await once(holder, "message"))[0]).toBe("held");
    const looks = (): unknown => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs, statSync(join(folder, name)).size]);
    const before = looks();
    const { code, text } = await status();
    expect(looks()).toEqual(before);
    expect(code).toBe(0);
    // Only Linux lists its locks.
    if (process.platform === "linux") expect(text).toMatch(new RegExp(`^Monitor: no ar \\(PID ${String(holder.pid)}\\)\n`));
    const ended = once(holder, "exit");
    holder.disconnect();
    await ended;
    expect((await status()).text).toMatch(process.platform === "linux" ? /^Monitor: parado/ : /^Monitor: não dá/);
  });

  it("takes the predecessor's file for what it is, and does not touch it", async () => {
    writeFileSync(join(folder, "monitor_state.json"), JSON.stringify({
      ultima_varredura_rele: null, rele_alertas_ativos: ["101:7:SOBRETENSÃO"], rele_notificados: ["101:7:SOBRETENSÃO"], estado_inversores: {}, pending_notifications: {},
    }));
    const { code, text } = await status();
    expect(code).toBe(0);
    expect(text).toContain("é do monitor anterior, e será assumido no próximo início");
    expect(text).toContain("relé 7 atuado, SOBRETENSÃO");
    expect(readdirSync(folder)).toEqual(["monitor_state.json"]);
  });

  it.each([
    ["", "arquivo vazio"], ['{"schema_version":2,', "não é JSON"], ['{"schema_version":99}', "versão mais nova"], ['{"nome":"outro"}', "não"], ["[1,2]", "não"],
  ])("says in one line what is wrong with a file like %j", async (content, reason) => {
    writeFileSync(join(folder, "monitor_state.json"), content);
    const { code, text } = await status();
    expect(code).toBe(1);
    expect(text).toMatch(/^pvmonitor status: .*monitor_state\.json não é um estado.*\n$/);
    expect(text).toContain(reason);
    expect(readdirSync(folder)).toEqual(["monitor_state.json"]);
    expect(JSON.parse((await status(true)).text)).toMatchObject({ error: expect.stringContaining(reason) });
  });

  it("says in one line that there is nothing to read", async () => {
    expect(await status()).toMatchObject({ code: 1, text: expect.stringMatching(/^pvmonitor status: .* não existe: .*STATE_DIR.*\n$/) });
    mkdirSync(join(folder, "monitor_state.json"));
    expect(await status()).toMatchObject({ code: 1, text: expect.stringMatching(/^pvmonitor status: .* não pôde ser lido \(EISDIR\).*\n$/) });
  });
});
