// What only a history in a database has to answer for: who writes beside it, whose rows are whose, and what becomes of a connection.
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import type { Database, Query } from "../../../src/adapters/postgres/database.ts";
import { createPostgresHistory, type PostgresHistoryParts } from "../../../src/adapters/postgres/history/history.ts";
import { writeRecords } from "../../../src/adapters/postgres/history/write-records.ts";
import { migrate } from "../../../src/adapters/postgres/migrations.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/local-time.ts";
import type { History, HistoryRecord, PowerSeries } from "../../../src/ports/history.ts";
import { ALWAYS, createEar, incidentRecord, incident, NOW, powerRecord, valueOf, type Ear } from "../../support/history.ts";
import { openTestDatabase, startTestDatabase, type TestDatabase } from "../../support/postgres-database.ts";
import { startPostgresProxy } from "../../support/postgres-proxy.ts";
import type { PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let address: string;
let database: Database;
let tenant = "";

let close: TestDatabase["close"];
beforeAll(async () => { ({ server, address, database, close } = await startTestDatabase()); }, 60_000);
afterAll(() => close());
beforeEach(() => { tenant = crypto.randomUUID(); });

function open(more: Partial<PostgresHistoryParts> = {}): Ear & { readonly history: History } {
  const ear = createEar();
  const history = createPostgresHistory({
    database, tenant, days: 30, now: () => NOW, say: ear.say, ...more, limits: { lingerMs: 0, retryMs: 20, queryMs: 60_000, closeMs: 60_000, ...more.limits },
  });
  onTestFinished(() => history.close());
  return { ...ear, history };
}

/** Another worker's way to the same database. */
function anotherDatabase(at = address): Database {
  const other = openTestDatabase(at);
  onTestFinished(() => other.close());
  return other;
}

async function powerOf(history: History): Promise<readonly PowerSeries[]> {
  return valueOf(history.power("101", ALWAYS));
}

/** Until somebody waits for a lock that somebody else holds. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const rows = await server.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", address);
    if (rows.length > 0) return;
    await nextTurn();
  }
}

/** A transaction that stays open until it is told to end. */
async function openTransaction(work: (query: Query) => Promise<unknown>, on = database): Promise<(how: "commit" | "roll back") => Promise<void>> {
  const begun = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<"commit" | "roll back">();
  const whole = on.transaction(async (query) => {
    await work(query);
    begun.resolve(undefined);
    if (await end.promise === "roll back") throw new Error("rolled back");
  }).catch((error: unknown) => { if (String(error) !== "Error: rolled back") throw error; });
  await Promise.race([begun.promise, whole]);
  return async (how) => {
    end.resolve(how);
    await whole;
  };
}

describe("two who write the same rows at once", () => {
  const minutes = (from: number, step: number): HistoryRecord[] => Array.from({ length: 20 }, (_, i) => powerRecord(NOW + (from + i * step) * MINUTE_MS, 100 + from + i * step));

  it.each(["new", "there already"])("(rows that are %s) lose no reading: the second goes on from what the first left", async (rows) => {
    const { history } = open();
    if (rows === "there already") {
      history.record([powerRecord(NOW - 1, 7)]);
      await history.flush();
    }
    const end = await openTransaction((query) => writeRecords(query, tenant, [...minutes(0, 2), incidentRecord({ parameters: ["r50"] })]), anotherDatabase());
    history.record([...minutes(1, 2), incidentRecord({ parameters: ["r86"] })]);
    const flushed = history.flush();
    await somebodyWaits();
    await end("commit");
    await flushed;
    const [series] = await powerOf(history);
    expect(series?.powerKw.filter((kw) => kw !== 7)).toEqual(Array.from({ length: 40 }, (_, i) => 100 + i));
    expect(series?.at.length).toBe(rows === "new" ? 40 : 41);
    expect((await valueOf(history.openIncidents())).map(({ parameters }) => parameters)).toEqual([["r50", "r86"]]);
  });

  it("take nothing over from one who takes his own back", async () => {
    const { history } = open();
    const end = await openTransaction((query) => writeRecords(query, tenant, [...minutes(0, 2), incidentRecord({ parameters: ["r50"] })]), anotherDatabase());
    history.record([...minutes(1, 2), incidentRecord({ parameters: ["r86"] })]);
    const flushed = history.flush();
    await somebodyWaits();
    await end("roll back");
    await flushed;
    expect((await powerOf(history))[0]?.at).toHaveLength(20);
    expect((await valueOf(history.openIncidents())).map(({ parameters }) => parameters)).toEqual([["r86"]]);
  });

  // Each kind by itself: those who wait for each other at the first table meet at no other.
  it.each<[string, HistoryRecord[]]>([
    ["power", Array.from({ length: 60 }, (_, i) => powerRecord(NOW + (i % 5) * DAY_MS + i, i, `d${i % 6}`))],
    ["incidents", Array.from({ length: 60 }, (_, i) => incidentRecord({ id: `I${i % 20}`, last: NOW + i }))],
    ["what was told", Array.from({ length: 60 }, (_, i) => ({ kind: "told", incidentId: `I${i}`, event: "failure", at: NOW }))],
    ["outages", Array.from({ length: 60 }, (_, i) => ({ kind: "outage", outage: { topic: "api", since: NOW + i, until: NOW + i, detail: "" } }))],
  ])("never wait for each other crosswise (%s), in whatever order their records come", async (_kind, records) => {
    const writers = [database, anotherDatabase(), anotherDatabase()].map((own) => open({ database: own }));
    const orders = fc.sample(fc.tuple(...writers.map(() => fc.shuffledSubarray(records, { minLength: 40, maxLength: 60 }))), { numRuns: 20, seed: 4 });
    for (const order of orders) {
      await Promise.all(writers.map(({ history }, i) => {
        history.record(order[i] ?? []);
        return history.flush();
      }));
    }
    const alone = open({ tenant: `${tenant} alone` }).history;
    alone.record(records);
    await alone.flush();
    const answers = ({ history }: { readonly history: History }): Promise<unknown> => Promise.all([powerOf(history), valueOf(history.openIncidents()), valueOf(history.outages(ALWAYS))]);
    for (const writer of writers) expect(await answers(writer)).toEqual(await answers({ history: alone }));
    expect(writers.flatMap(({ news }) => news)).toEqual([]);
  });
});

describe("records in somebody else's transaction", () => {
  const tooLong = Array.from({ length: 200 }, () => crypto.randomUUID()).join("");
  const records = [incidentRecord(), powerRecord(NOW, 1), incidentRecord({ id: "BAD", last: 0.5 }), incidentRecord({ id: tooLong }), powerRecord(NaN, 1), powerRecord(NOW, 1, tooLong)];

  it("are there with its commit, and only then; what cannot be a row is left out, and harms nothing", async () => {
    const { history } = open();
    await history.flush();
    let lost = 0;
    const end = await openTransaction(async (query) => {
      await query("INSERT INTO pvmonitor.monitor (tenant, version, stamp, record) VALUES ($1, 1, gen_random_uuid(), '{}')", [tenant]);
      lost = await writeRecords(query, tenant, records);
    });
    expect([await valueOf(history.openIncidents()), await powerOf(history)]).toEqual([[], []]);
    await end("commit");
    expect([await valueOf(history.openIncidents()), await powerOf(history), lost]).toEqual([[incident()], [{ device: "46001", at: [NOW], powerKw: [1] }], 4]);
    expect(await database.query("SELECT version::int FROM pvmonitor.monitor WHERE tenant = $1", [tenant])).toEqual([{ version: 1 }]);
  });

  it("are not there without it", async () => {
    const { history } = open();
    await (await openTransaction((query) => writeRecords(query, tenant, records)))("roll back");
    expect([await valueOf(history.openIncidents()), await powerOf(history)]).toEqual([[], []]);
  });
});

describe("accounts beside each other", () => {
  it("see nothing of each other, and let none of the other's go", async () => {
    const mine = open({ tenant: `${tenant} a`, days: 1 }).history;
    const others = open({ tenant: `${tenant} b`, days: 300 }).history;
    const records = (name: string): HistoryRecord[] => [
      incidentRecord({ plantName: name }), powerRecord(NOW - 5 * DAY_MS, name.length), { kind: "outage", outage: { topic: "api", since: NOW, until: null, detail: name } },
      { kind: "card", card: { at: NOW, title: name, severity: null, plantId: "101", events: 1, attempt: 1, outcome: "delivered", reason: null } },
    ];
    mine.record(records("UFV minha"));
    others.record([...records("UFV alheia"), { kind: "told", incidentId: "7F3K00", event: "failure", at: NOW }, { kind: "gone", plantId: "101", device: null, at: NOW }]);
    await Promise.all([mine.flush(), others.flush()]);
    const seen = (history: History): Promise<unknown> => Promise.all([
      valueOf(history.incidents({ ...ALWAYS, limit: 9 })), valueOf(history.openIncidents()), powerOf(history), valueOf(history.outages(ALWAYS)), valueOf(history.cards({ ...ALWAYS, limit: 9 })),
    ]);
    const theirs = await seen(others);
    expect(JSON.stringify(theirs)).not.toContain("minha");
    expect(JSON.stringify(await seen(mine))).not.toContain("alheia");
    expect(await valueOf(mine.openIncidents())).toEqual([incident({ plantName: "UFV minha" })]);
    expect(await valueOf(others.openIncidents())).toEqual([]);
    // A day is kept here, and 300 there.
    let now = NOW;
    const later = open({ tenant: `${tenant} a`, days: 1, now: () => now }).history;
    later.record([powerRecord(NOW, 1)]);
    await later.flush();
    now += 2 * HOUR_MS;
    await later.flush();
    expect((await powerOf(later))[0]?.at).toEqual([NOW]);
    expect(await seen(others)).toEqual(theirs);
  });

  it("are parted by the key of every table and by every statement", async () => {
    const keys = await database.query(`SELECT c.conrelid::regclass::text AS name, a.attname AS first FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.contype = 'p' AND c.conrelid::regclass::text LIKE 'pvmonitor.history%'`);
    expect(z.array(z.object({ first: z.string() })).parse(keys).map(({ first }) => first)).toEqual(Array.from({ length: 7 }, () => "tenant"));
    const said: string[] = [];
    const noting = (query: Query): Query => (text, values) => {
      if (text.includes("pvmonitor.")) said.push(text);
      return query(text, values);
    };
    const { history } = open({ database: { ...database, query: noting(database.query), transaction: (work, mode) => database.transaction((query) => work(noting(query)), mode) } });
    for (let again = 0; again < 2; again += 1) {
      history.record([
        incidentRecord(), { kind: "told", incidentId: "7F3K00", event: "failure", at: NOW }, { kind: "gone", plantId: "1", device: null, at: NOW }, powerRecord(NOW - again, 1),
        { kind: "outage", outage: { topic: "api", since: NOW, until: null, detail: "" } },
      ]);
      await history.flush();
    }
    const retaining = open({ now: () => NOW + 2 * HOUR_MS, database: { ...database, transaction: (work, mode) => database.transaction((query) => work(noting(query)), mode) } }).history;
    await retaining.flush();
    await Promise.all([history.incidents({ ...ALWAYS, limit: 1 }), history.openIncidents(), history.scans(ALWAYS), history.cards({ ...ALWAYS, limit: 1 }), history.outages(ALWAYS), powerOf(history)]);
    expect(new Set(said).size).toBeGreaterThan(20);
    // As often as a table is named, so often its tenant.
    for (const text of new Set(said)) expect([...text.matchAll(/tenant = \$1|SELECT \$1,/g)].length, text).toBeGreaterThanOrEqual([...text.matchAll(/(?:FROM|JOIN|UPDATE|INTO) pvmonitor\./g)].length);
  });
});

describe("a connection", () => {
  it.each(["fast", "immediate"] as const)("that ends with the server (%s), while records are written: all of them are there, once", async (how) => {
    const { history } = open();
    await history.flush();
    for (let i = 0; i < 20; i += 1) {
      history.record([...Array.from({ length: 200 }, (_, n) => incidentRecord({ id: `${i}-${n}` })), ...Array.from({ length: 30 }, (_, n) => powerRecord(NOW + i * MINUTE_MS, i, `d${n}`))]);
      if (i === 10) await server.stop(how);
    }
    await server.start();
    await history.flush();
    await history.flush();
    expect(await valueOf(history.incidents({ ...ALWAYS, limit: 10_000 }))).toHaveLength(4_000);
    expect((await powerOf(history)).map(({ at }) => at.length)).toEqual(Array.from({ length: 30 }, () => 20));
    expect(history.trouble).toBeNull();
  });

  it.each(["before", "after", "on-the-way"] as const)("that is cut at the commit (%s) costs another try, and nothing is there twice", async (when) => {
    const proxy = await startPostgresProxy(server.port);
    onTestFinished(() => proxy.close());
    const { history, news } = open({ database: anotherDatabase(address.replace(`:${server.port}`, `:${proxy.port}`)) });
    await history.flush();
    proxy.cutNextCommit(when);
    history.record([incidentRecord(), powerRecord(NOW, 1)]);
    await history.flush();
    expect([await valueOf(history.openIncidents()), (await powerOf(history))[0]?.at, news]).toEqual([[incident()], [NOW], []]);
  });
});

describe("a database", () => {
  it("that is slow to answer is not waited for", async () => {
    const end = await openTransaction((query) => query("LOCK TABLE pvmonitor.history_incident"), anotherDatabase());
    const { history } = open({ limits: { queryMs: 5 } });
    expect(await history.openIncidents()).toEqual({ ok: false, reason: "o PostgreSQL não respondeu a tempo" });
    await end("commit");
    expect(await valueOf(open().history.openIncidents())).toEqual([]);
  });

  it("without the tables says what to do, and is written once they are there", async () => {
    const fresh = anotherDatabase(await server.createDatabase());
    const { history, heard } = open({ database: fresh });
    history.record([incidentRecord()]);
    expect(await heard("history.not-written")).toEqual({ kind: "history.not-written", reason: 'o banco ainda não tem as tabelas do histórico; rode "pvmonitor migrate"' });
    await migrate(fresh);
    await heard("history.written-again");
    await history.flush();
    expect(await valueOf(history.openIncidents())).toEqual([incident()]);
  });

  it("that holds rows nobody of ours wrote says so, and answers the rest", async () => {
    const { history } = open();
    history.record([incidentRecord(), powerRecord(NOW, 1)]);
    await history.flush();
    await database.query("UPDATE pvmonitor.history_incident SET kind = 'turbine' WHERE tenant = $1", [tenant]);
    expect(await history.openIncidents()).toEqual({ ok: false, reason: "o histórico no PostgreSQL tem linhas de forma desconhecida" });
    expect((await powerOf(history))[0]?.at).toEqual([NOW]);
  });

  it("that refuses what was recorded loses that alone", async () => {
    const { history } = open();
    await history.flush();
    await server.execute(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON pvmonitor.history_told FOR EACH ROW EXECUTE FUNCTION refuse()`, address);
    onTestFinished(async () => { await server.execute("DROP TRIGGER refuse ON pvmonitor.history_told; DROP FUNCTION refuse", address); });
    history.record([{ kind: "told", incidentId: "A", event: "failure", at: NOW }, powerRecord(NOW, 1)]);
    await history.flush();
    expect(history.trouble).toEqual({ since: NOW, reason: "o PostgreSQL recusou o histórico (SQLSTATE 23514)", lost: 2 });
    history.record([incidentRecord()]);
    await history.flush();
    expect(await valueOf(history.openIncidents())).toEqual([incident()]);
  });

  it("keeps any text that an API may send, and takes no other for it", async () => {
    const texts = ["\u0000", "\\u0000", "\uD800", "\\", "\"", "ção 🔴", "\n", "'; DROP TABLE", "{a,b}", "NULL", "", "x".repeat(1_500)];
    const { history } = open();
    history.record(texts.flatMap((text) => [
      incidentRecord({ id: text, plantId: text, plantName: text, device: text, deviceName: text, type: text, parameters: [text], mutedReason: text }),
      powerRecord(NOW, 1, text.slice(0, 400)), powerRecord(NOW, 2, "d", text),
    ]));
    await history.flush();
    const kept = await valueOf(history.openIncidents());
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(texts));
    for (const { id, plantId, plantName, device, deviceName, type, parameters, mutedReason } of kept) expect(new Set([id, plantId, plantName, device, deviceName, type, ...parameters, mutedReason]).size).toBe(1);
    expect(new Set((await powerOf(history)).map(({ device }) => device))).toEqual(new Set(texts.map((text) => text.slice(0, 400))));
    for (const text of texts) expect(await valueOf(history.power(text, ALWAYS))).toEqual([{ device: "d", at: [NOW], powerKw: [2] }]);
    expect(history.trouble).toBeNull();
  });

  it("takes at most 12 bytes a reading, all included, for a month of devices that are read as usual", async () => {
    const own = anotherDatabase(await server.createDatabase());
    await migrate(own);
    const [DEVICES, DAYS, READINGS, A_SCAN] = [40, 30, 150, 3];
    const scanned = (day: number, from: number, count: number): HistoryRecord => ({
      kind: "power", plantId: "1234",
      readings: Array.from({ length: DEVICES * count }, (_, i) => ({ device: `99300${String(i % DEVICES).padStart(8, "0")}`, at: NOW + day * DAY_MS - 6 * HOUR_MS + (from + Math.floor(i / DEVICES)) * 5 * MINUTE_MS, powerKw: i / 7 })),
    });
    for (let day = 1; day < DAYS; day += 1) await own.transaction((query) => writeRecords(query, "principal", [scanned(day, 0, READINGS)]));
    for (let from = 0; from < READINGS; from += A_SCAN) {
      await own.transaction((query) => writeRecords(query, "principal", [scanned(DAYS, from, A_SCAN)]));
      // The server does so by itself, in the hours that such a day has.
      if (from % (2 * A_SCAN) === 0) await own.query("VACUUM pvmonitor.history_power");
    }
    const [kept] = z.array(z.object({ bytes: z.number(), readings: z.number() })).parse(await own.query(
      "SELECT pg_total_relation_size('pvmonitor.history_power')::float8 AS bytes, (SELECT sum(octet_length(readings) / 8) FROM pvmonitor.history_power)::float8 AS readings"));
    expect(kept?.readings).toBe(DEVICES * DAYS * READINGS);
    expect((kept?.bytes ?? Infinity) / (DEVICES * DAYS * READINGS)).toBeLessThan(12);
  });
});
