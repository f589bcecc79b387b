// Power where it is kept: one row a device and UTC day, eight bytes a reading: milliseconds since the day began (u32) and kW (f32, NaN: none).
// A UTC day needs no zone and never has 25 hours; which of them a local day touches, a query works out.
import { DAY_MS, type EpochMs } from "../domain/local-time.ts";
import type { InverterReading } from "../domain/reading.ts";

const BYTES = 8;
export interface Reading {
  readonly at: EpochMs;
  readonly powerKw: number | null;
}

export function dayOf(at: EpochMs): number {
  return Math.floor(at / DAY_MS);
}

/** The readings of one row, in order of time. */
export function unpack(day: number, bytes: Uint8Array): Reading[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / BYTES) }, (_, i) => {
    const kw = view.getFloat32(i * BYTES + 4, true);
    // Seven digits are what 32 bits hold: 0.05 comes back as 0.05, not as 0.05000000074505806.
    return { at: day * DAY_MS + view.getUint32(i * BYTES, true), powerKw: Number.isFinite(kw) ? Number(kw.toPrecision(7)) : null };
  });
}

function pack(day: number, readings: readonly Reading[]): Uint8Array {
  const bytes = new Uint8Array(readings.length * BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, { at, powerKw }] of readings.entries()) {
    view.setUint32(i * BYTES, at - day * DAY_MS, true);
    view.setFloat32(i * BYTES + 4, powerKw ?? NaN, true);
  }
  return bytes;
}

/** The row with these added: in order of time, one reading a time; of those that are alike the last one added counts. */
export function mergeRow(day: number, known: Uint8Array | null, added: readonly Reading[]): Uint8Array {
  const row = known ?? new Uint8Array();
  const newest = row.byteLength < BYTES ? -Infinity : timeAt(day, row, row.byteLength - BYTES);
  // As a rule a scan brings what came since the last one.
  if (added.every(({ at }, i) => at > (added[i - 1]?.at ?? newest))) return Buffer.concat([row, pack(day, added)]);
  const byTime = new Map([...unpack(day, row), ...added].map((reading) => [reading.at, reading]));
  return pack(day, [...byTime.values()].sort((a, b) => a.at - b.at));
}

function timeAt(day: number, bytes: Uint8Array, offset: number): EpochMs {
  return day * DAY_MS + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}

/** By device and day, each in the order in which it came. */
export function groupReadings(readings: readonly InverterReading[]): ReadonlyMap<string, ReadonlyMap<number, readonly InverterReading[]>> {
  const byDevice = Map.groupBy(readings, ({ device }) => device);
  return new Map([...byDevice].map(([device, own]) => [device, Map.groupBy(own, ({ at }) => dayOf(at))]));
}
