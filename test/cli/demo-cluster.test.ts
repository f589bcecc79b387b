// The demo with three workers on a PostgreSQL: real processes, of which the one that conducts is killed at 12:40; and that none outlives the demo.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { runDemo } from "../../src/cli/demo.ts";
import { Sink } from "./sink.ts";

const LONGEST_MS = 240_000;
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

describe("the demo of a cluster", () => {
  it("tells the day though whoever conducts is killed, and says who took over", async () => {
    const stdout = new Sink();
    const stderr = new Sink();
    const code = await runDemo({ stdout, stderr, keep: false, cluster: true, seconds: 2, plants: 3, from: "12:15", to: "13:20" });
    expect(stderr.text).toBe("");
    const killed = /✖ SIGKILL: o trabalhador (\d+), que conduzia, está morto/.exec(stdout.text)?.[1];
    const next = /↻ O trabalhador (\d+) assumiu \d+ s depois, com 3 usinas/.exec(stdout.text)?.[1];
    expect(stdout.text).toContain(`▶ No ar: um PostgreSQL, 3 trabalhadores (o processo ${killed ?? "?"} conduz)`);
    expect(next).not.toBe(killed);
    expect(stdout.text).toContain("UFV Pedra Rachada: relé normalizado, FREQUÊNCIA");
    expect(stdout.text).toMatch(/Trabalhadores no mesmo PostgreSQL +3 │/);
    expect(stdout.text).toMatch(new RegExp(`PID ${killed ?? "?"}; o ${next ?? "?"} assumiu \\d+ s depois`));
    expect(stdout.text).toMatch(/Perdidos +nenhum │/);
    expect(stdout.text).toContain("✔ Nada perdido");
    expect(stdout.text).not.toMatch(/\u001b|\[SCAN\]|"type"/);
    expect(code).toBe(0);
  }, LONGEST_MS);

  it("leaves no process and no folder behind after Ctrl+C, which a terminal sends to the whole group", async () => {
    const { demo, folder } = startDemo();
    await says(demo, "▶ No ar");
    expect(processesOf(folder).length).toBeGreaterThan(3);
    process.kill(-(demo.pid ?? 0), "SIGINT");
    expect(await once(demo, "exit")).toEqual([130, null]);
    expect(processesOf(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  }, LONGEST_MS);

  it("takes workers and server with it where it is killed", async () => {
    const { demo, folder } = startDemo();
    await says(demo, "▶ No ar");
    demo.kill("SIGKILL");
    await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toEqual([]);
  }, LONGEST_MS);
});

/** In a folder of its own, by which its processes are known. */
function startDemo(): { readonly demo: ChildProcess; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-cluster-demo-"));
  chmodSync(folder, 0o755); // the server runs as another user
  const demo = spawn(process.execPath, [MAIN, "demo", "--cluster"], { detached: true, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TMPDIR: folder } });
  onTestFinished(() => {
    demo.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  return { demo, folder };
}

/** Reads on afterwards: a demo that nobody listens to ends by itself. */
function says(demo: ChildProcess, sought: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let said = "";
  demo.stdout?.on("data", (text: Buffer) => {
    said += text.toString();
    if (said.includes(sought)) resolve(undefined);
  });
  demo.once("exit", () => { reject(new Error(`it ended without "${sought}":\n${said}`)); });
  return promise;
}

/** Those that name this folder in their command or their environment. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => ["cmdline", "environ"].some((file) => textOf(`/proc/${pid}/${file}`).includes(folder)));
}

/** Empty where the process is gone by now. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
