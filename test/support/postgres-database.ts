// The product's own way to a database of a test's server.
import { createSecureContext } from "node:tls";
import { openDatabase, type Database } from "../../src/adapters/postgres/database.ts";
import { readPostgresUrl } from "../../src/config/database-url.ts";

export function openTestDatabase(address: string): Database {
  const read = readPostgresUrl(address);
  if ("wrong" in read) throw new Error(read.wrong);
  return openDatabase(read.value, createSecureContext());
}
