// What is failing now, as the state knows it, in the form of the history: what only the history knows of it (who was told) is not here.
import { activeAlerts, deviceName, failedInverters, type DeviceKind, type PlantInfo, type PlantState } from "../domain/plant.ts";
import type { HistoryIncident } from "../ports/history.ts";

export const UNTOLD = { end: null, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null };

export function placeOf({ id, name }: PlantInfo, kind: DeviceKind, device: string, deviceNamed: string): Pick<HistoryIncident, "plantId" | "plantName" | "kind" | "device" | "deviceName"> {
  return { plantId: id, plantName: name, kind, device, deviceName: deviceNamed };
}

export function openIncidents(plant: PlantState): HistoryIncident[] {
  return [
    ...activeAlerts(plant).map(({ device, alert: { incidentId: id, type, parameters, first, last } }): HistoryIncident =>
      ({ ...UNTOLD, ...placeOf(plant.info, "relay", device, deviceName(plant, device)), id, type, parameters, first, last })),
    ...failedInverters(plant).map(({ device, failure: { incidentId: id, first, last } }): HistoryIncident =>
      ({ ...UNTOLD, ...placeOf(plant.info, "inverter", device, deviceName(plant, device)), id, type: null, parameters: [], first, last })),
  ];
}
