// Heartbeats under a clock that does as it likes: each time once, a late one at once, and no silence after a clock that was wrong.
import { describe, expect, test } from "vitest";
import { nextHeartbeat } from "../../src/app/send-heartbeat.ts";
import { DAY_MS, HOUR_MS, isoLocal, isoWithOffset, MINUTE_MS } from "../../src/domain/local-time.ts";
import { startMonitor, type LiveMonitor, type StepMeans } from "../support/live-monitor.ts";
import { inverter, relay, type Story } from "../support/scenario.ts";

const ZONE = "America/Sao_Paulo";
const devices = [relay(101, 7).from("00:00").clean(288), inverter(101, 9).from("06:00").kw(50, 144)];
const usual = "07:00,12:00,17:00,20:00,23:00";
const story = (start: string, times = usual): Story => ({ start, end: "2099-12-31T00:00", devices, config: { HEARTBEAT_TIMES: times } });

/** `12-01 12:00` by the monitor's clock, in the order in which Teams took them. */
const heartbeats = (monitor: LiveMonitor, zone = ZONE): string[] =>
  monitor.ofKind("heartbeat.delivered").map(({ heartbeat }) => isoLocal(heartbeat.at, zone).slice(5, 16).replace("T", " "));

interface Row {
  readonly name: string;
  readonly start: string;
  readonly times?: string;
  /** Run until then (by the monitor's clock), or step the clock by so many hours. */
  readonly play: readonly (string | number)[];
  readonly told: readonly string[];
}

async function playRow({ start, times, play }: Row, means: StepMeans): Promise<string[]> {
  const monitor = startMonitor(story(start, times), 0, means);
  for (const what of play) {
    if (typeof what === "number") monitor.clock.step(what * HOUR_MS);
    else await monitor.runUntil(what);
  }
  await monitor.stop();
  return heartbeats(monitor);
}

describe("a wall clock that is set while the world goes on", () => {
  const rows: Row[] = [
    { name: "back over a heartbeat: not told again", start: "11:00", play: ["12:10", -1, "17:10"], told: ["12-01 12:00", "12-01 17:00"] },
    { name: "back over a heartbeat by seconds, as NTP does", start: "11:00", play: ["12:00:02", -4 / 3600, "13:30"], told: ["12-01 12:00"] },
    { name: "back over the same one three times", start: "11:00", play: ["12:10", -1, "12:20", -1, "12:30", -1, "17:10"], told: ["12-01 12:00", "12-01 17:00"] },
    { name: "back over four, a night among them", start: "16:30", play: ["12-02 07:10", -14.5, "12-02 07:10", "12-02 12:10"],
      told: ["12-01 17:00", "12-01 20:00", "12-01 23:00", "12-02 07:00", "12-02 12:00"] },
    { name: "back between two: the next one comes at its time", start: "13:00", play: ["16:50", -1, "17:10"], told: ["12-01 17:00"] },
    { name: "back by two days: those are told, rather than silence", start: "12-03 11:00", play: ["12-03 12:10", -48, "12-01 17:10"], told: ["12-03 12:00", "12-01 17:00"] },
    { name: "forward over one: told at once", start: "11:00", play: ["11:30", 1, "17:10"], told: ["12-01 12:30", "12-01 17:00"] },
    { name: "forward over one and back: once", start: "11:00", play: ["11:30", 1, "12:40", -1, "17:10"], told: ["12-01 12:30", "12-01 17:00"] },
    { name: "back and forth over one that was told", start: "11:00", play: ["12:10", -1, "11:30", 1, "17:10"], told: ["12-01 12:00", "12-01 17:00"] },
    { name: "a leap into another day and back: today's go on", start: "10:00", play: ["10:30", 24, "12-02 10:40", -24, "12:10", "17:10"],
      told: ["12-02 10:30", "12-01 12:00", "12-01 17:00"] },
    { name: "30 days ahead for an hour: no silence of 30 days, and today's comes, at most an hour late", start: "10:00", play: ["10:30", 720, "12-31 11:30", -720, "17:10"],
      told: ["12-31 10:30", "12-01 12:30", "12-01 17:00"] },
    { name: "30 days ahead at a heartbeat's time: it came then", start: "10:00", play: ["11:30", 720, "12-31 12:15", -720, "17:10"],
      told: ["12-31 11:30", "12-31 12:00", "12-01 17:00"] },
    { name: "55 years behind, as after a dead battery, and set right", start: "1970-01-01T00:10", play: ["1970-01-01T00:20", (Date.parse("2025-12-01T11:00Z") - Date.parse("1970-01-01T00:20Z")) / HOUR_MS, "12:10"],
      told: ["12-01 11:00", "12-01 12:00"] },
    { name: "one heartbeat a day, and back over it", start: "11:00", times: "12:00", play: ["12:10", -1, "12-02 12:10"], told: ["12-01 12:00", "12-02 12:00"] },
    { name: "one a day, and two days ahead for a while: the days that it was ahead have theirs when they come", start: "11:00", times: "12:00",
      play: ["11:30", 48, "12-03 12:10", -48, "12-02 12:10", "12-03 12:10"], told: ["12-03 11:30", "12-03 12:00", "12-02 12:00", "12-03 12:00"] },
    { name: "to the very second of one", start: "11:00", play: ["11:30", 0.5, "11:30", "12:10", "17:10"], told: ["12-01 12:00", "12-01 17:00"] },
  ];

  test.each(rows)("$name", async (row) => {
    expect(await playRow(row, "wrong")).toEqual(row.told);
  });
});

