// `test-card` against the simulated Teams, over real HTTP.
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTransport } from "../../src/adapters/http/undici-transport.ts";
import type { TestCardKind } from "../../src/adapters/teams/test-card.ts";
import { testCard } from "../../src/cli/test-card.ts";
import { readCard } from "../../src/cli/terminal/card-lines.ts";
import { startSimulator, type Simulator } from "../../src/simulator/http-server.ts";
import { parseScenario } from "../../src/simulator/scenario.ts";
import { createWorld, type World } from "../../src/simulator/world.ts";
import { configOf } from "./settings-of.ts";
import { Sink } from "./sink.ts";

const SIGNATURE = "s3cr3t-s1gnature-of-the-webhook";
const open: Simulator[] = [];
let world: World;

/** Teams with this fault all day; null: none. */
async function teamsWith(fault: string | null): Promise<string> {
  const [start, end] = ["2025-12-01T00:00:00", "2025-12-02T00:00:00"];
  const faults = fault === null ? [] : [{ from: start, to: end, endpoint: "teams" as const, fault }];
  world = createWorld(parseScenario({ start, end, plants: [], faults }), { now: () => Date.UTC(2025, 11, 1, 15) });
  const simulator = await startSimulator({ world });
  open.push(simulator);
  return `${simulator.webhookUrl}?sig=${SIGNATURE}`;
}

async function send(kind: TestCardKind, settings: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly text: string }> {
  const config = configOf(settings);
  const stdout = new Sink();
  const transport = createTransport(config);
  try {
    return { code: await testCard({ config, kind, stdout, transport }), text: stdout.text };
  } finally {
    await transport.close();
  }
}

beforeEach(() => {
  open.length = 0;
});
afterEach(async () => {
  await Promise.all(open.map((simulator) => simulator.close()));
});

describe("test-card", () => {
  it.each(["adaptivecard", "messagecard"].flatMap((format) => (["relay", "inverter", "heartbeat"] as const).map((kind) => [kind, format] as const)))(
    "sends a card (%s, %s) that nobody takes for a real one", async (kind, format) => {
      const { code, text } = await send(kind, { TEAMS_WEBHOOK_URL: await teamsWith(null), TEAMS_FORMAT: format });
      expect(code).toBe(0);
      expect(text).toMatch(/Resposta: HTTP 202\nO Teams aceitou o cartão\./);
      expect(text).toContain("http://127.0.0.1");
      expect(text).not.toContain(SIGNATURE);
      const bodies = world.cards.map(({ body }) => body);
      expect(bodies).toHaveLength(1);
      const [body = ""] = bodies;
      expect(readCard(body).lines[0]?.text).toMatch(/^TESTE · /);
      // What a phone shows before the card is opened.
      expect(JSON.parse(body)).toMatchObject({ summary: expect.stringMatching(/^TESTE · /) });
      expect(/"fallbackText":"(.{8})/.exec(body)?.[1] ?? "TESTE · ").toBe("TESTE · ");
    },
  );

  it.each([
    ["status:404", "HTTP 404", "TEAMS_WEBHOOK_URL"],
    ["status:401", "HTTP 401", "copiada inteira"],
    ["status:400", "HTTP 400", "TEAMS_FORMAT"],
    ["status:503", "HTTP 503", "tentaria de novo"],
    ["body-error", "HTTP 200: Webhook message delivery failed", "HTTP 429"],
    ["reset", "Resposta: ", "sem conexão"],
  ])("says what Teams answered to %s, and what to do", async (fault, answer, advice) => {
    const { code, text } = await send("relay", { TEAMS_WEBHOOK_URL: await teamsWith(fault) });
    expect(code).toBe(3);
    expect(text).toContain(answer);
    expect(text).toContain(advice);
    expect(text).not.toContain(SIGNATURE);
    expect(text.trimEnd().split("\n")).toHaveLength(3);
  });

  it("keeps the address secret, also where the answer repeats it", async () => {
    const echo = createServer((request, response) => {
      response.writeHead(400).end(`bad request: ${request.url ?? ""}`);
    });
    await once(echo.listen(0, "127.0.0.1"), "listening");
    const address = echo.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, text } = await send("relay", { TEAMS_WEBHOOK_URL: `http://127.0.0.1:${port}/teams?sig=${SIGNATURE}` });
    echo.close();
    expect(code).toBe(3);
    expect(text).toContain("Resposta: HTTP 400: bad request: [oculto]");
    expect(text).not.toContain(SIGNATURE);
  });

  it("sends nothing where Teams is switched off", async () => {
    const { code, text } = await send("heartbeat", { TEAMS_WEBHOOK_URL: await teamsWith(null), TEAMS_ENABLED: "False" });
    expect([code, world.cards]).toEqual([3, []]);
    expect(text).toContain("TEAMS_ENABLED=False");
  });
});
