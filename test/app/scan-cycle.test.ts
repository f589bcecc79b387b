// SPEC sections 2, 5 and 7 as seen by the API: what is asked for, when, and how gently.
import { describe, expect, test } from "vitest";
import { startMonitor, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, relay } from "../support/scenario.ts";

const quietRelay = relay(101, 7).from("00:00").clean(288);
const goodInverter = inverter(101, 9).from("06:00").kw(50, 132);
const datesAsked = (monitor: LiveMonitor, endpoint: "day_relay" | "day_inverter", from = 0): string[] =>
  monitor.callsOf(endpoint).slice(from).map(({ body }) => /"date":"([^"]+)"/.exec(body ?? "")?.[1] ?? "");
const timesOf = (monitor: LiveMonitor, endpoint: Parameters<LiveMonitor["callsOf"]>[0]): string[] => monitor.callsOf(endpoint).map(({ at }) => at);

describe("the rhythm", () => {
  test("both scans run at start, relays before inverters, then start to start", async () => {
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: [quietRelay, goodInverter] });
    await monitor.runUntil("08:45:30");
    expect(timesOf(monitor, "day_relay")).toEqual(["08:00:00", "08:10:00", "08:20:00", "08:30:00", "08:40:00"]);
    expect(timesOf(monitor, "day_inverter")).toEqual(["08:00:00", "08:15:00", "08:30:00", "08:45:00"]);
    const order = monitor.calls.filter(({ at }) => at === "08:30:00").map(({ endpoint }) => endpoint);
    expect(order.indexOf("day_relay")).toBeLessThan(order.indexOf("day_inverter"));
    await monitor.stop();
  });

  test("a cycle that overran its interval is followed at once by the next, never doubled", async () => {
    const devices = Array.from({ length: 6 }, (_, i) => relay(101 + i, 7).from("08:00").clean(3));
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices, config: { RELAY_INTERVAL: 10, INVERTER_INTERVAL: 3600, PVOP_CONCURRENCY: 1 } }, 5_000);
    await monitor.runUntil("08:10");
    const scans = monitor.ofKind("scan.finished").filter(({ scan }) => scan === "relay");
    // Six plants, one call after another at 5 s each: a cycle takes at least 30 s, of which the next waits for no part.
    expect(scans.length).toBeGreaterThan(8);
    for (const { durationMs, plants } of scans) {
      expect(plants).toBe(6);
      expect(durationMs).toBeGreaterThanOrEqual(30_000);
    }
    const total = scans.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(total).toBeLessThanOrEqual(600_000);
    expect(total).toBeGreaterThan(500_000);
    await monitor.stop();
  });

  test("a clock that is stepped back an hour stops neither scans nor events", async () => {
    const failing = inverter(101, 9).from("06:00").kw(50, 24).from("08:00").kwUntil("08:20", 50).kwUntil("10:00", 0);
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [failing] });
    await monitor.runUntil("08:21");
    const scans = monitor.ofKind("scan.finished").length;
    monitor.clock.step(-3_600_000);
    await monitor.runUntil("08:10");
    expect(monitor.ofKind("scan.finished").length).toBeGreaterThan(scans + 6);
    await monitor.runUntil("09:10");
    expect(monitor.ofKind("events.delivered").flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual(["failure"]);
    await monitor.stop();
  });
});

