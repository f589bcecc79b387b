// The wire to a server that speaks TLS: its certificate is verified, and a password never goes to one that fails.
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { openDatabase, type Database } from "../../../src/adapters/postgres/database.ts";
import { adviceFor } from "../../../src/adapters/postgres/failures.ts";
import { trustedAuthorities } from "../../../src/adapters/http/trusted-authorities.ts";
import { readPostgresUrl } from "../../../src/config/database-url.ts";
import { startPostgres, type PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

const given = (name: string): string => join(import.meta.dirname, "../http/certificates", name);
const folder = mkdtempSync(join(tmpdir(), "pvmonitor-postgres-tls-"));
vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let server: PostgresServer;
let address = "";

beforeAll(async () => {
  chmodSync(folder, 0o755);
  for (const name of ["good.key", "good.pem"]) {
    copyFileSync(given(name), join(folder, name));
    chmodSync(join(folder, name), 0o600); // the server asks for that
    if (process.getuid?.() === 0) chownSync(join(folder, name), 65_534, 65_534);
  }
  server = await startPostgres(["-c", "ssl=on", "-c", `ssl_cert_file=${join(folder, "good.pem")}`, "-c", `ssl_key_file=${join(folder, "good.key")}`]);
  address = await server.createDatabase();
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function open(mode: string, ca: string | null): Database {
  const read = readPostgresUrl(`${address}?sslmode=${mode}`);
  if ("wrong" in read) throw new Error(read.wrong);
  const database = openDatabase(read.value, ca === null ? createSecureContext() : trustedAuthorities({ path: given(ca) }));
  onTestFinished(() => database.close());
  return database;
}

const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

it("is encrypted where the authority is believed", async () => {
  expect(await open("verify-full", "ca.pem").query(encrypted)).toEqual([{ ssl: true }]);
});

it("is plain only where the address says so", async () => {
  expect(await open("disable", null).query(encrypted)).toEqual([{ ssl: false }]);
});

it.each([null, "other.pem"])("is refused where the authority is not (%s), with what to do", async (ca) => {
  const error: unknown = await open("verify-full", ca).query(encrypted).catch((reason: unknown) => reason);
  expect(adviceFor(error)).toMatch(/^o certificado do PostgreSQL não é de confiança \([A-Z_]+\); informe a CA em VERIFY_CA/);
});
