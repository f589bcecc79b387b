// Days read afterwards: the incidents that a monitor would have found that scanned at a steady interval, by the same rules.
import { describe, expect, test } from "vitest";
import { newPlant, type PlantState } from "../../src/domain/plant.ts";
import type { InverterReading, RelayReading } from "../../src/domain/reading.ts";
import { replayPlant, type DaysToReplay, type Replayed } from "../../src/domain/replay.ts";
import type { ReportIncident } from "../../src/domain/report-incidents.ts";
import { instant, plantRules, ZONE } from "../support/plant-rules.ts";
import { sketchPlant } from "../support/plant-sketch.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every 5 min (or `every`) from one time to another, both included; `11-24 10:00`. */
function times(from: string, to: string, every = 5 * MINUTE): number[] {
  const [first, last] = [instant(from), instant(to)];
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => first + i * every);
}
const power = (device: string, powerKw: number | null, from: string, to = from): InverterReading[] => times(from, to).map((at) => ({ device, at, powerKw }));
const relay = (device: string, active: readonly string[], from: string, to = from, every = 5 * MINUTE): RelayReading[] => times(from, to, every).map((at) => ({ device, at, active, hasWatched: true }));

/** Monday 24 November, scanned every 15 min. */
function replay(days: Partial<DaysToReplay>, plant: PlantState = newPlant({ id: "101", name: "UFV A", capacityKwp: null })): Replayed {
  return replayPlant(plant, { relays: [], inverters: [], from: instant("11-24 00:00"), to: instant("11-25 00:00"), scanEveryMs: 15 * MINUTE, ...days }, plantRules({}));
}
const local = (at: number | null): string => (at === null ? "…" : Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toPlainDateTime().toString().slice(5, 16));
/** `9 10:00-12:00`, and where its device is gone since when. */
const shown = ({ incidents }: Replayed): string[] => incidents.map(({ device, type, first, last, end, goneAt }) =>
  `${device}${type === null ? "" : ` ${type}`} ${local(first)} to ${local(end)}${end === null ? `, failing at ${local(last)}` : ""}${goneAt === null ? "" : `, gone at ${local(goneAt)}`}`);

describe("what is found", () => {
  test("nothing in no readings", () => {
    expect(replay({})).toEqual({ incidents: [], devices: { relay: 0, inverter: 0 } });
  });

  test("an inverter: from the first of 3 zeros to the first of 3 positives", () => {
    const inverters = [...power("9", 5, "11-24 09:00", "11-24 09:55"), ...power("9", 0, "11-24 10:00", "11-24 10:55"), ...power("9", 5, "11-24 11:00", "11-24 12:00"), ...power("10", 5, "11-24 09:00", "11-24 12:00")];
    const plant = newPlant({ id: "101", name: "UFV A", capacityKwp: null });
    const named = { ...plant, deviceList: { ...plant.deviceList, names: new Map([["9", "Inversor 9"]]) } };
    const { incidents, devices } = replay({ inverters }, named);
    expect(devices).toEqual({ relay: 0, inverter: 2 });
    expect(incidents).toEqual([{
      id: expect.stringMatching(/^[0-9A-Z]{6}$/) as string, plantId: "101", plantName: "UFV A", kind: "inverter", device: "9", deviceName: "Inversor 9", type: null, parameters: [],
      first: instant("11-24 10:00"), last: instant("11-24 10:55"), end: instant("11-24 11:00"), goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null,
    } satisfies ReportIncident]);
  });

  test("a relay: from its first failing reading to a clean one, with every parameter that was active", () => {
    const relays = [...relay("7", [], "11-24 09:00"), ...relay("7", ["r59N"], "11-24 10:00", "11-24 10:10"), ...relay("7", ["r59N", "r59A"], "11-24 10:15"), ...relay("7", [], "11-24 10:20")];
    const { incidents, devices } = replay({ relays });
    expect(devices).toEqual({ relay: 1, inverter: 0 });
    expect(incidents).toMatchObject([{
      kind: "relay", device: "7", deviceName: "7", type: "SOBRETENSÃO", parameters: ["r59N", "r59A"], first: instant("11-24 10:00"), last: instant("11-24 10:15"), end: instant("11-24 10:20"), goneAt: null,
    }]);
  });

  test("what lasts has no end, its newest failing reading, and all its parameters", () => {
    const relays = [...relay("7", ["r59N"], "11-24 10:00"), ...relay("7", ["r59N", "r59A"], "11-24 18:00")];
    expect(replay({ relays }).incidents).toMatchObject([{ first: instant("11-24 10:00"), last: instant("11-24 18:00"), end: null, parameters: ["r59N", "r59A"] }]);
    expect(shown(replay({ inverters: power("9", 0, "11-24 10:00", "11-24 12:00") }))).toEqual(["9 11-24T10:00 to …, failing at 11-24T12:00"]);
  });

  test("the same whatever the order in which readings come, however often, and however scans split them", () => {
    const inverters = [...power("9", 0, "11-24 10:00", "11-24 10:55"), ...power("9", 5, "11-24 11:00", "11-24 12:00"), ...power("9", 0, "11-24 12:05", "11-24 12:15")];
    const expected = ["9 11-24T10:00 to 11-24T11:00", "9 11-24T12:05 to …, failing at 11-24T12:15"];
    for (const scanEveryMs of [MINUTE, 7 * MINUTE, 15 * MINUTE, 5 * HOUR, 1000 * HOUR]) expect(shown(replay({ inverters: [...inverters, ...inverters].reverse(), scanEveryMs }))).toEqual(expected);
  });

  test("a story that began before these days is told only by what ends it", () => {
    const begun = sketchPlant({ relays: { 7: ["11-23 10:00", "SOBRETENSÃO"] } });
    expect(replay({}, begun).incidents).toEqual([]);
    expect(shown(replay({ relays: relay("7", [], "11-24 10:00") }, begun))).toEqual(["7 SOBRETENSÃO 11-23T09:00 to 11-24T10:00"]);
  });
});

