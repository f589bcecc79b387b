// What must never be read in a log, a message or a screen, and how it is taken out of a text.
import type { Config } from "./config.ts";

export type Redact = (text: string) => string;

/** Shorter secrets are not searched for: every other word of a log would hold them. */
const SHORTEST = 4;

/** A webhook as it may be shown: scheme, host and last 4 characters. */
export function maskWebhook(address: string): string {
  const url = URL.parse(address);
  return url === null ? "(endereço inválido)" : `${url.protocol}//${url.host}/…${address.slice(-4)}`;
}

/** The parts of an address by which someone could use it, in the forms in which errors and logs write them. */
function secretParts(address: string): string[] {
  const url = URL.parse(address);
  if (url === null) return [address];
  const login = [url.username, url.password].filter((part) => part !== "");
  const values = [...url.searchParams.values()].filter((value) => value.length >= 16);
  const steps = url.pathname.split("/").filter((step) => step.length >= 16);
  const path = url.pathname + url.search;
  return [address, url.href, ...(path.length >= 8 ? [path] : []), ...values, ...steps, ...login];
}

type Holder = Pick<Config, "pvop" | "teams" | "proxy" | "web" | "pingUrl" | "mail" | "database">;

/** Of all accounts whose words may come together in one place. */
export function secretsOf(...configs: readonly Holder[]): string[] {
  return [...new Set(configs.flatMap(secretsIn))];
}

function secretsIn(config: Holder): string[] {
  const { teams, proxy, web, pingUrl, mail, database } = config;
  const proxies = [proxy.https, proxy.http, mail?.smtpUrl ?? null].filter((address) => address !== null);
  // Together and in base64 they are what a proxy is sent; the user alone is no secret.
  const logins = proxies.map((address) => URL.parse(address)).flatMap((url) =>
    (url === null || url.password === "" ? [] : [url.password, `${decoded(url.username)}:${decoded(url.password)}`]));
  const addresses = [teams.webhookUrl, pingUrl].filter((address) => address !== null);
  const tokens = [web.token, database?.password ?? null].filter((secret) => secret !== null);
  return [config.pvop.password, ...addresses.flatMap(secretParts), ...logins, ...tokens];
}

/** A function that takes the secrets out of any text, also where they were encoded for an address, for JSON or in base64. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = secrets.flatMap((secret) => [secret, decoded(secret), encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1), base64(secret)]);
  const sought = [...new Set(forms)].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => sought.reduce((rest, secret) => rest.replaceAll(secret, "[oculto]"), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is no encoding
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "");
}
