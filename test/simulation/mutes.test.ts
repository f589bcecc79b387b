// A silence that an operator asked for, in the running monitor: nothing of it is sent, all of it is recorded, and its end says how things are.
import { expect, test } from "vitest";
import { applyRequest } from "../../src/app/operator-requests.ts";
import { HOUR_MS, isoLocal, MINUTE_MS, parseWallClock } from "../../src/domain/local-time.ts";
import type { MuteEndedNotice } from "../../src/domain/notification.ts";
import type { ComposedCard } from "../../src/ports/messenger.ts";
import type { OperatorRequest, RequestAnswer } from "../../src/ports/operator-requests.ts";
import { startMonitor, type LiveMonitor } from "../support/live-monitor.ts";
import { inverter, moment, relay, type Story } from "../support/scenario.ts";

const ZONE = "America/Sao_Paulo";

function instant(told: string, zone = ZONE): number {
  return parseWallClock(moment(told), zone) ?? NaN;
}
function told(monitor: LiveMonitor): string[] {
  return monitor.ofKind("events.delivered").flatMap(({ plant, events }) => events.map(({ subject, kind, device }) => `${subject}.${kind} ${plant.id}/${device}`));
}
function ends(monitor: LiveMonitor): MuteEndedNotice[] {
  return monitor.ofKind("card.delivered").flatMap(({ notice }) => (notice?.kind === "mute-ended" ? [notice] : []));
}
/** `9 09:30`: device and since when it is failing. */
const failing = (monitor: LiveMonitor): string[][] => ends(monitor).map((notice) => notice.failing.map(({ device, first }) => `${device} ${isoLocal(first, ZONE).slice(11, 16)}`));
const recorded = (monitor: LiveMonitor): string[] =>
  monitor.ofKind("event.detected").map(({ event, mutedReason }) => `${event.subject}.${event.kind} ${event.device}${mutedReason === null ? "" : ` [${mutedReason}]`}`);

/** Asks, and lets the clock stand still until it is answered. */
async function ask(monitor: LiveMonitor, request: OperatorRequest): Promise<RequestAnswer> {
  const answers: RequestAnswer[] = [];
  void applyRequest(monitor.running, request, "teste").then((answer) => answers.push(answer));
  await monitor.clock.runUntil(monitor.clock.now() + 1_000);
  const [answer] = answers;
  if (answer === undefined) throw new Error("no answer within a second");
  return answer;
}
const mute = (monitor: LiveMonitor, until: string, device: string | null = null): Promise<RequestAnswer> =>
  ask(monitor, { kind: "mute", plantId: "101", device, until: instant(until), reason: "troca de inversor" });

/** Inverter 9 stops at 09:30 for good, 10 from 09:30 to 10:30; plant 102 has the same day and is never muted. */
const devices: Story["devices"] = [
  inverter(101, 9).from("07:00").kwUntil("09:30", 50).kwUntil("16:00", 0),
  inverter(101, 10).from("07:00").kwUntil("09:30", 50).kwUntil("10:30", 0).kwUntil("16:00", 50),
  inverter(102, 9).from("07:00").kwUntil("09:30", 50).kwUntil("10:30", 0).kwUntil("16:00", 50),
];
const start = (more: Partial<Story> = {}): LiveMonitor => startMonitor({ start: "08:00", end: "2099-12-31T00:00", devices, ...more });

