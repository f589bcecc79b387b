// Who has left: after seven days off the active lists, said once, shown for a day, forgotten after thirty days, and never told as normal.
import { describe, expect, test } from "vitest";
import { dropGoneDevices, goneDevices, isGone, knownDevices, noteListed, noteMissing, recentlyGone } from "../../src/domain/gone.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/local-time.ts";
import type { DeviceKind, GoneEntry, PlantState } from "../../src/domain/plant.ts";
import { instant } from "../support/plant-rules.ts";
import { sketchPlant as plant, type Sketch } from "../support/plant-sketch.ts";

const now = instant("12:00");
/** 8 days before the plant's newest sign at 08:00. */
const LONG_AGO = "11-23 08:00";
const drop = (sketch: Sketch, before = plant(sketch)): ReturnType<typeof dropGoneDevices> => dropGoneDevices(before, plant(sketch), now);
const entry = (device: string | null, kind: DeviceKind | null, type: string | null, at = now): GoneEntry => ({ device, kind, type, at });

describe("what is said", () => {
  test("of a relay: each alert that it had", () => {
    const { dropped } = drop({ relays: { 7: [LONG_AGO, "SOBRETENSÃO", "OUTROS"], 8: ["08:00", "OUTROS"] } });
    expect(dropped).toEqual([entry("7", "relay", "SOBRETENSÃO"), entry("7", "relay", "OUTROS")]);
  });

  test("of a relay without an alert, and of an inverter: that it is gone", () => {
    const before = plant({ relays: { 7: [LONG_AGO] }, inverters: { 1: [LONG_AGO], 2: ["11-30 07:59:59"] } });
    const { dropped } = drop({ relays: { 7: [LONG_AGO] }, inverters: { 1: [LONG_AGO], 2: ["08:00"] } }, before);
    expect(dropped).toEqual([entry("7", "relay", null), entry("1", "inverter", null)]);
  });

  test("nothing of a device that was known to be gone, or that this scan has just found among old readings", () => {
    const sketch = { relays: { 7: [LONG_AGO] }, inverters: { 1: [LONG_AGO], 2: ["08:00"] } } as const;
    expect(drop(sketch).dropped).toEqual([]);
    expect(drop(sketch, plant({ inverters: { 2: ["07:00"] } })).dropped).toEqual([]);
  });

  test("a failure of one that was known to be gone is said all the same", () => {
    expect(drop({ inverters: { 1: [LONG_AGO, "11-23 07:00"], 2: ["08:00"] } }).dropped).toEqual([entry("1", "inverter", null)]);
  });
});

describe("what is left", () => {
  test("the alerts and failures of the others, the marks of all", () => {
    const left = drop({ relays: { 7: [LONG_AGO, "A"], 8: ["08:00", "A"] }, inverters: { 1: [LONG_AGO, LONG_AGO], 2: ["08:00", "07:00"] } }).plant;
    expect([...left.relay.devices].map(([id, { mark, alerts }]) => [id, mark, alerts.size])).toEqual([["7", instant(LONG_AGO), 0], ["8", instant("08:00"), 1]]);
    expect([...left.inverter.devices].map(([id, { mark, failure }]) => [id, mark, failure?.first ?? null])).toEqual([["1", instant(LONG_AGO), null], ["2", instant("08:00"), instant("07:00")]]);
    expect([knownDevices(left, "relay"), knownDevices(left, "inverter"), [...goneDevices(left, "relay")], [...goneDevices(left, "inverter")]]).toEqual([1, 1, ["7"], ["1"]]);
  });

  test("no run of one that is gone: what it reports some day begins one", () => {
    const sketched = plant({ inverters: { 1: [LONG_AGO], 2: ["08:00"] } });
    const run = { sign: "zero", count: 2, since: instant(LONG_AGO) } as const;
    const running: PlantState = { ...sketched, inverter: { ...sketched.inverter, devices: new Map([...sketched.inverter.devices].map(([id, device]) => [id, { ...device, run }])) } };
    expect([...dropGoneDevices(running, running, now).plant.inverter.devices.values()].map((device) => device.run)).toEqual([null, run]);
  });

  test.each<[string, string, boolean]>([["after thirty days", "11-01 08:00", true], ["a second before", "11-01 08:00:01", false]])("a device is forgotten %s", (_, mark, isForgotten) => {
    const left = drop({ relays: { 7: [mark] }, inverters: { 1: [mark], 2: ["08:00"] } }).plant;
    expect([left.relay.devices.has("7"), left.inverter.devices.has("1"), left.inverter.devices.has("2")]).toEqual([!isForgotten, !isForgotten, true]);
  });

  test("where nobody is gone, the plant as it was", () => {
    const whole = plant({ relays: { 7: ["07:00", "A"] }, inverters: { 1: ["08:00", "07:00"] } });
    expect(dropGoneDevices(whole, whole, now)).toEqual({ plant: whole, dropped: [] });
    expect(dropGoneDevices(whole, whole, now).plant).toBe(whole);
  });
});

