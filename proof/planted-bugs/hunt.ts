// Plays seeds with one bug planted until a promise is seen broken.
import { pathToFileURL, fileURLToPath } from "node:url";
import { playSeeds } from "../fuzz/play-seeds.ts";
import type { Bug } from "./bugs.ts";

const PLANT = pathToFileURL(fileURLToPath(new URL("plant.ts", import.meta.url))).href;

export interface Catch {
  /** Null: it went through all seeds unseen. */
  readonly seed: number | null;
  readonly promise: number | null;
  readonly what: string;
}

export async function hunt({ name }: Bug, mostSeeds: number): Promise<Catch> {
  let caught: Catch = { seed: null, promise: null, what: "" };
  await playSeeds({
    seeds: Array.from({ length: mostSeeds }, (_, i) => i + 1),
    execArgv: ["--import", PLANT],
    env: { PLANTED_BUG: name },
    onVerdict: ({ seed, violations: [first] }) => {
      if (first !== undefined && (caught.seed === null || seed < caught.seed)) caught = { seed, promise: first.promise, what: first.what };
      return caught.seed === null;
    },
  });
  return caught;
}
