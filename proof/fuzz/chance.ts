// One stream of chance a concern: what is changed in the one leaves the others as they were.
import { createRandom } from "../../src/simulator/random.ts";

export type Random = () => number;

/** The stream of `name` in this seed's world. */
export function concern(seed: number, name: string): Random {
  let mixed = seed >>> 0;
  for (const character of name) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return createRandom(mixed ^ (mixed >>> 15));
}

export const whole = (random: Random, least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
export const chance = (random: Random, percent: number): boolean => random() * 100 < percent;

export function oneOf<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
