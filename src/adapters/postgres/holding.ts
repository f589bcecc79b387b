// Which process works for a tenant, as a lock that the server frees with the connection. A courtesy: it keeps a second one from
// starting. What makes a slow twin harmless are the token of whoever conducts, and the versions of the rows.
import { z } from "zod";
import type { Database } from "./database.ts";

export function holdName(tenant: string): string {
  return `pvmonitor ${tenant}`;
}

/** Whether any session of this database holds it, told without touching it. */
export async function isHeld({ query }: Pick<Database, "query">, name: string): Promise<boolean> {
  const [row] = z.array(z.object({ held: z.boolean() })).parse(await query(
    `SELECT EXISTS (
       SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 0)) AS held`, [name]));
  return row?.held === true;
}
