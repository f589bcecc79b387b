// The store for a command that changes the state while no monitor does.
import { createFileStore } from "../../adapters/file-store/file-store.ts";
import { holdName } from "../../adapters/postgres/holding.ts";
import { createPostgresStore } from "../../adapters/postgres/postgres-store.ts";
import { createNodeDisk } from "../../adapters/system/node-disk.ts";
import type { Config } from "../../config/config.ts";
import type { Store } from "../../ports/store.ts";
import { connect, placeOf, TENANT } from "./connect.ts";

export type CommandStore =
  | { readonly ok: true; readonly store: Store; close(): Promise<void> }
  | { readonly ok: false; readonly text: string };

/** In a database it is held against monitors until it is closed; a file's lock is the caller's. */
export async function openStore({ database: address, stateDir, zone, ca }: Config): Promise<CommandStore> {
  if (address === null) return { ok: true, store: createFileStore({ disk: createNodeDisk(stateDir), zone }), close: () => Promise.resolve() };
  const connected = await connect({ address, ca });
  if (!connected.ok) return connected;
  const { database } = connected;
  if (await database.hold(holdName(TENANT), () => undefined)) {
    // Whoever takes it meanwhile makes the save fail, which is told.
    return { ok: true, store: createPostgresStore({ database, tenant: TENANT, zone, onTaken: () => undefined }), close: () => database.close() };
  }
  await database.close();
  return { ok: false, text: `${placeOf(address)}: o monitor que trabalha neste banco está em outra máquina ou pasta; rode o comando lá` };
}
