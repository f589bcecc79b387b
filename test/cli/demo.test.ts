// Parts of the demo's day, with real processes: the monitor, its SIGKILL at 12:40, and the simulation that it is checked against.
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { runDemo } from "../../src/cli/demo.ts";
import { Sink } from "./sink.ts";

const LONGEST_MS = 90_000;
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("pvmonitor-demo-"));

describe("the demo", () => {
  it("tells the day through an outage and a kill, and proves that nothing was lost", async () => {
    const stdout = new Sink();
    const stderr = new Sink();
    const before = folders();
    const code = await runDemo({ stdout, stderr, keep: false, seconds: 2, plants: 3, from: "10:50", to: "13:20" });
    expect(stderr.text).toBe("");
    expect(stdout.text).toContain("UFV Vale do Umbu: relé atuou e normalizou, SUBTENSÃO");
    expect(stdout.text).toContain("PVOperation voltou a responder");
    expect(stdout.text).toMatch(/12:40 {2}✖ SIGKILL: o processo \d+ está morto\.\n12:4\d {2}↻ O processo \d+ está no ar, com 3 usinas/);
    expect(stdout.text).toContain("UFV Pedra Rachada: relé normalizado, FREQUÊNCIA");
    expect(stdout.text).toMatch(/Eventos do dia, pelo mesmo cenário sem falhas +6 │\n│ Eventos contados em cartões aceitos +6 │\n│ Perdidos +nenhum │/);
    expect(stdout.text).toContain("✔ Nada perdido");
    expect(stdout.text).not.toMatch(/\u001b|\[SCAN\]|"type"/);
    expect(stdout.text.split("\n").every((line) => line.length <= 100)).toBe(true);
    expect(code).toBe(0);
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  }, LONGEST_MS);

  it("says what was lost, with code 1", async () => {
    const stdout = new Sink();
    // Teams is down until 15:15: by the end of this day nobody has heard of anything.
    const code = await runDemo({ stdout, stderr: new Sink(), keep: false, seconds: 1, plants: 3, from: "13:36", to: "13:52" });
    expect(stdout.text).toMatch(/Perdidos +7 │\n│ {3}UFV Lajedo Alto: relé atuou, 1900 \(SOBRETENSÃO\) +│\n/);
    expect(stdout.text).not.toContain("✔");
    expect(code).toBe(1);
  }, LONGEST_MS);

  it("stays up when it is asked to, and leaves nothing behind when it is stopped", async () => {
    const stdout = new Sink();
    const stop = new AbortController();
    const running = runDemo({ stdout, stderr: new Sink(), keep: true, seconds: 1, plants: 1, from: "06:00", to: "06:05", stop: stop.signal });
    const [, address = "", folder = ""] = await stdout.seen(/API +(http\S+)[^]*Estado +(\S+)[^]*Logs/);
    expect(stdout.text).toContain("✔ Nada perdido");
    expect((await fetch(`${address}/plants`)).status).toBe(401);
    expect(existsSync(`${folder}/monitor_state.json`)).toBe(true);
    stop.abort();
    expect(await running).toBe(0);
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(`${address}/plants`)).rejects.toThrow();
  }, LONGEST_MS);

  it("ends at once when it is stopped midway", async () => {
    const stdout = new Sink();
    const stderr = new Sink();
    const stop = new AbortController();
    const running = runDemo({ stdout, stderr, keep: false, seconds: 60, plants: 1, stop: stop.signal });
    await stdout.seen(/▶ No ar/);
    stop.abort();
    expect(await running).toBe(130);
    expect(stderr.text).toBe("Demonstração interrompida.\n");
  }, LONGEST_MS);
});