describe("a machine that was suspended", () => {
  const rows: Row[] = [
    { name: "6 hours over 12:00 and 17:00: one, right after waking", start: "11:00", play: ["11:30", 6, "20:10"], told: ["12-01 17:30", "12-01 20:00"] },
    { name: "6 hours over none", start: "00:30", play: ["00:40", 6, "07:10"], told: ["12-01 07:00"] },
    { name: "over midnight", start: "22:00", play: ["22:30", 8, "12-02 07:10"], told: ["12-02 06:30", "12-02 07:00"] },
    { name: "three days", start: "11:00", play: ["11:30", 72, "12-04 12:10"], told: ["12-04 11:30", "12-04 12:00"] },
    { name: "again and again", start: "06:00", play: ["06:30", 1, "07:40", 5, "12:50", 5, "17:55", 3, "23:10"], told: ["12-01 07:30", "12-01 12:40", "12-01 17:50", "12-01 20:55", "12-01 23:00"] },
  ];

  describe.each<StepMeans>(["suspended", "suspended, both clocks on"])("%s", (means) => {
    test.each(rows)("$name", async (row) => {
      expect(await playRow(row, means)).toEqual(row.told);
    });
  });

  test("the late one tells of now: it says that the scans are late", async () => {
    const monitor = startMonitor(story("11:00"));
    await monitor.runUntil("11:35");
    monitor.clock.step(6 * HOUR_MS);
    await monitor.runUntil("20:10");
    const told = monitor.ofKind("heartbeat.delivered").map(({ heartbeat }) => [heartbeat.status, heartbeat.attention.map(({ kind }) => kind)]);
    expect(told[0]).toEqual(["ATENÇÃO", expect.arrayContaining(["scan-late"])]);
    await monitor.stop();
  });
});

