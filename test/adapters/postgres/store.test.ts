// What only a store on a server has to answer for: the fence, a commit whose answer is lost, its disk, tenants beside each other.
import { chownSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { createPostgresStore, type PostgresStoreParts } from "../../../src/adapters/postgres/postgres-store.ts";
import { emptyState, withMonitor, withPlant, type MonitorState } from "../../../src/domain/monitor-state.ts";
import { newPlant } from "../../../src/domain/plant.ts";
import { StateUnreadableError, type Store } from "../../../src/ports/store.ts";
import { anyState, inOrder } from "../../contracts/arbitrary-states.ts";
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

function open(more: Partial<PostgresStoreParts> = {}): Store & { readonly taken: () => boolean } {
  let isTaken = false;
  const store = createPostgresStore({ database, tenant, zone: ZONE, onTaken: () => { isTaken = true; }, ...more });
  return { ...store, taken: () => isTaken };
}

async function content(): Promise<MonitorState> {
  return (await open().load(NOW)).state;
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

function numbered(count: number): MonitorState {
  return withMonitor(emptyState, { nextNotification: count });
}

describe("one store that saves a state after the other", () => {
  it("writes only what changed, and yet holds each of them", async () => {
    const pair = fc.record({ one: anyState, other: anyState, keep: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), isMixed: fc.boolean() });
    await fc.assert(fc.asyncProperty(pair, async ({ one, other, keep, isMixed }) => {
      const own = crypto.randomUUID();
      const store = open({ tenant: own });
      await store.load(NOW);
      const plants = [...one.plants, ...other.plants];
      const entries = [...one.outbox, ...other.outbox.map((entry, i) => (isMixed ? { ...entry, id: one.outbox[i]?.id ?? entry.id } : entry))];
      const some = { ...one, plants: new Map(plants.filter((_, i) => keep[i] ?? true)), outbox: entries.filter((_, i) => keep[i] ?? true) };
      for (const state of [one, some, { ...some, outbox: some.outbox.toReversed() }, { ...other, plants: new Map(plants.toReversed()) }, one]) {
        expect(await store.save(state)).toEqual({ ok: true });
        expect(inOrder((await open({ tenant: own }).load(NOW)).state)).toStrictEqual(inOrder(state));
      }
    }), { numRuns: 30 });
  });

  it("leaves the rows of plants alone that did not change", async () => {
    const plants = ["101", "102", "103"].map((id) => newPlant({ id, name: `UFV ${id}`, capacityKwp: null }));
    const state = plants.reduce(withPlant, emptyState);
    const store = open();
    await store.save(state);
    await store.save(withPlant(state, { ...newPlant({ id: "102", name: "UFV outra", capacityKwp: 7 }) }));
    const rows = await database.query("SELECT id, version::int FROM pvmonitor.plant WHERE tenant = $1 ORDER BY position", [tenant]);
    expect(rows).toEqual([{ id: "101", version: 1 }, { id: "102", version: 2 }, { id: "103", version: 1 }]);
  });
});

describe("a twin", () => {
  it("that is slower writes nothing from then on, and is told so", async () => {
    const [slow, quick] = [open(), open()];
    await slow.load(NOW);
    await quick.load(NOW);
    expect(await quick.save(numbered(2))).toEqual({ ok: true });
    expect(await slow.save(numbered(9))).toEqual({ ok: false, detail: "ESTALE" });
    expect([slow.taken(), quick.taken()]).toEqual([true, false]);
    expect(await quick.save(numbered(3))).toEqual({ ok: true });
    expect(await slow.save(numbered(9))).toEqual({ ok: false, detail: "ESTALE" });
    expect(await content()).toEqual(numbered(3));
  });

  it.each(["an empty database", "a state"])("at the same moment, on %s: one of the two saves", async (on) => {
    if (on === "a state") await open().save(numbered(1));
    const twins = [open(), open(), open(), open()];
    for (const twin of twins) await twin.load(NOW);
    const ends = await Promise.all(twins.map((twin, i) => twin.save(numbered(i + 10))));
    expect(ends.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await content()).toEqual(numbered(ends.findIndex(({ ok }) => ok) + 10));
  });
});

describe("tenants", () => {
  it("see and change nothing of each other's", async () => {
    const plant = (name: string): MonitorState => withPlant(emptyState, newPlant({ id: "101", name, capacityKwp: 1 }));
    const [mine, theirs] = [open(), open({ tenant: `${tenant} 2` })];
    await theirs.save(plant("deles"));
    expect((await mine.load(NOW)).origin).toBe("none");
    await mine.save(plant("minha"));
    await mine.save(emptyState);
    expect((await open({ tenant: `${tenant} 2` }).load(NOW)).state).toEqual(plant("deles"));
  });
});

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

  it.each(["before", "after"] as const)("(cut %s the server did it) is looked up: saved once, and never taken for a twin's", async (when) => {
    const store = open({ database: wired });
    await store.save(numbered(1));
    proxy.cutNextCommit(when);
    expect(await store.save(numbered(2))).toEqual({ ok: true });
    expect(await store.save(numbered(3))).toEqual({ ok: true });
    expect([await content(), store.taken()]).toEqual([numbered(3), false]);
    const [row] = await database.query("SELECT version::int FROM pvmonitor.monitor WHERE tenant = $1", [tenant]);
    expect(row).toEqual({ version: when === "before" ? 3 : 4 }); // the one that took place, and the same once more
  });

  it.each(["before", "after"] as const)("(cut %s) of the very first save is no other", async (when) => {
    const store = open({ database: wired });
    await store.load(NOW);
    proxy.cutNextCommit(when);
    expect(await store.save(numbered(2))).toEqual({ ok: true });
    expect([await content(), store.taken()]).toEqual([numbered(2), false]);
  });

  it("that the server is still at is waited for, and found to be its own", async () => {
    const store = open({ database: wired });
    await store.save(numbered(1));
    // The server is slow at the commit of version 2: it waits for a lock that this test holds.
    await planted(`
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.version = 2 AND NEW.tenant = '${tenant}' THEN PERFORM pg_advisory_xact_lock(77); END IF; RETURN NULL; END $$;
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
    const saving = store.save(numbered(2));
    const isWaiting = async (): Promise<boolean> => (await database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE pvmonitor.monitor%'")).length > 0;
    while (!(await isWaiting())) await nextTurn();
    release.resolve(undefined);
    await holding;
    expect(await saving).toEqual({ ok: true });
    expect([await content(), store.taken()]).toEqual([numbered(2), false]);
  });

  it("because the server ended that session is none: nothing was saved, and it is saved again", async () => {
    const store = open();
    await store.save(numbered(1));
    const mend = await planted(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON pvmonitor.monitor DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`, "DROP TRIGGER die ON pvmonitor.monitor; DROP FUNCTION die");
    expect(await store.save(numbered(2))).toEqual({ ok: false, detail: "ECONNRESET" });
    await mend();
    expect([await content(), store.taken()]).toEqual([numbered(1), false]);
    expect(await store.save(numbered(3))).toEqual({ ok: true });
    expect(await content()).toEqual(numbered(3));
  });
});