describe("which readings are judged", () => {
  const [from, to] = [(): number => instant("11-24 10:00"), (): number => instant("11-24 10:20")];
  test.each([
    ["from the first moment on", ["11-24 10:00", "11-24 10:05", "11-24 10:10"], ["9 11-24T10:00 to …, failing at 11-24T10:10"]],
    ["none before it", ["11-24 09:55", "11-24 10:00", "11-24 10:05"], []],
    ["up to the last, not at it", ["11-24 10:10", "11-24 10:15", "11-24 10:20"], []],
    ["none after it", ["11-24 10:15", "11-24 10:20", "11-24 10:25"], []],
  ])("%s", (_, told, expected) => {
    expect(shown(replay({ inverters: told.flatMap((at) => power("9", 0, at)), from: from(), to: to() }))).toEqual(expected);
  });

  test.each([["11-24 09:55", 0], ["11-24 10:00", 1], ["11-24 10:19", 1], ["11-24 10:20", 0]])("of a relay at %s: %d", (told, count) => {
    expect(replay({ relays: relay("7", ["r59N"], told), from: from(), to: to() }).incidents).toHaveLength(count);
  });
});

describe("relay before inverter", () => {
  const trip = (): RelayReading[] => [...relay("7", ["r59N"], "11-24 10:00", "11-24 11:00"), ...relay("7", [], "11-24 11:05")];

  test("a trip is no wave of inverter failures", () => {
    const inverters = [...power("9", 5, "11-24 09:00", "11-24 09:55"), ...power("9", 0, "11-24 10:00", "11-24 11:05"), ...power("9", 5, "11-24 11:10", "11-24 12:00")];
    expect(shown(replay({ relays: trip(), inverters }))).toEqual(["7 SOBRETENSÃO 11-24T10:00 to 11-24T11:05"]);
  });

  test("what stays down after it is told from there on", () => {
    expect(shown(replay({ relays: trip(), inverters: power("9", 0, "11-24 10:00", "11-24 12:00") }))).toEqual(["7 SOBRETENSÃO 11-24T10:00 to 11-24T11:05", "9 11-24T11:10 to …, failing at 11-24T12:00"]);
  });

  test("an inverter in failure before it stays so until its 3 positives after it", () => {
    const inverters = [...power("9", 0, "11-24 09:00", "11-24 09:40"), ...power("9", 5, "11-24 10:10", "11-24 12:00")];
    expect(shown(replay({ relays: trip(), inverters }))).toEqual(["9 11-24T09:00 to 11-24T11:10", "7 SOBRETENSÃO 11-24T10:00 to 11-24T11:05"]);
  });

  test("an inverter that was read only during it is a device all the same", () => {
    expect(replay({ relays: trip(), inverters: power("9", 0, "11-24 10:10", "11-24 10:20") }).devices).toEqual({ relay: 1, inverter: 1 });
  });

  test("a relay that is silent for 2 h: the inverters are judged from the scan on that finds it so", () => {
    const relays = relay("7", ["r59N"], "11-24 10:00", "11-24 10:10");
    const inverters = power("9", 0, "11-24 10:00", "11-24 13:00");
    expect(shown(replay({ relays, inverters }))).toEqual(["7 SOBRETENSÃO 11-24T10:00 to …, failing at 11-24T10:10", "9 11-24T12:20 to …, failing at 11-24T13:00"]);
  });
});

