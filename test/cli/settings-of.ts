// A configuration out of a few settings, as the commands get it.
import type { Config } from "../../src/config/config.ts";
import { readConfig } from "../../src/config/read-config.ts";

export function configOf(settings: Readonly<Record<string, string>>): Config {
  const env = { PVOP_EMAIL: "teste@exemplo.invalid", PVOP_PASSWORD: "senha-do-teste", TEAMS_WEBHOOK_URL: "http://127.0.0.1:9/teams", ...settings };
  const read = readConfig({ env, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}
