// The settings once they were read, checked and frozen. How they are read is in read-config.ts.
import type { DatabaseAddress } from "./database-url.ts";
import type { RulesOf } from "../domain/rules.ts";

export interface Config {
  /** Id of the account that these settings are of: the tenant of its rows. */
  readonly account: string;
  readonly pvop: { readonly baseUrl: string; readonly email: string; readonly password: string; readonly concurrency: number };
  /** IANA zone of windows, heartbeats, logs and, unless a plant says otherwise, of the readings. */
  readonly zone: string;
  readonly teams: {
    readonly enabled: boolean;
    readonly webhookUrl: string | null;
    readonly format: "adaptivecard" | "messagecard";
  };
  readonly relayIntervalMs: number;
  readonly inverterIntervalMs: number;
  /** Seconds since local midnight, ascending, without repetition. */
  readonly heartbeatTimesS: readonly number[];
  /** Of this account alone. */
  readonly stateDir: string;
  /** Where the state is kept instead of a file in `stateDir`; null: in that file. */
  readonly database: DatabaseAddress | null;
  readonly logDir: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "text" | "json";
  readonly relayPlants: "auto" | "all" | ReadonlySet<string>;
  /** PEM file of certificate authorities, added to the system's and Node's; null: just those. */
  readonly ca: { readonly path: string } | null;
  readonly proxy: { readonly https: string | null; readonly http: string | null; readonly none: string | null };
  readonly rulesOf: RulesOf;
  readonly web: {
    readonly enabled: boolean;
    readonly host: string;
    readonly port: number;
    /** `/` or `/a/b`. */
    readonly basePath: string;
    /** At least 32 characters; null: open, on loopback only. */
    readonly token: string | null;
  };
  /** Days of inverter power kept for the charts. */
  readonly historyDays: number;
  /** Called after every good scan cycle, with `/fail` after a bad one. */
  readonly pingUrl: string | null;
  /** The weekly report by e-mail; null: only to Teams and to disk. */
  readonly mail: { readonly smtpUrl: string; readonly to: readonly string[]; readonly from: string } | null;
}