describe("what is asked for", () => {
  test("today only, while nothing is missing; also yesterday in the first hour of the day", async () => {
    const device = relay(101, 7).from("23:00").clean(60);
    const monitor = startMonitor({ start: "23:30", end: "12-02 03:00", devices: [device] });
    await monitor.runUntil("23:59");
    expect(new Set(datesAsked(monitor, "day_relay"))).toEqual(new Set(["2025-12-01"]));
    const before = monitor.callsOf("day_relay").length;
    await monitor.runUntil("12-02 00:05");
    expect(datesAsked(monitor, "day_relay", before)).toEqual(["2025-12-01", "2025-12-02"]);
    await monitor.runUntil("12-02 01:05");
    const late = monitor.callsOf("day_relay").length;
    await monitor.runUntil("12-02 01:35");
    expect(datesAsked(monitor, "day_relay", late)).toEqual(["2025-12-02", "2025-12-02", "2025-12-02"]);
    await monitor.stop();
  });

  test("after an outage of ten days: today and the seven dates before it, oldest first, once", async () => {
    const device = relay(101, 7).from("08:00").clean(3).from("12-11 08:00").clean(20);
    const other = relay(102, 7).from("08:00").clean(3).from("12-11 08:00").clean(20);
    const monitor = startMonitor({
      start: "08:00", end: "12-12 00:00", devices: [device, other], config: { RELAY_INTERVAL: 43_200, INVERTER_INTERVAL: 43_200 },
      faults: [["09:00", "12-11 07:00", "day_relay", "empty"]],
    });
    await monitor.runUntil("12-11 07:59");
    const before = monitor.callsOf("day_relay").length;
    await monitor.runUntil("12-11 08:01");
    const asked = monitor.callsOf("day_relay").slice(before).filter(({ body }) => body?.includes("101") === true);
    expect(asked.map(({ body }) => /"date":"2025-12-(\d\d)"/.exec(body ?? "")?.[1])).toEqual(["04", "05", "06", "07", "08", "09", "10", "11"]);
    const next = monitor.callsOf("day_relay").length;
    await monitor.runUntil("12-11 20:01");
    expect(new Set(datesAsked(monitor, "day_relay", next))).toEqual(new Set(["2025-12-11"]));
    await monitor.stop();
  });

  test("no inverters of a plant whose relay is alerted and talks", async () => {
    const alerted = relay(101, 7).from("08:00").clean(3).activeUntil("11:00", "r59N");
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [alerted, goodInverter] });
    await monitor.runUntil("08:25");
    const before = monitor.callsOf("day_inverter").length;
    await monitor.runUntil("11:00");
    expect(before).toBeGreaterThan(0);
    expect(monitor.callsOf("day_inverter")).toHaveLength(before);
    await monitor.stop();
  });

  test("the relays once more, in the same scan, before a new inverter failure is told", async () => {
    const failing = inverter(101, 9).from("08:00").kw(50, 1).kw(0, 20);
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: [quietRelay, failing] });
    await monitor.runUntil("08:15:30");
    expect(monitor.calls.filter(({ at, endpoint }) => at === "08:15:00" && endpoint !== "teams").map(({ endpoint }) => endpoint)).toEqual(["day_inverter", "day_relay"]);
    expect(monitor.ofKind("card.delivered")).toHaveLength(1);
    const [delivered] = monitor.ofKind("card.delivered");
    expect(delivered?.notice).toMatchObject({ kind: "devices", situation: { relayUnasked: false, invertersDown: 1, invertersKnown: 1 } });
    await monitor.stop();
  });

  test("where the relay could not be asked, the notice says so", async () => {
    const failing = inverter(101, 9).from("08:00").kw(50, 1).kw(0, 20);
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: [quietRelay, failing], faults: [["08:11", "09:00", "day_relay", "status:500"]] });
    await monitor.runUntil("08:20");
    expect(monitor.ofKind("card.delivered").map(({ notice }) => notice)).toMatchObject([{ kind: "devices", situation: { relayUnasked: true } }]);
    expect(monitor.callsOf("teams").at(-1)?.body).toContain("não pôde ser consultado");
    await monitor.stop();
  });
});

