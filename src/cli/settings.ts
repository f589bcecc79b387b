// Reads the settings for a command; where they are wrong, tells every fault at once.
import type { Writable } from "node:stream";
import type { Config } from "../config/config.ts";
import { faultLine } from "../config/faults.ts";
import { loadConfig } from "../config/load-config.ts";
import type { SettingInForce } from "../config/settings-in-force.ts";
import { settingTable } from "../config/settings.ts";

/** Exit code of a command that its settings or arguments do not allow to begin. */
export const EXIT_SETTINGS = 2;

export interface SettingsRead {
  readonly config: Config;
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

/** They are read once: from here on no child process inherits them, and no diagnostic report of Node's lists them. */
function forgetSecrets(env: NodeJS.ProcessEnv): void {
  const secrets = settingTable.filter(({ secret }) => secret === true);
  for (const { name } of secrets) for (const spelling of [name, name.toLowerCase()]) Reflect.deleteProperty(env, spelling);
}
