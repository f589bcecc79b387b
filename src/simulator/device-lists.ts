// The answer of `plant_devices`: the scenario's own, or made from the identities that the readings carry.
import { contentOf, isObject, servedText, type JsonObject } from "./served-records.ts";

const INVERTER_KEYS = { outer: ["idinversor"], inner: ["Inversor", "esn"], last: ["idefinversor"] } as const;
const RELAY_KEYS = { outer: ["idrele", "idRele", "IdRele", "id_rele"], inner: ["idrele", "Rele", "rele", "esn"], last: [] } as const;

function firstOf(object: JsonObject | null, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = object?.[key];
    if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
  }
  return null;
}

function identities(records: readonly unknown[], keys: typeof INVERTER_KEYS | typeof RELAY_KEYS): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const record of records) {
    if (!isObject(record)) continue;
    const content = contentOf(record);
    const id = firstOf(record, keys.outer) ?? firstOf(content, keys.inner) ?? firstOf(record, keys.last);
    if (id !== null) found.set(id, firstOf(content, ["esn"]));
  }
  return found;
}

function listed(devices: Map<string, string | null>, type: "INVERTER" | "RELE"): JsonObject[] {
  return [...devices].map(([id, serial]) => ({
    device_esn: serial ?? id,
    device_id: /^\d{1,15}$/.test(id) ? Number(id) : id,
    device_name: id,
    device_status: 1,
    device_type: type,
    installed_capacity: null,
  }));
}

export function deviceListFrom(relayRecords: readonly unknown[], inverterRecords: readonly unknown[]): string {
  const devices = [
    ...listed(identities(inverterRecords, INVERTER_KEYS), "INVERTER"),
    ...listed(identities(relayRecords, RELAY_KEYS), "RELE"),
  ];
  return servedText([{ plant_devices: devices }]);
}

/** As the scenario has it; a bare list of devices is put into the envelope that the API wraps around it. */
export function deviceListAsGiven(given: unknown): string {
  const bare = Array.isArray(given) && given.length > 0 && given.every((device) => isObject(device) && !("plant_devices" in device));
  return servedText(bare ? [{ plant_devices: given }] : given);
}
