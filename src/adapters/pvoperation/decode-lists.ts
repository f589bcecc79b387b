// The plant list and the device lists. Names hold non-breaking blanks and worse; ids come as numbers and as texts.
import type { PlantInfo } from "../../domain/plant.ts";
import { parsePowerKw } from "../../domain/power.ts";
import type { Fetched, ListedDevice, ListedPlants } from "../../ports/plant-api.ts";
import { notAList } from "./decode.ts";
import { cleanText, example, identity, isObject, LONGEST_IDENTITY, type JsonObject } from "./fields.ts";

const LONGEST_NAME = 200;
/** `device_status` 3 is cancelled, 4 is blocked: phantoms that never report. */
const LEFT_OUT: ReadonlySet<string> = new Set(["3", "4"]);

export function decodePlants(json: unknown): Fetched<ListedPlants> {
  if (!Array.isArray(json)) {
    const problem = notAList(json);
    // About no plant in particular, whatever it says.
    return { ...problem, reason: "wrong-shape" };
  }
  const plants = new Map<string, PlantInfo>();
  let count = 0;
  let first: string | null = null;
  for (const record of json) {
    const id = isObject(record) ? plantId(record["id"]) : null;
    if (id !== null && isObject(record)) {
      plants.set(id, { id, name: plantName(record["nome"]) ?? `Usina ${id}`, capacityKwp: capacityOf(record) });
    } else {
      count += 1;
      first ??= example("usina sem id", record);
    }
  }
  return { kind: "complete", value: { plants: [...plants.values()], unusable: { count, example: first } } };
}

/** A positive whole number, or a text of one; in one spelling, as it is a key of the state. */
function plantId(value: unknown): string | null {
  const text = identity(value);
  if (text === null || !/^\d{1,15}$/.test(text)) return null;
  const id = Number(text);
  return id > 0 ? String(id) : null;
}

function plantName(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const name = cleanText(String(value), LONGEST_NAME);
  return name === "" ? null : name;
}

function capacityOf(record: JsonObject): number | null {
  const capacity = parsePowerKw(record["capacidade"]);
  return capacity !== null && capacity >= 0 ? capacity : null;
}

/** No longer than a reading's may be: names are kept by it. */
function shortIdentity(value: unknown): string | null {
  const text = identity(value);
  return text === null || text.length > LONGEST_IDENTITY ? null : text;
}

/** `[{"plant_devices": […]}, …]`, flat. Entries without a type say nothing about what the plant has, and are left out;
 *  one without id and serial number is kept (its id is empty): it may be the plant's only relay. */
export function decodePlantDevices(json: unknown): Fetched<readonly ListedDevice[]> {
  if (!Array.isArray(json)) return notAList(json);
  const devices: ListedDevice[] = [];
  for (const group of json) {
    const listed: unknown = isObject(group) ? group["plant_devices"] : null;
    if (!Array.isArray(listed)) continue;
    for (const device of listed) {
      const type = isObject(device) ? shortIdentity(device["device_type"]) : null;
      if (type === null || !isObject(device) || LEFT_OUT.has(identity(device["device_status"]) ?? "")) continue;
      const serial = shortIdentity(device["device_esn"]);
      const name = cleanText(identity(device["device_name"]) ?? "", LONGEST_NAME);
      devices.push({ id: shortIdentity(device["device_id"]) ?? serial ?? "", serial, name: name === "" ? null : name, type: type.toUpperCase() });
    }
  }
  return { kind: "complete", value: devices };
}
