// Addresses to which credentials or cards would go: only with TLS, or to this very computer, and with no credentials of their own.
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";

const least = { PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: "senha-boa", TEAMS_WEBHOOK_URL: "https://exemplo.invalid/x" };
const read = (name: string, address: string): ReturnType<typeof readConfig> =>
  readConfig({ env: { ...least, [name]: address }, envFile: null, yaml: null, readFile: (path) => { throw new Error(path); } });

describe.each(["PVOP_BASE_URL", "TEAMS_WEBHOOK_URL"])("%s", (name) => {
  it.each([
    "http://exemplo.invalid/segredo", "HTTP://EXEMPLO.INVALID/segredo", "http://0.0.0.0/segredo", "http://[::]/segredo", "http://10.0.0.1/segredo", "http://169.254.169.254/segredo",
    "http://localhost.exemplo.invalid/segredo", "http://127.0.0.1.exemplo.invalid/segredo", "http://127.0.0.1@exemplo.invalid/segredo", "http://exemplo.invalid/127.0.0.1/segredo",
    "http://exemplo.invalid\\@127.0.0.1/segredo", "http://[::ffff:10.0.0.1]/segredo", "https://usuario:segredo@exemplo.invalid/", "https://segredo@exemplo.invalid/",
    "ftp://exemplo.invalid/segredo", "file:///etc/segredo", "javascript:segredo", "data:text/plain,segredo", "ws://127.0.0.1/segredo", "//exemplo.invalid/segredo", "segredo", "https://", "https:///",
  ])("%j is refused, and not repeated", (address) => {
    const result = read(name, address);
    expect(result.ok ? [] : result.faults.map((fault) => fault.name)).toEqual([name]);
    expect(JSON.stringify(result)).not.toContain("segredo");
  });

  it.each(["https://exemplo.invalid/x", "https://10.0.0.1:8443/x", "http://127.0.0.1:8700/x", "http://localhost/x", "http://[::1]:1/x", "http://127.1/x"])("%j is taken", (address) => {
    expect(read(name, address).ok).toBe(true);
  });
});
