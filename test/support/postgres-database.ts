// The product's own way to a database of a test's server.
import { createSecureContext } from "node:tls";
import { openDatabase, type Database } from "../../src/adapters/postgres/database.ts";
import { migrate } from "../../src/adapters/postgres/migrations.ts";
import { startPostgres, type PostgresServer } from "../../src/cli/demo/postgres-server.ts";
import { readPostgresUrl } from "../../src/config/database-url.ts";

export function openTestDatabase(address: string): Database {
  const read = readPostgresUrl(address);
  if ("wrong" in read) throw new Error(read.wrong);
  return openDatabase(read.value, createSecureContext());
}

export interface TestDatabase {
  readonly server: PostgresServer;
  readonly address: string;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

/** A server with one database that is ready for use, and a way to it. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const server = await startPostgres();
  const address = await server.createDatabase();
  const database = openTestDatabase(address);
  await migrate(database);
  return {
    server, address, database,
    close: async () => {
      await database.close();
      await server.close();
    },
  };
}
