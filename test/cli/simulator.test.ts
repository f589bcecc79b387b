// `simulator`: a client finds what the command says is there.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { composeCards } from "../../src/adapters/teams/compose.ts";
import { SAMPLES } from "../../src/adapters/teams/samples.ts";
import { runSimulator, type SimulatorCommandOptions } from "../../src/cli/simulator.ts";
import { localDate } from "../../src/domain/local-time.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { Sink } from "./sink.ts";

function begin(more: Partial<SimulatorCommandOptions> = {}): { stdout: Sink; stop: AbortController; code: Promise<number> } {
  const stdout = new Sink();
  const stop = new AbortController();
  return { stdout, stop, code: runSimulator({ stdout, host: "127.0.0.1", port: 0, stop: stop.signal, ...more }) };
}

async function post(url: string, body: unknown, token = ""): Promise<unknown> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "x-access-token": token } });
  const text = await answer.text();
  return text === "" ? answer.status : JSON.parse(text);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

describe("simulator", () => {
  it("prints an .env with which a client gets today's readings, and shows the cards that it takes", async () => {
    const { stdout, stop, code } = begin();
    const [, envFile = ""] = await stdout.seen(/aponta um monitor para cá:\n\n([^]*\n)\n/);
    const settings = parseEnv(envFile);
    expect(readConfig({ env: {}, envFile, yaml: null, readFile: () => "" }).ok).toBe(true);
    const base = settings["PVOP_BASE_URL"] ?? "";
    const login = await post(`${base}/authenticate`, { username: settings["PVOP_EMAIL"], password: settings["PVOP_PASSWORD"] });
    const token = typeof login === "object" && login !== null && "token" in login ? String(login.token) : "";
    const plants = listOf(await (await fetch(`${base}/plants`, { headers: { "x-access-token": token } })).json());
    expect(plants).toHaveLength(24);
    const [plant] = plants;
    const id = typeof plant === "object" && plant !== null && "id" in plant ? plant.id : null;
    const date = localDate(Date.now(), "America/Sao_Paulo");
    const records = await post(`${base}/day_relay`, { id, date }, token);
    expect(JSON.stringify(listOf(records)[0])).toContain(`"tsleitura":"${date} 00:0`);

    const [card] = composeCards(SAMPLES["relay-failure"], "adaptivecard", false);
    await post(settings["TEAMS_WEBHOOK_URL"] ?? "", JSON.parse(card.body));
    await stdout.seen(/│ 🔴 UFV Barra Norte: relé atuou, SOBRETENSÃO +│/);
    stop.abort();
    expect(await code).toBe(0);
    await expect(fetch(`${base}/plants`)).rejects.toThrow();
  });

  it("serves a scenario file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pvmonitor-simulator-"));
    const scenarioFile = join(folder, "dia.json");
    writeFileSync(scenarioFile, JSON.stringify({ start: "2025-12-01T05:00:00", end: "2025-12-01T06:00:00", plants: [{ id: 7, nome: "UFV Sete" }] }));
    const { stdout, stop, code } = begin({ scenarioFile });
    const [, base = ""] = await stdout.seen(/API +(http\S+)/);
    expect(stdout.text).toContain("de 2025-12-01T05:00:00 a 2025-12-01T06:00:00");
    expect(await post(`${base}/authenticate`, { username: "a", password: "b" })).toMatchObject({ token: expect.any(String) });
    stop.abort();
    expect(await code).toBe(0);
    writeFileSync(scenarioFile, '{"start":"ontem"}');
    const wrong = begin({ scenarioFile });
    expect(await wrong.code).toBe(2);
    expect(wrong.stdout.text).toMatch(/^pvmonitor simulator: .*start.*\n$/);
    rmSync(folder, { recursive: true });
  });

  it("says what to do where it cannot begin", async () => {
    const first = begin();
    const [, port = ""] = await first.stdout.seen(/http:\/\/127\.0\.0\.1:(\d+)/);
    const second = begin({ port: Number(port) });
    expect(await second.code).toBe(1);
    expect(second.stdout.text).toBe(`pvmonitor simulator: a porta ${port} está ocupada; use outra com --port (0: uma livre)\n`);
    const open = begin({ host: "0.0.0.0" });
    expect(await open.code).toBe(2);
    expect(open.stdout.text).toContain("só atende em 127.0.0.1");
    first.stop.abort();
    expect(await first.code).toBe(0);
  });
});
