// A wall clock that is wrong and set right, and a machine that slept: every event once, none invented, nothing at a standstill afterwards.
import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, isoLocal, MINUTE_MS } from "../../src/domain/local-time.ts";
import { eventsOf } from "../../src/domain/notification.ts";
import { startMonitor, type LiveMonitor, type StepMeans } from "../support/live-monitor.ts";
import { inverter, relay, type FaultRow, type Story } from "../support/scenario.ts";

const ZONE = "America/Sao_Paulo";
const quiet = { HEARTBEAT_TIMES: "23:59" };

/** `relay.failure 101/7`, in the order in which Teams took them. */
function told(monitor: LiveMonitor): string[] {
  return monitor.ofKind("events.delivered").flatMap(({ plant, events }) => events.map(({ subject, kind, device }) => `${subject}.${kind} ${plant.id}/${device}`));
}
const ownCards = (monitor: LiveMonitor): string[] =>
  monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice?.kind === "monitor" ? [`${notice.topic} ${notice.phase}`] : notice?.kind === "relay-silent" ? ["relay-silent"] : []));
const datesAsked = (monitor: LiveMonitor, from: number): string[] =>
  [...new Set(monitor.callsOf("day_inverter").slice(from).map(({ body }) => /"date":"2025-([^"]+)"/.exec(body ?? "")?.[1] ?? ""))];

/** Runs until then by the monitor's clock, or steps the clock by so many hours. */
async function play(monitor: LiveMonitor, steps: readonly (string | number)[]): Promise<void> {
  for (const what of steps) {
    if (typeof what === "number") monitor.clock.step(what * HOUR_MS);
    else await monitor.runUntil(what);
  }
  await monitor.stop();
}

/** A relay that trips and comes back, an inverter that fails and comes back, and two plants that are well. */
const eventful = [
  relay(101, 7).from("06:00").cleanUntil("09:30").activeUntil("11:30", "r59N").cleanUntil("16:00"),
  inverter(102, 9).from("06:30").kwUntil("09:30", 50).kwUntil("12:00", 0).kwUntil("16:00", 50),
  relay(103, 7).from("06:00").cleanUntil("16:00"), inverter(103, 9).from("06:30").kwUntil("16:00", 50),
];
const ALL = ["inverter.failure 102/9", "inverter.normal 102/9", "relay.failure 101/7", "relay.normal 101/7"];

interface Row {
  readonly name: string;
  readonly start?: string;
  readonly play: readonly (string | number)[];
  readonly faults?: readonly FaultRow[];
}

describe("every event once", () => {
  const wrong: Row[] = [
    { name: "back an hour in the middle of it", play: ["10:00", -1, "14:00"] },
    { name: "back over the failure that was told", play: ["10:00", -0.75, "14:00"] },
    { name: "forward an hour, for good", play: ["09:00", 1, "15:00"] },
    { name: "forward an hour and back", play: ["09:35", 1, "11:00", -1, "14:00"] },
    { name: "back a day, and right after three hours", play: ["09:35", -24, "11-30 12:35", 24, "14:00"] },
    { name: "forward a day, and right after three hours", play: ["09:00", 24, "12-02 12:00", -24, "14:00"] },
    { name: "30 days ahead, and right after three hours", play: ["10:00", 720, "12-31 13:00", -720, "15:00"] },
    { name: "30 days behind, and right after three hours", play: ["10:00", -720, "11-01 13:00", 720, "15:00"] },
    { name: "30 minutes behind from the start, and set right in the end: late, and all there", start: "07:30", play: ["08:00", -0.5, "12:10", 0.5, "14:00"] },
    { name: "to and fro, every half hour", play: ["09:20", 1, "10:50", -1, "10:20", 1, "11:50", -1, "11:20", 1, "12:50", -1, "14:00"] },
    { name: "seconds back and forth, as NTP does", play: ["09:44:59", -3 / 3600, "09:45:01", 5 / 3600, "10:00", -1 / 3600, "14:00"] },
  ];
  test.each(wrong)("a clock that was set: $name", async ({ start = "07:00", play: steps }) => {
    const monitor = startMonitor({ start, end: "2099-12-31T00:00", devices: eventful, config: quiet }, 0, "wrong");
    await play(monitor, steps);
    expect(told(monitor).toSorted()).toEqual(ALL);
    expect(monitor.ofKind("device.gone")).toEqual([]);
  });

  const slept: Row[] = [
    { name: "6 hours over all of it", play: ["09:00", 6, "15:30"] },
    { name: "6 hours from right after the trip on", play: ["09:42", 6, "16:00"] },
    { name: "two hours, in the middle", play: ["10:12", 2, "14:00"] },
    { name: "3 days", play: ["09:00", 72, "12-04 09:30"] },
    { name: "7 days", play: ["09:00", 168, "12-08 09:30"] },
    { name: "over midnight into the next week's first morning, with a card that was on its way", play: ["09:38", 20, "12-02 08:00"], faults: [["09:30", "09:50", "teams", "timeout"]] },
    { name: "while the API is down", play: ["09:35", 4, "15:00"], faults: [["09:30", "14:00", "day_relay", "reset"], ["09:30", "14:00", "day_inverter", "reset"], ["09:30", "14:00", "plants", "reset"]] },
  ];
  describe.each<StepMeans>(["suspended", "suspended, both clocks on"])("%s", (means) => {
    test.each(slept)("$name", async ({ play: steps, faults = [] }) => {
      const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet, faults }, 0, means);
      await play(monitor, steps);
      expect(told(monitor).toSorted()).toEqual(ALL);
      expect(monitor.ofKind("device.gone")).toEqual([]);
    });
  });
});

