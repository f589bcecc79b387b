// The monitor's plant beside the model's: whether they say the same of every device.
import type { InverterState, PlantState, RelayState } from "../../src/domain/plant.ts";
import type { Inverter, Plant, Relay } from "../model/judge.ts";

/** How they differ, in words; null where they do not. */
export function differenceOf(state: PlantState, plant: Plant | null): string | null {
  if (plant === null) return "nobody asked for it";
  const [mine, theirs] = [stateLines(state), modelLines(plant)];
  if (mine === theirs) return null;
  return firstDifference(mine.split("\n"), theirs.split("\n"));
}

function firstDifference(mine: readonly string[], theirs: readonly string[]): string {
  const at = Array.from({ length: Math.max(mine.length, theirs.length) }, (_, i) => i).find((i) => mine[i] !== theirs[i]);
  return `${mine[at ?? -1] ?? "(nothing)"} instead of ${theirs[at ?? -1] ?? "(nothing)"}`;
}

/** Neither side changes a plant in place, and every save holds all of them: each is put into words once. */
function once<P extends object>(say: (plant: P) => readonly string[]): (plant: P) => string {
  const said = new WeakMap<P, string>();
  return (plant) => {
    const known = said.get(plant);
    if (known !== undefined) return known;
    const text = say(plant).join("\n");
    said.set(plant, text);
    return text;
  };
}
const stateLines = once(linesOfState);
const modelLines = once(linesOfModel);

const linesOfDevices = <D>(devices: ReadonlyMap<string, D>, say: (device: D) => readonly unknown[]): string[] =>
  [...devices].map(([id, device]) => [id, ...say(device)].join(" ")).sort();

function linesOfState({ relay, inverter, deviceList: { hasRelay, withoutRelay } }: PlantState): string[] {
  const sayRelay = ({ mark, alerts }: RelayState): unknown[] => [mark, ...[...alerts.keys()].sort()];
  const sayInverter = ({ mark, failure, run, lastInWindow, intervalsS }: InverterState): unknown[] =>
    [mark, failure === null ? "runs" : "failed", run?.sign ?? "", run?.count ?? 0, lastInWindow, intervalsS.join(",")];
  return [
    ...linesOfDevices(relay.devices, sayRelay), ...linesOfDevices(inverter.devices, sayInverter),
    ["from", relay.beginsAfter, inverter.beginsAfter].join(" "), ["until", inverter.passOverUntil, inverter.releasedAt === null ? "" : "released"].join(" "),
    ["listed", hasRelay, withoutRelay?.first, withoutRelay?.latest].join(" "),
  ];
}

function linesOfModel({ relays, inverters, relaysBegin, invertersBegin, passOver, isReleased, isRelayListed, withoutRelay }: Plant): string[] {
  const sayRelay = ({ mark, alerts }: Relay): unknown[] => [mark, ...[...alerts].sort()];
  const sayInverter = ({ mark, hasFailed, zeros, positives, lastAt, gaps }: Inverter): unknown[] =>
    [mark, hasFailed ? "failed" : "runs", zeros > 0 ? "zero" : positives > 0 ? "positive" : "", zeros + positives, lastAt, gaps.join(",")];
  return [
    ...linesOfDevices(relays, sayRelay), ...linesOfDevices(inverters, sayInverter),
    ["from", relaysBegin, invertersBegin].join(" "), ["until", passOver, isReleased ? "released" : ""].join(" "),
    ["listed", isRelayListed, withoutRelay?.first, withoutRelay?.last].join(" "),
  ];
}
