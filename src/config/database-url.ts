// DATABASE_URL: the address of a PostgreSQL database, login included. Nothing of it is ever repeated in a fault.
import { isLoopback, type Read } from "./setting-values.ts";

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  /** TLS, its certificate verified. Off on the own computer, or where the address says so. */
  readonly isEncrypted: boolean;
}

const STANDARD_PORT = 5432;

export function readPostgresUrl(text: string): Read<DatabaseAddress> {
  const url = URL.parse(text.trim());
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return { wrong: "não é um endereço postgres://usuário:senha@servidor:porta/banco" };
  if (/%(?![0-9a-f]{2})/i.test(url.username + url.password + url.pathname)) return { wrong: "tem um % solto no usuário, na senha ou no banco; escreva-o %25" };
  const [user, password, name, host] = [decoded(url.username), decoded(url.password), decoded(url.pathname.slice(1)), url.hostname.replace(/^\[(.*)\]$/, "$1")];
  if (user === null || password === null || name === null) return { wrong: "tem no usuário, na senha ou no banco um %XX que não é UTF-8" };
  if (host === "" || user === "") return { wrong: "não diz o servidor e o usuário (postgres://usuário:senha@servidor:porta/banco)" };
  if (name === "" || name.includes("/")) return { wrong: "não diz o banco de dados (o nome depois da última barra)" };
  if (url.hash !== "") return { wrong: "tem um # solto: na senha, escreva-o %23" };
  const mode = url.searchParams.get("sslmode");
  if ([...url.searchParams.keys()].some((key) => key !== "sslmode")) return { wrong: "tem depois do ? um parâmetro que o pvmonitor não conhece; só há sslmode" };
  if (mode !== null && mode !== "disable" && mode !== "verify-full") return { wrong: "sslmode só pode ser verify-full (o padrão fora do próprio computador) ou disable" };
  return { value: { host, port: url.port === "" ? STANDARD_PORT : Number(url.port), user, password, name, isEncrypted: mode === null ? !isLoopback(url.hostname) : mode === "verify-full" } };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
