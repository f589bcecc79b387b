// The recorded changes of real commits on a real file system, with the power gone after any of them.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { losePower, recordCommits } from "../../proof/crash/cases.ts";
import { BEGINNINGS, CARELESS, STATES } from "../../proof/crash/commits.ts";

describe("a power failure", () => {
  it.each(["nothing", "predecessor", "broken"] as const)("beginning with %s, finds the last safe state or the next one, whole, whatever was not synced", async (beginning) => {
    expect(Object.keys(BEGINNINGS)).toContain(beginning);
    const { faults, prefixes, disks } = await losePower(beginning);
    expect(faults).toEqual([]);
    expect(prefixes).toBeGreaterThan(9 * STATES.length);
    expect(disks).toBeGreaterThan(prefixes);
  });

  it.each(CARELESS)("would be seen to break a disk that is careless: %s", async (careless) => {
    expect((await losePower("nothing", careless)).faults).not.toEqual([]);
  });

  // Where there is no strace, what Node was asked to do is all that is known.
  if (spawnSync("strace", ["-V"]).status === 0) {
    it("is replayed on what the system was really asked for", async () => {
      const { steps, trace, folder } = await recordCommits("nothing", "careful", true);
      const asked = steps.flatMap((step) => (["mkdir", "close", "close-folder", "acknowledged"].includes(step.op) ? [] : [step.op]));
      expect(systemCalls(trace, folder)).toEqual(asked);
    });
  }
});

/** The recorder's words for the lines of strace that change something in the folder. */
function systemCalls(trace: string, folder: string): string[] {
  return trace.split("\n").flatMap((line) => {
    const [, call = ""] = /^\d+ +([a-z0-9_]+)\(/.exec(line) ?? [];
    if (!line.includes(folder) || (call === "openat" && !line.includes("O_CREAT") && !line.includes(`"${folder}"`))) return [];
    const ofFolder = line.includes(`<${folder}>`) || line.includes(`"${folder}"`);
    const word = { openat: "open", write: "write", fsync: "fsync", rename: "rename" }[call] ?? call;
    return [ofFolder ? `${word}-folder` : word];
  });
}
