// TLS before the simulated API and Teams, each with a certificate of its own: what `check --send` makes of it.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import { createServer } from "node:tls";
import { onTestFinished } from "vitest";
import { checkCommand } from "../../src/cli/check.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { listen } from "../adapters/http/servers.ts";
import { inverterReading, minutesAgo, plants, relayReading, startWorld, type LiveWorld } from "../e2e/live-world.ts";
import { createFolder, PASSWORD, settingsFor, SIGNATURE } from "../e2e/monitor-process.ts";

export const given = (name: string): string => join(import.meta.dirname, "../adapters/http/certificates", name);

export interface SecureWorld {
  readonly world: LiveWorld;
  readonly env: Record<string, string>;
  readonly folder: string;
}

/** The world behind two TLS servers, with the certificates of these names. The configured authority is that of `good`. */
export async function startSecureWorld(certificates: { readonly api: string; readonly teams: string }): Promise<SecureWorld> {
  const world = await startWorld({
    plants: plants(101), day_relay: { "101": [relayReading(101, 7, minutesAgo(5), [])] }, day_inverter: { "101": [inverterReading(101, 9, minutesAgo(5), 50)] },
  });
  onTestFinished(() => world.close());
  const folder = createFolder();
  const [api, teams] = await Promise.all([secured(certificates.api, world.baseUrl), secured(certificates.teams, world.webhookUrl)]);
  const env = settingsFor({ baseUrl: api, webhookUrl: teams }, { VERIFY_CA: given("ca.pem"), STATE_DIR: join(folder, "state"), LOG_DIR: join(folder, "logs") });
  return { world, env, folder };
}

/** The same address, with https, at a server that takes TLS off and passes on what was said. */
async function secured(certificate: string, address: string): Promise<string> {
  const { hostname, port, pathname } = new URL(address);
  const server = createServer({ key: readFileSync(given(`${certificate}.key`)), cert: readFileSync(given(`${certificate}.pem`)) }, (socket) => {
    const inner = connect(Number(port), hostname);
    socket.on("error", () => inner.destroy()).on("close", () => inner.destroy());
    inner.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  server.on("tlsClientError", () => undefined);
  const { origin } = await listen(server, "https");
  return origin + pathname;
}

export async function checkSending(env: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly said: string }> {
  const read = readConfig({ env, envFile: null, yaml: null, readFile: (path) => readFileSync(path, "utf8") });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const stdout = new PassThrough();
  const said = text(stdout);
  const code = await checkCommand({ ...read, send: true, stdout });
  stdout.end();
  if (new RegExp(`${PASSWORD}|${SIGNATURE}`).test(await said)) throw new Error("a secret was told");
  return { code, said: await said };
}
