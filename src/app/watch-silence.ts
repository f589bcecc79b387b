// When more than half of the plants are without data at once, it is hardly the plants: one card says so, and one when it is over.
import { plantsWithoutData } from "../domain/heartbeat-facts.ts";
import { isGone } from "../domain/listing.ts";
import { monitorNotice, owe, withMonitor } from "../domain/monitor-state.ts";
import { isInWindow } from "../domain/inverter-detector.ts";
import type { Context } from "./context.ts";

/** Looks after each inverter cycle. An API that is down has its own card, and its silence ends only with the next whole cycle;
 *  at night there is nothing to say either way. */
export function watchSilence({ ledger, clock, settings }: Context): void {
  const now = clock.now();
  const { noData, api, apiBackAt } = ledger.state.monitor;
  const plants = [...ledger.state.plants.values()].filter((plant) =>
    !isGone(plant, now) && plant.inverter.devices.size > 0 && isInWindow(now, settings.rulesOf(plant.info)));
  const isJustBack = apiBackAt !== null && now - apiBackAt < settings.intervalMs.inverter;
  if (plants.length === 0 || api?.told === true || isJustBack) return;
  const silent = plantsWithoutData(plants, { now, rulesOf: settings.rulesOf }).filter(({ kinds }) => kinds.includes("inverter"));
  const isMost = silent.length > plants.length / 2;
  if (isMost === (noData !== null)) return;
  const counts = { affected: silent.length, total: plants.length };
  const trouble = noData ?? { since: Math.min(...silent.map(({ since }) => since ?? now)), detail: "", told: true };
  const notice = monitorNotice("no-data", isMost ? "lost" : "back", trouble, now, settings.zone, counts);
  void ledger.commit((state) => owe(withMonitor(state, { noData: isMost ? trouble : null }), [notice], now));
}