describe("a server that was restarted", () => {
  it.each(["fast", "immediate"] as const)("(%s) is used again by the next save, and what was saved is there", async (how) => {
    const store = open();
    await store.save(numbered(1));
    await server.stop(how);
    expect(await store.save(numbered(2))).toEqual({ ok: false, detail: "ECONNREFUSED" });
    await server.start();
    expect(await content()).toEqual(numbered(1));
    expect(await store.save(numbered(2))).toEqual({ ok: true });
    expect(await content()).toEqual(numbered(2));
  });
});

describe("a server that refuses", () => {
  it.each([
    ["53100", "ENOSPC"], ["42501", "EACCES"], ["25006", "EROFS"], ["57014", "ETIMEDOUT"], ["40001", "SQLSTATE 40001"],
  ])("with SQLSTATE %s has %s in the log, and nothing half written", async (state, word) => {
    const store = open();
    await store.save(numbered(1));
    const mend = await planted(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON pvmonitor.plant FOR EACH ROW EXECUTE FUNCTION refuse()`, "DROP TRIGGER refuse ON pvmonitor.plant; DROP FUNCTION refuse");
    expect(await store.save(withPlant(numbered(2), newPlant({ id: "1", name: "UFV", capacityKwp: 1 })))).toEqual({ ok: false, detail: word });
    await mend();
    expect([await content(), store.taken()]).toEqual([numbered(1), false]);
    expect(await store.save(numbered(3))).toEqual({ ok: true });
  });

  const small = smallDisk(24 * 1_024 * 1_024);
  // Mounting is root's; the cases above need nobody's leave.
  if (small !== null) {
    it("because its real disk is full keeps the old state, and saves again once there is room", async () => {
      const folder = small.mount();
      chownSync(folder, 65_534, 65_534); // only root mounts: the server runs as nobody
      const crowd = (count: number): MonitorState => Array.from({ length: 300 }, (_, i) => newPlant({ id: String(i), name: crypto.randomUUID().repeat(40), capacityKwp: count }))
        .reduce((state, plant) => ({ ...state, plants: new Map(state.plants).set(plant.info.id, plant) }), numbered(count));
      const store = open();
      const old = crowd(1);
      await store.save(old);
      await server.execute(`CREATE TABLESPACE small LOCATION '${folder}'`);
      await server.execute("ALTER TABLE pvmonitor.plant SET TABLESPACE small", address);
      const { bavail, bsize } = statfsSync(folder);
      const ballast = join(folder, "ballast");
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      expect(await store.save(crowd(2))).toEqual({ ok: false, detail: "ENOSPC" });
      expect(await content()).toEqual(old);
      rmSync(ballast);
      const mended = crowd(3);
      expect(await store.save(mended)).toEqual({ ok: true });
      expect(await content()).toEqual(mended);
      await server.execute("ALTER TABLE pvmonitor.plant SET TABLESPACE pg_default", address);
      await server.execute("DROP TABLESPACE small");
    });
  }
});

describe("rows that nobody of ours wrote", () => {
  it.each([
    ["a plant", "UPDATE pvmonitor.plant SET state = '{\"usinas\":7}' WHERE tenant = $1", "a linha de uma usina não tem a forma de um estado (em 0."],
    ["the monitor", "UPDATE pvmonitor.monitor SET record = '[]' WHERE tenant = $1", "não tem a forma de um estado (em "],
    ["a newer state", "UPDATE pvmonitor.monitor SET record = '{\"schema_version\":99}' WHERE tenant = $1", "escrito por uma versão mais nova do pvmonitor"],
  ])("(%s) are no empty state: nothing is begun on them, and nothing written", async (_name, sql, words) => {
    await open().save(withPlant(numbered(1), newPlant({ id: "1", name: "UFV", capacityKwp: 1 })));
    await database.query(sql, [tenant]);
    const error: unknown = await open().load(NOW).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StateUnreadableError);
    expect(String(error)).toContain(words);
  });
});
