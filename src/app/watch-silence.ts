// When more than half of the plants are without data at once, it is hardly the plants: one card says so, and one when it is over.
import { plantsWithoutData } from "../domain/heartbeat-facts.ts";
import { isGone } from "../domain/gone.ts";
import { monitorNotice, owe, withMonitor } from "../domain/monitor-state.ts";
import { isInWindow } from "../domain/inverter-detector.ts";
import { invertersReport } from "../domain/silence.ts";
import type { Context } from "./context.ts";

/** Looks after each inverter cycle. An API that is down has its own card, and its silence ends only with the next whole cycle;
 *  at night there is nothing to say either way. */
export function watchSilence({ ledger, clock, settings }: Context): void {
  const now = clock.now();
  const { noData, api, apiBackAt } = ledger.state.monitor;
  const plants = [...ledger.state.plants.values()].filter((plant) =>
    !isGone(plant) && plant.inverter.devices.size > 0 && isInWindow(now, settings.rulesOf(plant.info)));
  const isJustBack = apiBackAt !== null && apiBackAt <= now && now - apiBackAt < settings.intervalMs.inverter;
  if (plants.length === 0 || api?.told === true || isJustBack) return;
  const silent = plantsWithoutData(plants, { now, rulesOf: settings.rulesOf }).filter(({ kinds }) => kinds.includes("inverter"));
  // Once told, it is over only when plants report again: in the morning nobody is late yet, and nobody is back either.
  const lacking = noData === null ? silent.length : plants.filter((plant) => !invertersReport(plant, now)).length;
  const isMost = lacking > plants.length / 2;
  if (isMost === (noData !== null)) return;
  const counts = { affected: lacking, total: plants.length };
  const trouble = noData ?? { since: Math.min(...silent.map(({ since }) => since ?? now)), detail: "", told: true };
  const notice = monitorNotice("no-data", isMost ? "lost" : "back", trouble, now, settings.zone, counts);
  void ledger.commit((state) => owe(withMonitor(state, { noData: isMost ? trouble : null }), [notice], now));
}