describe("a relay's trip hides inverters", () => {
  const hidden = plant({ relays: { 7: ["08:00"] }, inverters: { 1: [LONG_AGO] } });
  const after = (passOverUntil: string): string[] => [...goneDevices({ ...hidden, inverter: { ...hidden.inverter, passOverUntil: instant(passOverUntil) } }, "inverter")];

  test("the seven days of an inverter begin where the trip ended", () => {
    expect([after("11-24 08:00:01"), after("11-24 08:00"), after("11-20 08:00")]).toEqual([[], ["1"], ["1"]]);
  });

  test("those of a relay do not", () => {
    const silent = plant({ relays: { 7: [LONG_AGO] }, inverters: { 1: ["08:00"] } });
    const { inverter } = silent;
    expect([...goneDevices({ ...silent, inverter: { ...inverter, passOverUntil: now, unwatchedSince: now } }, "relay")]).toEqual(["7"]);
  });
});

describe("for how long it is shown", () => {
  const entries = [entry("7", "relay", "A", now - DAY_MS), entry("8", "relay", "A", now - DAY_MS + 1), entry(null, null, null, now - 30 * DAY_MS)];
  const shown = { ...plant({ inverters: { 1: ["08:00"] } }), gone: entries };

  test("a device for 24 h, in state and heartbeat", () => {
    expect(recentlyGone(shown, now)).toEqual([entries[1]]);
    expect(dropGoneDevices(shown, shown, now).plant.gone).toEqual([entries[1], entries[2]]);
  });

  test("under a mute as long as it lasts: its end has to tell of it; the heartbeat goes on to show a day", () => {
    const kept = dropGoneDevices(shown, shown, now, true).plant;
    expect([kept.gone, recentlyGone(kept, now)]).toEqual([entries, [entries[1]]]);
  });

  test("what is new comes last", () => {
    const sketched = plant({ inverters: { 1: ["08:00"], 9: [LONG_AGO, LONG_AGO] } });
    expect(dropGoneDevices(sketched, { ...sketched, gone: entries }, now).plant.gone).toEqual([entries[1], entries[2], entry("9", "inverter", null)]);
  });
});

describe("a plant that lists lack", () => {
  const missing = (since: number, at: number): PlantState => noteMissing({ ...plant({ relays: { 7: ["08:00", "A"] }, inverters: { 1: ["08:00", "07:00"] } }), missingSince: since }, at);

  test("is gone after seven days, which takes its devices off the active lists", () => {
    expect(isGone(missing(now, now + 7 * DAY_MS - 1))).toBe(false);
    const gone = missing(now, now + 7 * DAY_MS);
    expect(gone).toMatchObject({ missingSince: now, gone: [entry(null, null, null, now + 7 * DAY_MS)] });
    expect([gone.relay.devices.get("7")?.alerts.size, gone.inverter.devices.get("1")?.failure]).toEqual([0, null]);
    expect(noteMissing(gone, now + 8 * DAY_MS).gone).toEqual(gone.gone);
  });

  test("noted by a clock that was ahead, has its seven days from now on", () => {
    expect(missing(now + HOUR_MS, now).missingSince).toBe(now);
  });

  test("and that is listed again is no longer gone; what is said of its devices stays", () => {
    const gone = { ...missing(now, now + 7 * DAY_MS), gone: [entry("7", "relay", "A"), entry(null, null, null)] };
    const back = noteListed(gone);
    expect(back).toMatchObject({ missingSince: null, gone: [entry("7", "relay", "A")] });
    expect(isGone(back)).toBe(false);
  });
});