test("30 days ahead and back: nobody is gone, nothing is normal, and what was active still is", async () => {
  const devices = [relay(101, 7).from("06:00").cleanUntil("08:00").activeUntil("20:00", "r59N"), inverter(102, 9).from("06:30").kwUntil("08:00", 50).kwUntil("20:00", 0)];
  const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet }, 0, "wrong");
  await play(monitor, ["09:00", 720, "12-31 12:00", -720, "16:00"]);
  expect(told(monitor).toSorted()).toEqual(["inverter.failure 102/9", "relay.failure 101/7"]);
  expect(monitor.ofKind("device.gone")).toEqual([]);
  expect(monitor.disk.text("monitor_state.json")).toContain('"101:7:SOBRETENSÃO"');
});

describe("what a clock that was ahead leaves behind", () => {
  test("plants that it first asked for in the future are judged as soon as it is right", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet }, 0, "wrong");
    monitor.clock.step(30 * DAY_MS); // before the first call
    await play(monitor, ["12-31 07:30", -720, "14:00"]);
    expect(told(monitor).toSorted()).toEqual(ALL);
  });

  test("inverters that it released from a relay alert are not passed over until that future comes", async () => {
    const devices = [
      relay(101, 7).from("06:00").cleanUntil("07:30").activeUntil("09:00", "r59N").cleanUntil("16:00"),
      inverter(101, 9).from("06:30").kwUntil("07:30", 50).kwUntil("09:10", 0).kwUntil("11:00", 50).kwUntil("16:00", 0),
    ];
    for (const steps of [["08:00", 720, "12-31 08:30", -720, "13:00"], ["08:00", 3, "12:30", -3, "13:00"]]) {
      const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet }, 0, "wrong");
      await play(monitor, steps);
      expect(told(monitor), "the real failure, and none of the trip").toEqual(["relay.failure 101/7", "relay.normal 101/7", "inverter.failure 101/9"]);
    }
  });

  test("a clock that goes back right after a trip: what is passed over stays so", async () => {
    const devices = [
      relay(101, 7).from("06:00").cleanUntil("07:30").activeUntil("09:20", "r59N").cleanUntil("16:00"),
      inverter(101, 9).from("06:30").kwUntil("07:30", 50).kwUntil("09:20", 0).kwUntil("16:00", 50),
    ];
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet }, 0, "wrong");
    await play(monitor, ["09:21", -1, "12:00"]); // the inverters were not asked between the two
    expect(told(monitor)).toEqual(["relay.failure 101/7", "relay.normal 101/7"]);
  });

  const everything = (from: string, to: string): FaultRow[] =>
    (["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint) => [from, to, endpoint, "reset"] as const);

  test("an outage of the API that began in its future is told all the same", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet, faults: everything("08:00", "12:00") }, 0, "wrong");
    await play(monitor, ["07:55", 720, "12-31 08:15", -720, "13:00"]);
    const cards = monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice?.kind === "monitor" && notice.topic === "api" ? [[notice.phase, isoLocal(notice.since, ZONE).slice(0, 16)]] : []));
    expect(cards).toEqual([["lost", "2025-12-01T08:00"], ["back", "2025-12-01T08:00"]]);
  });

  test("an API that came back in its future does not keep plants without data from being told", async () => {
    const silent = (plant: number): Story["devices"][number] => inverter(plant, 9).from("06:30").kwUntil("10:00", 50).from("14:00").kwUntil("17:00", 50);
    const devices = [silent(101), silent(102), silent(103)];
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet, faults: everything("07:30", "09:00") }, 0, "wrong");
    await play(monitor, ["07:25", 72, "12-04 09:30", -72, "16:00"]);
    // By its clock the plants are without data as soon as it leaps; then by the truth, from 11:00 on.
    expect(ownCards(monitor)).toEqual(["no-data lost", "api lost", "api back", "no-data back", "no-data lost", "no-data back"]);
  });

  test("a plant that its lists lacked counts its 7 days from now on", async () => {
    const partial: FaultRow[] = [["07:30", "12-12 00:00", "plants", "partial:101"]];
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet, faults: partial }, 0, "wrong");
    await play(monitor, ["07:25", 720, "12-31 08:25", -720, "12-08 06:00", "12-08 10:00"]);
    expect(monitor.ofKind("device.gone").filter(({ plant, device }) => plant.id === "101" && device === null)).toHaveLength(1);
    expect(told(monitor).toSorted()).toEqual(ALL);
  });

  test("a plant without relays is found out as ever: two lists an hour apart, then one a day", async () => {
    const devices = [inverter(101, 9).from("06:30").kwUntil("17:00", 50)];
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet }, 0, "wrong");
    monitor.clock.step(30 * DAY_MS); // before the first call
    await play(monitor, ["12-31 07:25", -720, "17:00"]);
    const lists = monitor.callsOf("plant_devices").map(({ at }) => at.slice(0, 5));
    expect(lists).toEqual(["07:00", "07:30", "08:30"]);
    expect(monitor.callsOf("day_relay").at(-1)?.at.slice(0, 5)).toBe("08:30");
  });

  test.each<readonly [string, number, string]>([["ahead", 720, "12-31 10:30"], ["ahead", 3, "13:30"], ["behind", -720, "11-01 10:30"]])("a process that is killed on a clock that is %s by %d h leaves a state that another goes on with", async (_, hours, kill) => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet, faults: [["09:40", "11:00", "teams", "reset"]] }, 0, "wrong");
    await monitor.runUntil("09:50");
    monitor.clock.step(hours * HOUR_MS);
    await monitor.runUntil(kill);
    monitor.kill();
    monitor.clock.step(-hours * HOUR_MS);
    monitor.start();
    await play(monitor, ["15:00"]);
    expect(told(monitor).toSorted()).toEqual(ALL);
  });
});

