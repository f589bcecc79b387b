// The store of a running monitor in PostgreSQL: waited for, held against a second instance, its clock compared with ours.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FILE } from "../../adapters/file-store/file-store.ts";
import type { Database } from "../../adapters/postgres/database.ts";
import { holdName } from "../../adapters/postgres/holding.ts";
import { createPostgresStore, lastSaved } from "../../adapters/postgres/postgres-store.ts";
import type { Config } from "../../config/config.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store } from "../../ports/store.ts";
import { createSkewWatch } from "./clock-skew.ts";
import { connect, placeOf, TENANT } from "./connect.ts";

const HOLD_AGAIN_MS = 5 * SECOND_MS;
const EXIT_REFUSED = 1;

export interface RunStoreOptions {
  readonly config: Config;
  readonly address: DatabaseAddress;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly say: (level: "info" | "warn" | "error", text: string) => void;
  /** Another instance has saved the state: not one more card goes out from here. */
  readonly onTaken: () => void;
}

export type RunStore =
  | { readonly ok: true; readonly store: Store; close(): Promise<void> }
  | { readonly ok: false; readonly exit: number; readonly text: string };

export async function openRunStore({ config, address, clock, stop, say, onTaken }: RunStoreOptions): Promise<RunStore> {
  const connected = await connect({ address, ca: config.ca, waiting: { clock, stop, say: (text) => { say("warn", `[BANCO] ${text}`); } } });
  if (!connected.ok) return connected;
  const { database } = connected;
  const closing = new AbortController();
  const close = (): Promise<void> => {
    closing.abort();
    return database.close();
  };
  const refused = await refusal(database, config, AbortSignal.any([stop, closing.signal]), clock);
  if (refused !== null) {
    await close();
    return { ok: false, exit: EXIT_REFUSED, text: `${placeOf(address)}: ${refused}` };
  }
  const skew = createSkewWatch(clock, (text) => { say("warn", `[BANCO] ${text}`); });
  return { ok: true, store: createPostgresStore({ database, tenant: TENANT, zone: config.zone, onTaken, onServerTime: skew }), close };
}

async function refusal(database: Database, { stateDir }: Config, stop: AbortSignal, clock: Clock): Promise<string | null> {
  if (!(await hold(database, stop, clock))) return "outra instância já trabalha neste banco";
  if (await lastSaved(database, TENANT) !== null || !(await isThere(join(stateDir, STATE_FILE)))) return null;
  return `o banco ainda não tem estado, e ${join(stateDir, STATE_FILE)} tem; rode "pvmonitor import-state ${join(stateDir, STATE_FILE)}", ou tire o arquivo dali para começar do zero`;
}

/** Held again as soon as it can be when the connection is lost. Meanwhile the fence of the store is what counts. */
async function hold(database: Database, stop: AbortSignal, clock: Clock): Promise<boolean> {
  const isOver = (): boolean => stop.aborted;
  const again = async (): Promise<void> => {
    let isHeld = false;
    while (!isHeld && !isOver()) {
      await clock.sleep(HOLD_AGAIN_MS, stop);
      isHeld = !isOver() && await hold(database, stop, clock).catch(() => false);
    }
  };
  return database.hold(holdName(TENANT), () => void again());
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
