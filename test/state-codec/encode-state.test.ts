import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeBigState, scanned } from "../../bench/big-state.ts";
import { createEncoder, encodeText } from "../../src/state-codec/encode-state.ts";
import { owe, type MonitorState } from "../../src/domain/monitor-state.ts";
import { anyState, anyZone } from "../contracts/arbitrary-states.ts";

const ZONE = "America/Sao_Paulo";
const state = makeBigState({ plants: 100, invertersPerPlant: 20 });

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

test("so it does while many cards wait", async () => {
  const notices = Array.from({ length: 2_000 }, (_, at) => ({ kind: "monitor", topic: "api", phase: "lost", since: at, at, zone: ZONE, detail: null, plants: null } as const));
  const owing = owe({ ...state, plants: new Map() }, notices, 0);
  const encode = createEncoder(ZONE);
  expect(await turnsOf(() => encode(owing))).toBeGreaterThanOrEqual(4);
  expect(await turnsOf(() => encode(owing))).toBe(0);
});

test("the file of a state stays what it was, byte for byte", async () => {
  expect(createHash("sha256").update(await encodeText(state, ZONE)).digest("hex")).toBe("f86e3a16d45a5af5ee12c16ab6aa2628e4eb4901627b2b2e49cdaa5a4f8a305e");
});

test("whatever the size of its parts and whatever was saved before, each is whole characters, and together they are the file", async () => {
  await fc.assert(fc.asyncProperty(anyState, anyState, anyZone, fc.integer({ min: 1, max: 3_000 }), async (before, after, zone, size) => {
    const encode = createEncoder(zone, size);
    await encode({ ...before, plants: new Map([...after.plants, ...before.plants]) });
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const parts = Array.from(await encode(after), (part) => decoder.decode(part));
    expect(parts.join("")).toBe(await encodeText(after, zone));
  }), { numRuns: 100 });
});

test("a part is no larger than it should be, but for what cannot be cut", async () => {
  const sizes = Array.from(await createEncoder(ZONE, 20_000)(state), ({ length }) => length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20_000);
  expect(sizes.length).toBeLessThan(60);
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
  expect(markOf(Array.from(await encode(changed), (part) => new TextDecoder().decode(part)).join(""), id)).toBe(expected);
});
