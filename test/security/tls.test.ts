// Certificates, at the API and at the webhook, with the real client and the real messenger. Words of each fault: test/adapters/http/tls.test.ts.
import { describe, expect, it, vi } from "vitest";
import { startMonitor } from "../e2e/monitor-process.ts";
import { checkSending, given, startSecureWorld } from "./private-front.ts";

it("an authority of one's own is believed, by the API's client and by the webhook's", async () => {
  const { world, env } = await startSecureWorld({ api: "good", teams: "good" });
  expect(await checkSending(env)).toMatchObject({ code: 0, said: expect.stringMatching(/Tudo pronto\.\n$/) });
  expect(world.cards).toHaveLength(1);
});

// Node's own switch is on throughout: it must reach nothing.
describe.each(["wrong-host", "expired", "self-signed"])("a certificate that is %s", (certificate) => {
  it("is told neither password nor token by the API's client", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { world, env } = await startSecureWorld({ api: certificate, teams: "good" });
    const { code, said } = await checkSending(env);
    vi.unstubAllEnvs();
    expect([code, said]).toEqual([3, expect.stringMatching(/FALTA {2}Login na PVOperation: certificado .+ \(.+\) \(login-unavailable\)\n +→ .*VERIFY_CA/)]);
    expect(world.calls, "the card that is sent all the same").toBe(1);
  });

  it("is sent no card", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { world, env } = await startSecureWorld({ api: "good", teams: certificate });
    const { code, said } = await checkSending(env);
    vi.unstubAllEnvs();
    expect([code, said]).toEqual([3, expect.stringContaining("FALTA  Teams: cartão de teste não entregue")]);
    expect([world.calls, world.cards]).toEqual([6, []]); // login, plants, devices (twice), relays, inverters: all of it at the API
  });
});

it("an authority that is not configured is refused at both", async () => {
  const { world, env } = await startSecureWorld({ api: "good", teams: "good" });
  expect(await checkSending({ ...env, VERIFY_CA: given("other.pem") })).toMatchObject({ code: 3, said: expect.stringContaining("Falta resolver: Login na PVOperation; Teams.") });
  expect(world.calls).toBe(0);
});

it("as a process, with Node's switch on: told that it does nothing, in Portuguese only", { timeout: 60_000 }, async () => {
  const { world, env, folder } = await startSecureWorld({ api: "self-signed", teams: "self-signed" });
  const { stdout, stderr, exit } = startMonitor({ folder, env: { ...env, NODE_TLS_REJECT_UNAUTHORIZED: "0" }, args: ["check", "--send"] });
  expect(await exit).toEqual({ code: 3, signal: null });
  expect(stdout()).toContain("  aviso  NODE_TLS_REJECT_UNAUTHORIZED=0: sem efeito aqui; a verificação dos certificados não pode ser desligada");
  expect([stderr(), world.calls]).toEqual(["", 0]);
});
