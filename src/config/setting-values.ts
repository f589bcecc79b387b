// How the text of one setting becomes its value, or the words for what is wrong with it. Pure.
import { z } from "zod";

export type Read<T> = { readonly value: T } | { readonly wrong: string };

/** A setting's schema out of a function from text. Messages are for operators, and never repeat a secret. */
export function textual<T>(read: (text: string) => Read<T>): z.ZodType<T, string> {
  return z.string("não foi definido").transform((text, context): T => {
    const result = read(text);
    if ("value" in result) return result.value;
    context.addIssue({ code: "custom", message: result.wrong });
    return z.NEVER;
  });
}

export const QUOTED_LENGTH = 60;

/** A value of the configuration as it may be repeated in a message. */
export function quoted(text: string): string {
  const shown = printable(text);
  return `"${shown.length > QUOTED_LENGTH ? `${shown.slice(0, QUOTED_LENGTH)}…` : shown}"`;
}

/** On one line, and nothing that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{C}|[\u2028\u2029]/gu, "?");
}

const YES = new Set(["true", "1", "yes", "sim"]);
const NO = new Set(["false", "0", "no", "não", "nao"]);

/** `True/False/1/0/yes/no/sim/não`, any case; null for all else. */
export function booleanOf(text: string): boolean | null {
  const word = text.trim().normalize("NFC").toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : null;
}

export function readBoolean(text: string): Read<boolean> {
  const value = booleanOf(text);
  return value === null ? { wrong: `${quoted(text)} não é True nem False (valem também 1/0, yes/no, sim/não)` } : { value };
}

export function readInteger(least: number, most: number): (text: string) => Read<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : NaN;
    return value >= least && value <= most ? { value } : { wrong: `${quoted(text)} não é um número inteiro de ${least} a ${most}` };
  };
}

/** A power in kW, with decimal point or comma. */
export function readKw(text: string): Read<number> {
  const value = /^\d{1,6}(?:[.,]\d{1,9})?$/.test(text.trim()) ? Number(text.trim().replace(",", ".")) : NaN;
  return value <= 10_000 ? { value } : { wrong: `${quoted(text)} não é uma potência em kW, de 0 a 10000` };
}

export function readWord<const W extends string>(words: readonly W[], aliases: Readonly<Record<string, W>> = {}): (text: string) => Read<W> {
  return (text) => {
    const word = text.trim().toLowerCase();
    const value = words.find((known) => known === word) ?? (Object.hasOwn(aliases, word) ? aliases[word] : undefined);
    return value === undefined ? { wrong: `${quoted(text)} não é um dos valores ${words.join(", ")}` } : { value };
  };
}

/** An IANA zone. `-03:00` is refused: it is no zone, and would be wrong where daylight saving comes back. */
export function readZone(text: string): Read<string> {
  const name = text.trim();
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    // Temporal takes the zone out of `T12:00-03:00` too.
    if (/^[A-Z]/.test(timeZoneId) && timeZoneId.toLowerCase() === name.toLowerCase()) return { value: timeZoneId };
  } catch {
    // Temporal throws on names that it does not know: said below.
  }
  return { wrong: `${quoted(text)} não é um fuso horário IANA` };
}

/** Seconds since midnight of `6:30`, `06:30` or `06:30:15`; null where it is no time. */
function secondsOf(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? "0")];
  return hour < 24 && minute < 60 && second < 60 ? (hour * 60 + minute) * 60 + second : null;
}

export function readTimes(text: string): Read<readonly number[]> {
  const times = new Set<number>();
  for (const part of text.split(/[,;]/)) {
    const seconds = secondsOf(part);
    if (seconds === null) return { wrong: `${quoted(part.trim())} não é um horário HH:MM` };
    times.add(seconds);
  }
  return { value: [...times].sort((a, b) => a - b) };
}

export interface Window {
  readonly fromS: number;
  readonly toS: number;
}

