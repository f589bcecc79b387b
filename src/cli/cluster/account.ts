// What all that a worker does for an account has in common.
import type { Database } from "../../adapters/postgres/database.ts";
import type { Config } from "../../config/config.ts";
import type { Outside } from "../../wire.ts";
import type { BesideParts } from "../beside.ts";

export interface AccountParts {
  readonly config: Config;
  readonly database: Database;
  /** Its telemetry is the process' own: log and figures. */
  readonly outside: Outside;
  readonly log: BesideParts["log"];
}
