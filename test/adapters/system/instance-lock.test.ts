// One instance, between real processes: Node and, where there is one, Python with fcntl.lockf.
import { spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLock, type InstanceLock } from "../../../src/adapters/system/instance-lock.ts";

type Child = ChildProcessByStdio<Writable, Readable, null>;
const holder = fileURLToPath(new URL("lock-holder.process.ts", import.meta.url));
const PYTHON = `
import fcntl, sys
f = open(sys.argv[1], "a+")
try:
    fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("taken", flush=True)
except OSError:
    print("refused", flush=True)
sys.stdin.read()
`;

let folder = "";
let path = "";
let children: Child[] = [];
let locks: InstanceLock[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-lock-"));
  path = join(folder, ".monitor_lock");
});
afterEach(async () => {
  for (const lock of locks) lock.release();
  await Promise.all(children.map((child) => end(child)));
  [children, locks] = [[], []];
  rmSync(folder, { recursive: true, force: true });
});

async function start(command: string, ...args: string[]): Promise<{ child: Child; said: string }> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const [chunk]: unknown[] = await once(child.stdout, "data");
  return { child, said: String(chunk).trim() };
}
async function startHolder(): Promise<{ child: Child; said: unknown }> {
  const { child, said } = await start(process.execPath, holder, folder);
  return { child, said: JSON.parse(said) };
}
async function end(child: Child, signal: "SIGKILL" | null = null): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (signal === null) child.stdin.end();
  else child.kill(signal);
  await once(child, "exit");
}
function take(): InstanceLock {
  const result = acquireLock(folder);
  if (!result.ok) throw new Error(JSON.stringify(result));
  locks.push(result.lock);
  return result.lock;
}

describe("the lock", () => {
  it("holds one instance, names its PID, and is freed with the file left in place", async () => {
    const lock = take();
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
    expect((await startHolder()).said).toEqual({ ok: false, reason: "taken", pid: process.pid });
    lock.release();
    lock.release();
    expect([lock.stillHeld(), statSync(path).isFile()]).toEqual([false, true]);
    expect((await startHolder()).said).toEqual({ ok: true });
  });

  it("is freed by the kernel when its holder is killed, and a longer PID leaves nothing behind", async () => {
    const { child } = await startHolder();
    const before = statSync(path);
    expect(acquireLock(folder)).toEqual({ ok: false, reason: "taken", pid: child.pid });
    expect([statSync(path).mtimeMs, readFileSync(path, "utf8")]).toEqual([before.mtimeMs, `${String(child.pid)}\n`]);
    await end(child, "SIGKILL");
    writeFileSync(path, "99999999999999 de outro tempo");
    take();
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  });

  it("excludes itself within one process too", () => {
    take();
    expect(acquireLock(folder)).toMatchObject({ ok: false, reason: "taken" });
  });

  it("says so where the file holds no PID", async () => {
    const { child } = await startHolder();
    writeFileSync(path, "nada");
    expect(acquireLock(folder)).toEqual({ ok: false, reason: "taken", pid: null });
    await end(child);
  });

  it("notices that its file was deleted or replaced", () => {
    const deleted = take();
    expect(deleted.stillHeld()).toBe(true);
    rmSync(path);
    expect(deleted.stillHeld()).toBe(false);
    const replaced = take();
    expect(replaced.stillHeld()).toBe(true);
    writeFileSync(`${path}.novo`, "");
    renameSync(`${path}.novo`, path);
    expect(replaced.stillHeld()).toBe(false);
  });

  it("tells what the system said where it cannot be taken", () => {
    writeFileSync(join(folder, "arquivo"), "");
    expect(acquireLock(join(folder, "arquivo"))).toEqual({ ok: false, reason: "error", path: join(folder, "arquivo", ".monitor_lock"), code: "EEXIST" });
  });

  it("and its folder are for the owner alone", () => {
    chmodSync(folder, 0o755);
    folder = join(folder, "novo");
    take();
    expect([statSync(folder).mode & 0o777, statSync(join(folder, ".monitor_lock")).mode & 0o777]).toEqual([0o700, 0o600]);
  });
});

// On a machine without Python there is no Python monitor to be excluded.
if (spawnSync("python3", ["-c", "import fcntl"]).status === 0) {
  describe("the lock and Python's fcntl.lockf", () => {
    it("exclude each other, whoever came first", async () => {
      const python = await start("python3", "-c", PYTHON, path);
      expect(python.said).toBe("taken");
      expect(acquireLock(folder)).toEqual({ ok: false, reason: "taken", pid: null });
      await end(python.child);
      take();
      expect((await start("python3", "-c", PYTHON, path)).said).toBe("refused");
    });
  });
}