describe("an alerted relay that talked while nobody asked", () => {
  // The inverter scan of 08:15 is the first after waking; the relays would follow at 08:20.
  const devices = [
    relay(101, 7).from("06:00").cleanUntil("07:30").activeUntil("13:00", "r59N").cleanUntil("16:00"),
    inverter(101, 9).from("06:30").kwUntil("07:30", 50).kwUntil("13:00", 0).kwUntil("16:00", 50),
  ];
  test.each<StepMeans>(["suspended", "suspended, both clocks on"])("is not said to be silent, nor do its inverters show a wave: %s", async (means) => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet }, 0, means);
    await play(monitor, ["08:12", 3, "15:00"]);
    expect(ownCards(monitor)).toEqual([]);
    expect(told(monitor)).toEqual(["relay.failure 101/7", "relay.normal 101/7"]);
  });

  test("one that did fall silent meanwhile is, once", async () => {
    const silent = [relay(101, 7).from("06:00").cleanUntil("07:30").activeUntil("08:30", "r59N"), inverter(101, 9).from("06:30").kwUntil("07:30", 50).kwUntil("16:00", 0)];
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: silent, config: quiet });
    await play(monitor, ["08:12", 3, "15:00"]);
    expect(ownCards(monitor)).toEqual(["relay-silent"]);
    expect(told(monitor)).toEqual(["relay.failure 101/7", "inverter.failure 101/9"]);
  });
});

