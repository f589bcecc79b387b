// The world of a series of lives: from each life to the next one some devices fail or come back. What is to be told follows from that
// alone, and no rule of the monitor is used to say it.
import { inverterReading, minutesAgo, plants, relayReading, wallClock } from "../../test/e2e/live-world.ts";
import type { ScenarioFile } from "../../src/simulator/scenario.ts";

/** Inverter 1 of 301 stops with each trip of the plant's relay and comes back with it: nothing of it is ever to be told. */
const SHADED = { plant: 301, inverter: 1 };
/** `plant/device`. A plant with two inverters, so that a card may hold two of them. */
const DEVICES = ["101/7", "102/7", "103/7", "201/1", "201/2", "202/1", "301/7"] as const;
type Device = (typeof DEVICES)[number];
const isRelay = (device: Device): boolean => device.endsWith("/7");
const MINUTE_MS = 60_000;

/** What Teams or the API does during one life, instead of their work. */
export const LIFE_FAULTS = ["none", "teams-503", "teams-silent", "teams-answer-lost", "inverters-503", "api-silent"] as const;
export type LifeFault = (typeof LIFE_FAULTS)[number];

const FAULT_ROWS: Readonly<Record<LifeFault, readonly (readonly [endpoint: NonNullable<ScenarioFile["faults"]>[number]["endpoint"], fault: string])[]>> = {
  "none": [],
  "teams-503": [["teams", "status:503"]],
  "teams-silent": [["teams", "timeout"]],
  "teams-answer-lost": [["teams", "accepted-then-reset"]],
  "inverters-503": [["day_inverter", "status:503"]],
  // Both kinds: inverters alone would rightly be told as down while nobody knows of the trip above them.
  "api-silent": [["day_relay", "timeout"], ["day_inverter", "timeout"]],
};

export interface Fleet {
  readonly scenario: Pick<ScenarioFile, "plants" | "day_relay" | "day_inverter" | "faults">;
  /** The world's clock in that life: all that was measured in it has been uploaded. */
  readonly clockOf: (life: number) => number;
  /** `101/7 down 10:05`: all that happens up to that life, in order of time. */
  readonly eventsUntil: (life: number) => readonly string[];
}

/** `flips` of `lives[i]`: how many devices change in that life. */
export function makeFleet(lives: readonly { readonly flips: number; readonly fault: LifeFault }[], random: () => number): Fleet {
  const first = minutesAgo(lives.length + 2);
  const minuteOf = (life: number): number => first + life * MINUTE_MS;
  const isDown = new Map<Device, boolean>();
  const day: Record<"relay" | "inverter", Record<string, unknown[]>> = { relay: {}, inverter: {} };
  const events: { readonly life: number; readonly text: string }[] = [];
  for (const [life, { flips }] of lives.entries()) {
    for (const device of pick(DEVICES, flips, random)) {
      const down = isDown.get(device) !== true;
      isDown.set(device, down);
      events.push({ life, text: `${device} ${down ? "down" : "up"} ${wallClock(minuteOf(life)).slice(11, 16)}` });
    }
    for (const device of DEVICES) addReadings(day, device, minuteOf(life), isDown.get(device) === true);
    addInverter(day, SHADED.plant, SHADED.inverter, minuteOf(life), isDown.get("301/7") === true);
  }
  const faults = lives.flatMap(({ fault }, life) => FAULT_ROWS[fault].map(([endpoint, text]) => ({
    from: wallClock(minuteOf(life)), to: wallClock(minuteOf(life + 1)), endpoint, fault: text,
  })));
  const ids = [...new Set(DEVICES.map((device) => Number(device.split("/")[0])))];
  return {
    scenario: { plants: plants(...ids), day_relay: day.relay, day_inverter: day.inverter, faults },
    clockOf: (life) => minuteOf(life) + MINUTE_MS - 1_000,
    eventsUntil: (last) => events.filter(({ life }) => life <= last).map(({ text }) => text),
  };
}

function addReadings(day: Record<"relay" | "inverter", Record<string, unknown[]>>, device: Device, minute: number, down: boolean): void {
  const [plant = 0, id = 0] = device.split("/").map(Number);
  if (isRelay(device)) (day.relay[String(plant)] ??= []).push(relayReading(plant, id, minute + 5_000, down ? ["r59N"] : []));
  else addInverter(day, plant, id, minute, down);
}

/** Three readings a life: enough to be told as down, or as back. */
function addInverter(day: Record<"relay" | "inverter", Record<string, unknown[]>>, plant: number, id: number, minute: number, down: boolean): void {
  for (const second of [10, 30, 50]) (day.inverter[String(plant)] ??= []).push(inverterReading(plant, id, minute + second * 1_000, down ? 0 : 87.5));
}

function pick<T>(from: readonly T[], count: number, random: () => number): T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}
