// The history of a monitor's day: the real monitor under the virtual clock, the history's real rows.
import { describe, expect, test } from "vitest";
import { createCallTally } from "../../src/app/call-figures.ts";
import { keepHistory } from "../../src/app/keep-history.ts";
import { applyRequest } from "../../src/app/operator-requests.ts";
import { isoLocal } from "../../src/domain/local-time.ts";
import type { HistoryIncident, HistoryOutage } from "../../src/ports/history.ts";
import { keepRows, type KeptRows } from "../support/kept-rows.ts";
import { startMonitor, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, relay, type Story } from "../support/scenario.ts";

const ALWAYS = { from: -Infinity, to: Infinity };
const devices: Story["devices"] = [
  relay(101, 7).from("08:00").cleanUntil("08:35").activeUntil("09:05", "r59N").cleanUntil("12:00"),
  inverter(102, 9).from("08:00").kwUntil("08:30", 50).kwUntil("09:00", 0).kwUntil("12:00", 50),
];

function watch(story: Partial<Story> = {}, rows = keepRows()): { monitor: LiveMonitor; rows: KeptRows } {
  const monitor = startMonitor({ start: "08:00", end: "14:00", devices, ...story }, 0, "suspended", (clock) => {
    const { telemetry, reconcile } = keepHistory(rows, clock);
    return { telemetry, companions: [reconcile] };
  });
  return { monitor, rows };
}

const clockOf = (at: number | null): string | null => (at === null ? null : isoLocal(at, "America/Sao_Paulo").slice(11, 16));
async function incidents(rows: KeptRows): Promise<readonly HistoryIncident[]> {
  const answer = await rows.incidents({ ...ALWAYS, limit: 100 });
  return answer.ok ? answer.value : [];
}
/** `101/7 08:35-09:00 until 09:05`, and when both were told. */
async function stories(rows: KeptRows): Promise<string[]> {
  return (await incidents(rows)).map(({ plantId, device, first, last, end, goneAt, notifiedAt, endNotifiedAt }) =>
    `${plantId}/${device} ${clockOf(first)}-${clockOf(last)} ${end === null ? (goneAt === null ? "open" : "gone") : `until ${clockOf(end)}`}, told ${clockOf(notifiedAt)} ${clockOf(endNotifiedAt)}`).reverse();
}
async function outages(rows: KeptRows): Promise<string[]> {
  const answer = await rows.outages(ALWAYS);
  return (answer.ok ? [...answer.value] : []).reverse().map(({ topic, since, until }: HistoryOutage) => `${topic} ${clockOf(since)}-${clockOf(until)}`);
}

test("holds each incident with its times, what was told, each reading of power, each scan and card", async () => {
  const { monitor, rows } = watch();
  await monitor.runUntil("08:51");
  // The newest failing reading goes on with the scans, not only when something is told.
  expect(await stories(rows)).toEqual(["102/9 08:30-08:45 open, told 08:45 null", "101/7 08:35-08:50 open, told 08:40 null"]);
  await monitor.runUntil("10:00");
  expect(await stories(rows)).toEqual(["102/9 08:30-08:55 until 09:00, told 08:45 09:15", "101/7 08:35-09:00 until 09:05, told 08:40 09:10"]);
  expect(await incidents(rows)).toMatchObject([{ type: "SOBRETENSÃO", parameters: ["r59N"], plantName: "UFV 101", kind: "relay" }, { type: null, kind: "inverter" }]);
  const power = await rows.power("102", ALWAYS);
  expect(power).toMatchObject({ ok: true, value: [{ device: "9", powerKw: [...Array.from({ length: 6 }, () => 50), ...Array.from({ length: 6 }, () => 0), ...Array.from({ length: 13 }, () => 50)] }] });
  const scans = await rows.scans(ALWAYS);
  expect(scans.ok && scans.value.length).toBe(monitor.ofKind("scan.finished").length);
  // Every call of the API is in one scan's figures.
  expect(scans.ok && scans.value.reduce((sum, { calls }) => sum + calls, 0)).toBe(monitor.ofKind("api.called").length);
  const cards = await rows.cards({ ...ALWAYS, limit: 100 });
  expect(cards.ok && cards.value.map(({ outcome, events }) => [outcome, events])).toEqual(monitor.ofKind("card.delivered").map(({ card }) => ["delivered", card.events]));
  await monitor.stop();
});

test("a card that fails is one, and Teams is out from the first until one is taken", async () => {
  const { monitor, rows } = watch({ faults: [["08:30", "09:30", "teams", "status:503"]] });
  await monitor.runUntil("10:00");
  const cards = await rows.cards({ ...ALWAYS, limit: 1_000 });
  expect(cards.ok && cards.value.filter(({ outcome }) => outcome === "failed").length).toBe(monitor.ofKind("card.failed").length);
  expect(monitor.ofKind("card.failed").length).toBeGreaterThan(2);
  expect((await outages(rows)).map((text) => text.slice(0, 14))).toEqual(["teams 08:40-09"]);
  await monitor.stop();
});

