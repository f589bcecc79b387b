// The weekly report by e-mail. TLS is always verified: `smtps://` from the first byte, `smtp://` by STARTTLS or not at all; only to a
// server on this very machine it goes without.
import { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Config } from "../../config/config.ts";
import { isLoopback } from "../../config/setting-values.ts";
import type { Mailer } from "../../ports/reports.ts";
import { reportSubject, reportText } from "./report-text.ts";
import { plain } from "./words.ts";

const CONNECT_MS = 20_000;
const SILENCE_MS = 60_000;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** `authorities`: those that the rest of the program trusts. Of the address only host, port, user and password count: no option in it
 *  weakens anything. */
export function createSmtpMailer({ smtpUrl, to, from }: NonNullable<Config["mail"]>, authorities: SecureContext, isThisMachine = isLoopback): Mailer {
  const url = new URL(smtpUrl);
  const secure = url.protocol === "smtps:";
  const isLocal = isThisMachine(url.hostname);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const auth = url.username === "" ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } };
  const port = url.port === "" ? (secure ? 465 : 587) : Number(url.port);
  return {
    to,
    async send({ week, report, file }, signal) {
      if (signal.aborted) return { ok: false, reason: "interrompido" };
      const { createTransport } = await import("nodemailer"); // once a week: until then it takes no memory
      const socket = new Socket();
      const transport = createTransport({
        socket, host, port, secure, requireTLS: !secure && !isLocal, ignoreTLS: !secure && isLocal, ...auth,
        tls: { secureContext: authorities, rejectUnauthorized: true, minVersion: "TLSv1.2" },
        connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, disableFileAccess: true, disableUrlAccess: true,
      });
      const stopped = Promise.withResolvers<never>();
      const stop = (): void => {
        stopped.reject(new Error("interrompido"));
        socket.destroy(); // nodemailer would wait for the server
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        await Promise.race([stopped.promise, transport.sendMail({
          from, to: [...to], subject: report === null ? `Relatório semanal ${week}` : reportSubject(report),
          text: `${report === null ? `Relatório semanal ${week}` : reportText(report)}\n\nA planilha vai em anexo.\n`,
          attachments: [{ filename: file.name, content: Buffer.from(file.content), contentType: XLSX }],
        })]);
        return { ok: true, value: null };
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      } finally {
        signal.removeEventListener("abort", stop);
        transport.close();
      }
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  EAUTH: "usuário ou senha recusados", ECONNECTION: "sem conexão", ETIMEDOUT: "sem resposta a tempo", EDNS: "endereço do servidor não encontrado",
  ETLS: "sem TLS verificado", ESOCKET: "conexão recusada ou TLS não verificado", EENVELOPE: "remetente ou destinatário recusado", EMESSAGE: "mensagem recusada",
};

/** What went wrong, in words; the server's own, too, as it may say why, but never what was sent to it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "erro desconhecido";
  const code = "code" in error ? String(error.code) : "";
  const answer = "response" in error && typeof error.response === "string" && code !== "EAUTH" ? error.response : code === "EAUTH" ? "" : error.message;
  const words = WORDS[code];
  const detail = plain(answer).slice(0, 160);
  return words === undefined ? detail : detail === "" ? words : `${words}: ${detail}`;
}
