// The report of a week out of the history; what is open comes from the state too, which is the truth where the history is missing.
import { isGone, knownDevices } from "../domain/gone.ts";
import type { Week } from "../domain/iso-week.ts";
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import type { PlantState } from "../domain/plant.ts";
import { uniteIncidents } from "../domain/report-incidents.ts";
import type { RulesOf } from "../domain/rules.ts";
import { buildReport, type ReportGap, type ReportPlant, type WeeklyReport } from "../domain/weekly-report.ts";
import type { History } from "../ports/history.ts";
import { openIncidents } from "./open-incidents.ts";
import type { Rebuilt } from "./rebuild-incidents.ts";

/** More than any site has in a week; what is beyond it is said to be missing. */
const MOST_INCIDENTS = 50_000;

export interface Sources {
  readonly week: Week;
  readonly now: EpochMs;
  readonly history: Pick<History, "incidents" | "outages" | "trouble">;
  /** Null where none can be read. */
  readonly state: MonitorState | null;
  readonly rulesOf: RulesOf;
  /** What the API told afterwards. */
  readonly rebuilt?: Rebuilt;
}

export async function gatherReport({ week, now, history, state, rulesOf, rebuilt }: Sources): Promise<WeeklyReport> {
  const recorded = await history.incidents({ from: week.from, to: week.to, limit: MOST_INCIDENTS });
  const outages = recorded.ok ? await history.outages({ from: week.from, to: week.to }) : recorded;
  const known = [...(recorded.ok ? recorded.value : []), ...[...state?.plants.values() ?? []].flatMap(openIncidents).filter(({ first }) => first < week.to)];
  return buildReport({
    week, now, rulesOf,
    source: rebuilt === undefined ? "history" : recorded.ok ? "both" : "api",
    plants: plantsOf(state, rebuilt),
    incidents: uniteIncidents(known, rebuilt?.incidents ?? []),
    gaps: [
      ...(recorded.ok ? [] : [{ kind: "history", reason: recorded.reason } as const]),
      ...(recorded.ok && recorded.value.length >= MOST_INCIDENTS ? [{ kind: "history", reason: `só as ${String(MOST_INCIDENTS)} ocorrências mais novas` } as const] : []),
      ...(history.trouble !== null && history.trouble.since < week.to ? [{ kind: "history", reason: history.trouble.reason } as const] : []),
      ...(outages.ok ? outages.value.filter(({ topic }) => topic !== "teams" && topic !== "state").map(({ topic, since, until }): ReportGap => ({ kind: "outage", topic, since, until })) : []),
      ...rebuilt?.gaps ?? [],
    ],
  });
}

/** Every plant that the monitor or the API knows, with the most devices that either has seen. */
function plantsOf(state: MonitorState | null, rebuilt: Rebuilt | undefined): readonly ReportPlant[] {
  const watched = [...state?.plants.values() ?? []].filter((plant) => !isGone(plant)).map(reportPlant);
  const plants = new Map(watched.map((plant) => [plant.id, plant]));
  for (const { id, name, devices } of rebuilt?.plants ?? []) {
    const own = plants.get(id)?.devices ?? devices;
    plants.set(id, { id, name, devices: { relay: Math.max(own.relay, devices.relay), inverter: Math.max(own.inverter, devices.inverter) } });
  }
  return [...plants.values()];
}

function reportPlant(plant: PlantState): ReportPlant {
  return { id: plant.info.id, name: plant.info.name, devices: { relay: knownDevices(plant, "relay"), inverter: knownDevices(plant, "inverter") } };
}
