// What only a state on a server has to answer for: a commit whose answer is lost, a restart, a refusal, a full disk, rows that others wrote.
import { chownSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { openPlantLedger } from "../../../src/adapters/postgres/plant-ledger.ts";
import { openTenantState } from "../../../src/adapters/postgres/tenant-state.ts";
import { readWhole } from "../../../src/adapters/postgres/whole-state.ts";
import { owe, withMonitor, withPlant, type MonitorState } from "../../../src/domain/monitor-state.ts";
import type { Notice } from "../../../src/domain/notification.ts";
import { newPlant } from "../../../src/domain/plant.ts";
import type { SharedState } from "../../../src/ports/cluster.ts";
import type { Change } from "../../../src/ports/ledger.ts";
import { StateUnreadableError } from "../../../src/ports/store.ts";
import { openTestDatabase, startTestDatabase, type TestDatabase } from "../../support/postgres-database.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { startPostgresProxy, type PostgresProxy } from "../../support/postgres-proxy.ts";
import type { PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

const ZONE = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let address: string;
let database: Database;
let tenant = "";

let close: TestDatabase["close"];
beforeAll(async () => { ({ server, address, database, close } = await startTestDatabase()); }, 60_000);
afterAll(() => close());
beforeEach(() => { tenant = crypto.randomUUID(); });

/** Whoever conducts; nobody takes it over. The row of the monitor is of version 2. */
async function conducting(on = database): Promise<SharedState> {
  const state = await openTenantState({ database: on, tenant, zone: ZONE, conducts: true, onTaken: () => { throw new Error("taken"); } });
  state.apply(marked(1));
  expect(await state.save()).toEqual({ ok: true });
  return state;
}

/** Of all that is written: the mark and what is owed. */
async function content(): Promise<unknown> {
  const state = await readWhole(database, tenant);
  return [state?.monitor.apiBackAt, ...(state?.outbox ?? []).map(({ notice }) => notice.kind === "monitor" && notice.detail)];
}

/** A trigger of the server's own, until it is undone or the test ends. */
async function planted(sql: string, undo: string): Promise<() => Promise<void>> {
  await server.execute(sql, address);
  let isThere = true;
  const mend = async (): Promise<void> => {
    if (isThere) await server.execute(undo, address);
    isThere = false;
  };
  onTestFinished(mend);
  return mend;
}

const marked = (count: number): Change => (state) => withMonitor(state, { apiBackAt: count });
const notice = (detail: string): Notice => ({ kind: "monitor", topic: "api", phase: "lost", since: NOW, at: NOW, zone: ZONE, detail, plants: null });
const oweOne = (detail: string): Change => (state) => owe(state, [notice(detail)], NOW);
const addPlant = (id: string): Change => (state) => withPlant(state, newPlant({ id, name: "UFV", capacityKwp: 1 }));

describe("a commit whose answer is lost", () => {
  let proxy: PostgresProxy;
  let wired: Database;
  beforeEach(async () => {
    proxy = await startPostgresProxy(server.port);
    wired = openTestDatabase(address.replace(`:${server.port}/`, `:${proxy.port}/`));
    onTestFinished(async () => {
      await wired.close();
      await proxy.close();
    });
  });

  it.each(["before", "after", "on-the-way"] as const)("(%s the server did it) is looked up: what was owed is owed once", async (when) => {
    const state = await conducting(wired);
    proxy.cutNextCommit(when);
    state.apply(oweOne("once"));
    expect(await state.save()).toEqual({ ok: true });
    expect(await state.save()).toEqual({ ok: true });
    expect([await content(), state.sendable.outbox.length, state.isSaved]).toEqual([[1, "once"], 1, true]);
  });

  it("that the server is still at is waited for, and found to be its own", async () => {
    const state = await conducting(wired);
    // The server is slow at the commit of version 3: it waits for a lock that this test holds.
    await planted(`
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.version = 3 AND NEW.tenant = '${tenant}' THEN PERFORM pg_advisory_xact_lock(77); END IF; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON pvmonitor.monitor DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`, "DROP TRIGGER slow ON pvmonitor.monitor; DROP FUNCTION slow");
    const release = Promise.withResolvers<undefined>();
    const held = Promise.withResolvers<undefined>();
    const holding = database.transaction(async (query) => {
      await query("SELECT pg_advisory_xact_lock(77)");
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    proxy.cutNextCommit("on-the-way");
    state.apply(oweOne("once"));
    const saving = state.save();
    const isWaiting = async (): Promise<boolean> => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%pvmonitor.monitor%FOR NO KEY UPDATE%'")).length > 0;
    while (!(await isWaiting())) await nextTurn();
    release.resolve(undefined);
    await holding;
    expect(await saving).toEqual({ ok: true });
    expect([await content(), state.sendable.outbox.length, state.isSaved]).toEqual([[1, "once"], 1, true]);
  });

  it("and that took place, with the server away since, may be sent as soon as it is seen to be there", async () => {
    const state = await conducting(wired);
    proxy.cutNextCommit("after", "refused");
    state.apply(oweOne("once"));
    expect(await state.save()).toEqual({ ok: false, detail: expect.stringMatching(/^E[A-Z]+$/) });
    expect([state.sendable.outbox, state.isSaved]).toEqual([[], false]);
    proxy.cut(null);
    await state.refresh();
    expect([state.sendable.outbox.length, state.isSaved]).toEqual([1, true]);
  });

  it("because the server ended that session is none: nothing was saved, and it is saved again", async () => {
    const state = await conducting();
    const mend = await planted(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON pvmonitor.monitor DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`, "DROP TRIGGER die ON pvmonitor.monitor; DROP FUNCTION die");
    state.apply(oweOne("first"));
    expect(await state.save()).toEqual({ ok: false, detail: "ECONNRESET" });
    await mend();
    expect([await content(), state.isSaved]).toEqual([[1], false]);
    state.apply(oweOne("second"));
    expect(await state.save()).toEqual({ ok: true });
    expect(await content()).toEqual([1, "first", "second"]);
  });
});

describe("a server that was restarted", () => {
  it.each(["fast", "immediate"] as const)("(%s) is used again by the next save, what was saved is there, and nothing was sent meanwhile", async (how) => {
    const state = await conducting();
    state.apply(oweOne("saved"));
    await state.save();
    await server.stop(how);
    onTestFinished(() => server.start());
    state.apply(oweOne("unsaved"));
    expect(await state.save()).toEqual({ ok: false, detail: "ECONNREFUSED" });
    // That it was told could not be noted: whoever takes over would tell it again.
    expect([state.sendable.outbox.length, state.state.outbox.length]).toEqual([0, 2]);
    await server.start();
    expect(await content()).toEqual([1, "saved"]);
    expect(await state.save()).toEqual({ ok: true });
    expect([await content(), state.sendable.outbox.length]).toEqual([[1, "saved", "unsaved"], 2]);
  });
});

describe("a server that refuses", () => {
  it.each([
    ["53100", "ENOSPC"], ["42501", "EACCES"], ["25006", "EROFS"], ["57014", "ETIMEDOUT"], ["40001", "SQLSTATE 40001"],
  ])("with SQLSTATE %s has %s in the log, and nothing half written", async (code, word) => {
    const state = await conducting();
    const mend = await planted(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON pvmonitor.outbox FOR EACH ROW EXECUTE FUNCTION refuse()`, "DROP TRIGGER refuse ON pvmonitor.outbox; DROP FUNCTION refuse");
    for (const change of [marked(2), addPlant("1"), oweOne("owed")]) state.apply(change);
    expect(await state.save()).toEqual({ ok: false, detail: word });
    await mend();
    expect([await content(), (await readWhole(database, tenant))?.plants.size]).toEqual([[1], 0]);
    expect(await state.save()).toEqual({ ok: true });
    expect([await content(), (await readWhole(database, tenant))?.plants.size]).toEqual([[2, "owed"], 1]);
  });

  const small = smallDisk(24 * 1_024 * 1_024);
  // Mounting is root's; the cases above need nobody's leave.
  if (small !== null) {
    it("because its real disk is full keeps the old state, and saves again once there is room", async () => {
      const folder = small.mount();
      chownSync(folder, 65_534, 65_534); // only root mounts: the server runs as nobody
      const crowd = (count: number): Change => (state) => Array.from({ length: 300 }, (_, i) => newPlant({ id: String(i), name: crypto.randomUUID().repeat(40), capacityKwp: count }))
        .reduce(withPlant, marked(count)(state));
      const written = async (): Promise<MonitorState["plants"] | undefined> => (await readWhole(database, tenant))?.plants;
      const state = await conducting();
      state.apply(crowd(2));
      await state.save();
      const old = new Map(state.state.plants);
      await server.execute(`CREATE TABLESPACE small LOCATION '${folder}'`);
      await server.execute("ALTER TABLE pvmonitor.plant SET TABLESPACE small", address);
      const { bavail, bsize } = statfsSync(folder);
      const ballast = join(folder, "ballast");
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      state.apply(crowd(3));
      expect(await state.save()).toEqual({ ok: false, detail: "ENOSPC" });
      expect([await content(), await written()]).toEqual([[2], old]);
      rmSync(ballast);
      expect(await state.save()).toEqual({ ok: true });
      expect([await content(), await written()]).toEqual([[3], new Map(state.state.plants)]);
      await server.execute("ALTER TABLE pvmonitor.plant SET TABLESPACE pg_default", address);
      await server.execute("DROP TABLESPACE small");
    });
  }
});

describe("rows that nobody of ours wrote", () => {
  it.each([
    ["a plant", "UPDATE pvmonitor.plant SET state = '{\"usinas\":7}' WHERE tenant = $1", "a linha de uma usina não tem a forma de um estado (em 0.", true],
    ["two plants in one", "UPDATE pvmonitor.plant SET state = (SELECT state FROM pvmonitor.plant WHERE tenant = $1 AND id = '2') WHERE tenant = $1 AND id = '1'", "tem linhas que não são de uma usina cada", false],
    ["what is owed", "UPDATE pvmonitor.outbox SET entry = '{}' WHERE tenant = $1", "não tem a forma de um estado (em pending_notifications", false],
    ["the monitor", "UPDATE pvmonitor.monitor SET record = '[]' WHERE tenant = $1", "não tem a forma de um estado (em ", true],
    ["a newer state", "UPDATE pvmonitor.monitor SET record = '{\"schema_version\":99}' WHERE tenant = $1", "escrito por uma versão mais nova do pvmonitor", true],
  ])("(%s) are no empty state: nobody begins on them, shows them, or takes them out", async (_name, sql, words, isForScans) => {
    const state = await conducting();
    for (const change of [addPlant("1"), addPlant("2"), oweOne("owed")]) state.apply(change);
    await state.save();
    await database.query(sql, [tenant]);
    const opening = { database, tenant, zone: ZONE, onTaken: () => undefined };
    // A scan reads its own plant alone.
    const scans = isForScans ? [openPlantLedger({ database, tenant, zone: ZONE, plantId: "1", writeRecords: () => Promise.resolve() })] : [];
    for (const ended of await Promise.allSettled([readWhole(database, tenant), openTenantState({ ...opening, conducts: true }), openTenantState({ ...opening, conducts: false }), ...scans])) {
      const error: unknown = ended.status === "rejected" ? ended.reason : null;
      expect(error).toBeInstanceOf(StateUnreadableError);
      expect(String(error)).toContain(words);
    }
  });
});
