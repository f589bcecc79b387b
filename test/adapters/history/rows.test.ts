// The rows are the same whatever the order in which the records come, and however often.
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { incidentRows, outageRows, powerRows } from "../../../src/adapters/history/answers.ts";
import { migrate, SCHEMA_VERSION } from "../../../src/adapters/history/migrations.ts";
import { mergeRow, unpack } from "../../../src/adapters/history/power-rows.ts";
import { readRows } from "../../../src/adapters/history/read-rows.ts";
import { createRetention } from "../../../src/adapters/history/retention.ts";
import { createRecorder } from "../../../src/adapters/history/write-records.ts";
import { DAY_MS, HOUR_MS } from "../../../src/domain/local-time.ts";
import type { HistoryIncident, HistoryRecord } from "../../../src/ports/history.ts";
import { ALWAYS, incident, incidentRecord, NOW, powerRecord } from "./support.ts";

function memory(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  migrate(db);
  return db;
}

function incidentsIn(db: DatabaseSync, query: Partial<{ from: number; to: number; plantId: string; kind: "relay" | "inverter"; type: string; limit: number }> = {}): readonly HistoryIncident[] {
  return incidentRows.parse(readRows(db, { kind: "incidents", query: { ...ALWAYS, limit: 1_000, ...query } }));
}

function rowsAfter(records: readonly HistoryRecord[]): unknown {
  const db = memory();
  const record = createRecorder(db);
  for (const each of records) record(each);
  return [
    incidentsIn(db), incidentRows.parse(readRows(db, { kind: "open-incidents" })),
    outageRows.parse(readRows(db, { kind: "outages", period: ALWAYS })),
    ["1", "2"].map((plantId) => powerRows.parse(readRows(db, { kind: "power", plantId, period: ALWAYS }))),
  ];
}

const time = fc.integer({ min: -3, max: 60 }).map((hours) => NOW + hours * HOUR_MS);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 });
const plantId = fc.constantFrom("1", "2");
const device = fc.constantFrom("a", "b");
const anyIncident = fc.record({
  id: fc.constantFrom("A", "B"), plantId, plantName: fc.constantFrom("UFV", "UFV nova"), kind: fc.constant("relay" as const), device, deviceName: fc.constantFrom("x", "y"),
  type: fc.constant("T"), parameters: fc.subarray(["r50", "r59N", "r86"]), last: time, end: maybe(time), goneAt: maybe(time), notifiedAt: maybe(time), endNotifiedAt: maybe(time),
  mutedReason: maybe(fc.constantFrom("obra", "poda")),
}).map((drawn) => ({ ...drawn, plantId: drawn.id === "A" ? "1" : "2", device: "a", first: NOW - 4 * HOUR_MS }));
const anyRecord: fc.Arbitrary<HistoryRecord> = fc.oneof(
  fc.record({ kind: fc.constant("incident" as const), incident: anyIncident }),
  fc.record({ kind: fc.constant("told" as const), incidentId: fc.constantFrom("A", "B", "C"), event: fc.constantFrom("failure" as const, "normal" as const), at: time }),
  fc.record({ kind: fc.constant("gone" as const), plantId, device: maybe(device), at: time }),
  fc.record({ kind: fc.constant("outage" as const), outage: fc.record({ topic: fc.constantFrom("api" as const, "teams" as const), since: fc.constantFrom(NOW, NOW + 1), until: maybe(time), detail: fc.constantFrom("", "timeout", "conexão") }) }),
  // The same reading always says the same.
  fc.record({ kind: fc.constant("power" as const), plantId, readings: fc.array(fc.record({ device, at: time }).map((own) => ({ ...own, powerKw: own.at % 7 === 0 ? null : (own.at / HOUR_MS) % 100 })), { maxLength: 5 }) }),
);

