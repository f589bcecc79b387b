// The store on PostgreSQL keeps the contract that the one on a file keeps, on a real server.
import { afterAll, beforeAll, vi } from "vitest";
import { createPostgresStore } from "../../../src/adapters/postgres/postgres-store.ts";
import { migrate } from "../../../src/adapters/postgres/migrations.ts";
import { encodeText } from "../../../src/state-codec/encode-state.ts";
import { describeStore } from "../../contracts/store-contract.ts";
import { openTestDatabase } from "../../support/postgres-database.ts";
import { startPostgres, type PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

const ZONE = "America/Sao_Paulo";
vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let address: string;
let beds = 0;

beforeAll(async () => {
  server = await startPostgres();
  address = await server.createDatabase();
  const database = openTestDatabase(address);
  await migrate(database);
  await database.close();
}, 60_000);
afterAll(() => server.close());

describeStore("PostgreSQL", () => {
  beds += 1;
  const tenant = `conta ${beds}`; // one server and one database for all: what lies beside must not matter
  const database = openTestDatabase(address);
  const open = (zone: string): ReturnType<typeof createPostgresStore> => createPostgresStore({ database, tenant, zone, onTaken: () => { throw new Error("taken"); } });
  return Promise.resolve({
    open,
    content: async () => {
      const { state, origin } = await open(ZONE).load(0);
      return origin === "none" ? null : encodeText(state, ZONE);
    },
    breakDisk: () => server.stop(),
    mendDisk: () => server.start(),
    remove: async () => {
      await database.close();
      await server.start();
    },
  });
});