test("a machine that slept right after a call failed: the API was not down all that time", async () => {
  const faults = [["08:49", "08:58"], ["14:50", "15:05"]].flatMap(([from = "", to = ""]) =>
    (["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const).map((endpoint): FaultRow => [from, to, endpoint, "reset"]));
  const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet, faults });
  await play(monitor, ["08:52", 6, "16:30"]);
  expect(ownCards(monitor).filter((card) => card.startsWith("api"))).toEqual([]);
  expect(told(monitor).toSorted()).toEqual(ALL);
});

describe("which dates are asked for", () => {
  test.each<readonly [string, number, string, string[]]>([
    ["after a night", 14, "12-02 00:30", ["12-01", "12-02"]],
    ["after 3 days", 72, "12-04 10:30", ["12-01", "12-02", "12-03", "12-04"]],
    ["after 9 days: the last 7 and today", 216, "12-10 10:30", ["12-03", "12-04", "12-05", "12-06", "12-07", "12-08", "12-09", "12-10"]],
    ["a day back: just that one, and nothing is judged anew", -24, "11-30 10:30", ["11-30"]],
  ])("%s", async (_, hours, until, dates) => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful.slice(2), config: quiet });
    await monitor.runUntil("10:02");
    const before = monitor.callsOf("day_inverter").length;
    monitor.clock.step(hours * HOUR_MS);
    await monitor.runUntil(until);
    expect(datesAsked(monitor, before)).toEqual(dates);
    expect(told(monitor)).toEqual([]);
    await monitor.stop();
  });
});

describe("rhythm", () => {
  const scansAt = (monitor: LiveMonitor): string[] => monitor.callsOf("day_inverter").filter(({ body }) => body?.includes("103") === true).map(({ at }) => at.slice(0, 5));

  test("after 6 hours asleep the next scans come within their interval, and go on as ever", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful.slice(2), config: quiet });
    await play(monitor, ["07:20", 6, "13:50"]);
    expect(scansAt(monitor)).toEqual(["07:00", "07:15", "13:30", "13:45"]);
  });

  test("where the monotonic clock went on, at once, and on the whole intervals since the start", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful.slice(2), config: quiet }, 0, "suspended, both clocks on");
    await play(monitor, ["07:20", 6, "13:50"]);
    expect(scansAt(monitor)).toEqual(["07:00", "07:15", "13:20", "13:30", "13:45"]);
  });

  test("a wall clock that is set changes nothing", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful.slice(2), config: quiet }, 0, "wrong");
    await play(monitor, ["07:20", 2, "09:50", -5, "05:20"]);
    expect(scansAt(monitor)).toEqual(["07:00", "07:15", "09:30", "09:45", "05:00", "05:15"]);
  });
});

