// What is deployed: units that systemd accepts, and an image without secrets.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./planted-project.ts";

const UNITS = ["pvmonitor.service", "pvmonitor-no-lugar.service"] as const;
const read = (path: string): string => readFileSync(join(root, path), "utf8");
/** With them the memory that is promised was measured. */
const [memoryFlags = [], ...others] = ["start", "demo", "pvmonitor"].map((script) => new RegExp(`"${script}": "node ([^"]*?) bin`).exec(read("package.json"))?.[1]?.split(" ") ?? []);
/** 250 is the first that looks at a unit without a running systemd. */
const hasSystemd = Number(/^systemd (\d+)/.exec(spawnSync("systemd-analyze", ["--version"], { encoding: "utf8" }).stdout)?.[1]) >= 250;

/** systemd looks for the program: the unit as it is, with one that is here. */
function inFolder<T>(unit: string, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-unit-"));
  const path = join(folder, unit);
  try {
    writeFileSync(path, read(`deploy/systemd/${unit}`).replace(/^ExecStart=.*$/m, "ExecStart=/bin/true"));
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(UNITS)("%s", (unit) => {
  const text = read(`deploy/systemd/${unit}`);
  it.each([
    "Type=notify", "NotifyAccess=all", "WatchdogSec=120", "Restart=always", "RestartPreventExitStatus=2", "ProtectSystem=strict", "NoNewPrivileges=yes",
    "Wants=network-online.target",
  ])("says %s", (line) => {
    expect(text.split("\n")).toContain(line);
  });

  it("leaves V8 its just-in-time compiler, and the monitor its 15 s to stop", () => {
    expect(text).toContain("\nMemoryDenyWriteExecute=no\n");
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(15);
  });

  it("starts a program that there is, with the runtime that the project brings", () => {
    const words = /^ExecStart=(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
    const [runtime = "", program = "", command] = words.filter((word) => !word.startsWith("--"));
    // Why not --disallow-code-generation-from-strings: docs/seguranca.md.
    expect(words.filter((word) => word.startsWith("--"))).toEqual([...memoryFlags, "--disable-proto=throw"]);
    expect(text).toMatch(/^Environment=.*\bMALLOC_ARENA_MAX=1$/m);
    expect([runtime, program].map((path) => existsSync(path.replace("/opt/pvmonitor", root)))).toEqual([true, true]);
    expect(command).toBe("run");
  });

  it("names no secret", () => {
    expect(text).not.toMatch(/^Environment=.*(?:PASSWORD|WEBHOOK)/m);
  });

  // Where systemd is not installed there is nobody to ask.
  if (hasSystemd) {
    it("is accepted by systemd-analyze verify, and exposes little", () => {
      inFolder(unit, (path) => {
        const verified = spawnSync("systemd-analyze", ["verify", path], { encoding: "utf8" });
        // It also speaks of other units of the machine.
        expect([verified.status, verified.stderr.split("\n").filter((line) => line.includes(unit))]).toEqual([0, []]);
        const secured = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=20", path], { encoding: "utf8" });
        expect(secured.status, secured.stdout.slice(-300)).toBe(0);
      });
    });
  }
});

describe("the fresh machine's unit", () => {
  it("has a user of its own, its folders, and secrets as credentials", () => {
    const lines = read("deploy/systemd/pvmonitor.service").split("\n");
    expect(lines).toEqual(expect.arrayContaining(["DynamicUser=yes", "StateDirectory=pvmonitor", "LogsDirectory=pvmonitor"]));
    expect(lines.filter((line) => line.startsWith("LoadCredential="))).toHaveLength(2);
  });
});

describe("memory", () => {
  it("is bounded the same way however it is started", () => {
    expect(memoryFlags).toHaveLength(5);
    expect(others).toEqual([memoryFlags, memoryFlags]);
    const listed = memoryFlags.map((flag) => `"${flag}"`).join(", ");
    const [shebang] = read("bin/pvmonitor.js").split("\n");
    expect(shebang).toBe(`#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node ${memoryFlags.join(" ")}`);
    expect(read("bin/pvmonitor.js")).toContain(`[${listed}]`);
    expect(read("Dockerfile")).toContain(`"/app/node_modules/node/bin/node", ${listed}, "/app/src/main.ts"`);
    expect(read("Dockerfile")).toMatch(/^ENV .*\bMALLOC_ARENA_MAX=1$/m);
  });
});

describe("the unit in the predecessor's place", () => {
  it("keeps folder, state and logs where they are", () => {
    const lines = read("deploy/systemd/pvmonitor-no-lugar.service").split("\n");
    expect(lines).toEqual(expect.arrayContaining(["WorkingDirectory=/opt/pvmonitor", "ReadWritePaths=/opt/pvmonitor/state /opt/pvmonitor/logs"]));
    expect(lines.some((line) => line.startsWith("EnvironmentFile="))).toBe(true);
  });
});

describe("the image", () => {
  it("takes in nothing but what is listed", () => {
    const lines = read(".dockerignore").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual(["*", "!package.json", "!package-lock.json", "!LICENSE", "!src", "!web"]);
  });

  it("has the page, built, and no package that only building needs", () => {
    const text = read("Dockerfile");
    expect(text).toMatch(/npm run build\b[^&]*&& npm prune --omit=dev/);
    expect(text).toMatch(/^COPY --from=dependencies \/app\/dist \/app\/dist$/m);
  });

  it("copies only that, and does not run as root", () => {
    const text = read("Dockerfile");
    const copied = [...text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) => names?.split(" ") ?? []);
    expect(new Set(copied)).toEqual(new Set(["package.json", "package-lock.json", "LICENSE", "src", "src/api", "web"]));
    expect(text).toMatch(/^USER 10001:10001$/m);
  });
});
