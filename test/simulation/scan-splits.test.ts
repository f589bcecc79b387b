// SPEC sections 2 and 4: when scans run, how often, and when the monitor was started, changes what is told only in its moment.
import fc from "fast-check";
import { expect, test } from "vitest";
import { byDevice, inverter, play, relay, type Story, type Track } from "../support/scenario.ts";

const kw = fc.constantFrom(0, 0, 0, 50, 50, -2, "-");
const inverterDay = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), kw, fc.nat(9)), { minLength: 6, maxLength: 14 });
const relayDay = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("", "", "r59N", "r27A", "r59N r27A", "r86", "?")), { minLength: 6, maxLength: 14 });

const device = fc.tuple(inverterDay, inverterDay, relayDay).map(([first, second, trips]): Track[] => {
  const inverters = [first, second].map((rows, i) => {
    const track = inverter(101, i + 1).from("07:00").every("315s");
    for (const [count, power, missed] of rows) track.miss(missed > 7 ? missed - 7 : 0).kw(power, count);
    return track;
  });
  const relays = relay(102, 7).from("07:00");
  for (const [count, active] of trips) {
    if (active === "") relays.clean(count);
    else if (active === "?") relays.fields({ rFREQ: 60 }, count);
    else relays.active(active, count);
  }
  return [...inverters, relays];
});

/** What was told, without its moment. */
async function story(more: Partial<Story>, devices: readonly Track[]): Promise<string[]> {
  const { events } = byDevice(await play({ start: "07:00", end: "13:30", devices, ...more }));
  return events.map(({ kind, plant, device: id, type, reading }) => [kind, plant, id, type, reading].join(" "));
}

test("the same readings, scanned otherwise, tell the same", async () => {
  let told = 0;
  await fc.assert(fc.asyncProperty(device, fc.integer({ min: 61, max: 1799 }), fc.integer({ min: 1, max: 59 }), async (devices, interval, shift) => {
    const expected = await story({}, devices);
    told += expected.length;
    expect(await story({ config: { RELAY_INTERVAL: interval, INVERTER_INTERVAL: interval + 17 } }, devices)).toEqual(expected);
    expect(await story({ start: `08:${String(shift).padStart(2, "0")}` }, devices)).toEqual(expected);
    expect(await story({ start: "13:00" }, devices)).toEqual(expected); // all of it in one scan
  }), { seed: 42, numRuns: 12 });
  expect(told).toBeGreaterThan(30);
});