test("an API that is down is an outage from its first failure until it is back", async () => {
  const { monitor, rows } = watch({ faults: (["plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint) => ["08:35", "09:42", endpoint, "status:503"]) });
  await monitor.runUntil("09:30");
  expect(await outages(rows)).toEqual(["api 08:40-null"]);
  await monitor.runUntil("10:00");
  expect(await outages(rows)).toEqual(["api 08:40-09:42"]);
  await monitor.stop();
});

test("a state that is not saved is an outage", async () => {
  const { monitor, rows } = watch();
  await monitor.runUntil("08:20:30");
  monitor.disk.failWrites("ENOSPC");
  await monitor.runUntil("09:00");
  monitor.disk.failWrites(null);
  await monitor.runUntil("09:30");
  expect((await outages(rows)).map((text) => text.slice(0, 14))).toEqual(["state 08:30-09"]);
  await monitor.stop();
});

describe("a failure within a mute", () => {
  test.each<[string, Partial<Story>, string]>([
    ["is told by the mute's end", {}, "08:50"],
    ["also where that comes in a digest", { faults: [["08:49", "09:52", "teams", "status:503"]] }, "09:5"],
    ["not where Teams is off", { config: { TEAMS_ENABLED: "False" } }, "null"],
  ])("%s", async (_name, story, at) => {
    const { monitor, rows } = watch({ devices: devices.slice(1), ...story });
    await monitor.runUntil("08:20");
    const until = Date.UTC(2025, 11, 1, 11, 50);
    void applyRequest(monitor.running, { kind: "mute", plantId: "102", device: null, until, reason: "obra" }, "teste");
    await monitor.runUntil("08:49:30");
    expect(await incidents(rows)).toMatchObject([{ notifiedAt: null, mutedReason: "em silêncio: obra" }]);
    await monitor.runUntil("10:00");
    const [incident] = await incidents(rows);
    expect(String(clockOf(incident?.notifiedAt ?? null)).startsWith(at)).toBe(true);
    await monitor.stop();
  });
});

describe("at the start", () => {
  test("a history that was lost learns what is open, and the time without a monitor is an outage", async () => {
    const { monitor, rows } = watch();
    await monitor.runUntil("08:51");
    monitor.kill();
    rows.lose();
    await monitor.runUntil("08:56");
    monitor.start();
    await monitor.runUntil("08:58");
    expect((await stories(rows)).map((text) => text.slice(0, 11))).toEqual(["102/9 08:30", "101/7 08:35"]);
    expect(await outages(rows)).toEqual([]);
    await monitor.stop();
    await monitor.runUntil("11:00");
    monitor.start();
    await monitor.runUntil("11:05");
    expect(await outages(rows)).toEqual([expect.stringMatching(/^down 08:5\d-11:00$/)]);
    expect((await stories(rows)).map((text) => text.slice(0, 23))).toEqual(["102/9 08:30-08:55 until", "101/7 08:35-09:00 until"]);
    await monitor.stop();
  });

  test("what the history has open and the state has not is gone, with no end made up; what the outbox still owes completes its own", async () => {
    const { monitor, rows } = watch({ faults: [["09:08", "11:00", "teams", "status:503"]] });
    await monitor.runUntil("09:20");
    const [inverterStory, relayStory] = [...(await incidents(rows))].reverse();
    if (inverterStory === undefined || relayStory === undefined) throw new Error("no incidents");
    await monitor.stop();
    rows.lose();
    // As an older copy of the file has them: open; and one of a plant that nobody knows any more.
    const open = { end: null, endNotifiedAt: null };
    rows.record([inverterStory, relayStory, { ...relayStory, id: "OLD000", plantId: "900" }].map((incident) => ({ kind: "incident", incident: { ...incident, ...open } })));
    await monitor.runUntil("09:30");
    rows.isDeaf = true;
    monitor.start();
    await monitor.runUntil("09:32");
    expect((await incidents(rows)).length).toBe(0);
    rows.isDeaf = false;
    await monitor.runUntil("09:35");
    expect((await stories(rows)).toSorted()).toEqual([
      "101/7 08:35-09:00 until 09:05, told 08:40 null", "102/9 08:30-08:55 until 09:00, told 08:45 null", "900/7 08:35-09:00 gone, told 08:40 null",
    ]);
    await monitor.stop();
  });

  test("an outage that ended meanwhile is ended", async () => {
    const rows = keepRows();
    rows.record([{ kind: "outage", outage: { topic: "state", since: Date.UTC(2025, 11, 1, 10), until: null, detail: "ENOSPC" } }]);
    const { monitor } = watch({}, rows);
    await monitor.runUntil("08:01");
    expect(await outages(rows)).toEqual(["state 07:00-08:00"]);
    await monitor.stop();
  });
});

test("the figures of the calls: all of them counted, failures apart, the latest durations ranked", () => {
  const tally = createCallTally();
  const note = (durationMs: number, outcome: "ok" | "timeout" | "stopped" = "ok"): void => { tally.note({ kind: "api.called", call: "day_relay", outcome, durationMs }); };
  expect(tally.take()).toEqual({ calls: 0, failedCalls: 0, medianMs: null, p95Ms: null });
  for (let i = 100; i >= 1; i -= 1) note(i);
  note(1_000, "stopped");
  note(200, "timeout");
  expect(tally.take()).toEqual({ calls: 101, failedCalls: 1, medianMs: 51, p95Ms: 96 });
  for (let i = 0; i < 25_000; i += 1) note(i);
  expect(tally.take()).toMatchObject({ calls: 25_000, medianMs: 19_999 });
  expect(tally.take().calls).toBe(0);
});
