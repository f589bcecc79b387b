// systemd's words, as a stand-in for systemd-notify receives them.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runtimeFacts } from "../../../src/adapters/system/runtime.ts";
import { createServiceNotifier, type ServiceNotifier } from "../../../src/adapters/system/service-notify.ts";

let folder = "";
let opened: ServiceNotifier | null = null;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "pvmonitor-notify-")); });
afterEach(() => {
  opened?.close();
  rmSync(folder, { recursive: true, force: true });
});

function told(): string[] {
  const path = join(folder, "told");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}
async function toldUntil(isEnough: (lines: readonly string[]) => boolean): Promise<string[]> {
  const watcher = watch(folder);
  try {
    while (!isEnough(told())) await once(watcher, "change");
  } finally {
    watcher.close();
  }
  return told();
}
function create(env: Readonly<Record<string, string>>): ServiceNotifier {
  const command = join(folder, "systemd-notify");
  writeFileSync(command, `#!/bin/sh\nprintf '%s|' "$NOTIFY_SOCKET" "$@" >> "${folder}/told"\necho >> "${folder}/told"\n`);
  chmodSync(command, 0o755);
  opened = createServiceNotifier({ env: { PATH: `${folder}:/usr/bin:/bin`, ...env }, onTrouble: () => undefined });
  return opened;
}

describe("systemd is told", () => {
  it("ready with a status of one line, fed, and stopping", async () => {
    const notifier = create({ NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "20000" });
    notifier.ready("191 usinas\nREADY=0");
    await toldUntil((lines) => lines.some((line) => line.includes("READY=1")) && lines.filter((line) => line.includes("WATCHDOG=1")).length >= 2);
    notifier.status("varrendo");
    notifier.stopping();
    const lines = await toldUntil((all) => all.some((line) => line.includes("STOPPING")) && all.some((line) => line.includes("varrendo")));
    expect(new Set(lines)).toEqual(new Set([
      "/run/x|READY=1|STATUS=191 usinas READY=0|", "/run/x|--no-block|WATCHDOG=1|", "/run/x|--no-block|STATUS=varrendo|", "/run/x|--no-block|STOPPING=1|",
    ]));
  });

  it("nothing where it does not listen", () => {
    const notifier = create({ WATCHDOG_USEC: "1000" });
    notifier.ready("x");
    notifier.status("x");
    notifier.stopping();
    expect(told()).toEqual([]);
  });

  it("and a systemd-notify that is not there is told, once", async () => {
    const trouble = new Promise<string>((resolve) => {
      const alone = createServiceNotifier({ env: { PATH: folder, NOTIFY_SOCKET: "/run/x" }, onTrouble: resolve });
      alone.ready("x");
      alone.close();
    });
    expect(await trouble).toContain("ENOENT");
  });
});

describe("runtime facts", () => {
  it("name this process", () => {
    const packageJson: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    expect(packageJson).toMatchObject({ version: runtimeFacts().version });
    expect(runtimeFacts()).toMatchObject({ pid: process.pid, host: expect.stringMatching(/./) });
  });
});
