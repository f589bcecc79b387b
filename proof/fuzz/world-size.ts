// How large a made world is: a speed says nothing without it.
import type { FuzzFile } from "./fuzz-file.ts";

export interface WorldSize {
  readonly plants: number;
  readonly devices: number;
  /** Records of all its days, as they are served in the end. */
  readonly readings: number;
}

export function worldSize({ plants, day_relay = {}, day_inverter = {} }: FuzzFile): WorldSize {
  const lists = [...Object.values(day_relay), ...Object.values(day_inverter)];
  return { plants: plants.length, devices: lists.reduce((sum, list) => sum + idsIn(list), 0), readings: lists.reduce((sum, { length }) => sum + length, 0) };
}

function idsIn(records: readonly unknown[]): number {
  const ids = new Set(records.map((record) => {
    if (typeof record !== "object" || record === null) return null;
    return "idrele" in record ? record.idrele : "idinversor" in record ? record.idinversor : null;
  }));
  return [...ids].filter((id) => typeof id === "number" && id >= 700).length; // what is garbage has no id of a device
}
