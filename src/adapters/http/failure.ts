// What went wrong on the wire, in one or two words. Never an error's message: it may hold an address with credentials.
import type { HttpResult } from "../../ports/transport.ts";

type Failure = Extract<HttpResult, { kind: "failed" }>;

const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "certificado vencido",
  CERT_NOT_YET_VALID: "certificado ainda não válido",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificado de autoridade desconhecida",
  SELF_SIGNED_CERT_IN_CHAIN: "certificado de autoridade desconhecida",
  UNABLE_TO_GET_ISSUER_CERT: "certificado de autoridade desconhecida",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificado de autoridade desconhecida",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificado de autoridade desconhecida",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificado de outro endereço",
  UND_ERR_PRX_TLS: "certificado do proxy não confere",
  UND_ERR_PRX_CONN: "o proxy encerrou a conexão",
  UND_ERR_SOCKET: "conexão encerrada",
  UND_ERR_INVALID_ARG: "requisição inválida",
  UND_ERR_INFO: "conexão encerrada",
  ECONNREFUSED: "conexão recusada",
  ECONNRESET: "conexão encerrada",
  EPIPE: "conexão encerrada",
  ENOTFOUND: "nome não encontrado no DNS",
  EAI_AGAIN: "DNS sem resposta",
  EHOSTUNREACH: "rede inacessível",
  ENETUNREACH: "rede inacessível",
};
const TIMEOUTS: ReadonlySet<string> = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);
const DEEPEST = 5;

/** The first code in an error, its causes and, where several addresses were tried, their errors. */
function codeOf(error: unknown, depth = 0): string | null {
  if (!(error instanceof Error) || depth > DEEPEST) return null;
  const own = "code" in error && typeof error.code === "string" ? error.code : null;
  // These two wrap the real one.
  if (own !== null && own !== "UND_ERR_PRX_TLS" && own !== "UND_ERR_PRX_CONN") return own;
  const inner = error instanceof AggregateError ? error.errors.map((each) => codeOf(each, depth + 1)).find((code) => code !== null) : null;
  return inner ?? own ?? codeOf(error.cause, depth + 1);
}

export function failureOf(error: unknown): Failure {
  const proxyStatus = error instanceof Error ? /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(error.message)?.[1] : undefined;
  if (proxyStatus !== undefined) return { kind: "failed", reason: "connection", detail: `o proxy respondeu ${proxyStatus}` };
  const code = codeOf(error);
  if (code !== null && TIMEOUTS.has(code)) return { kind: "failed", reason: "timeout", detail: `sem conexão (${code})` };
  const words = code === null ? undefined : WORDS[code];
  const detail = code === null ? "erro de conexão" : words === undefined ? code : `${words} (${code})`;
  return { kind: "failed", reason: "connection", detail };
}
