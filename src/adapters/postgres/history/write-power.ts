// Readings of power into their rows, one a device and UTC day. Two that write into the same row at once lose nothing: the second waits for
// the first, and then goes on from what that one left.
import { z } from "zod";
import type { InverterReading } from "../../../domain/reading.ts";
import { dayOf, mergeRow } from "../../../history-core/power-rows.ts";
import type { HistoryRecord } from "../../../ports/history.ts";
import type { Query } from "../database.ts";
import { keyOf } from "../row-keys.ts";
import { APPEND_POWER, KNOWN_POWER, REPLACE_POWER } from "./tables.ts";

interface Key {
  readonly day: number;
  readonly plantId: string;
  readonly device: string;
}
interface Added extends Key {
  readonly added: readonly InverterReading[];
}

const ROWS_PER_STATEMENT = 500;
const MOST_KEY_BYTES = 2_000;
/** Beyond it there are no dates. */
const LATEST = 8.64e15;

const key = z.object({ day: z.number(), plantId: z.string(), device: z.string() });
const named = z.tuple([z.number(), z.string(), z.string()]);
const keys = z.array(key);
const knownRows = z.array(key.extend({ readings: z.instanceof(Uint8Array) }));

/** Resolves to how many readings could not be written. */
export async function writePower(query: Query, tenant: string, records: readonly Extract<HistoryRecord, { readonly kind: "power" }>[]): Promise<number> {
  const all = records.flatMap(({ plantId, readings }) => readings.map((reading) => ({ plantId, reading })));
  const good = all.filter(({ plantId, reading: { device, at } }) => Math.abs(at) <= LATEST && Buffer.byteLength(keyOf(plantId) + keyOf(device)) <= MOST_KEY_BYTES);
  // In one order, as all rows are locked.
  const rows = [...Map.groupBy(good, ({ plantId, reading: { device, at } }) => nameOf({ day: dayOf(at), plantId: keyOf(plantId), device: keyOf(device) }))]
    .sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]): Added => ({ ...keyNamed(name), added: own.map(({ reading }) => reading) }));
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) await writeSome(query, tenant, rows.slice(from, from + ROWS_PER_STATEMENT));
  return all.length - good.length;
}

async function writeSome(query: Query, tenant: string, rows: readonly Added[]): Promise<void> {
  const fresh = rows.map(({ added, ...own }) => ({ ...own, readings: mergeRow(own.day, null, added) }));
  const appended = new Set(keys.parse(await query(APPEND_POWER, [tenant, jsonOf(fresh)])).map(nameOf));
  const left = new Map(rows.map((row) => [nameOf(row), row] as const).filter(([name]) => !appended.has(name)));
  if (left.size === 0) return;
  // The statement before has locked them: nobody changes them until the transaction ends.
  const known = knownRows.parse(await query(KNOWN_POWER, [tenant, JSON.stringify([...left.values()].map(columnsOf))]));
  const merged = known.map((row) => ({ ...row, was: row.readings, readings: mergeRow(row.day, row.readings, left.get(nameOf(row))?.added ?? []) }))
    .filter(({ was, readings }) => Buffer.compare(was, readings) !== 0); // read again, after a restart: as a rule nothing is new
  if (merged.length > 0) await query(REPLACE_POWER, [tenant, jsonOf(merged)]);
}

function nameOf({ day, plantId, device }: Key): string {
  return JSON.stringify([day, plantId, device]);
}

function keyNamed(name: string): Key {
  const [day, plantId, device] = named.parse(JSON.parse(name));
  return { day, plantId, device };
}

function columnsOf({ day, plantId, device }: Key): { day: number; plant_id: string; device: string } {
  return { day, plant_id: plantId, device };
}

function jsonOf(rows: readonly (Key & { readonly readings: Uint8Array })[]): string {
  return JSON.stringify(rows.map((row) => ({ ...columnsOf(row), readings: `\\x${Buffer.from(row.readings).toString("hex")}` })));
}
