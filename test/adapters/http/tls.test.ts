import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createTransport } from "../../../src/adapters/http/undici-transport.ts";
import { get, listen, never, noProxy, openTransport, type Listening } from "./servers.ts";

const folder = mkdtempSync(join(tmpdir(), "pvmonitor-tls-"));
const file = (name: string): string => join(folder, name);

/** Certificates and keys that `certificates/make.sh` made. */
const given = (name: string): string => join(import.meta.dirname, "certificates", name);
afterAll(() => { rmSync(folder, { recursive: true }); });

async function secure(name: string): Promise<Listening> {
  const server = createServer({ key: readFileSync(given(`${name}.key`)), cert: readFileSync(given(`${name}.pem`)) }, (_request, response) => response.end("ok"));
  server.on("tlsClientError", () => undefined);
  return listen(server, "https");
}

test("a private authority is believed when it is configured", async () => {
  const { origin } = await secure("good");
  expect(await openTransport({ ca: { path: given("ca.pem") } }).exchange(get(origin), never)).toMatchObject({ kind: "answer", status: 200 });
});

test("a bundle may hold several, with comments between them", async () => {
  writeFileSync(file("bundle.pem"), `# outra\n${readFileSync(given("other.pem"), "utf8")}\n# nossa\n${readFileSync(given("ca.pem"), "utf8")}`);
  const { origin } = await secure("good");
  expect(await openTransport({ ca: { path: file("bundle.pem") } }).exchange(get(origin), never)).toMatchObject({ status: 200 });
});

test("a private authority is refused when it is not, or when another one is", async () => {
  const { origin } = await secure("good");
  const refused = { kind: "failed", reason: "connection", detail: expect.stringContaining("certificado de autoridade desconhecida") };
  expect(await openTransport().exchange(get(origin), never)).toMatchObject(refused);
  expect(await openTransport({ ca: { path: given("other.pem") } }).exchange(get(origin), never)).toMatchObject(refused);
});

test.each([["wrong-host", "certificado de outro endereço"], ["expired", "certificado vencido"]])("a certificate that is %s is refused", async (name, words) => {
  const { origin } = await secure(name);
  expect(await openTransport({ ca: { path: given("ca.pem") } }).exchange(get(origin), never))
    .toMatchObject({ kind: "failed", reason: "connection", detail: expect.stringContaining(words) });
});

test("NODE_TLS_REJECT_UNAUTHORIZED=0 turns nothing off", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  const { origin } = await secure("good");
  expect(await openTransport().exchange(get(origin), never)).toMatchObject({ kind: "failed", reason: "connection" });
  vi.unstubAllEnvs();
});

test("a bundle that is missing, empty or damaged is told in words", () => {
  const open = (path: string) => () => createTransport({ ca: { path }, proxy: noProxy });
  writeFileSync(file("empty.pem"), "nada aqui");
  writeFileSync(file("damaged.pem"), readFileSync(given("ca.pem"), "utf8").replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"));
  expect(open(file("missing.pem"))).toThrow(/Não foi possível ler .*missing\.pem \(ENOENT\)/);
  expect(open(file("empty.pem"))).toThrow(/não contém nenhum certificado/);
  expect(open(file("damaged.pem"))).toThrow(/1º certificado .* corrompido/);
});