describe("RELAY_PLANTS", () => {
  const DEVICES = (types: readonly string[]): unknown => [{ plant_devices: types.map((device_type, i) => ({ device_id: i + 1, device_esn: `S${i}`, device_name: `N${i}`, device_type, device_status: 1 })) }];

  test("auto: a plant whose device list had no relay twice, an hour apart, is not asked for relays any more", async () => {
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [goodInverter] });
    await monitor.runUntil("08:55");
    expect(monitor.callsOf("plant_devices")).toHaveLength(1);
    expect(monitor.callsOf("day_relay")).toHaveLength(6);
    await monitor.runUntil("12:00");
    expect(monitor.callsOf("plant_devices")).toHaveLength(2);
    expect(Math.max(...timesOf(monitor, "day_relay").map((at) => Number(at.slice(0, 2))))).toBeLessThanOrEqual(9);
    await monitor.stop();
  });

  test.each([
    ["an empty list", []], ["a list with a RELE", ["INVERTER", "RELE"]], ["a list that is no list", null],
  ])("auto: %s takes no plant off", async (_, types) => {
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [goodInverter], plantDevices: { 101: types === null ? { message: "?" } : DEVICES(types) } });
    await monitor.runUntil("12:00");
    expect(timesOf(monitor, "day_relay").at(-1)).toBe("12:00:00");
    await monitor.stop();
  });

  test("auto: a plant where a relay was ever seen stays, whatever its list says", async () => {
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [relay(101, 7).from("08:00").clean(), goodInverter], plantDevices: { 101: DEVICES(["INVERTER"]) } });
    await monitor.runUntil("12:00");
    expect(timesOf(monitor, "day_relay").at(-1)).toBe("12:00:00");
    await monitor.stop();
  });

  test.each([["all", ["101", "102"]], ["102", ["102"]]])("%s", async (setting, asked) => {
    const monitor = startMonitor({ start: "08:00", end: "12:00", devices: [goodInverter, inverter(102, 9).from("06:00").kw(50, 100)], config: { RELAY_PLANTS: setting } });
    await monitor.runUntil("12:00");
    const late = monitor.callsOf("day_relay").filter(({ at }) => at >= "11:00:00").map(({ body }) => /"id":(\d+)/.exec(body ?? "")?.[1] ?? "");
    expect([...new Set(late)].sort()).toEqual(asked);
    await monitor.stop();
  });
});