test("a muted plant: its events are recorded with the reason, not sent; the end tells what is failing; from then on all is told", async () => {
  const monitor = start({ devices: [...devices, inverter(101, 11).from("07:00").kwUntil("12:30", 50).kwUntil("13:30", 0).kwUntil("16:00", 50)] });
  await monitor.runUntil("09:00");
  expect(await mute(monitor, "12:00")).toMatchObject({ kind: "muted", replaced: null, failing: 0, target: { plant: { id: "101" }, device: null } });
  await monitor.runUntil("11:59");
  expect(told(monitor)).toEqual(["inverter.failure 102/9", "inverter.normal 102/9"]);
  expect(recorded(monitor).filter((line) => line.includes("["))).toEqual([
    "inverter.failure 10 [em silêncio: troca de inversor]", "inverter.failure 9 [em silêncio: troca de inversor]", "inverter.normal 10 [em silêncio: troca de inversor]",
  ]);
  expect(ends(monitor)).toEqual([]);
  await monitor.runUntil("12:01");
  expect(failing(monitor)).toEqual([["9 09:30"]]);
  expect(ends(monitor)).toMatchObject([{ severity: "danger", endedBy: null, by: "teste", reason: "troca de inversor", at: instant("12:00") }]);
  expect(monitor.ofKind("mute.begun")).toMatchObject([{ mute: { by: "teste" }, plant: { id: "101" }, name: null }]);
  expect(monitor.ofKind("mute.ended")).toMatchObject([{ endedBy: null, failing: 1 }]);
  await monitor.runUntil("15:00");
  expect(told(monitor).slice(2)).toEqual(["inverter.failure 101/11", "inverter.normal 101/11"]);
  await monitor.stop();
});

test("told before, normal within: the normalization is not sent, and the end says that nothing is failing", async () => {
  const monitor = start({ devices: devices.slice(1, 2) });
  await monitor.runUntil("10:05");
  expect(told(monitor)).toEqual(["inverter.failure 101/10"]);
  expect(await mute(monitor, "12:00")).toMatchObject({ kind: "muted", failing: 1 });
  await monitor.runUntil("12:01");
  expect(told(monitor)).toEqual(["inverter.failure 101/10"]);
  expect(ends(monitor)).toMatchObject([{ severity: "good", failing: [] }]);
  await monitor.stop();
});

test("failed within, normal after the end: the normalization is told", async () => {
  const monitor = start({ devices: devices.slice(1, 2) });
  await monitor.runUntil("09:00");
  await mute(monitor, "10:15");
  await monitor.runUntil("12:00");
  expect(failing(monitor)).toEqual([["10 09:30"]]);
  expect(told(monitor)).toEqual(["inverter.normal 101/10"]);
  await monitor.stop();
});

test("a muted device lets the others of its plant, and of its card, through", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  expect(await mute(monitor, "12:00", "9")).toMatchObject({ kind: "muted", target: { device: "9" } });
  await monitor.runUntil("13:00");
  expect(told(monitor).toSorted()).toEqual(["inverter.failure 101/10", "inverter.failure 102/9", "inverter.normal 101/10", "inverter.normal 102/9"]);
  expect(ends(monitor)).toMatchObject([{ device: { device: "9", subject: "inverter" }, failing: [{ device: "9" }] }]);
  await monitor.stop();
});

test("an alerted relay that goes silent is not told while it is muted; the inverters are watched again all the same", async () => {
  const monitor = start({ devices: [relay(101, 7).from("07:00").cleanUntil("09:00").activeUntil("09:30", "r59N"), inverter(101, 9).from("07:00").kwUntil("10:00", 50).kwUntil("16:00", 0)] });
  await monitor.runUntil("08:30");
  await mute(monitor, "15:00", "7");
  await monitor.runUntil("14:00");
  expect(told(monitor)).toEqual(["inverter.failure 101/9"]);
  expect(monitor.ofKind("card.delivered").map(({ notice }) => notice?.kind)).toEqual(["devices"]);
  await monitor.runUntil("15:01");
  expect(failing(monitor)).toEqual([["7 09:00"]]);
  expect(ends(monitor)).toMatchObject([{ relaySilent: true }]);
  await monitor.stop();
});