describe("who is gone", () => {
  const toDay = (told: string): Partial<DaysToReplay> => ({ to: instant(told), scanEveryMs: HOUR });
  /** Relay 8 is well and reports every 6 h. */
  const others = (): RelayReading[] => relay("8", [], "11-24 00:00", "12-12 00:00", 6 * HOUR);

  test("a relay after 7 days of silence: its newest failing reading, and when it was found gone; what had ended is not touched", () => {
    const own = [...relay("7", ["r27A"], "11-24 08:00"), ...relay("7", ["r59N"], "11-24 09:00"), ...relay("7", ["r59N"], "11-24 12:00")];
    expect(shown(replay({ relays: [...own, ...others()], ...toDay("12-04 00:00") }))).toEqual([
      "7 SUBTENSÃO 11-24T08:00 to 11-24T09:00", "7 SOBRETENSÃO 11-24T09:00 to …, failing at 11-24T12:00, gone at 12-01T12:00",
    ]);
  });

  test("while an alerted relay talks the inverters are not watched: nobody can say that one of them is gone", () => {
    const relays = [...relay("7", ["r59N"], "11-24 18:00"), ...relay("8", ["r59N"], "11-24 18:00", "12-03 18:00", HOUR)];
    const inverters = power("9", 0, "11-24 09:00", "11-24 10:00");
    expect(shown(replay({ relays, inverters, ...toDay("12-03 19:00") }))).toEqual([
      "9 11-24T09:00 to …, failing at 11-24T10:00", "7 SOBRETENSÃO 11-24T18:00 to …, failing at 11-24T18:00, gone at 12-01T18:00", "8 SOBRETENSÃO 11-24T18:00 to …, failing at 12-03T18:00",
    ]);
  });

  test("an inverter likewise", () => {
    const well = times("11-24 06:30", "12-03 06:30", 24 * HOUR).map((at): InverterReading => ({ device: "10", at, powerKw: 5 }));
    expect(shown(replay({ inverters: [...power("9", 0, "11-24 09:00", "11-24 10:00"), ...well], ...toDay("12-04 00:00") }))).toEqual(["9 11-24T09:00 to …, failing at 11-24T10:00, gone at 12-02T07:00"]);
  });

  test("a relay, but not the inverter that has its number", () => {
    const inverters = [...power("9", 0, "11-24 09:00", "11-24 10:00"), ...times("11-25 09:00", "12-03 09:00", 24 * HOUR).map((at): InverterReading => ({ device: "9", at, powerKw: 0 }))];
    expect(shown(replay({ relays: relay("9", ["r79"], "11-24 05:00"), inverters, ...toDay("12-04 00:00") }))).toEqual([
      "9 OUTROS 11-24T05:00 to …, failing at 11-24T05:00, gone at 12-01T09:00", "9 11-24T09:00 to …, failing at 12-03T09:00",
    ]);
  });

  test("again, after it came back: each incident has its own", () => {
    const own = [...relay("7", ["r59N"], "11-24 12:00"), ...relay("7", ["r59N"], "12-03 12:00")];
    expect(shown(replay({ relays: [...own, ...others()], ...toDay("12-12 00:00") }))).toEqual([
      "7 SOBRETENSÃO 11-24T12:00 to …, failing at 11-24T12:00, gone at 12-01T12:00", "7 SOBRETENSÃO 12-03T12:00 to …, failing at 12-03T12:00, gone at 12-10T12:00",
    ]);
  });
});
