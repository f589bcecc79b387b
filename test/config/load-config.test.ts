import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";

let folder = "";
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "pvmonitor-config-")); });
afterEach(() => { rmSync(folder, { recursive: true }); });

it("reads .env and pvmonitor.yaml of the folder, the environment first", () => {
  writeFileSync(join(folder, ".env"), "PVOP_EMAIL=do@arquivo.invalid\nPVOP_PASSWORD=senha-do-arquivo\nTEAMS_ENABLED=False\n");
  writeFileSync(join(folder, "pvmonitor.yaml"), "PVOP_CONCURRENCY: 2\nTEAMS_ENABLED: true\n");
  expect(loadConfig(folder, { PVOP_EMAIL: "do@ambiente.invalid" }))
    .toMatchObject({ ok: true, config: { pvop: { email: "do@ambiente.invalid", password: "senha-do-arquivo", concurrency: 2 }, teams: { enabled: false } } });
});

it("goes without them", () => {
  expect(loadConfig(folder, { PVOP_EMAIL: "a@b.invalid", PVOP_PASSWORD: "senha-boa", TEAMS_ENABLED: "0" }).ok).toBe(true);
});

it("tells of one that cannot be read, beside all other faults", () => {
  mkdirSync(join(folder, ".env"));
  const result = loadConfig(folder, { RELAY_INTERVAL: "x" });
  expect(result.ok ? [] : result.faults.map(({ name }) => name)).toEqual([".env", "TEAMS_WEBHOOK_URL", "PVOP_EMAIL", "PVOP_PASSWORD", "RELAY_INTERVAL"]);
});
