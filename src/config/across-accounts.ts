// What only shows where accounts are looked at beside each other.
import type { Config } from "./config.ts";
import type { Draft } from "./drafts.ts";
import type { SettingFault } from "./faults.ts";
import { readBaseUrl } from "./setting-values.ts";
import { settingTable } from "./settings.ts";

/** Each would take the API's limit for its own, and both would tell of the same plants. */
export function sharedLogins(drafts: readonly Draft[]): SettingFault[] {
  const seen = new Map<string, Draft>();
  return drafts.filter(({ id }) => id !== "").flatMap((draft) => {
    const login = loginOf(draft);
    const other = login === null ? undefined : seen.get(login);
    if (login !== null && other === undefined) seen.set(login, draft);
    if (other === undefined) return [];
    const wrong = `é o mesmo login, no mesmo PVOP_BASE_URL, da conta ${other.id}: o limite de chamadas da API valeria em dobro; junte as duas numa só`;
    return [{ name: `${draft.prefix ?? ""}PVOP_EMAIL`, wrong, example: "PVOP_EMAIL: outra-conta@empresa.com.br" }];
  });
}

/** Null where it has none that could be used, which is a fault of its own. */
function loginOf({ raw: { values } }: Draft): string | null {
  const [email, url] = [values["PVOP_EMAIL"]?.trim().toLowerCase(), readBaseUrl(values["PVOP_BASE_URL"] ?? standardUrl ?? "")];
  return email === undefined || "wrong" in url ? null : JSON.stringify([email, url.value]);
}

const standardUrl = settingTable.find(({ name }) => name === "PVOP_BASE_URL")?.standard;

export function accountNotes(accounts: readonly Config[]): string[] {
  const prefixOf = ({ account }: Config): string => (accounts.length === 1 ? "" : `conta ${account}: `);
  const pinged = Map.groupBy(accounts.filter(({ pingUrl }) => pingUrl !== null), ({ pingUrl }) => pingUrl);
  return [
    ...accounts.filter(({ teams }) => teams.enabled && teams.format === "messagecard").map((config) =>
      `${prefixOf(config)}TEAMS_FORMAT: o webhook é de um conector do Office 365 (MessageCard), que a Microsoft anunciou desligar até maio de 2026; `
      + "crie um webhook de Workflows (Power Automate) e troque TEAMS_WEBHOOK_URL"),
    ...[...pinged.values()].filter((sharing) => sharing.length > 1).map((sharing) =>
      `HEARTBEAT_PING_URL é o mesmo nas contas ${sharing.map(({ account }) => account).join(", ")}: quando uma delas se cala, as outras a encobrem; dê um endereço a cada uma`),
  ];
}
