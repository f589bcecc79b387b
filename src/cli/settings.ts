// Reads the settings for a command; where they are wrong, tells every fault at once.
import type { Writable } from "node:stream";
import type { Config } from "../config/config.ts";
import { faultLine } from "../config/faults.ts";
import { loadConfig } from "../config/load-config.ts";
import { quoted } from "../config/setting-values.ts";
import type { SettingInForce } from "../config/settings-in-force.ts";
import { settingTable } from "../config/settings.ts";

/** Exit code of a command that its settings or arguments do not allow to begin. */
export const EXIT_SETTINGS = 2;

export interface SettingsRead {
  /** Of the first account: for what is the whole process'. */
  readonly config: Config;
  readonly accounts: readonly Config[];
  readonly notes: readonly string[];
  readonly inForce: readonly SettingInForce[];
}

/** Null where the settings are wrong: all that is wrong was written to `stderr`. */
export function readSettings(stderr: Writable): SettingsRead | null {
  const read = loadConfig();
  forgetSecrets(process.env);
  delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]; // reaches nothing of ours; Node would warn that it does
  if (read.ok) return read;
  const many = read.faults.length === 1 ? "1 problema na configuração" : `${String(read.faults.length)} problemas na configuração`;
  stderr.write(`pvmonitor: ${many}; nada foi iniciado.\n${read.faults.map((fault) => `  - ${faultLine(fault)}\n`).join("")}`);
  return null;
}

/** The settings of the account that a command is about; null where they are wrong, or it has to say which (`asked`: an id, where it did). */
export function readAccount(stderr: Writable, asked: string | undefined): Config | null {
  const accounts = readAccounts(stderr, asked)?.accounts ?? [];
  const [config, ...others] = accounts;
  if (config === undefined) return null;
  if (others.length === 0) return config;
  stderr.write(`pvmonitor: há ${String(accounts.length)} contas (${namesOf(accounts)}); diga qual com --conta.\n`);
  return null;
}

/** The same, for a command that without one is about all. */
export function readAccounts(stderr: Writable, asked: string | undefined): Pick<SettingsRead, "accounts" | "notes"> | null {
  const read = readSettings(stderr);
  if (read === null || asked === undefined) return read;
  const accounts = read.accounts.filter(({ account }) => account === asked);
  if (accounts.length > 0) return { ...read, accounts };
  stderr.write(`pvmonitor: conta desconhecida: ${quoted(asked)}; há ${namesOf(read.accounts)}.\n`);
  return null;
}

function namesOf(accounts: readonly Config[]): string {
  return accounts.map(({ account }) => account).join(", ");
}

/** They are read once: from here on no child process inherits them, and no diagnostic report of Node's lists them. */
function forgetSecrets(env: NodeJS.ProcessEnv): void {
  const secrets = settingTable.filter(({ secret }) => secret === true);
  for (const { name } of secrets) for (const spelling of [name, name.toLowerCase()]) Reflect.deleteProperty(env, spelling);
}
