import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createNodeDisk } from "../../../src/adapters/system/node-disk.ts";

let root = "";
let folder = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pvmonitor-disk-"));
  folder = join(root, "state");
});
afterEach(() => { rmSync(root, { recursive: true, force: true }); });

describe("the disk of the state", () => {
  it("knows no file where there is none, not even a folder", async () => {
    expect(await createNodeDisk(folder).read("monitor_state.json")).toBeNull();
  });

  it("makes folder and file for the owner alone, and reads back what was written", async () => {
    const disk = createNodeDisk(folder);
    await disk.writeDurably("a.tmp", "ção🔴");
    await disk.rename("a.tmp", "a");
    await disk.syncFolder();
    expect(new TextDecoder().decode((await disk.read("a")) ?? undefined)).toBe("ção🔴");
    expect(await disk.read("a.tmp")).toBeNull();
    expect([statSync(folder).mode & 0o777, statSync(join(folder, "a")).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it("leaves nothing of what a file held before", async () => {
    const disk = createNodeDisk(folder);
    await disk.writeDurably("a", "comprido");
    await disk.writeDurably("a", "é");
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("é");
  });

  it("comes back after its folder was removed", async () => {
    const disk = createNodeDisk(folder);
    await disk.writeDurably("a", "1");
    rmSync(folder, { recursive: true });
    await disk.writeDurably("a", "2");
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("2");
  });

  it("rejects with the system's code", async () => {
    writeFileSync(folder, "");
    await expect(createNodeDisk(folder).writeDurably("a", "")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(createNodeDisk(folder).syncFolder().then(() => createNodeDisk(folder).read("a"))).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(createNodeDisk(root).rename("falta", "a")).rejects.toMatchObject({ code: "ENOENT" });
    mkdirSync(join(root, "pasta"));
    await expect(createNodeDisk(root).read("pasta")).rejects.toMatchObject({ code: "EISDIR" });
    await expect(createNodeDisk("/dev").writeDurably("full", "x")).rejects.toMatchObject({ code: "ENOSPC" });
  });
});