describe("records", () => {
  test("give the same rows in any order, and when they come twice", () => {
    const shuffled = fc.array(anyRecord, { maxLength: 12 }).chain((records) =>
      fc.tuple(fc.constant(records), fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2, maxLength: records.length * 2 })));
    fc.assert(fc.property(shuffled, ([records, others]) => { expect(rowsAfter(others)).toEqual(rowsAfter(records)); }), { numRuns: 100 });
  });

  test("complete an incident, and never take back what is known of it", () => {
    const db = memory();
    const record = createRecorder(db);
    record(incidentRecord({ mutedReason: "obra" }));
    record(incidentRecord({ parameters: ["r86", "r59N"], last: NOW, end: NOW + 1, notifiedAt: NOW + 2 }));
    record({ kind: "told", incidentId: "7F3K00", event: "normal", at: NOW + 3 });
    record(incidentRecord());
    record({ kind: "gone", plantId: "101", device: "1931", at: NOW + 4 });
    expect(incidentsIn(db)).toEqual([incident({ parameters: ["r59N", "r86"], last: NOW, end: NOW + 1, notifiedAt: NOW + 2, endNotifiedAt: NOW + 3, mutedReason: "obra" })]);
  });

  test("of a device that is gone end its incident unproven, unless it is seen failing after that", () => {
    const db = memory();
    const record = createRecorder(db);
    record({ kind: "gone", plantId: "101", device: "1931", at: NOW });
    record({ kind: "gone", plantId: "102", device: null, at: NOW + 1 });
    record(incidentRecord());
    record(incidentRecord({ id: "OTHER0", plantId: "102", device: "7" }));
    record(incidentRecord({ id: "KEPT00", device: "8" }));
    const goneAt = (id: string): number | null | undefined => incidentsIn(db).find((own) => own.id === id)?.goneAt;
    expect([goneAt("7F3K00"), goneAt("OTHER0"), goneAt("KEPT00")]).toEqual([NOW, NOW + 1, null]);
    record(incidentRecord({ last: NOW + 1 }));
    expect(goneAt("7F3K00")).toBeNull();
  });

  test("two incidents that share a short id stay two", () => {
    const db = memory();
    const record = createRecorder(db);
    record(incidentRecord());
    record(incidentRecord({ first: NOW + 300 * DAY_MS, last: NOW + 300 * DAY_MS, plantId: "5" }));
    expect(incidentsIn(db).map((own) => own.plantId)).toEqual(["5", "101"]);
  });
});

test("incidents are found where they overlap the period, by plant, kind and type, the newest first", () => {
  const db = memory();
  const record = createRecorder(db);
  const at = (id: string, first: number, end: number | null, change: Partial<HistoryIncident> = {}): void => {
    record(incidentRecord({ id, first: NOW + first, last: NOW + first, end: end === null ? null : NOW + end, ...change }));
  };
  at("before", 0, 10);
  at("into", 5, 15, { plantId: "2" });
  at("over", 6, 40, { kind: "inverter", type: null });
  at("open", 7, null);
  at("gone", 8, null, { goneAt: NOW + 9 });
  at("inside", 12, 13, { type: "TÉRMICO" });
  at("after", 20, 30);
  const ids = (query: Parameters<typeof incidentsIn>[1] = {}): string[] => incidentsIn(db, { from: NOW + 10, to: NOW + 20, ...query }).map(({ id }) => id);
  expect(ids()).toEqual(["inside", "open", "over", "into"]);
  expect(ids({ limit: 2 })).toEqual(["inside", "open"]);
  expect([ids({ plantId: "2" }), ids({ kind: "inverter" }), ids({ type: "TÉRMICO" }), ids({ plantId: "2", kind: "inverter" })]).toEqual([["into"], ["over"], ["inside"], []]);
  expect(incidentRows.parse(readRows(db, { kind: "open-incidents" })).map(({ id }) => id)).toEqual(["open"]);
});

describe("power", () => {
  test("comes back as it was, over midnights, seven digits long, the last word on a time counting", () => {
    const db = memory();
    const record = createRecorder(db);
    const midnight = Date.UTC(2025, 11, 2);
    for (const [at, kw] of [[midnight, 0.05], [midnight - 1, null], [midnight + 5_123, 1234.567], [midnight, 3], [midnight - 1, 0]] as const) record(powerRecord(at, kw));
    record(powerRecord(midnight, 9, "46002"));
    record(powerRecord(midnight, 9, "46001", "102"));
    const series = (period: { from: number; to: number }): unknown => powerRows.parse(readRows(db, { kind: "power", plantId: "101", period }));
    expect(series(ALWAYS)).toEqual([
      { device: "46001", at: [midnight - 1, midnight, midnight + 5_123], powerKw: [0, 3, 1234.567] },
      { device: "46002", at: [midnight], powerKw: [9] },
    ]);
    expect(series({ from: midnight - 1, to: midnight })).toEqual([{ device: "46001", at: [midnight - 1], powerKw: [0] }]);
    record(powerRecord(midnight + 1, 0.05));
    expect(series({ from: midnight + 1, to: midnight + 2 })).toEqual([{ device: "46001", at: [midnight + 1], powerKw: [0.05] }]);
  });

  test("takes eight bytes a reading", () => {
    const row = mergeRow(0, mergeRow(0, null, [{ at: 5, powerKw: 1 }]), [{ at: 4, powerKw: null }, { at: 9, powerKw: 2 }]);
    expect(row.byteLength).toBe(24);
    expect(unpack(0, row)).toEqual([{ at: 4, powerKw: null }, { at: 5, powerKw: 1 }, { at: 9, powerKw: 2 }]);
  });
});