test("failed and told, then silent for seven days of a long mute: the end does not say that it is well, also after a restart", async () => {
  const tenDays = Array.from({ length: 11 }, (_, i) => `2025-12-${String(1 + i).padStart(2, "0")}`);
  const reporting = tenDays.map((date) => inverter(101, 10).from(`${date} 07:00`).kwUntil(`${date} 16:00`, 50));
  const monitor = start({ devices: [inverter(101, 9).from("07:00").kwUntil("09:30", 50).kwUntil("10:30", 0), ...reporting] });
  await monitor.runUntil("10:05");
  expect(told(monitor)).toEqual(["inverter.failure 101/9"]);
  await mute(monitor, "2025-12-10 10:05");
  await monitor.runUntil("2025-12-09 20:00");
  expect(monitor.ofKind("device.gone")).toMatchObject([{ device: "9" }]);
  await monitor.stop();
  monitor.start();
  await monitor.runUntil("2025-12-10 10:06");
  expect(ends(monitor)).toMatchObject([{ severity: "warning", failing: [], gone: [{ device: "9", kind: "inverter", name: "9" }] }]);
  await monitor.stop();
});

test("ended by hand: the same card at once, and it names who", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  const begun = await mute(monitor, "15:00");
  await monitor.runUntil("10:05");
  if (begun.kind !== "muted") throw new Error(begun.kind);
  expect(await ask(monitor, { kind: "unmute", muteId: begun.mute.id })).toMatchObject({ kind: "unmuted", failing: 2 });
  expect(await ask(monitor, { kind: "unmute", muteId: begun.mute.id })).toEqual({ kind: "refused", why: "unknown-mute" });
  await monitor.runUntil("10:06");
  expect(ends(monitor)).toMatchObject([{ endedBy: "teste", failing: [{ device: "10" }, { device: "9" }] }]);
  await monitor.runUntil("15:05");
  expect(ends(monitor)).toHaveLength(1);
  await monitor.stop();
});

test.each([["after a kill", "kill"], ["after a stop", "stop"]] as const)("one whose time came while no monitor ran ends at once %s", async (_name, how) => {
  const monitor = start();
  await monitor.runUntil("09:00");
  await mute(monitor, "10:10");
  await monitor.runUntil("10:01");
  if (how === "kill") monitor.kill();
  else await monitor.stop();
  monitor.clock.step(60 * MINUTE_MS);
  monitor.start();
  await monitor.runUntil("11:03");
  expect(ends(monitor)).toHaveLength(1);
  await monitor.runUntil("15:00");
  expect(ends(monitor)).toHaveLength(1);
  await monitor.stop();
});

test("a mute that lasts outlives a restart", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  await mute(monitor, "12:00");
  monitor.kill();
  monitor.start();
  await monitor.runUntil("11:59");
  expect(told(monitor).filter((line) => line.includes("101/"))).toEqual([]);
  await monitor.runUntil("12:01");
  expect(failing(monitor)).toEqual([["9 09:30"]]);
  await monitor.stop();
});

test.each([
  ["set back an hour: it ends when the clock shows its time", -1, "12:01"],
  ["set forward an hour: likewise", 1, "12:01"],
  ["set forward over its end: at once", 4, "14:01"],
])("a clock %s", async (_name, hours, ended) => {
  const monitor = start();
  await monitor.runUntil("09:00");
  await mute(monitor, "12:00");
  await monitor.runUntil("10:00");
  monitor.clock.step(hours * HOUR_MS);
  if (hours < 3) {
    await monitor.runUntil("11:59");
    expect(ends(monitor)).toEqual([]);
  }
  await monitor.runUntil(ended);
  expect(ends(monitor)).toHaveLength(1);
  await monitor.stop();
});

test("one that was made by a clock that was far ahead ends within a scan once the clock is set right", async () => {
  const monitor = start();
  await monitor.runUntil("08:30");
  monitor.clock.step(365 * 24 * HOUR_MS);
  await monitor.runUntil("2026-12-01 09:00");
  await ask(monitor, { kind: "mute", plantId: "101", device: null, until: monitor.clock.now() + HOUR_MS, reason: "relógio errado" });
  monitor.clock.step(-365 * 24 * HOUR_MS);
  await monitor.runUntil("09:20");
  expect(ends(monitor)).toHaveLength(1);
  await monitor.stop();
});

