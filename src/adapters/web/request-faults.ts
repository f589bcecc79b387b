// What is wrong with a request, in words for operators. Nothing of the request is repeated but names that are plain words: no markup gets through.
import { z } from "zod";

/** An expected "no": the status and its words. Everything else that a handler returns is the answer. */
export class Refusal {
  readonly status: number;
  readonly error: string;
  /** For 429 and 503. */
  readonly retryAfterS: number | null;

  constructor(status: number, error: string, retryAfterS: number | null = null) {
    this.status = status;
    this.error = error;
    this.retryAfterS = retryAfterS;
  }
}

const MOST_SHOWN = 3;
const isPlain = (name: PropertyKey): boolean => /^[A-Za-z][\w-]{0,39}$/.test(String(name));
const named = (name: PropertyKey): string => (isPlain(name) ? String(name) : "(nome estranho)");

/** One sentence for the first few faults. */
export function describeFaults(error: z.ZodError): string {
  const shown = error.issues.slice(0, MOST_SHOWN).map(describe);
  const more = error.issues.length - shown.length;
  return `Pedido errado: ${shown.join("; ")}${more > 0 ? `; e mais ${more}` : ""}.`;
}

function describe(issue: z.core.$ZodIssue): string {
  // Parts of a request stand first: params, query, body.
  const [part, ...path] = issue.path;
  const field = path.map(named).join(".") || (part === "body" ? "o corpo" : "o endereço");
  return issue.code === "unrecognized_keys" ? `não há ${issue.keys.slice(0, MOST_SHOWN).map(named).join(", ")} aqui` : `${field}: ${wordsFor(issue)}`;
}

const TYPES: Readonly<Record<string, string>> = { string: "um texto", number: "um número", int: "um número inteiro", object: "um objeto JSON" };

function wordsFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type": return `falta, ou não é ${TYPES[issue.expected] ?? "do tipo certo"}`;
    case "invalid_value": return `não é um dos valores ${issue.values.map(String).join(", ")}`;
    case "too_small": return issue.origin === "string" ? `menos de ${issue.minimum} caracteres` : `menor que ${issue.minimum}`;
    case "too_big": return issue.origin === "string" ? `mais de ${issue.maximum} caracteres` : `maior que ${issue.maximum}`;
    case "invalid_format": return issue.message;
    default: return "valor que não serve";
  }
}

const BY_CODE: Readonly<Record<string, readonly [number, string]>> = {
  FST_ERR_BAD_URL: [400, "Pedido errado: o endereço tem um % que não é código."],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "Pedido errado: o corpo é grande demais."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "Pedido errado: o corpo não tem o tamanho anunciado."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "Pedido errado: o corpo tem de ser application/json."],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, "Pedido errado: o corpo não é JSON válido."],
  HPE_HEADER_OVERFLOW: [431, "Pedido errado: endereço ou cabeçalhos grandes demais."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Pedido errado: não chegou inteiro a tempo."],
};

const thrown = z.object({ code: z.string().catch(""), statusCode: z.number().int().catch(500) });

/** What the server's own machinery refused; null: not the client's fault. */
export function refusalOf(error: unknown): Refusal | null {
  const read = thrown.safeParse(error);
  if (!read.success) return null;
  const known = BY_CODE[read.data.code];
  if (known !== undefined) return new Refusal(...known);
  const { statusCode } = read.data;
  return statusCode >= 400 && statusCode < 500 ? new Refusal(statusCode, "Pedido errado.") : null;
}
