// Every setting with the value that holds, as anyone may see it.
import { maskWebhook, redactor } from "./secrets.ts";
import { printable } from "./setting-values.ts";
import { settingTable, type SettingName } from "./settings.ts";

export interface SettingInForce {
  readonly name: SettingName;
  /** Secrets masked; a dash where nothing is set. */
  readonly value: string;
  readonly about: string;
  readonly isDefault: boolean;
}

const LONGEST = 200;

export function settingsInForce(values: Readonly<Record<string, string | undefined>>): SettingInForce[] {
  const redact = redactor(settingTable.flatMap(({ name, secret }) => (secret === true ? values[name] ?? [] : [])));
  return settingTable.map(({ name, standard, secret, about }) => {
    const value = values[name];
    const shown = value === undefined ? standard ?? "–" : secret === true ? maskedSecret(name, value) : redact(printable(value));
    return { name, value: shown.slice(0, LONGEST), about: about.replaceAll("`", ""), isDefault: value === undefined };
  });
}

function maskedSecret(name: SettingName, value: string): string {
  return name === "TEAMS_WEBHOOK_URL" ? maskWebhook(value.trim()) : "(definido)";
}
