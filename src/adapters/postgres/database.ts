// The way to one database: a few connections, each bounded in time, and transactions that say how sure they are of their end.
import { Pool, type PoolClient } from "pg";
import type { SecureContext } from "node:tls";
import type { Config } from "../../config/config.ts";
import { CommitUnknownError, isConnectionLost } from "./failures.ts";

/** Of a worker: its scans, whoever conducts, the page; each for some milliseconds at a time. */
const MOST_CONNECTIONS = 8;
const CONNECT_MS = 10_000;
/** A state of 100,000 inverters is written in less. */
const STATEMENT_MS = 60_000;
/** A machine that vanished frees what it held within half a minute. */
const SERVER_OPTIONS = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
/** A process that hangs inside a transaction holds nobody up for longer. */
const IDLE_IN_TRANSACTION_MS = 30_000;

/** Rows of one statement; what they hold is for a schema to say. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

type Row = Record<string, unknown>;

export interface Database {
  /** On any connection. */
  readonly query: Query;
  /** Runs `work` in one transaction. Rejects with CommitUnknownError where the connection was lost at the commit. */
  transaction<T>(work: (query: Query) => Promise<T>, mode?: "read"): Promise<T>;
  /** Resolves to false where another session holds one of `names` (unless both share it); else holds them until that connection ends, which `onLost` is told. */
  hold(names: readonly string[], onLost: () => void, mode?: "shared"): Promise<boolean>;
  close(): Promise<void>;
}

export function openDatabase(settings: NonNullable<Config["database"]>, authorities: SecureContext): Database {
  const { host, port, user, password, name, isEncrypted } = settings;
  const pool = new Pool({
    host, port, user, password, database: name,
    // `host`: whose certificate it must be. The driver itself names it to the server, where it is no address.
    ssl: isEncrypted ? { secureContext: authorities, host } : false,
    application_name: "pvmonitor", max: MOST_CONNECTIONS, connectionTimeoutMillis: CONNECT_MS, keepAlive: true,
    options: SERVER_OPTIONS, statement_timeout: STATEMENT_MS, query_timeout: STATEMENT_MS + CONNECT_MS, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  pool.on("error", () => undefined); // an idle connection ended: the next query opens another
  const held = new Set<PoolClient>();

  return {
    query: async (text, values = []) => (await pool.query<Row>({ text, values: [...values] })).rows,
    async transaction(work, mode) {
      const client = await pool.connect();
      let broken: Error | undefined;
      const onError = (error: Error): void => { broken = error; };
      client.on("error", onError); // without a listener it would end the process
      try {
        return await within(client, work, mode);
      } catch (error) {
        if (isConnectionLost(error)) broken ??= error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        client.off("error", onError);
        client.release(broken);
      }
    },
    async hold(names, onLost, mode) {
      const client = await pool.connect();
      const lost = (): void => {
        if (!held.delete(client)) return;
        client.release(true);
        onLost();
      };
      client.on("error", lost); // without a listener it would end the process
      client.on("end", lost);
      try {
        const { rows: [row] } = await client.query<{ taken: boolean }>(`SELECT bool_and(pg_try_advisory_lock${mode === "shared" ? "_shared" : ""}(hashtextextended(name, 0))) AS taken FROM unnest($1::text[]) AS name`, [names]);
        if (row?.taken !== true) {
          client.release(true); // those that it did get are freed with it
          return false;
        }
      } catch (error) {
        client.release(true);
        throw error;
      }
      held.add(client);
      return true;
    },
    async close() {
      const clients = [...held];
      held.clear();
      for (const client of clients) client.release(true);
      await pool.end();
    },
  };
}

async function within<T>(client: PoolClient, work: (query: Query) => Promise<T>, mode: "read" | undefined): Promise<T> {
  const query: Query = async (text, values = []) => (await client.query<Row>({ text, values: [...values] })).rows;
  await client.query(mode === "read" ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  let result: T;
  try {
    result = await work(query);
  } catch (error) {
    if (!isConnectionLost(error)) await client.query("ROLLBACK");
    throw error;
  }
  try {
    await client.query("COMMIT");
  } catch (error) {
    if (mode !== "read" && isConnectionLost(error)) throw new CommitUnknownError("the connection was lost at the commit", { cause: error });
    throw error;
  }
  return result;
}
