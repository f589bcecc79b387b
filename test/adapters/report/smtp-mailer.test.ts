// The report by e-mail, through a real SMTP server: what it takes, what it refuses, and TLS that is verified or nothing is sent.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createSecureContext } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it, test } from "vitest";
import { createSmtpMailer } from "../../../src/adapters/report/smtp-mailer.ts";
import type { Done } from "../../../src/ports/reports.ts";
import { readXlsx } from "./read-xlsx.ts";
import { composeWorkbook } from "../../../src/adapters/report/workbook.ts";
import { sampleReport } from "./sample-report.ts";

const pem = (name: string): string => readFileSync(join(import.meta.dirname, "../http/certificates", name), "utf8");
const OURS = createSecureContext({ ca: pem("ca.pem") });
const PASSWORD = "s3gr3do-do-e-mail";
const LOGIN = `relatorio%40exemplo.invalid:${PASSWORD}@`;
const report = sampleReport();
const file = { name: "pvmonitor-2025-W48.xlsx", content: await composeWorkbook(report) };

interface Taken { readonly from: string; readonly to: readonly string[]; readonly body: string; readonly isTls: boolean; readonly user: string | undefined }

const open: { close(done: () => void): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise<void>((done) => { server.close(done); })));
});

async function serve(options: SMTPServerOptions): Promise<{ readonly port: number; readonly taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true, logger: false,
    onAuth: ({ username, password }, _, done) => {
      if (username === "relatorio@exemplo.invalid" && password === PASSWORD) done(null, { user: username });
      else done(new Error(`Invalid login for ${username ?? ""} with ${password ?? ""}`));
    },
    onData: (stream, { envelope, secure, user }, done) => {
      void text(stream).then((body) => {
        taken.push({ from: envelope.mailFrom === false ? "" : envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), body, isTls: secure, user });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // a client that hangs up
  open.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: portOf(server.server.address()), taken };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** `elsewhere`: as if the address were not this machine's. */
function send(smtpUrl: string, { signal = new AbortController().signal, elsewhere = false, isAgain = false } = {}): Promise<Done<null>> {
  return createSmtpMailer({ smtpUrl, to: ["a@exemplo.invalid", "b@exemplo.invalid"], from: "pvmonitor@exemplo.invalid" }, OURS, elsewhere ? () => false : undefined)
    .send({ week: "2025-W48", report: isAgain ? null : report, file }, signal);
}

const tls = { key: pem("good.key"), cert: pem("good.pem") };

describe("a server that takes it", () => {
  it("gets the sheet alone where the report itself is gone with a restart", async () => {
    const { port, taken } = await serve({ hideSTARTTLS: true });
    expect(await send(`smtp://127.0.0.1:${String(port)}`, { isAgain: true })).toEqual({ ok: true, value: null });
    expect(taken[0]?.body).toMatch(/^Subject: (?:Relatório semanal 2025-W48|=\?UTF-8\?Q\?Relat=C3=B3rio_semanal_2025-W48\?=)\r$/m);
    expect(taken[0]?.body).toContain("filename=pvmonitor-2025-W48.xlsx");
  });

  it("gets subject, text and the sheet, over TLS with a login", async () => {
    const { port, taken } = await serve({ secure: true, ...tls });
    expect(await send(`smtps://${LOGIN}127.0.0.1:${String(port)}`)).toEqual({ ok: true, value: null });
    expect(taken).toMatchObject([{ from: "pvmonitor@exemplo.invalid", to: ["a@exemplo.invalid", "b@exemplo.invalid"], isTls: true, user: "relatorio@exemplo.invalid" }]);
    const body = taken[0]?.body ?? "";
    expect(body).toMatch(/^Subject: =\?UTF-8\?/m);
    const attached = /filename=pvmonitor-2025-W48\.xlsx[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(body)?.[1] ?? "";
    expect(readXlsx(Buffer.from(attached, "base64")).map(({ name }) => name)).toEqual(["Resumo", "Ocorrências"]);
    expect(body).toContain("planilha vai em anexo");
  });

  it("by STARTTLS", async () => {
    const { port, taken } = await serve(tls);
    expect(await send(`smtp://${LOGIN}127.0.0.1:${String(port)}`, { elsewhere: true })).toEqual({ ok: true, value: null });
    expect(taken).toMatchObject([{ isTls: true, user: "relatorio@exemplo.invalid" }]);
  });

  it("on this very machine, also without TLS", async () => {
    const { port, taken } = await serve({ hideSTARTTLS: true, disabledCommands: ["AUTH"] });
    expect(await send(`smtp://127.0.0.1:${String(port)}`)).toEqual({ ok: true, value: null });
    expect(taken).toMatchObject([{ isTls: false }]);
  });
});

describe("nothing is sent", () => {
  test.each(["self-signed", "wrong-host", "expired"])("to a server whose certificate is %s", async (name) => {
    const bad = { key: pem(`${name}.key`), cert: pem(`${name}.pem`) };
    for (const [scheme, secure] of [["smtps", true], ["smtp", false]] as const) {
      const { port, taken } = await serve({ secure, ...bad });
      const sent = await send(`${scheme}://${LOGIN}127.0.0.1:${String(port)}?tls.rejectUnauthorized=false&rejectUnauthorized=false&ignoreTLS=true`, { elsewhere: true });
      expect([sent.ok, taken]).toEqual([false, []]);
    }
  });

  it("to a server elsewhere that offers no TLS: neither login nor mail", async () => {
    const { port, taken } = await serve({ hideSTARTTLS: true, allowInsecureAuth: true });
    const sent = await send(`smtp://${LOGIN}127.0.0.1:${String(port)}`, { elsewhere: true });
    expect([sent, taken]).toEqual([{ ok: false, reason: expect.stringContaining("TLS") }, []]);
  });

  test.each<readonly [string, SMTPServerOptions, RegExp]>([
    ["the login", { onAuth: (auth, _, done) => { done(new Error(`no ${auth.password ?? ""}`)); } }, /^usuário ou senha recusados$/],
    ["the sender", { onMailFrom: (_, __, done) => { done(Object.assign(new Error("Sender not allowed"), { responseCode: 550 })); } }, /^remetente ou destinatário recusado: .*Sender not allowed/],
    ["every recipient", { onRcptTo: (_, __, done) => { done(Object.assign(new Error("No such user"), { responseCode: 550 })); } }, /^remetente ou destinatário recusado: /],
    ["the message", { onData: (stream, _, done) => { stream.resume().on("end", () => { done(Object.assign(new Error("Mailbox full"), { responseCode: 452 })); }); } }, /^mensagem recusada: .*Mailbox full/],
  ])("where the server refuses %s: the reason is told, no secret", async (_, options, reason) => {
    const { port } = await serve({ secure: true, ...tls, ...options });
    const sent = await send(`smtps://${LOGIN}127.0.0.1:${String(port)}`);
    expect(sent).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(sent)).not.toContain(PASSWORD);
  });

  it("where nobody listens", async () => {
    const { port } = await serve({});
    await new Promise<void>((done) => { open.pop()?.close(done); });
    expect(await send(`smtp://127.0.0.1:${String(port)}`)).toMatchObject({ ok: false, reason: expect.stringMatching(/conexão/) });
  });

  it("after a stop, also in the middle of a server's silence", async () => {
    const silent = createServer();
    open.push(silent);
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const stop = new AbortController();
    const sending = send(`smtp://127.0.0.1:${String(portOf(silent.address()))}`, { signal: stop.signal });
    await once(silent, "connection");
    stop.abort();
    expect(await sending).toEqual({ ok: false, reason: "interrompido" });
    expect(await send("smtp://127.0.0.1:1", { signal: stop.signal })).toEqual({ ok: false, reason: "interrompido" });
  });
});
