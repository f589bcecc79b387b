import { describe, expect, it } from "vitest";
import { createMemoryDisk } from "../../src/simulator/memory-disk.ts";

describe("the disk in memory", () => {
  it("gives back what was written, and null for what is not there", async () => {
    const disk = createMemoryDisk();
    await disk.writeDurably("a.tmp", "olá");
    await disk.rename("a.tmp", "a");
    expect(new TextDecoder().decode((await disk.read("a")) ?? undefined)).toBe("olá");
    expect(await disk.read("a.tmp")).toBeNull();
    expect(disk.names()).toEqual(["a"]);
  });

  it("loses with the power what no sync of the folder made last", async () => {
    const disk = createMemoryDisk();
    disk.put("state", "old");
    await disk.writeDurably("state.tmp", "new");
    await disk.rename("state.tmp", "state");
    expect(disk.text("state")).toBe("new");
    disk.losePower();
    expect(disk.text("state")).toBe("old");
    await disk.writeDurably("state.tmp", "new");
    await disk.rename("state.tmp", "state");
    await disk.syncFolder();
    disk.losePower();
    expect(disk.text("state")).toBe("new");
  });

  it.each(["ENOSPC", "EROFS", "EACCES"] as const)("fails with %s while it is told to, and leaves other files alone", async (code) => {
    const disk = createMemoryDisk();
    disk.put("state", "old");
    disk.failWrites(code);
    await expect(disk.writeDurably("state.tmp", "new content")).rejects.toMatchObject({ code });
    expect(disk.text("state")).toBe("old");
    expect(disk.text("state.tmp")).toBe(code === "ENOSPC" ? "new c" : null);
    disk.failWrites(null);
    await disk.writeDurably("state.tmp", "new");
    expect(disk.text("state.tmp")).toBe("new");
  });

  it("cannot rename what is not there", async () => {
    await expect(createMemoryDisk().rename("a", "b")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
