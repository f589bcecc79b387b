// A state that is put in another's place, and one that is taken out: who is stopped by it, who goes on with it, and what a failure leaves.
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { openPlantLedger, PlantTakenError, type PlantLedger } from "../../../src/adapters/postgres/plant-ledger.ts";
import { drawNumbers, lastSaved } from "../../../src/adapters/postgres/tenant-rows.ts";
import { openTenantState } from "../../../src/adapters/postgres/tenant-state.ts";
import { readWhole, replaceWhole, type Replaced } from "../../../src/adapters/postgres/whole-state.ts";
import { emptyState, owe, withMonitor, withPlant, type MonitorState } from "../../../src/domain/monitor-state.ts";
import type { Notice } from "../../../src/domain/notification.ts";
import { newPlant } from "../../../src/domain/plant.ts";
import type { SharedState } from "../../../src/ports/cluster.ts";
import { StateUnreadableError } from "../../../src/ports/store.ts";
import { anyState, inOrder } from "../../contracts/arbitrary-states.ts";
import { openTestDatabase, startTestDatabase, type TestDatabase } from "../../support/postgres-database.ts";
import { startPostgresProxy } from "../../support/postgres-proxy.ts";

const ZONE = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let shared: TestDatabase;
let database: Database;
let tenant = "";

beforeAll(async () => {
  shared = await startTestDatabase();
  ({ database } = shared);
}, 60_000);
afterAll(() => shared.close());
beforeEach(() => { tenant = crypto.randomUUID(); });

const put = (state: MonitorState, on = database): Promise<Replaced> => replaceWhole({ database: on, tenant, zone: ZONE, state });
const conduct = (onTaken = (): void => { throw new Error("taken"); }): Promise<SharedState> => openTenantState({ database, tenant, zone: ZONE, conducts: true, onTaken });
const scanOf = (plantId: string): Promise<PlantLedger> => openPlantLedger({ database, tenant, zone: ZONE, plantId, writeRecords: () => Promise.resolve() });
const finish = (scan: PlantLedger): Promise<void> => scan.finish({ kind: "relay", scan: { outcome: "complete", reason: null, records: 1, oldNews: 0, unusable: 0 }, calls: [] }, []);
const notice = (detail: string): Notice => ({ kind: "monitor", topic: "api", phase: "lost", since: NOW, at: NOW, zone: ZONE, detail, plants: null });
const oweOne = (detail: string) => (state: MonitorState): MonitorState => owe(state, [notice(detail)], NOW);
const details = (state: MonitorState | null): unknown[] => (state?.outbox ?? []).map((entry) => entry.notice.kind === "monitor" && entry.notice.detail);
/** Plants 101 and 102, one card owed, numbered from `next` on. */
const sample = (name: string, next = 7): MonitorState =>
  oweOne(name)(["101", "102"].reduce((state, id) => withPlant(state, newPlant({ id, name: `UFV ${name}`, capacityKwp: 1 })), withMonitor(emptyState, { nextNotification: next })));

