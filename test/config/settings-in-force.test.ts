// The settings as the page shows them: all of them, none of their secrets.
import { expect, it } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { settingTable } from "../../src/config/settings.ts";

const SECRETS = ["senha-boa-123", "https://exemplo.invalid/hook/0123456789abcdef0123abcd", "um-token-de-trinta-e-dois-caracteres!", "https://hc.exemplo.invalid/0123456789abcdef0123", "smtps://robo:correio-secreto@smtp.exemplo.invalid"];
const [PVOP_PASSWORD, TEAMS_WEBHOOK_URL, WEB_TOKEN, HEARTBEAT_PING_URL, SMTP_URL] = SECRETS;

it("each has its value, its default or a dash; a secret is masked, also where it slipped into another", () => {
  const env = { PVOP_EMAIL: "operacao@exemplo.invalid", PVOP_PASSWORD, TEAMS_WEBHOOK_URL, WEB_TOKEN, HEARTBEAT_PING_URL, SMTP_URL, REPORT_EMAIL_TO: "a@exemplo.invalid", LOG_DIR: "logs-senha-boa-123" };
  const read = readConfig({ env, envFile: null, yaml: "usinas:\n  - id: 101\n    zero_kw: 0.05\nclasses_rele:\n  - tipo: X\n    parametros: [59N]\n", readFile: (path) => { throw new Error(path); } });
  const inForce = read.ok ? read.inForce : [];
  expect(inForce.length).toBe(settingTable.length + 2);
  const shown = new Map(inForce.map(({ name, value, isDefault }) => [name, `${value}${isDefault ? " *" : ""}`]));
  expect([...shown].filter(([, value]) => SECRETS.some((secret) => value.includes(secret)))).toEqual([]);
  expect(["RELAY_INTERVAL", "PVOP_EMAIL", "PVOP_PASSWORD", "TEAMS_WEBHOOK_URL", "VERIFY_CA", "LOG_DIR"].map((name) => shown.get(name))).toEqual([
    "600 *", "operacao@exemplo.invalid", "(definido)", "https://exemplo.invalid/…abcd", "– *", "logs-[oculto]",
  ]);
  expect([shown.get("usinas: 101"), shown.get("classes_rele: X")]).toEqual(['{"zero_kw":0.05}', '["r59N"]']);
});
