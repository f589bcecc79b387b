import { expect, test } from "vitest";
import { createTurnstile } from "../../../src/adapters/http/turnstile.ts";

test("lets one pass per turn of the event loop, in order", async () => {
  let turn = 0;
  const count = (): void => { turn += 1; counter = setImmediate(count); };
  let counter = setImmediate(count);
  const pass = createTurnstile();
  const passed: [number, number][] = [];
  await Promise.all([1, 2, 3, 4].map(async (caller) => {
    await pass();
    passed.push([caller, turn]);
  }));
  clearImmediate(counter);
  expect(passed.map(([caller]) => caller)).toEqual([1, 2, 3, 4]);
  expect(new Set(passed.map(([, seen]) => seen)).size).toBe(4);
});