describe("a state that is put in place", () => {
  it("is what whoever conducts goes on with, whatever it holds, and what comes next comes after it", async () => {
    await fc.assert(fc.asyncProperty(anyState, async (drawn) => {
      tenant = crypto.randomUUID();
      const state = { ...drawn, outbox: drawn.outbox.map((entry, index) => ({ ...entry, id: String(index + 1) })) };
      expect(await put(state)).toEqual({ ok: true });
      const open = await conduct();
      expect([inOrder([...open.state.plants.values()]), inOrder(open.state.outbox), inOrder([...open.state.digests])]).toStrictEqual([inOrder([...state.plants.values()]), inOrder(state.outbox), inOrder([...state.digests])]);
      open.apply((own) => ({ ...owe(own, [notice("new")], NOW), outbox: [...own.outbox.slice(1), ...owe(own, [notice("new")], NOW).outbox.slice(-1)] }));
      expect(await open.save()).toEqual({ ok: true });
      const { outbox = [], monitor } = await readWhole(database, tenant) ?? {};
      expect(outbox.slice(0, -1)).toEqual(state.outbox.slice(1));
      expect(Number(outbox.at(-1)?.id)).toBeGreaterThanOrEqual(state.monitor.nextNotification);
      expect(monitor?.nextNotification).toBeGreaterThan(Number(outbox.at(-1)?.id));
    }), { numRuns: 40 });
  });

  it.each([["ids of any text", ["", "abc", "1e99"], 7], ["numbers that are high", ["900000000000000", "900000000000001"], 900_000_000_000_002]] as const)("keeps what is owed under %s, once, until it is told", async (_name, ids, next) => {
    const owed = oweOne("x")(emptyState).outbox.flatMap((entry) => ids.map((id) => ({ ...entry, id })));
    await put({ ...sample("any"), ...withMonitor(emptyState, { nextNotification: next }), outbox: owed });
    const open = await conduct();
    const rows = (): Promise<readonly unknown[]> => database.query("SELECT xmin::text, position FROM pvmonitor.outbox WHERE tenant = $1 ORDER BY position LIMIT $2", [tenant, ids.length]);
    const before = await rows();
    open.apply(oweOne("new"));
    expect(await open.save()).toEqual({ ok: true });
    expect(await rows()).toEqual(before);
    open.apply((state) => ({ ...state, outbox: state.outbox.slice(1) }));
    expect(await open.save()).toEqual({ ok: true });
    expect((await database.query("SELECT entry ->> 'id' AS id FROM pvmonitor.outbox WHERE tenant = $1", [tenant])).length).toBe(ids.length);
  });

  it("holds nothing of what a scan owes that was being written when it came", async () => {
    await put(sample("old"));
    const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const scanning = database.transaction(async (query) => {
      await query("UPDATE pvmonitor.plant SET version = version + 1 WHERE tenant = $1 AND id = '101'", [tenant]);
      await query("INSERT INTO pvmonitor.outbox SELECT tenant, 900, entry FROM pvmonitor.outbox WHERE tenant = $1", [tenant]);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    const putting = put(sample("new"));
    const isWaiting = async (): Promise<boolean> => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%DELETE FROM pvmonitor.plant%'")).length > 0;
    while (!(await isWaiting())) await nextTurn();
    release.resolve(undefined);
    await scanning;
    expect(await putting).toEqual({ ok: true });
    expect(await readWhole(database, tenant)).toEqual(sample("new"));
  });

  it("sets the number of the next card only while nobody draws one, of whichever account", async () => {
    const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const drawing = database.transaction(async (query) => {
      await drawNumbers(query, 1);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    const life = { isDone: false };
    const putting = put(sample("new")).finally(() => { life.isDone = true; });
    const isWaiting = async (): Promise<boolean> => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%pg_advisory_xact_lock(%'")).length > 0;
    while (!life.isDone && !(await isWaiting())) await nextTurn();
    const wasPut = life.isDone;
    release.resolve(undefined);
    await drawing;
    expect([wasPut, await putting]).toEqual([false, { ok: true }]);
  });

  it("loses no card to another one with its number: that is refused", async () => {
    await put(sample("old"));
    await database.query("UPDATE pvmonitor.outbox SET position = (SELECT last_value + 1 FROM pvmonitor.notification) WHERE tenant = $1", [tenant]);
    const scan = await scanOf("101");
    await scan.commit(oweOne("found"));
    await expect(finish(scan)).rejects.toThrow("outbox_pkey");
    expect(details(await readWhole(database, tenant))).toEqual(["old"]);
  });

  it("stops whoever conducted, and scans that were begun before", async () => {
    let taken = 0;
    await put(sample("old"));
    const conductor = await conduct(() => { taken += 1; });
    const scan = await scanOf("101");
    await scan.commit(oweOne("found"));
    expect(await put(sample("new"))).toEqual({ ok: true });
    conductor.apply(oweOne("late"));
    expect(await conductor.save()).toEqual({ ok: false, detail: "ESTALE" });
    expect([taken, details(conductor.sendable)]).toEqual([1, []]);
    await expect(finish(scan)).rejects.toBeInstanceOf(PlantTakenError);
    expect(await readWhole(database, tenant)).toEqual(sample("new"));
  });

  it("is known to have been saved, by the server's clock; before there is none", async () => {
    expect(await lastSaved(database.query, tenant)).toBeNull();
    await put(sample("one"));
    const first = await lastSaved(database.query, tenant) ?? 0;
    await put(sample("two"));
    expect(await lastSaved(database.query, tenant)).toBeGreaterThan(first);
  });

  it("changes nothing of another tenant's, nor does whoever settles what it owed", async () => {
    const mine = tenant;
    await put(sample("mine"));
    tenant = `${mine} 2`;
    await put(sample("theirs"));
    const open = await conduct();
    open.apply((state) => ({ ...state, outbox: [] }));
    expect(await open.save()).toEqual({ ok: true });
    await put(emptyState);
    expect(await readWhole(database, mine)).toEqual(sample("mine"));
  });
});

describe("a state that is taken out", () => {
  it("counts on after the numbers that scans have drawn since: a file would give them out again", async () => {
    await put(sample("old"));
    const scan = await scanOf("101");
    await scan.commit(oweOne("found"));
    await finish(scan);
    const whole = await readWhole(database, tenant);
    expect(details(whole)).toEqual(["old", "found"]);
    expect(whole?.monitor.nextNotification).toBeGreaterThan(Number(whole?.outbox.at(-1)?.id));
  });
});

describe("a failure", () => {
  it("leaves the old state whole, and says why", async () => {
    await put(sample("old"));
    await database.query("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$");
    await database.query("CREATE TRIGGER refuse BEFORE INSERT ON pvmonitor.outbox FOR EACH ROW EXECUTE FUNCTION refuse()");
    const refused = await put(sample("new"));
    await database.query("DROP TRIGGER refuse ON pvmonitor.outbox");
    expect(refused).toEqual({ ok: false, detail: "ENOSPC", isUnknown: false });
    expect(await readWhole(database, tenant)).toEqual(sample("old"));
  });

  it.each([["before", "old"], ["after", "new"]] as const)("at the commit (cut %s the server did it) is unknown: the %s state is there, and it may be done again", async (when, left) => {
    const proxy = await startPostgresProxy(shared.server.port);
    const wired = openTestDatabase(shared.address.replace(`:${shared.server.port}/`, `:${proxy.port}/`));
    onTestFinished(async () => {
      await wired.close();
      await proxy.close();
    });
    await put(sample("old"));
    proxy.cutNextCommit(when);
    expect(await put(sample("new"), wired)).toEqual({ ok: false, detail: "ECONNRESET", isUnknown: true });
    expect(await readWhole(database, tenant)).toEqual(sample(left));
    expect(await put(sample("new"), wired)).toEqual({ ok: true });
    expect(await readWhole(database, tenant)).toEqual(sample("new"));
  });

  it("to reach the server is said as such, by whoever reads and whoever writes", async () => {
    await put(sample("old"));
    await shared.server.stop();
    onTestFinished(() => shared.server.start());
    // A connection that ended while nobody used it says so only now.
    await readWhole(database, tenant).catch(() => undefined);
    const error: unknown = await readWhole(database, tenant).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StateUnreadableError);
    expect(String(error)).toContain("o estado no PostgreSQL não pôde ser lido (ECONNREFUSED)");
    expect(await put(sample("new"))).toEqual({ ok: false, detail: "ECONNREFUSED", isUnknown: false });
  });
});
