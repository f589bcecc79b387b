// Scans that others do: what their calls say of how many may be under way at once.
import { expect, it } from "vitest";
import { createDispatcher } from "../../src/app/dispatch-scans.ts";
import { emptyState } from "../../src/domain/monitor-state.ts";
import type { SharedState } from "../../src/ports/cluster.ts";
import type { ApiCall, EndedScan, PlantScan } from "../../src/ports/plant-scan.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";

const COMPLETE: PlantScan = { outcome: "complete", reason: null, records: 3, oldNews: 0, unusable: 0 };
const THROTTLED: PlantScan = { ...COMPLETE, outcome: "unavailable", reason: "throttled" };

/** What the limit heard of a scan that ended so, after these tries. */
async function heardOf(scan: PlantScan, outcomes: readonly ApiCall["outcome"][]): Promise<readonly string[]> {
  const clock = createVirtualClock(0);
  const ended: EndedScan = { id: "s1", plantId: "101", kind: "inverter", owes: 0, scan, calls: outcomes.map((outcome) => ({ call: "plants/101", outcome, durationMs: 1 })) };
  const open: SharedState = {
    state: emptyState, sendable: emptyState, isSaved: true, apply: () => undefined, save: () => Promise.resolve({ ok: true }), refresh: () => Promise.resolve(),
    scansSince: () => Promise.resolve([ended]), lastScan: () => null, isShared: () => true,
  };
  const heard: string[] = [];
  const scanPlant = createDispatcher({
    open, clock, queue: { send: () => Promise.resolve(), isKnown: () => Promise.resolve(true) }, stop: new AbortController().signal,
    limit: { run: (task) => task(), succeeded: () => { heard.push("succeeded"); }, suffered: () => { heard.push("suffered"); } },
    calls: { tell: (happening) => { if (happening.kind === "api.called") heard.push(happening.outcome); } },
  });
  const scanning = scanPlant("inverter", "101", 3);
  await clock.runUntil(1_000);
  expect(await scanning).toEqual(scan);
  return heard;
}

it.each(["throttled", "server-error", "timeout"] as const)("a try that ended in %s leaves fewer calls at once, also where the next one was answered", async (outcome) => {
  expect(await heardOf(COMPLETE, [outcome, "ok"])).toEqual([outcome, "ok", "suffered"]);
});

it("one scan leaves fewer once, however many of its tries suffered", async () => {
  expect(await heardOf(THROTTLED, ["throttled", "throttled", "throttled"])).toEqual(["throttled", "throttled", "throttled", "suffered"]);
});

it("what was answered at the first try lets them grow; what a lost connection ended does neither", async () => {
  expect(await heardOf(COMPLETE, ["ok"])).toEqual(["ok", "succeeded"]);
  expect(await heardOf({ ...THROTTLED, reason: "connection" }, ["connection"])).toEqual(["connection"]);
});
