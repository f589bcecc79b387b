// `pvmonitor migrate`: prepares the database of DATABASE_URL, or brings it to this version. May run beside monitors of the version before.
import type { Writable } from "node:stream";
import { adviceFor, failureWord } from "../adapters/postgres/failures.ts";
import { migrate } from "../adapters/postgres/migrations.ts";
import { migrateQueue } from "../adapters/queue/job-queue.ts";
import { trustedAuthorities } from "../adapters/http/trusted-authorities.ts";
import { runtimeFacts } from "../adapters/system/runtime.ts";
import type { Config } from "../config/config.ts";
import { withDatabase, type DatabaseCommand } from "./database/with-database.ts";

export async function migrateCommand({ config, stdout, stderr }: { readonly config: Config; readonly stdout: Writable; readonly stderr: Writable }): Promise<number> {
  const command: DatabaseCommand = { name: "migrate", config, stderr, needsSchema: false };
  return withDatabase(command, async (database, place, fail) => {
    try {
      const { from, to } = await migrate(database);
      stdout.write(from === to ? `${place}: o esquema já é o desta versão (${String(to)}).\n` : `${place}: esquema preparado, da versão ${String(from)} para a ${String(to)}.\n`);
    } catch (error) {
      return fail(adviceFor(error) ?? `o esquema não pôde ser preparado (${failureWord(error)}); nada mudou`);
    }
    try {
      if (config.database !== null) await migrateQueue({ settings: config.database, authorities: trustedAuthorities(config.ca), say: (text) => { stderr.write(`${text}\n`); }, version: runtimeFacts().version });
      return 0;
    } catch (error) {
      return fail(`o esquema está pronto, mas a fila de tarefas não pôde ser preparada (${failureWord(error)}); rode o comando de novo`);
    }
  });
}
