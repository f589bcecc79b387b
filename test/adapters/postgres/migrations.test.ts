// The schema is made once, whoever comes at the same time, and one of another version is told from one that serves.
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { migrate, SCHEMA_VERSION, schemaState, tooOldServer } from "../../../src/adapters/postgres/migrations.ts";
import { openTestDatabase } from "../../support/postgres-database.ts";
import { startPostgres, type PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let address = "";
let database: Database;

beforeAll(async () => { server = await startPostgres(); }, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  address = await server.createDatabase();
  const own = openTestDatabase(address);
  database = own;
  onTestFinished(() => own.close());
});

describe("migrate", () => {
  it("makes the schema of this version, and does nothing the second time", async () => {
    expect(await schemaState(database.query)).toEqual({ kind: "older", version: 0 });
    expect(await migrate(database)).toEqual({ from: 0, to: SCHEMA_VERSION });
    expect(await schemaState(database.query)).toEqual({ kind: "usable", version: SCHEMA_VERSION });
    await database.query("INSERT INTO pvmonitor.monitor (tenant, version, stamp, record) VALUES ('t', 1, gen_random_uuid(), '{}')");
    expect(await migrate(database)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    expect(await database.query("SELECT tenant FROM pvmonitor.monitor")).toEqual([{ tenant: "t" }]);
  });

  it("is run by one of many that come at once; the others find it done", async () => {
    const many = Array.from({ length: 6 }, () => openTestDatabase(address));
    onTestFinished(async () => { await Promise.all(many.map((one) => one.close())); });
    const ends = await Promise.all(many.map(migrate));
    expect(ends.filter(({ from }) => from === 0)).toHaveLength(1);
    expect(await database.query("SELECT count(*)::int FROM pvmonitor.migration")).toEqual([{ count: SCHEMA_VERSION }]);
  });

  it("leaves nothing behind where it fails", async () => {
    await database.query("CREATE SCHEMA pvmonitor");
    await database.query("CREATE TABLE pvmonitor.outbox (of_somebody_else int)");
    await expect(migrate(database)).rejects.toThrow("already exists");
    expect(await database.query("SELECT to_regclass('pvmonitor.monitor') AS made, to_regclass('pvmonitor.migration') AS noted")).toEqual([{ made: null, noted: null }]);
  });
});

describe("a schema", () => {
  it.each([[SCHEMA_VERSION, "usable"], [SCHEMA_VERSION + 1, "usable"], [SCHEMA_VERSION + 2, "newer"]] as const)("of version %i is %s", async (version, kind) => {
    await migrate(database);
    await database.query("INSERT INTO pvmonitor.migration (version, about) SELECT n, 'test' FROM generate_series($1::int + 1, $2::int) AS n", [SCHEMA_VERSION, version]);
    expect(await schemaState(database.query)).toEqual({ kind, version });
  });

  it("that lacks the last step is older", async () => {
    await migrate(database);
    await database.query("DELETE FROM pvmonitor.migration WHERE version = $1", [SCHEMA_VERSION]);
    expect(await schemaState(database.query)).toEqual({ kind: "older", version: SCHEMA_VERSION - 1 });
  });
});

describe("a server", () => {
  it.each([["150000", null], ["180004", null], ["149999", "14.9"]])("of number %s", async (number, expected) => {
    expect(await tooOldServer(database.query)).toBeNull();
    expect(await tooOldServer(() => Promise.resolve([{ number, name: "14.9" }]))).toBe(expected);
  });
});