describe("daylight saving", () => {
  // Chile: on 2026-04-04 24:00 becomes 23:00; on 2026-09-06 00:00 becomes 01:00.
  const SANTIAGO = "America/Santiago";
  const saved = async (start: string, end: string, times: string, kills: readonly string[] = []): Promise<string[]> => {
    const monitor = startMonitor({ ...story(start, times), devices: [], plants: [{ id: 101, nome: "UFV 101" }], timezone: SANTIAGO });
    for (const kill of kills) {
      await monitor.clock.runUntil(Date.parse(kill));
      monitor.kill();
      monitor.start();
    }
    await monitor.runUntil(end);
    await monitor.stop();
    return monitor.ofKind("heartbeat.delivered").map(({ heartbeat }) => isoWithOffset(heartbeat.at, SANTIAGO)).map((at) => at.slice(5, 16) + at.slice(-6));
  };

  test("the usual times on a day that has 23:00 twice: once each, at the first", async () => {
    expect(await saved("2026-04-04T12:30", "2026-04-05T23:30", usual)).toEqual([
      "04-04T17:00-03:00", "04-04T20:00-03:00", "04-04T23:00-03:00",
      "04-05T07:00-04:00", "04-05T12:00-04:00", "04-05T17:00-04:00", "04-05T20:00-04:00", "04-05T23:00-04:00",
    ]);
  });

  test("not again by a process that begins in the repeated hour, or at its first second", async () => {
    expect(await saved("2026-04-04T22:30", "2026-04-05T07:30", "07:00,23:00,23:30", ["2026-04-05T03:00:00Z", "2026-04-05T03:10:00Z"])).toEqual(["04-04T23:00-03:00", "04-04T23:30-03:00", "04-05T07:00-04:00"]);
  });

  test("23:59 and 00:00 around the hour that comes twice", async () => {
    expect(await saved("2026-04-04T22:30", "2026-04-05T23:59:30", "00:00,23:59")).toEqual(["04-04T23:59-03:00", "04-05T00:00-04:00", "04-05T23:59-04:00"]);
  });

  test("a time that does not exist: at the first moment that does, one heartbeat for all of them", async () => {
    expect(await saved("2026-09-05T22:30", "2026-09-07T00:45", "00:00,00:30,01:00,23:00")).toEqual([
      "09-05T23:00-04:00", "09-06T01:00-03:00", "09-06T23:00-03:00", "09-07T00:00-03:00", "09-07T00:30-03:00",
    ]);
  });

  test("suspended over the change: one late one, as ever", async () => {
    const monitor = startMonitor({ ...story("2026-04-04T22:30"), devices: [], plants: [{ id: 101, nome: "UFV 101" }], timezone: SANTIAGO });
    await monitor.runUntil("2026-04-04T22:45");
    monitor.clock.step(6 * HOUR_MS);
    await monitor.runUntil("2026-04-05T07:10");
    await monitor.stop();
    expect(heartbeats(monitor, SANTIAGO)).toEqual(["04-05 03:45", "04-05 07:00"]);
  });

  test.each(["America/Santiago", "Australia/Lord_Howe", "Europe/London", "America/Havana"])("each time of each day of a year exactly once in %s", (zone) => {
    const times = [0, 30 * 60, 90 * 60, 105 * 60, 7 * 3600, 23 * 3600, 23.5 * 3600];
    const end = Date.parse("2027-01-01T12:05Z");
    const told = new Map<number, string[]>();
    for (const second of times) {
      const days: string[] = [];
      for (let at = Date.parse("2026-01-01T12:05Z"); ;) {
        const next = nextHeartbeat([second], zone, at);
        expect(next).toBeGreaterThan(at);
        at = next ?? end;
        if (at >= end) break;
        days.push(isoLocal(at, zone).slice(0, 10));
      }
      told.set(second, days);
    }
    for (const days of told.values()) {
      expect(new Set(days).size).toBe(days.length);
      expect(days).toHaveLength(Math.round((end - Date.parse("2026-01-01T12:05Z")) / DAY_MS));
    }
  });
});

test("a heartbeat that is dropped is not made up for when the clock is set back over it, nor does it keep the next away", async () => {
  const monitor = startMonitor({ ...story("11:00"), faults: [["11:59", "12:01", "teams", "status:503"]] });
  await monitor.runUntil("12:10");
  monitor.clock.step(-5 * MINUTE_MS);
  await monitor.runUntil("17:00:30");
  expect(heartbeats(monitor)).toEqual(["12-01 17:00"]);
  expect(monitor.ofKind("heartbeat.dropped")).toHaveLength(1);
  await monitor.stop();
});

test("waiting for heartbeats leaves nothing behind: as many sleepers after days as on the first", async () => {
  const monitor = startMonitor(story("11:00"));
  await monitor.runUntil("11:00:30");
  const before = monitor.clock.sleepers;
  await monitor.runUntil("12-03 11:00:30");
  expect(monitor.clock.sleepers).toBe(before);
  expect(monitor.ofKind("heartbeat.delivered")).toHaveLength(10);
  await monitor.stop();
  expect(monitor.clock.sleepers).toBe(0);
});