test("what is too old goes, slice by slice, and the rest stays", () => {
  const db = memory();
  const record = createRecorder(db);
  for (let i = 0; i < 1_200; i += 1) record(powerRecord(NOW - 32 * DAY_MS, 1, `old-${i}`));
  for (const at of [NOW - 29 * DAY_MS, NOW]) record(powerRecord(at, 1, "new"));
  const [twoYears, quarter] = [NOW - 731 * DAY_MS, NOW - 91 * DAY_MS];
  record(incidentRecord({ id: "OLD", first: twoYears - 1, last: twoYears, end: twoYears }));
  record(incidentRecord({ id: "STALE", first: twoYears - 1, last: twoYears }));
  record(incidentRecord({ id: "LONG", first: twoYears, last: NOW }));
  for (const since of [quarter, NOW]) record({ kind: "outage", outage: { topic: "api", since, until: since, detail: "" } });
  const retain = createRetention(db, 30);
  const left = (table: string): unknown => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
  const steps = [0, 1, 2].map(() => {
    retain(NOW);
    return [left("power"), left("device")];
  });
  expect(steps).toEqual([[702, 701], [202, 201], [2, 1]]);
  expect(incidentsIn(db).map(({ id }) => id)).toEqual(["LONG"]);
  expect(left("outage")).toBe(1);
});

describe("a clock that is wrong", () => {
  const YEARS = 10 * 365 * DAY_MS;
  const recorded = (): { db: DatabaseSync; counts: () => unknown } => {
    const db = memory();
    const record = createRecorder(db);
    record(powerRecord(NOW - 20 * DAY_MS, 1, "a"));
    record(powerRecord(NOW, 1, "b"));
    record(incidentRecord());
    record({ kind: "outage", outage: { topic: "api", since: NOW, until: NOW, detail: "" } });
    return { db, counts: () => ["power", "device", "incident", "outage"].map((table) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]) };
  };

  test("ten years ahead takes nothing, and what is recorded by it goes on", () => {
    const { db, counts } = recorded();
    const retain = createRetention(db, 30);
    createRecorder(db)({ kind: "outage", outage: { topic: "down", since: NOW, until: NOW + YEARS, detail: "" } });
    for (let hour = 0; hour < 100; hour += 1) retain(NOW + YEARS + hour * HOUR_MS);
    expect(counts()).toEqual([2, 2, 1, 2]);
  });

  test("nor does a reading that is ten years ahead of a good one", () => {
    const { db, counts } = recorded();
    createRecorder(db)(powerRecord(NOW + YEARS, 1, "b"));
    createRetention(db, 30)(NOW);
    expect(counts()).toEqual([3, 2, 1, 1]);
  });

  test("without a reading nothing is known to be old", () => {
    const db = memory();
    createRecorder(db)({ kind: "outage", outage: { topic: "api", since: NOW - YEARS, until: NOW - YEARS, detail: "" } });
    createRetention(db, 30)(NOW);
    expect(db.prepare("SELECT count(*) AS n FROM outage").get()?.["n"]).toBe(1);
  });
});

describe("migrations", () => {
  const FIRST = "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);";
  test("are taken once, in order, by files of any age", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, [FIRST]);
    migrate(db, [FIRST, "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 2;"]);
    migrate(db, [FIRST, "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 2;"]);
    expect(db.prepare("SELECT * FROM a").all().map((row) => ({ ...row }))).toEqual([{ n: 1, m: 2 }]);
    expect(db.prepare("PRAGMA user_version").get()?.["user_version"]).toBe(2);
  });

  test("refuse a newer program's file, and another program's", () => {
    const newer = memory();
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    expect(() => { migrate(newer); }).toThrow("de uma versão mais nova do programa");
    const foreign = new DatabaseSync(":memory:");
    foreign.exec("CREATE TABLE a (n INTEGER)");
    expect(() => { migrate(foreign); }).toThrow("banco de dados de outro programa");
  });
});
