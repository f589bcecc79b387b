// The key of a row of power in SQLite: the day before the device, so that a day's rows lie together: they are written, and expire, together.
const DEVICES = 2 ** 31;

export function powerKey(day: number, device: number): number {
  return day * DEVICES + device;
}

export function dayOfKey(key: number): number {
  return Math.floor(key / DEVICES);
}
