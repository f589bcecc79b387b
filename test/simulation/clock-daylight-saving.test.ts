// Chile's two changes of the clock, at midnight: 2026-04-04 has 23:00 to 23:59 twice (25 h), 2026-09-06 begins at 01:00 (23 h).
import { describe, expect, test } from "vitest";
import { isoWithOffset } from "../../src/domain/local-time.ts";
import { startMonitor, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, later, relay, type Story } from "../support/scenario.ts";

const ZONE = "America/Santiago";
const start = (story: Omit<Story, "end" | "timezone">, zone = ZONE): LiveMonitor =>
  startMonitor({ ...story, end: "2099-12-31T00:00", timezone: zone, config: { HEARTBEAT_TIMES: "03:00", ...story.config } });
const runTo = (monitor: LiveMonitor, instant: string): Promise<void> => monitor.clock.runUntil(Date.parse(instant));

/** `relay.failure 7 04-04T23:30:00-03:00`: the reading that proves it. */
function told(monitor: LiveMonitor, zone = ZONE): string[] {
  return monitor.ofKind("events.delivered").flatMap(({ events }) => events.map(({ subject, kind, device, reading }) => `${subject}.${kind} ${device} ${isoWithOffset(reading, zone).slice(5)}`));
}
const datesAsked = (monitor: LiveMonitor): string[] =>
  monitor.callsOf("day_relay").map(({ at, body }) => `${at.slice(0, 5)} ${/"date":"\d+-([^"]+)"/.exec(body ?? "")?.[1] ?? ""}`);

type RelayTrack = ReturnType<typeof relay>;
/** What the relay says in the hour that comes twice, the second time: uploaded as it is measured. */
function secondHour(track: RelayTrack, say: (track: RelayTrack, minute: number) => RelayTrack): RelayTrack {
  for (let minute = 0; minute < 60; minute += 5) {
    const at = later("2026-04-04T23:00", minute * 60);
    say(track.from(at).uploadedAt(`${at}-04:00`), minute);
  }
  return track.live().from("2026-04-05T00:00");
}
const evening = (): RelayTrack => relay(101, 7).from("2026-04-04T20:00").cleanUntil("2026-04-04T23:00");

describe("the hour that comes twice", () => {
  const play = async (track: RelayTrack): Promise<LiveMonitor> => {
    const monitor = start({ start: "2026-04-04T21:00", devices: [track] });
    await runTo(monitor, "2026-04-05T06:00:00Z");
    await monitor.stop();
    return monitor;
  };

  test("a trip before it that ends in it: normal once, with the first reading after it", async () => {
    const monitor = await play(secondHour(evening().activeUntil("2026-04-05T00:00", "r59N"), (track, minute) => (minute < 20 ? track.active("r59N") : track.clean())).cleanUntil("2026-04-05T03:00"));
    expect(told(monitor)).toEqual(["relay.failure 7 04-04T23:00:00-03:00", "relay.normal 7 04-05T00:00:00-04:00"]);
  });

  test("a trip that begins the second time and lasts: told with the first reading after it", async () => {
    const monitor = await play(secondHour(evening().cleanUntil("2026-04-05T00:00"), (track, minute) => (minute >= 30 ? track.active("r59N") : track.clean())).activeUntil("2026-04-05T01:00", "r59N").cleanUntil("2026-04-05T03:00"));
    expect(told(monitor)).toEqual(["relay.failure 7 04-05T00:00:00-04:00", "relay.normal 7 04-05T01:00:00-04:00"]);
  });

  test("a trip the first time, still there the second: one failure", async () => {
    const monitor = await play(secondHour(evening().cleanUntil("2026-04-04T23:30").activeUntil("2026-04-05T00:00", "r59N"), (track) => track.active("r59N")).cleanUntil("2026-04-05T03:00"));
    expect(told(monitor)).toEqual(["relay.failure 7 04-04T23:30:00-03:00", "relay.normal 7 04-05T00:00:00-04:00"]);
  });

  test("a trip wholly inside the second time cannot be told from the first: two of one device and time are one", async () => {
    const monitor = await play(secondHour(evening().cleanUntil("2026-04-05T00:00"), (track, minute) => (minute >= 10 && minute < 40 ? track.active("r59N") : track.clean())).cleanUntil("2026-04-05T03:00"));
    expect(told(monitor)).toEqual([]);
    const readings = monitor.ofKind("scan.finished").filter(({ scan }) => scan === "relay").map((scan) => scan.readings);
    expect(Math.max(...readings), "they were read").toBeGreaterThanOrEqual(48 + 12);
  });

  test("asks for the date once a scan all through its 25 h, and for both after midnight", async () => {
    const monitor = await play(secondHour(evening().cleanUntil("2026-04-05T00:00"), (track) => track.clean()).cleanUntil("2026-04-05T03:00"));
    expect(datesAsked(monitor).slice(10, 26)).toEqual([
      "22:40 04-04", "22:50 04-04", "23:00 04-04", "23:10 04-04", "23:20 04-04", "23:30 04-04", "23:40 04-04", "23:50 04-04",
      "23:00 04-04", "23:10 04-04", "23:20 04-04", "23:30 04-04", "23:40 04-04", "23:50 04-04", "00:00 04-04", "00:00 04-05",
    ]);
  });
});

