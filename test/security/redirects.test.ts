// An answer that sends us elsewhere is not followed: whoever stands there gets no login, no token and no card.
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { listen } from "../adapters/http/servers.ts";
import type { Call } from "../e2e/live-world.ts";
import { checkSending, startSecureWorld } from "./private-front.ts";

const STATUSES = [301, 302, 303, 307, 308];
/** By what is asked for: to another host with TLS, and down to one without. */
const SCHEMES = { "/authenticate": "http", "/plant_devices": "http", "/day_relay": "https", "/day_inverter": "http", teams: "https" };
type Asked = keyof typeof SCHEMES;

const askedOf = (call: Call): string => (call.to === "teams" ? "teams" : call.request.path);

/** What `check --send` says where these calls are sent elsewhere, and how often somebody knocked there. */
async function checkRedirected(status: number, asked: readonly Asked[]): Promise<{ readonly said: string; readonly knocks: number; readonly cards: readonly string[] }> {
  const { world, env } = await startSecureWorld({ api: "good", teams: "good" });
  let knocks = 0;
  const { port } = await listen(createServer((socket) => {
    knocks += 1;
    socket.destroy();
  }));
  world.intercept = (call) => {
    const found = asked.find((name) => name === askedOf(call));
    return found === undefined ? null : { kind: "answer", status, headers: { location: `${SCHEMES[found]}://localhost:${String(port)}/api/v1${found}` }, body: "" };
  };
  const { said } = await checkSending(env);
  return { said, knocks, cards: world.cards };
}

describe.each(STATUSES)("%d to another host", (status) => {
  it("never carries the login", async () => {
    const { said, knocks } = await checkRedirected(status, ["/authenticate"]);
    expect([knocks, said]).toEqual([0, expect.stringContaining(`FALTA  Login na PVOperation: HTTP ${String(status)}`)]);
  });

  it("never carries the token, nor a card", async () => {
    const { said, knocks, cards } = await checkRedirected(status, ["/plant_devices", "/day_relay", "/day_inverter", "teams"]);
    expect(said).toContain("Falta resolver: Equipamentos da usina 101; Relés da usina 101; Inversores da usina 101; Teams.");
    expect([knocks, cards]).toEqual([0, []]);
  });
});
