// Serves the page and asks it a few things, then ends: run under flags of Node.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWebServer } from "../../../src/adapters/web/web-server.ts";
import { createInMemoryDesk, NOON } from "../../support/in-memory-desk.ts";

const token = "uma-senha-de-teste-com-32-caracteres-ou-mais";
const pageFolder = mkdtempSync(join(tmpdir(), "pvmonitor-page-"));
writeFileSync(join(pageFolder, "index.html"), "<!doctype html>");
const server = createWebServer({
  desk: createInMemoryDesk(), metrics: () => Promise.resolve(""), pageFolder, say: () => undefined, now: () => NOON,
  web: { enabled: true, host: "127.0.0.1", port: 0, basePath: "/", token },
});
const listening = await server.listen();
if ("wrong" in listening) console.log(`wrong: ${listening.wrong}`);
else {
  const signIn = (given: string): RequestInit => ({ method: "POST", body: JSON.stringify({ token: given }), headers: { "content-type": "application/json" } });
  const calls: [string, RequestInit][] = [["/", {}], ["/api/overview", { headers: { authorization: `Bearer ${token}` } }], ["/api/session", signIn("errada")], ["/api/session", signIn(token)]];
  for (const [path, init] of [...calls, ["/api/openapi.json", { headers: { authorization: `Bearer ${token}` } }] as const]) {
    const answer = await fetch(new URL(path, listening.address), init);
    console.log(`${init.method ?? "GET"} ${path} ${String(answer.status)}`);
    await answer.arrayBuffer();
  }
}
await server.close();
rmSync(pageFolder, { recursive: true });
