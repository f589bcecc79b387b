// A map that is told of one entry at a time is always what a plain one would be, in the same order, and none that was made before it changes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { withEntry } from "../../src/domain/layered-map.ts";

interface Value { readonly n: number }
const everything = (map: ReadonlyMap<number, Value>): unknown => {
  const told: unknown[] = [];
  map.forEach((value, key, own) => told.push([key, value, own === map]));
  return { told, entries: [...map], same: [...map.entries()], keys: [...map.keys()], values: [...map.values()], size: map.size };
};

test.each([0, 255, 256, 1_000])("beginning with %i entries", (count) => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: count + 20 }), { maxLength: 120 }), (keys) => {
    const plain = new Map(Array.from({ length: count }, (_, i): [number, Value] => [i, { n: i }]));
    let map: ReadonlyMap<number, Value> = new Map(plain);
    const before: { readonly map: ReadonlyMap<number, Value>; readonly was: Map<number, Value> }[] = [];
    for (const [n, key] of keys.entries()) {
      if (n % 10 === 0) before.push({ map, was: new Map(plain) });
      const value = { n: -n };
      plain.set(key, value);
      map = withEntry(map, key, value);
      expect(map.get(key)).toBe(value);
      expect(map.size).toBe(plain.size);
    }
    for (const key of [...keys, -1, count, count + 20]) expect([map.has(key), map.get(key)]).toEqual([plain.has(key), plain.get(key)]);
    expect(everything(map)).toEqual(everything(plain));
    for (const { map: old, was } of before) expect([...old]).toEqual([...was]);
  }), { seed: 6, numRuns: 20 });
});

test("one change of a large one copies few entries", () => {
  const base = new Map(Array.from({ length: 10_000 }, (_, i): [number, Value] => [i, { n: i }]));
  let walks = 0;
  const counted = Object.assign(base, { [Symbol.iterator]: () => { walks += 1; return Map.prototype[Symbol.iterator].call(base); } });
  let map: ReadonlyMap<number, Value> = counted;
  for (let key = 0; key < 100; key += 1) map = withEntry(map, key, { n: -1 });
  expect(walks).toBe(0);
  map = withEntry(map, 100, { n: -1 });
  expect(walks).toBe(1);
});
