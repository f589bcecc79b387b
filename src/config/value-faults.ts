// What is wrong with the values of one account, as they were found; and never a secret in the words.
import type { z } from "zod";
import type { Draft } from "./drafts.ts";
import { exampleOf, type SettingFault } from "./faults.ts";
import { redactor } from "./secrets.ts";
import { booleanOf, isLoopback, quoted, QUOTED_LENGTH } from "./setting-values.ts";
import { settingTable, type SettingName } from "./settings.ts";
import type { Raw } from "./sources.ts";

export const PLACEHOLDER = "ainda tem o texto de exemplo no lugar do valor";

export function faultOf(name: SettingName, wrong: string): SettingFault {
  const setting = settingTable.find((candidate) => candidate.name === name);
  if (setting === undefined) throw new Error(`no setting ${name}`);
  return { name, wrong, example: exampleOf(setting) };
}

/** `secrets`: of all accounts. */
export function faultsOf({ issues }: z.ZodError, raw: Raw, secrets: readonly string[]): (SettingFault & { readonly name: SettingName })[] {
  return settingTable.flatMap(({ name }) => {
    const issue = issues.find(({ path }) => path[0] === name);
    // What a source said of it (a file that cannot be read) says more than "missing" does.
    if (issue === undefined || raw.faults.some((fault) => fault.name === name)) return [];
    const value = raw.values[name];
    if (value === undefined && raw.placeholders.has(name)) return [{ ...faultOf(name, PLACEHOLDER), name }];
    // A message may repeat a part of the value, which the redaction of whole secrets would not find.
    const holdsSecret = secrets.some((secret) => value?.includes(secret) === true);
    return [{ ...faultOf(name, holdsSecret && issue.message.includes('"') ? "o valor contém um segredo de outra configuração; confira a linha" : issue.message), name }];
  });
}

export function secretValues(values: Raw["values"]): string[] {
  return settingTable.flatMap(({ name, secret }) => (secret === true ? (values[name] ?? []) : []));
}

export function missingWebhook({ raw }: Draft): SettingFault[] {
  const enabled = booleanOf(raw.values["TEAMS_ENABLED"] ?? "True") !== false;
  return enabled ? missing("TEAMS_WEBHOOK_URL", raw, "não foi definido, e é obrigatório com TEAMS_ENABLED=True") : [];
}

/** Whoever reaches the port could read the page: beyond this machine only with a token. */
export function missingWebToken(raw: Raw): SettingFault[] {
  const { WEB_HOST: host = "127.0.0.1", WEB_ENABLED: enabled = "True" } = raw.values;
  const isOpen = booleanOf(enabled) !== false && !isLoopback(host.trim());
  return isOpen ? missing("WEB_TOKEN", raw, `não foi definido, e é obrigatório com WEB_HOST=${quoted(host)} (a página ficaria aberta a quem alcançar a porta)`) : [];
}

export function missingDatabase(raw: Raw): SettingFault[] {
  return missing("DATABASE_URL", raw, 'não foi definido, e é obrigatório com contas em pvmonitor.yaml: o estado de cada conta fica num PostgreSQL, que "pvmonitor migrate" prepara');
}

function missing(name: SettingName, raw: Raw, wrong: string): SettingFault[] {
  if (raw.values[name] !== undefined || raw.faults.some((fault) => fault.name === name)) return [];
  return [faultOf(name, raw.placeholders.has(name) ? PLACEHOLDER : wrong)];
}

/** A server that all accounts share serves those who have readers. */
export function halfMail({ raw, decides }: Draft): SettingFault[] {
  const [server, reader] = [raw.values["SMTP_URL"], raw.values["REPORT_EMAIL_TO"]];
  if (raw.faults.length > 0) return [];
  if (server === undefined && reader !== undefined) return [faultOf("SMTP_URL", "não foi definido, e REPORT_EMAIL_TO sem ele não envia nada")];
  return server !== undefined && reader === undefined && decides("SMTP_URL") ? [mailWithoutReader()] : [];
}

export function mailWithoutReader(): SettingFault {
  return faultOf("REPORT_EMAIL_TO", "não foi definido, e SMTP_URL sem ele não envia nada");
}

/** Not even a secret that stands in the wrong setting may show in a message. */
export function withoutSecrets(faults: readonly SettingFault[], secrets: readonly string[]): SettingFault[] {
  const redact = redactor(secrets.flatMap((secret) => [secret, secret.slice(0, QUOTED_LENGTH)]));
  return faults.map((fault) => ({ ...fault, name: redact(fault.name), wrong: redact(fault.wrong) }));
}