describe("the day that begins at 01:00", () => {
  const around = (): RelayTrack => relay(101, 7).from("2026-09-05T20:00").cleanUntil("2026-09-05T23:40");

  test("a trip over it: once each, and five minutes later is five minutes later", async () => {
    const monitor = start({ start: "2026-09-05T21:00", devices: [around().activeUntil("2026-09-06T00:00", "r59N").from("2026-09-06T01:00").activeUntil("2026-09-06T01:15", "r59N").cleanUntil("2026-09-06T04:00")] });
    await runTo(monitor, "2026-09-06T06:00:00Z");
    expect(told(monitor)).toEqual(["relay.failure 7 09-05T23:40:00-04:00", "relay.normal 7 09-06T01:15:00-03:00"]);
    expect(datesAsked(monitor).slice(16, 22)).toEqual(["23:40 09-05", "23:50 09-05", "01:00 09-05", "01:00 09-06", "01:10 09-05", "01:10 09-06"]);
    await monitor.stop();
  });

  test("a monitor that is new on that day begins at its first moment", async () => {
    const tripped = relay(101, 7).from("2026-09-05T23:00").active("r59N", 12).from("2026-09-06T01:00").clean(2).active("r27A").cleanUntil("2026-09-06T05:00");
    const monitor = start({ start: "2026-09-06T04:00", devices: [tripped] });
    await runTo(monitor, "2026-09-06T09:00:00Z");
    expect(told(monitor)).toEqual(["relay.failure 7 09-06T01:10:00-03:00", "relay.normal 7 09-06T01:15:00-03:00"]);
    await monitor.stop();
  });

  test("a run of zeros over the gap is one run: its readings are five minutes apart", async () => {
    const track = inverter(101, 9).from("2026-09-05T22:00").kwUntil("2026-09-05T23:50", 5).kwUntil("2026-09-06T00:00", 0).from("2026-09-06T01:00").kwUntil("2026-09-06T03:00", 0);
    const monitor = start({ start: "2026-09-05T22:30", devices: [track], config: { GENERATION_WINDOW: "00:00-23:59" } });
    await runTo(monitor, "2026-09-06T07:00:00Z");
    expect(told(monitor)).toEqual(["inverter.failure 9 09-06T01:00:00-03:00"]);
    await monitor.stop();
  });
});

describe("the generation window, by the wall clock, on the days around both changes", () => {
  test.each([["2026-04-03", "-03:00"], ["2026-04-04", "-03:00"], ["2026-04-05", "-04:00"], ["2026-09-05", "-04:00"], ["2026-09-06", "-03:00"], ["2026-09-07", "-03:00"]])("%s", async (date, offset) => {
    const devices = [
      // Two of the three zeros in it: no failure, in the morning or in the evening.
      inverter(101, 1).from(`${date}T06:20`).kwUntil(`${date}T06:40`, 0).kwUntil(`${date}T17:25`, 50).kwUntil(`${date}T18:30`, 0),
      inverter(101, 2).from(`${date}T06:20`).kwUntil(`${date}T06:45`, 0).kwUntil(`${date}T17:20`, 50).kwUntil(`${date}T18:30`, 0),
    ];
    const monitor = start({ start: `${date}T06:00`, devices });
    await monitor.runUntil(`${date}T18:40`);
    await monitor.stop();
    expect(told(monitor)).toEqual([
      `inverter.failure 2 ${date.slice(5)}T06:40:00${offset}`, `inverter.normal 2 ${date.slice(5)}T06:55:00${offset}`, `inverter.failure 2 ${date.slice(5)}T17:30:00${offset}`,
    ]);
  });
});

describe("silence counts from when the window opened, by the wall clock", () => {
  // No reading today: without data from 07:30 on, 60 min after the window opened.
  const attention = async (zone: string, date: string, before: string, time: string): Promise<string[]> => {
    const monitor = start({ start: `${before}T16:00`, devices: [inverter(101, 9).from(`${before}T15:00`).kwUntil(`${before}T17:35`, 50)], config: { HEARTBEAT_TIMES: time } }, zone);
    await monitor.runUntil(`${date}T${time}:30`);
    await monitor.stop();
    return monitor.ofKind("heartbeat.delivered").flatMap(({ heartbeat }) => heartbeat.attention.map(({ kind }) => kind));
  };

  test.each([
    ["America/Santiago", "2026-09-05", "2026-09-06"], ["America/Santiago", "2026-04-04", "2026-04-05"],
    ["Europe/Lisbon", "2026-03-28", "2026-03-29"], ["Europe/Lisbon", "2026-10-24", "2026-10-25"], ["America/Sao_Paulo", "2026-09-05", "2026-09-06"],
  ])("%s, %s to %s", async (zone, before, date) => {
    expect(await attention(zone, date, before, "07:25")).toEqual([]);
    expect(await attention(zone, date, before, "07:35")).toEqual(["plants-without-data"]);
  });
});
