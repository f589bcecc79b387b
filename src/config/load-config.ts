// Reads the settings of this process: its environment, and .env and pvmonitor.yaml of the working directory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, type SettingFault } from "./faults.ts";
import { readConfig, type ConfigResult } from "./read-config.ts";

export function loadConfig(folder: string = process.cwd(), env: NodeJS.ProcessEnv = process.env): ConfigResult {
  const faults: SettingFault[] = [];
  const contentOf = (name: string): string | null => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch (error) {
      const code = codeOf(error);
      if (code !== "ENOENT") faults.push({ name, wrong: `existe, mas não pôde ser lido (${code})`, example: `chmod u+r ${name}` });
      return null;
    }
  };
  const [envFile, yaml] = [contentOf(".env"), contentOf("pvmonitor.yaml")];
  const result = readConfig({ env, envFile, yaml, readFile: (path) => readFileSync(path, "utf8") });
  if (faults.length === 0) return result;
  return { ok: false, faults: [...faults, ...(result.ok ? [] : result.faults)] };
}
