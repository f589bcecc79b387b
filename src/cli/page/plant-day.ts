// One plant on one day: what each inverter gave, what happened, what the relays say.
import type { PlantDay, PlantTile } from "../../api/schemas.ts";
import { openIncidents } from "../../app/open-incidents.ts";
import { addDays, localDate, startOfDay, timeOfDay, type EpochMs, type LocalDate } from "../../domain/local-time.ts";
import { deviceName, type PlantState } from "../../domain/plant.ts";
import type { PlantRules } from "../../domain/rules.ts";
import type { FromHistory, HistoryIncident, PowerSeries } from "../../ports/history.ts";
import { incidentView, isAsked, parametersView, uniteWithOpen } from "./incident-views.ts";

export interface DayFrame {
  readonly date: LocalDate;
  readonly today: LocalDate;
  readonly earliest: LocalDate;
  readonly day: { readonly from: EpochMs; readonly to: EpochMs };
  readonly window: { readonly from: EpochMs; readonly to: EpochMs };
}

/** The day's instants by the plant's clock; a date outside of what the history keeps is the nearest one inside. */
export function frameOf(date: LocalDate | null, now: EpochMs, { zone, window }: PlantRules, historyDays: number): DayFrame {
  const today = localDate(now, zone);
  const earliest = addDays(today, -historyDays);
  const asked = date === null || date > today ? today : date < earliest ? earliest : date;
  return {
    date: asked, today, earliest,
    day: { from: startOfDay(asked, zone), to: startOfDay(addDays(asked, 1), zone) },
    window: { from: timeOfDay(asked, window.fromS, zone), to: timeOfDay(asked, window.toS, zone) },
  };
}

export interface DayFacts {
  readonly now: EpochMs;
  readonly zone: string;
  readonly plant: PlantState;
  readonly tile: PlantTile;
  readonly frame: DayFrame;
  readonly power: FromHistory<readonly PowerSeries[]>;
  readonly recorded: FromHistory<readonly HistoryIncident[]>;
}

export function plantDayView({ now, zone, plant, tile, frame, power, recorded }: DayFacts): PlantDay {
  const { day, ...dates } = frame;
  const query = { ...day, limit: Infinity };
  const incidents = uniteWithOpen(recorded, openIncidents(plant)).filter((incident) => isAsked(incident, query));
  return {
    at: now, zone, ...dates, day, plant: tile,
    inverters: invertersOf(plant, power.ok ? power.value : [], incidents, day.to),
    relays: [...plant.relay.devices].map(([id, { mark, alerts }]) => ({
      id, name: deviceName(plant, id), lastReading: mark,
      alerts: [...alerts.values()].map(({ type, first, last, parameters }) => ({ type, since: first, last, parameters: parametersView(parameters) })),
    })),
    incidents: incidents.map(incidentView),
    missing: power.ok ? (recorded.ok ? null : recorded.reason) : power.reason,
  };
}

/** By name, numbers in their order. An inverter that the plant no longer has is shown on the days on which it had it; `down` is what was
 *  open when the day ended, or is now. */
function invertersOf(plant: PlantState, series: readonly PowerSeries[], incidents: readonly HistoryIncident[], dayEnd: EpochMs): PlantDay["inverters"] {
  const power = new Map(series.map((one) => [one.device, one]));
  const ids = new Set([...plant.inverter.devices.keys(), ...power.keys()]);
  return [...ids].map((id) => {
    const down = incidents.find(({ kind, device, end, goneAt }) => kind === "inverter" && device === id && (end ?? goneAt ?? Infinity) >= dayEnd)?.first ?? null;
    const { at, powerKw } = power.get(id) ?? { at: [], powerKw: [] };
    return { id, name: deviceName(plant, id), isDown: down !== null, down, at: [...at], powerKw: [...powerKw] };
  }).sort((a, b) => a.name.localeCompare(b.name, "pt-BR", { numeric: true }));
}
