// Days of virtual time with faults, in small: `npm run soak` runs it with 1,000 plants.
import { describe, expect, it } from "vitest";
import { dayLine, growths, type DayEnd } from "../../proof/soak/limits.ts";
import { soak } from "../../proof/soak/run.ts";

describe("after three days with faults", () => {
  it("memory, files and waits are back where they were after the first, and all is delivered", { timeout: 120_000 }, async () => {
    const ends = await soak({ plants: 40, days: 3, intervalS: 1_800, leak: "none" });
    expect(growths(ends), ends.map(dayLine).join("\n")).toEqual([]);
    expect(ends.map(({ plants }) => plants)).toEqual([40, 40, 40]);
    // Each day has something to tell.
    expect(ends.every(({ cards }, i) => cards > (ends[i - 1]?.cards ?? 0) + 10), ends.map(dayLine).join("\n")).toBe(true);
  });

  it.each([["memory", /MB a mais/], ["sleepers", /esperas/], ["handles", /arquivos abertos/]] as const)("a leak would be seen: %s", { timeout: 60_000 }, async (leak, found) => {
    expect(growths(await soak({ plants: 20, days: 2, intervalS: 1_800, leak })).join("\n")).toMatch(found);
  });
});

describe("the limits", () => {
  const end = (more: Partial<DayEnd>): DayEnd =>
    ({ day: 1, heapBytes: 40e6, sleepers: 4, resources: [], handles: 25, owed: 0, plants: 1, stateBytes: 1, cards: 0, calls: 0, seconds: 0, ...more });

  it("are 5 % and 5 MB of the first day, whichever is less", () => {
    expect(growths([end({}), end({ heapBytes: 41.9e6 })])).toEqual([]);
    expect(growths([end({}), end({ heapBytes: 42.1e6 })])).toEqual([expect.stringContaining("2.10 MB a mais")]);
    expect(growths([end({ heapBytes: 200e6 }), end({ heapBytes: 205.1e6 })])).toEqual([expect.stringContaining("5.10 MB a mais")]);
  });

  it("are the same number of waits, files and resources, and nothing owed", () => {
    expect(growths([end({}), end({ sleepers: 5 })])).toHaveLength(1);
    expect(growths([end({}), end({ handles: 24 })])).toHaveLength(1);
    expect(growths([end({}), end({ resources: ["Timeout"] })])).toHaveLength(1);
    expect(growths([end({}), end({ owed: 1 })])).toHaveLength(1);
    expect(growths([])).toHaveLength(1);
  });
});