export function readWindow(text: string): Read<Window> {
  const parts = text.split(/\s*[-–]\s*/);
  const [fromS, toS] = [secondsOf(parts[0] ?? ""), secondsOf(parts[1] ?? "")];
  if (parts.length !== 2 || fromS === null || toS === null) return { wrong: `${quoted(text)} não é uma janela HH:MM-HH:MM` };
  return fromS < toS ? { value: { fromS, toS } } : { wrong: `${quoted(text)}: o início da janela tem de vir antes do fim` };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** https only, but for loopback. The URL is not repeated in the fault: it may be, or hold, a secret. */
export function readHttpsUrl(text: string): Read<URL> {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) return { wrong: "não é um endereço https://" };
  if (url.protocol === "http:" && !isLoopback(url.hostname)) return { wrong: "começa com http://; só https:// é aceito (menos para o próprio computador)" };
  if (url.username !== "" || url.password !== "") return { wrong: "traz usuário ou senha dentro do endereço" };
  return { value: url };
}

export function readBaseUrl(text: string): Read<string> {
  const read = readHttpsUrl(text);
  if ("wrong" in read) return read;
  const { value: url } = read;
  if (url.search !== "" || url.hash !== "") return { wrong: "não pode ter ? nem # no endereço" };
  return { value: url.href.replace(/\/+$/, "") };
}

export function readProxy(text: string): Read<string> {
  const url = URL.parse(text.includes("://") ? text.trim() : `http://${text.trim()}`);
  const usable = url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "";
  return usable ? { value: url.href } : { wrong: "não é o endereço de um proxy http:// ou https://" };
}

export function readRelayPlants(text: string): Read<"auto" | "all" | ReadonlySet<string>> {
  const word = text.trim().toLowerCase();
  if (word === "auto" || word === "all") return { value: word };
  const ids = text.split(/[,;\s]+/).filter((id) => id !== "");
  const odd = ids.find((id) => !/^[A-Za-z0-9_-]{1,64}$/.test(id) || /^(auto|all)$/i.test(id));
  if (odd !== undefined) return { wrong: `${quoted(odd)} não é o id de uma usina; use auto, all ou ids separados por vírgula` };
  return ids.length > 0 ? { value: new Set(ids) } : { wrong: "não tem nenhum id; use auto, all ou ids separados por vírgula" };
}

export function readText(text: string): Read<string> {
  return /\p{Cc}/u.test(text) ? { wrong: "tem quebra de linha ou caractere de controle" } : { value: text };
}

/** An address to listen on: an IPv4 or IPv6 address, or a host name; no port, no scheme. */
export function readHost(text: string): Read<string> {
  const host = text.trim().replace(/^\[(.*)\]$/, "$1");
  const usable = /^[\w.-]{1,253}$/.test(host) || /^[0-9a-f:.]{2,45}$/i.test(host);
  return usable ? { value: host } : { wrong: `${quoted(text)} não é um endereço IP nem o nome de uma máquina` };
}

/** `/` or `/a/b`: with a slash in front, none behind. */
export function readBasePath(text: string): Read<string> {
  const path = `/${text.trim().replace(/^\/+|\/+$/g, "")}`;
  return /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/.test(path) && !path.includes("..") ? { value: path } : { wrong: `${quoted(text)} não é um caminho como /pvmonitor` };
}

const SHORTEST_TOKEN = 32;

/** The token is not repeated in the fault. */
export function readWebToken(text: string): Read<string> {
  const token = text.trim();
  if (token.length < SHORTEST_TOKEN) return { wrong: `tem ${token.length} caracteres; o mínimo são ${SHORTEST_TOKEN}` };
  return /^[\x21-\x7e]+$/.test(token) ? { value: token } : { wrong: "tem espaço ou caractere que não cabe num cabeçalho HTTP" };
}

/** `smtp://` or `smtps://`. Not repeated in the fault: it holds a password. */
export function readSmtpUrl(text: string): Read<URL> {
  const url = URL.parse(text.trim());
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== "" && !/%(?![0-9a-f]{2})/i.test(url.username + url.password) ? { value: url } : { wrong: "não é um endereço smtp:// ou smtps://" };
}

export function readEmails(text: string): Read<readonly string[]> {
  const addresses = text.split(/[,;]/).map((address) => address.trim()).filter((address) => address !== "");
  const odd = addresses.find((address) => !/^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/.test(address));
  if (odd !== undefined) return { wrong: `${quoted(odd)} não é um endereço de e-mail` };
  return addresses.length > 0 ? { value: addresses } : { wrong: "não tem nenhum endereço de e-mail" };
}
