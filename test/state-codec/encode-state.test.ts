import { expect, test } from "vitest";
import { makeBigState, scanned } from "../../bench/big-state.ts";
import { createEncoder } from "../../src/state-codec/encode-state.ts";
import type { MonitorState } from "../../src/domain/monitor-state.ts";

const ZONE = "America/Sao_Paulo";
const state = makeBigState({ plants: 100, invertersPerPlant: 2 });

async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let counter = setImmediate(function count() {
    turns += 1;
    counter = setImmediate(count);
  });
  await work();
  clearImmediate(counter);
  return turns;
}

test("leaves turns of the event loop to others while many plants are new, and none is taken for those that it knows", async () => {
  const encode = createEncoder(ZONE);
  expect(await turnsOf(() => encode(state))).toBeGreaterThanOrEqual(4);
  expect(await turnsOf(() => encode(state))).toBe(0);
});

function markOf(text: string, plant: string): unknown {
  const found = new RegExp(`"${plant}:[^"]+":\\{[^}]*?"marca":"([^"]+)"`).exec(text);
  return found?.[1];
}

test.each([
  ["2025-12-01T15:05:00Z", "2025-12-01T12:05:00-03:00"],
  ["2025-12-01T15:05:09Z", "2025-12-01T12:05:09-03:00"],
  ["2025-12-01T15:05:59.250Z", "2025-12-01T12:05:59.250-03:00"],
  ["2018-11-04T03:00:00Z", "2018-11-04T01:00:00-02:00"], // the minute in which daylight saving began
  ["2018-11-04T02:59:59Z", "2018-11-03T23:59:59-03:00"],
  ["1969-12-31T23:59:58Z", "1969-12-31T20:59:58-03:00"],
])("%s is written as %s, whoever was written before", async (at, expected) => {
  const [id, plant] = [...state.plants][0] ?? [];
  if (id === undefined || plant === undefined) throw new Error("no plant");
  const changed: MonitorState = { ...state, plants: new Map(state.plants).set(id, scanned(plant, Date.parse(at))) };
  const encode = createEncoder(ZONE);
  await encode(state);
  expect(markOf(await encode(changed), id)).toBe(expected);
});
