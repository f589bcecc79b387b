// The saved state, wherever this configuration keeps it: for commands that only read, also beside a monitor that runs.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FILE } from "../../adapters/file-store/file-store.ts";
import { failureWord } from "../../adapters/postgres/failures.ts";
import { holdName, isHeld } from "../../adapters/postgres/holding.ts";
import { lastSaved } from "../../adapters/postgres/tenant-rows.ts";
import { readWhole } from "../../adapters/postgres/whole-state.ts";
import { queueFacts, type QueueFacts } from "../../adapters/queue/queue-facts.ts";
import { trustedAuthorities } from "../../adapters/http/trusted-authorities.ts";
import type { Config } from "../../config/config.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { codeOf } from "../../config/faults.ts";
import type { EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { readState } from "../../state-codec/read-state.ts";
import { brokenWords, connect, placeOfState } from "../database/connect.ts";
import { lockHolder, type LockHolder } from "./lock-holder.ts";

export type Found =
  | { readonly state: MonitorState; readonly savedAt: EpochMs; readonly isPredecessor: boolean }
  /** `isMissing`: none was saved yet. */
  | { readonly wrong: string; readonly isMissing: boolean };

export interface Sighting {
  readonly found: Found;
  /** A path, or the database without its login. */
  readonly place: string;
  readonly lock: LockHolder;
  /** Null: the state is in a file, and there is none. */
  readonly cluster: QueueFacts | { readonly wrong: string } | null;
}

export async function findState(config: Pick<Config, "account" | "database" | "stateDir" | "zone" | "ca">, now: EpochMs): Promise<Sighting> {
  const { database, stateDir, zone } = config;
  if (database !== null) return inDatabase(database, config, now);
  const place = join(stateDir, STATE_FILE);
  const [found, lock] = await Promise.all([inFile(place, zone, now), lockHolder(stateDir)]);
  return { found, place, lock, cluster: null };
}

async function inFile(path: string, zone: string, now: EpochMs): Promise<Found> {
  try {
    const [bytes, { mtimeMs }] = [await readFile(path), await stat(path)];
    const read = readState(bytes, zone, now);
    if (read.kind === "corrupt") return { wrong: `${path} não é um estado que se possa ler: ${read.reason}. O monitor o põe de lado ao iniciar, e começa do zero`, isMissing: false };
    return { state: read.state, savedAt: Math.min(mtimeMs, now), isPredecessor: read.kind === "predecessor" };
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT"
      ? { wrong: `${path} não existe: o monitor ainda não gravou estado nesta pasta. Confira STATE_DIR e se o comando roda na pasta do monitor`, isMissing: true }
      : { wrong: `${path} não pôde ser lido (${code}); rode como o usuário do serviço`, isMissing: false };
  }
}

async function inDatabase(address: DatabaseAddress, { account, ca }: Pick<Config, "account" | "ca">, now: EpochMs): Promise<Sighting> {
  const place = placeOfState(address, account);
  const connected = await connect({ address, ca });
  if (!connected.ok) return { place, found: { wrong: connected.text, isMissing: false }, lock: { state: "unknown", pid: null }, cluster: null };
  const { database } = connected;
  try {
    const lock: LockHolder = { state: await isHeld(database, holdName(account)) ? "held" : "free", pid: null };
    const cluster = await queueFacts({ settings: address, authorities: trustedAuthorities(ca), say: () => undefined, version: "status" }, account)
      .catch((error: unknown) => ({ wrong: error instanceof StateUnreadableError ? error.message : failureWord(error) }));
    const [savedAt, state] = [await lastSaved(database.query, account), await readWhole(database, account)];
    if (savedAt === null || state === null) return { place, lock, cluster, found: { wrong: `${place}: o monitor ainda não gravou estado neste banco`, isMissing: true } };
    return { place, lock, cluster, found: { state, savedAt: Math.min(savedAt, now), isPredecessor: false } };
  } catch (error) {
    const wrong = error instanceof StateUnreadableError ? error.message : `${place}: ${brokenWords(error)}`;
    return { place, cluster: null, lock: { state: "unknown", pid: null }, found: { wrong, isMissing: false } };
  } finally {
    await database.close();
  }
}
