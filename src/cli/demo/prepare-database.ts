// What `pvmonitor migrate` does, for a database of the demo or of a proof.
import { openDatabase } from "../../adapters/postgres/database.ts";
import { migrate } from "../../adapters/postgres/migrations.ts";
import { migrateQueue } from "../../adapters/queue/job-queue.ts";
import { trustedAuthorities } from "../../adapters/http/trusted-authorities.ts";
import { runtimeFacts } from "../../adapters/system/runtime.ts";
import { readPostgresUrl } from "../../config/database-url.ts";

/** `address`: as DATABASE_URL has it. */
export async function prepareDatabase(address: string): Promise<void> {
  const read = readPostgresUrl(address);
  if ("wrong" in read) throw new Error(`DATABASE_URL ${read.wrong}`);
  const authorities = trustedAuthorities(null);
  const database = openDatabase(read.value, authorities);
  try {
    await migrate(database);
    await migrateQueue({ settings: read.value, authorities, say: () => undefined, version: runtimeFacts().version });
  } finally {
    await database.close();
  }
}
