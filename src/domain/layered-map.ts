// A large immutable map of which one entry changes at a time: each scan of a plant makes a new state, and to copy thousands of plants
// for each of thousands of scans costs more than the scans.

/** Below it a plain copy is as fast. */
const SMALL = 256;

/** The map with this entry set, as `Map.set` does it: a key that is there keeps its place. Values are never undefined. */
export function withEntry<K, V extends object>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  if (map.size < SMALL) return new Map(map).set(key, value);
  const layered = isLayered(map) ? new Layered(map.base, new Map(map.over).set(key, value)) : new Layered(map, new Map([[key, value]]));
  // So both what is copied for each change and what is looked through until all is copied once stay near the root of the size.
  return layered.over.size ** 2 > layered.base.size ? new Map(layered) : layered;
}

function isLayered<K, V extends object>(map: ReadonlyMap<K, V>): map is Layered<K, V> {
  return map instanceof Layered;
}

/** A map, and what was set since it was made. */
class Layered<K, V extends object> implements ReadonlyMap<K, V> {
  readonly base: ReadonlyMap<K, V>;
  readonly over: ReadonlyMap<K, V>;
  readonly size: number;

  constructor(base: ReadonlyMap<K, V>, over: ReadonlyMap<K, V>) {
    this.base = base;
    this.over = over;
    let size = base.size;
    for (const key of over.keys()) if (!base.has(key)) size += 1;
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.over.get(key) ?? this.base.get(key);
  }

  has(key: K): boolean {
    return this.over.has(key) || this.base.has(key);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.base) yield [key, this.over.get(key) ?? value];
    for (const entry of this.over) if (!this.base.has(entry[0])) yield entry;
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(tell: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) tell(value, key, this);
  }
}
