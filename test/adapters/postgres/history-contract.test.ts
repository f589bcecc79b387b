// The history in PostgreSQL keeps the contract that the one on a file keeps, on a real server.
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { createPostgresHistory } from "../../../src/adapters/postgres/history/history.ts";
import { migrate } from "../../../src/adapters/postgres/migrations.ts";
import { describeHistory } from "../../contracts/history-contract.ts";
import { createEar, NOW } from "../../support/history.ts";
import { openTestDatabase } from "../../support/postgres-database.ts";
import { startPostgres, type PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let database: Database;
let beds = 0;

beforeAll(async () => {
  server = await startPostgres();
  database = openTestDatabase(await server.createDatabase());
  await migrate(database);
}, 60_000);
afterAll(async () => {
  await database.close();
  await server.close();
});

describeHistory("PostgreSQL", {
  heldReason: "o PostgreSQL não responde",
  createBed() {
    beds += 1;
    const tenant = `conta ${beds}`; // one database for all: what lies beside must not matter
    return {
      open({ days = 30, now = () => NOW, lingerMs = 0 } = {}) {
        const ear = createEar();
        const history = createPostgresHistory({ database, tenant, days, now, say: ear.say, limits: { lingerMs, retryMs: 20, queryMs: 60_000, closeMs: 60_000 } });
        onTestFinished(() => history.close());
        return { ...ear, history };
      },
      async hold() {
        await server.stop();
        onTestFinished(() => server.start());
        return () => server.start();
      },
    };
  },
});
