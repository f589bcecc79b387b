// pg-boss as it is used here: its own schema beside that of the state, and one queue an account for each sort of job.
import type { SecureContext } from "node:tls";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Config } from "../../config/config.ts";
import { StateUnreadableError } from "../../ports/store.ts";

export interface JobQueueParts {
  readonly settings: NonNullable<Config["database"]>;
  readonly authorities: SecureContext;
  readonly say: (text: string) => void;
  /** pvmonitor's own, as `status` shows it. */
  readonly version: string;
}

/** How often jobs are looked through for those whose worker has died. */
const LOOK_S = 5;
const KEEP_HOUSE_S = 60;
const CONNECTIONS = 4;
const SAY_AGAIN_MS = 60_000;
const SCHEMA = "pvmonitor_jobs";

/** `work`: as a worker; `look`: only reads; `migrate`: makes the tables, or brings them up to date. */
export async function startBoss({ settings, authorities, say, version }: JobQueueParts, role: "work" | "look" | "migrate"): Promise<PgBoss> {
  const { host, port, user, password, name, isEncrypted } = settings;
  const [isMigrating, isWorking] = [role === "migrate", role === "work"];
  const boss = new PgBoss({
    host, port, user, password, database: name, ssl: isEncrypted ? { secureContext: authorities, host } : false,
    application_name: "pvmonitor", max: CONNECTIONS, schema: SCHEMA, migrate: isMigrating, createSchema: isMigrating,
    supervise: isWorking, schedule: isWorking, useListenNotify: isWorking, registerInstance: isWorking, instanceName: version,
    superviseIntervalSeconds: LOOK_S, monitorIntervalSeconds: LOOK_S, maintenanceIntervalSeconds: KEEP_HOUSE_S, instanceHeartbeatSeconds: LOOK_S, openTelemetry: { enabled: false },
  });
  boss.on("error", sayNowAndThen(say));
  try {
    return await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined); // it has connections already
    // What pg-boss itself says of tables that are not there, or of another version, has no code of the server's.
    const isOfSchema = error instanceof Error && /^pg-boss .*(?:not installed|requires migrations)/.test(error.message);
    throw isOfSchema ? new StateUnreadableError('a fila de tarefas no PostgreSQL não é a desta versão; rode "pvmonitor migrate" da versão mais nova, e atualize todos os processos', { cause: error }) : error;
  }
}

/** Each of its pollers meets a database that is away, again and again: once a minute is enough. */
function sayNowAndThen(say: JobQueueParts["say"]): (error: Error) => void {
  let saidMs = -Infinity;
  return (error) => {
    if (performance.now() - saidMs < SAY_AGAIN_MS) return;
    saidMs = performance.now();
    say("code" in error && typeof error.code === "string" ? `A fila de tarefas não responde (${error.code}); ela é tentada de novo.` : `A fila de tarefas avisa: ${error.message}`);
  };
}

export const queuesOf = (tenant: string): Record<"conduct" | "scan" | "dead", string> => ({ conduct: `${tenant}/conduct`, scan: `${tenant}/scan`, dead: `${tenant}/dead` });

export const deviceKind = z.enum(["relay", "inverter"]);
