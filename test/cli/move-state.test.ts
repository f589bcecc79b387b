// `import-state` where the connection is lost at the commit: it says what it does not know, and what it says to do is right.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { withDatabase } from "../../src/cli/database/with-database.ts";
import { exportState, importState } from "../../src/cli/move-state.ts";
import { createFolder } from "../e2e/monitor-process.ts";
import { startTestDatabase, type TestDatabase } from "../support/postgres-database.ts";
import { startPostgresProxy } from "../support/postgres-proxy.ts";
import { configOf } from "./settings-of.ts";
import { Sink } from "./sink.ts";

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let shared: TestDatabase;
beforeAll(async () => { shared = await startTestDatabase(); }, 60_000);
afterAll(() => shared.close());

it.each([["before", 1, "o monitor ainda não gravou estado neste banco"], ["after", 0, '"rele_alertas_ativos":["101:7:SOBRETENSÃO"]']] as const)(
  "(%s the server did it): it is unknown, and done again without harm", async (when, exit, exported) => {
    await shared.database.query("DELETE FROM pvmonitor.monitor");
    const proxy = await startPostgresProxy(shared.server.port);
    onTestFinished(() => proxy.close());
    const config = configOf({ DATABASE_URL: shared.address.replace(`:${shared.server.port}/`, `:${proxy.port}/`) });
    const file = join(createFolder(), "monitor_state.json");
    writeFileSync(file, JSON.stringify({ schema_version: 1, rele_alertas_ativos: ["101:7:SOBRETENSÃO"], ultima_varredura_rele: "2025-12-01T10:00:00" }));
    const said = new Sink();
    const parts = { config, stdout: said, stderr: said };
    proxy.cutNextCommit(when);
    expect(await importState({ ...parts, file, replace: false })).toBe(1);
    expect(said.text).toContain('a conexão caiu antes da confirmação (ECONNRESET), e não se sabe se o estado foi gravado; veja em "pvmonitor status" quando foi, ou rode de novo com --replace, o que não faz mal.');
    expect([await exportState({ ...parts, out: null }), said.text]).toEqual([exit, expect.stringContaining(exported)]);
    expect(await importState({ ...parts, file, replace: true })).toBe(0);
    expect(said.text).toContain("estado do monitor anterior importado: 1 usina");
  });

it("a command whose connection is lost on the way says so, and what to do", async () => {
  const proxy = await startPostgresProxy(shared.server.port);
  onTestFinished(() => proxy.close());
  const said = new Sink();
  const config = configOf({ DATABASE_URL: shared.address.replace(`:${shared.server.port}/`, `:${proxy.port}/`) });
  expect(await withDatabase({ name: "export-state", config, stderr: said }, async (database) => {
    proxy.cut("refused");
    await database.query("SELECT 1");
    return 0;
  })).toBe(1);
  expect(said.text).toMatch(/^pvmonitor export-state: PostgreSQL em \S+: o PostgreSQL deixou de responder no meio do comando \(ECONN\w+\); rode de novo, e se continuar confira o servidor, a rede, e DATABASE_URL\.\n$/);
});
