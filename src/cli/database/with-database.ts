// What every command on the database needs: the setting, the connection, and words where one of them is not there.
import type { Writable } from "node:stream";
import type { Database } from "../../adapters/postgres/database.ts";
import type { Config } from "../../config/config.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import { EXIT_SETTINGS } from "../settings.ts";
import { printable } from "../terminal/text-width.ts";
import { brokenWords, connect, placeOf, placeOfState } from "./connect.ts";

export interface DatabaseCommand {
  readonly name: string;
  readonly config: Config;
  readonly stderr: Writable;
  /** Not so: it is about the database itself, not about an account's state in it. */
  readonly needsSchema?: boolean;
}

const EXIT_NOT_DONE = 1;

/** `fail` says why and gives the exit code of a command that could not be done. */
export async function withDatabase(
  { name, config: { account, database: address, ca }, stderr, needsSchema = true }: DatabaseCommand,
  work: (database: Database, place: string, fail: (text: string) => number) => Promise<number>,
): Promise<number> {
  const fail = (text: string): number => {
    stderr.write(`${printable(`pvmonitor ${name}: ${text}`)}.\n`);
    return EXIT_NOT_DONE;
  };
  if (address === null) {
    fail("DATABASE_URL não foi definido; sem ele o estado fica num arquivo, em STATE_DIR");
    return EXIT_SETTINGS;
  }
  const connected = await connect({ address, ca, needsSchema });
  if (!connected.ok) {
    fail(connected.text);
    return connected.exit;
  }
  const { database } = connected;
  const place = needsSchema ? placeOfState(address, account) : placeOf(address);
  const failThere = (text: string): number => fail(`${place}: ${text}`);
  return work(database, place, failThere).catch((error: unknown) => failThere(error instanceof StateUnreadableError ? error.message : brokenWords(error))).finally(() => database.close());
}