test("over a change to daylight saving time the end is when the plant's wall clock shows it", async () => {
  const zone = "America/New_York";
  const monitor = start({ start: "2025-11-01T20:00", timezone: zone, devices: [inverter(101, 9).from("2025-11-01 12:00").kwUntil("2025-11-01 17:00", 50)] });
  await monitor.runUntil("2025-11-01 22:00");
  await ask(monitor, { kind: "mute", plantId: "101", device: null, until: instant("2025-11-02 06:00", zone), reason: "horário de verão" });
  await monitor.runUntil("2025-11-02 05:59");
  expect(ends(monitor)).toEqual([]);
  await monitor.runUntil("2025-11-02 06:01");
  expect(ends(monitor)).toMatchObject([{ at: instant("2025-11-02 06:00", zone), since: instant("2025-11-01 22:00", zone) }]);
  await monitor.stop();
});

test("while Teams is down the end waits in its plant's order", async () => {
  const monitor = start({ faults: [["09:45", "12:30", "teams", "reset"]], devices: devices.slice(0, 2) });
  await monitor.runUntil("10:05");
  await mute(monitor, "11:00");
  await monitor.runUntil("13:00");
  const titles = monitor.ofKind("card.delivered").map(({ card }) => card.title);
  expect(titles).toEqual([expect.stringMatching(/^🟠 UFV 101: 3 eventos enquanto o Teams não respondia .* 1 ainda ativo \(1\/1\)$/)]);
  await monitor.stop();
});

test("a disk that cannot be written: silent all the same, and the answer says that a restart would forget it", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  monitor.disk.failWrites("ENOSPC");
  expect(await mute(monitor, "12:00")).toEqual({ kind: "not-saved", detail: "ENOSPC" });
  await monitor.runUntil("11:00");
  expect(told(monitor).filter((line) => line.includes("101/"))).toEqual([]);
  await monitor.stop();
});

test("what cannot be: said why, and nothing changes", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  const asked = { kind: "mute", plantId: "101", device: null, until: instant("12:00"), reason: "motivo" } as const;
  for (const [more, why] of [
    [{ plantId: "999" }, "unknown-plant"], [{ device: "77" }, "unknown-device"], [{ until: instant("09:00") }, "until-past"], [{ until: NaN }, "until-past"],
    [{ until: monitor.clock.now() + 90 * 24 * HOUR_MS + MINUTE_MS }, "until-too-far"], [{ reason: " ab " }, "reason-length"], [{ reason: "é".repeat(301) }, "reason-length"],
  ] as const) expect(await ask(monitor, { ...asked, ...more })).toEqual({ kind: "refused", why });
  expect(monitor.running.context.ledger.state.monitor.mutes).toEqual([]);
  expect(await ask(monitor, { ...asked, reason: ` ${"🔧".repeat(300)} ` })).toMatchObject({ kind: "muted", mute: { reason: "🔧".repeat(300) } });
  await monitor.stop();
});

test("a test card goes out at the pace of the others; the log has who asked", async () => {
  const monitor = start();
  await monitor.runUntil("09:00");
  const card: ComposedCard = { title: "TESTE · relé", severity: "info", body: JSON.stringify({ type: "message", attachments: [] }) };
  expect(await ask(monitor, { kind: "test-card", card })).toEqual({ kind: "test-card", title: card.title, outcome: { kind: "delivered" } });
  expect(monitor.ofKind("test-card.sent")).toMatchObject([{ by: "teste", outcome: "delivered" }]);
  await monitor.stop();
});

test("nothing goes out where Teams is off, a test card neither", async () => {
  const monitor = start({ config: { TEAMS_ENABLED: "False" } });
  await monitor.runUntil("09:00");
  expect(await ask(monitor, { kind: "test-card", card: { title: "", severity: "info", body: "{}" } })).toEqual({ kind: "refused", why: "teams-off" });
  await monitor.stop();
});
