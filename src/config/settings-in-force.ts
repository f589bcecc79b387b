// Every setting with the value that holds, as anyone may see it.
import type { Draft } from "./drafts.ts";
import { maskWebhook, redactor } from "./secrets.ts";
import { printable } from "./setting-values.ts";
import { settingTable, type SettingName } from "./settings.ts";
import type { YamlContent } from "./yaml-file.ts";

export interface SettingInForce {
  /** A setting's name, or which exception of pvmonitor.yaml it is. */
  readonly name: string;
  /** Secrets masked; a dash where nothing is set. */
  readonly value: string;
  readonly about: string;
  readonly isDefault: boolean;
}

const LONGEST = 200;

/** `secrets`: of all accounts. */
export function settingsInForce(values: Readonly<Record<string, string | undefined>>, secrets: readonly string[]): SettingInForce[] {
  const redact = redactor(secrets);
  return settingTable.map(({ name, standard, secret, about }) => {
    const value = values[name];
    const shown = value === undefined ? standard ?? "–" : secret === true ? maskedSecret(name, value) : redact(printable(value));
    return { name, value: shown.slice(0, LONGEST), about: about.replaceAll("`", ""), isDefault: value === undefined };
  });
}

/** What one of several accounts says itself; for the rest, what all share holds. */
export function accountInForce({ id, own }: Pick<Draft, "id" | "own">, secrets: readonly string[]): SettingInForce[] {
  const said = [...settingsInForce(own.values, secrets).filter(({ isDefault }) => !isDefault), ...exceptionsInForce(own)];
  return said.map((setting) => ({ ...setting, name: `conta ${id}: ${setting.name}` }));
}

/** What pvmonitor.yaml says of single plants and of relay classes, as it was understood. */
export function exceptionsInForce({ plants, relayClasses }: Pick<YamlContent, "plants" | "relayClasses">): SettingInForce[] {
  return [
    ...plants.map(({ id, nome, ...fields }) => exception(`usinas: ${printable(id ?? nome ?? "")}`, fields, "Exceção de pvmonitor.yaml.")),
    ...(relayClasses ?? []).map(({ tipo, parametros }) => exception(`classes_rele: ${printable(tipo)}`, parametros, "Classe de relé de pvmonitor.yaml.")),
  ];
}

function exception(name: string, value: unknown, about: string): SettingInForce {
  return { name, value: printable(JSON.stringify(value)).slice(0, LONGEST), about, isDefault: false };
}

function maskedSecret(name: SettingName, value: string): string {
  return name === "TEAMS_WEBHOOK_URL" ? maskWebhook(value.trim()) : "(definido)";
}
