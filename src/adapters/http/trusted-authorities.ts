// Which certificate authorities are believed: Node's and the system's, and those of the operator's own bundle.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { Config } from "../../config/config.ts";

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** One context for all connections: reading some 300 certificates for each of them would take longer than the handshake.
 *  Throws, in Portuguese, where the bundle cannot be used. */
export function trustedAuthorities(ca: Config["ca"]): SecureContext {
  const own = ca === null ? [] : readBundle(ca.path);
  return createSecureContext({ ca: [...new Set([...getCACertificates("default"), ...getCACertificates("system"), ...own])] });
}

function readBundle(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "erro de leitura";
    throw new Error(`Não foi possível ler o arquivo de autoridades certificadoras ${path} (${code}). Confira VERIFY_CA e as permissões do arquivo.`, { cause: error });
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new Error(`O arquivo de autoridades certificadoras ${path} não contém nenhum certificado PEM. Confira VERIFY_CA.`);
  }
  for (const [index, pem] of certificates.entries()) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      throw new Error(`O ${String(index + 1)}º certificado do arquivo ${path} está corrompido. Confira VERIFY_CA.`, { cause: error });
    }
  }
  return certificates;
}
