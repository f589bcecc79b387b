// The monitor's plant beside the model's: whether they say the same of every device.
import type { PlantState } from "../../src/domain/plant.ts";
import type { Plant } from "../model/judge.ts";

/** How the monitor's plant and the model's differ, in words; null where they do not. */
export function differenceOf(state: PlantState, plant: Plant | null): string | null {
  if (plant === null) return "nobody asked for it";
  const relays = [...state.relay.devices].map(([id, { mark, alerts }]) => `${id}@${String(mark)} ${[...alerts.keys()].sort().join("+")}`);
  const modelRelays = [...plant.relays].map(([id, { mark, alerts }]) => `${id}@${String(mark)} ${[...alerts].sort().join("+")}`);
  const inverters = [...state.inverter.devices].map(([id, { mark, failure, run, lastInWindow, intervalsS }]) =>
    `${id}@${String(mark)} ${failure === null ? "runs" : "failed"} ${run === null ? "-" : `${run.sign} ${String(run.count)}`} ${String(lastInWindow)} ${intervalsS.join(",")}`);
  const modelInverters = [...plant.inverters].map(([id, { mark, hasFailed, zeros, positives, lastAt, gaps }]) =>
    `${id}@${String(mark)} ${hasFailed ? "failed" : "runs"} ${zeros > 0 ? `zero ${String(zeros)}` : positives > 0 ? `positive ${String(positives)}` : "-"} ${String(lastAt)} ${gaps.join(",")}`);
  const { withoutRelay, hasRelay } = state.deviceList;
  const mine = [
    ...relays.sort(), ...inverters.sort(), `from ${String(state.relay.beginsAfter)} ${String(state.inverter.beginsAfter)}`, `until ${String(state.inverter.passOverUntil)} ${state.inverter.releasedAt === null ? "" : "released"}`,
    `listed ${String(hasRelay)} ${String(withoutRelay?.first)} ${String(withoutRelay?.latest)}`,
  ];
  const theirs = [
    ...modelRelays.sort(), ...modelInverters.sort(), `from ${String(plant.relaysBegin)} ${String(plant.invertersBegin)}`, `until ${String(plant.passOver)} ${plant.isReleased ? "released" : ""}`,
    `listed ${String(plant.isRelayListed)} ${String(plant.withoutRelay?.first)} ${String(plant.withoutRelay?.last)}`,
  ];
  const odd = mine.findIndex((line, i) => line !== theirs[i]);
  return odd === -1 && mine.length === theirs.length ? null : `${mine[odd] ?? "(nothing)"} instead of ${theirs[odd] ?? "(nothing)"}`;
}