describe("the outbox", () => {
  const failing = [inverter(102, 9).from("06:30").kwUntil("08:00", 50).kwUntil("16:00", 0), relay(103, 7).from("06:00").cleanUntil("16:00")];
  const accepted = (monitor: LiveMonitor): string[] => monitor.ofKind("events.delivered").map(({ events }) => events.map(({ kind }) => kind).join());

  test.each<readonly [string, string, readonly (string | number)[]]>([
    ["a card committed in the future", "status:503", ["08:30", -1, "08:00", "10:30"]],
    ["30 days in the future", "status:503", ["07:50", 720, "12-31 08:30", -720, "10:30"]],
    ["a card that was refused, back an hour: no longer than its hour", "status:400", ["08:30", -1, "10:30"]],
    ["a card that was refused, 30 days back: no longer than its hour", "status:400", ["07:50", 720, "12-31 08:30", -720, "10:30"]],
    ["a card that was refused, forward a day", "status:400", ["08:30", 24, "12-02 10:30"]],
    ["a Retry-After date of a Teams with the right time", "status:429:date", ["08:10", -2, "06:30", 2, "10:30"]],
    ["a Retry-After date, clock a day behind", "status:429:date", ["07:50", -24, "11-30 08:30", 24, "10:30"]],
    ["a webhook that was gone", "status:410", ["08:30", -1, "08:20", "10:30"]],
  ])("%s goes out, once", async (_, fault, steps) => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: failing, config: quiet, faults: [["08:00", "09:00", "teams", fault]] }, 0, "wrong");
    await play(monitor, steps);
    expect(accepted(monitor)).toEqual(["failure"]);
  });

  test("an API that asks for a wait by its own clock is asked again within a minute or two", async () => {
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: failing, config: quiet, faults: [["08:20", "08:22", "day_inverter", "status:429:date"]] }, 0, "wrong");
    await play(monitor, ["08:10", -24, "11-30 08:40"]);
    const finished = monitor.ofKind("scan.finished").map(({ durationMs }) => durationMs);
    expect(Math.max(...finished)).toBeLessThanOrEqual(3 * MINUTE_MS);
  });

  test("cards that waited through a night's sleep come as one digest, every event in it", async () => {
    const devices = [inverter(102, 8), inverter(102, 9)].map((track, i) => track.from("06:30").kwUntil(`0${String(8 + i)}:00`, 50).kwUntil("16:00", 0));
    const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: quiet, faults: [["08:00", "09:30", "teams", "reset"]] });
    await play(monitor, ["09:20", 8, "17:40"]);
    expect(told(monitor)).toEqual(["inverter.failure 102/8", "inverter.failure 102/9"]);
    expect(monitor.ofKind("events.delivered")).toHaveLength(1);
  });
});

test("readings ahead of a clock that is behind: said in the log at each scan, lost to nobody", async () => {
  const devices = eventful.slice(0, 2);
  const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices, config: { HEARTBEAT_TIMES: "09:15" } }, 0, "wrong");
  await play(monitor, ["07:20", -0.5, "09:20", 0.5, "14:00"]);
  const unusable = monitor.ofKind("records.unusable");
  expect(unusable.length).toBeGreaterThan(10);
  expect(unusable.every(({ count, example }) => count > 0 && example !== null)).toBe(true);
  expect(told(monitor).toSorted()).toEqual(ALL);
});

test("every notification names its moment by the clock of its time, and events by their readings", async () => {
  const monitor = startMonitor({ start: "07:00", end: "2099-12-31T00:00", devices: eventful, config: quiet }, 0, "wrong");
  await play(monitor, ["09:00", 24, "12-02 12:00", -24, "14:00"]);
  const readings = monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice === null ? [] : eventsOf(notice))).map(({ reading }) => isoLocal(reading, ZONE).slice(0, 10));
  expect(new Set(readings)).toEqual(new Set(["2025-12-01"]));
});