describe("an API that is down", () => {
  const many = (count: number): ReturnType<typeof inverter>[] => Array.from({ length: count }, (_, i) => inverter(101 + i, 9).from("06:00").kw(50, 60));

  test("ten plants in a row unavailable end a cycle: one probe a minute, and the first success starts a cycle at once", async () => {
    const monitor = startMonitor({
      start: "08:00", end: "10:00", devices: many(40), config: { RELAY_PLANTS: "101" },
      faults: [["08:10", "08:50:30", "day_inverter", "status:503"], ["08:05", "08:50:30", "day_relay", "status:503"]],
    });
    await monitor.runUntil("08:20");
    const asked = new Set(monitor.callsOf("day_inverter").filter(({ at }) => at >= "08:15:00").map(({ body }) => /"id":(\d+)/.exec(body ?? "")?.[1]));
    expect(asked.size).toBeLessThan(20);
    const before = monitor.callsOf("day_inverter").length + monitor.callsOf("day_relay").length;
    await monitor.runUntil("08:40");
    const probes = monitor.callsOf("day_inverter").length + monitor.callsOf("day_relay").length - before;
    expect(probes).toBeGreaterThanOrEqual(18);
    expect(probes).toBeLessThanOrEqual(22);
    await monitor.runUntil("08:51:59");
    const kinds = monitor.ofKind("scan.finished").filter(({ complete }) => complete > 0).map(({ scan }) => scan);
    expect(kinds.slice(-2).sort()).toEqual(["inverter", "relay"]); // the first success is good news for both
    await monitor.runUntil("08:53");
    const whole = monitor.ofKind("scan.finished").filter(({ scan, complete }) => scan === "inverter" && complete === 40);
    expect(whole).toHaveLength(2); // the one at the start, and the one right after the first success
    await monitor.stop();
  });

  test("no login, no other call: refused credentials are retried ever more slowly, up to 15 min", async () => {
    const monitor = startMonitor({ start: "08:00", end: "10:00", devices: many(20), faults: [["08:00", "09:30", "authenticate", "status:401"]] });
    await monitor.runUntil("09:29");
    const logins = monitor.callsOf("authenticate").map(({ at }) => Date.parse(`2025-12-01T${at}Z`) / 60_000);
    const gaps = logins.slice(1).map((at, i) => at - (logins[i] ?? 0));
    expect(monitor.calls.every(({ endpoint }) => endpoint === "authenticate" || endpoint === "teams")).toBe(true);
    expect(gaps.length).toBeGreaterThan(3);
    expect(gaps.length).toBeLessThan(15);
    gaps.forEach((gap, i) => { if (i > 0) expect(gap).toBeGreaterThanOrEqual((gaps[i - 1] ?? 0) - 1.01); });
    expect(Math.max(...gaps)).toBeLessThanOrEqual(16.1);
    await monitor.runUntil("09:50");
    expect(monitor.ofKind("scan.finished").filter(({ complete }) => complete === 20)).not.toHaveLength(0);
    await monitor.stop();
  });

  test("a token that went stale is renewed once for all that meet it", async () => {
    const monitor = startMonitor({ start: "08:00", end: "10:00", devices: many(20), config: { PVOP_CONCURRENCY: 8 }, faults: [["08:10", "09:00", "day_inverter", "unauthorized"]] }, 300);
    await monitor.runUntil("08:29");
    expect(monitor.callsOf("authenticate")).toHaveLength(2);
    expect(monitor.ofKind("scan.finished").filter(({ scan, complete }) => scan === "inverter" && complete === 20)).toHaveLength(2);
    await monitor.stop();
  });

  test("Invalid id is about that plant: no new login, and the others are scanned", async () => {
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: many(3), plants: [101, 102, 103].map((id) => ({ id, nome: `UFV ${id}` })),
      faults: [["08:00", "09:00", "day_inverter", "status:401", 102]] });
    await monitor.runUntil("08:50");
    // `status:401` says nothing of an id: a login a minute at most, not one a call.
    expect(monitor.callsOf("authenticate").length).toBeLessThanOrEqual(5);
    expect(monitor.ofKind("scan.finished").filter(({ scan }) => scan === "inverter").every(({ complete }) => complete === 2)).toBe(true);
    await monitor.stop();
  });
});

describe("a stop", () => {
  test("ends every wait at once, and calls under way within 15 s", async () => {
    const idle = startMonitor({ start: "08:00", end: "09:00", devices: [goodInverter] });
    await idle.runUntil("08:05");
    expect(await idle.stop()).toBe(0);
    const waiting = startMonitor({ start: "08:00", end: "09:00", devices: [goodInverter], faults: [["08:14", "09:00", "day_inverter", "timeout"]] });
    await waiting.runUntil("08:15:05");
    expect(await waiting.stop()).toBeLessThanOrEqual(15_000);
    const retrying = startMonitor({ start: "08:00", end: "09:00", devices: [goodInverter], faults: [["08:14", "09:00", "day_inverter", "status:429:60"]] });
    await retrying.runUntil("08:15:05");
    expect(await retrying.stop()).toBe(0);
  });

  test("a call under way that is answered within the 10 s is judged and saved", async () => {
    const monitor = startMonitor({ start: "08:00", end: "09:00", devices: [goodInverter], config: { INVERTER_INTERVAL: 540 } }, 4_000);
    await monitor.runUntil("08:09:02");
    expect(monitor.calls.at(-1)).toMatchObject({ at: "08:09:00", endpoint: "day_inverter" });
    await monitor.stop();
    expect(monitor.disk.text("monitor_state.json")).toContain('"marca":"2025-12-01T08:05:00');
  });
});
