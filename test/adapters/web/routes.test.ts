// Every route of the real server: what it answers has the shape of its schema, and what it is asked reaches the desk.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { actionAnswer, incidentList, monitorView, muteList, overview, plantDay, problem, sessionAnswer } from "../../../src/api/schemas.ts";
import { buildApp } from "../../../src/adapters/web/app.ts";
import { DAY_MS } from "../../../src/domain/local-time.ts";
import { createInMemoryDesk, NOON } from "../../support/in-memory-desk.ts";
import { JSON_BODY, servePage, TOKEN, webParts } from "../../support/served-page.ts";

const post = (body: unknown): { method: "POST"; headers: Record<string, string>; body: string } => ({ method: "POST", headers: JSON_BODY, body: JSON.stringify(body) });
const MUTE = { plantId: "101", device: null, until: NOON + 3_600_000, reason: "manutenção" };

describe("the data", () => {
  it.each([
    ["api/overview", overview], ["api/plants/101", plantDay], ["api/plants/101?date=2025-11-02", plantDay], ["api/incidents", incidentList], ["api/monitor", monitorView],
    ["api/mutes", muteList], ["api/session", sessionAnswer],
  ])("%s is what its schema says, and is never kept by a cache", async (path, schema) => {
    const page = await servePage();
    const answer = await page.call(path);
    expect([answer.status, answer.headers["content-type"], answer.headers["cache-control"]]).toEqual([200, "application/json; charset=utf-8", "no-store"]);
    expect(schema.parse(answer.json)).toEqual(answer.json);
  });

  it("asks the desk for the day, and for the period with its filters", async () => {
    const page = await servePage();
    await page.call("api/plants/101?date=2025-11-02");
    await page.call("api/incidents?from=1000&to=2000&plant=101&kind=relay&type=BLOQUEIO&limit=7");
    await page.call("api/incidents");
    expect(page.desk.asked).toEqual([
      "plantDay[\"101\",\"2025-11-02\"]",
      "incidents[{\"from\":1000,\"to\":2000,\"limit\":7,\"plantId\":\"101\",\"kind\":\"relay\",\"type\":\"BLOQUEIO\"}]",
      `incidents[${JSON.stringify({ from: NOON - 7 * DAY_MS, to: NOON, limit: 1_000 })}]`,
    ]);
  });

  it("a plant that is not there is 404, in words", async () => {
    const page = await servePage();
    const answer = await page.call("api/plants/999");
    expect([answer.status, problem.parse(answer.json)]).toEqual([404, { error: "Não há usina com este id." }]);
  });

  it("the CSV is a download with a plain name", async () => {
    const page = await servePage();
    const answer = await page.call("api/incidents.csv?from=1000&to=2000");
    expect([answer.status, answer.text, answer.headers["content-type"], answer.headers["content-disposition"], answer.headers["cache-control"]])
      .toEqual([200, "\ufeffUsina;Início\r\n", "text/csv; charset=utf-8", "attachment; filename=\"ocorrencias.csv\"", "no-store"]);
  });

  it("what is nowhere is 404 in JSON, whatever the method", async () => {
    const page = await servePage();
    const answers = await Promise.all([page.call("api/nada"), page.call("nada"), page.call("api/overview", { method: "DELETE" }), page.call("api/mutes", { method: "PUT", ...JSON_BODY })]);
    expect(answers.map(({ status, json }) => [status, problem.parse(json).error])).toEqual(Array(4).fill([404, "Não há nada neste endereço."]));
  });

  it("a desk that breaks is told in words to the asker and in the log, without what broke", async () => {
    const desk = { ...createInMemoryDesk(), monitor: () => Promise.reject(new Error("a history of its own")) };
    const page = await servePage({ desk });
    const answer = await page.call("api/monitor");
    expect([answer.status, answer.json]).toEqual([500, { error: "Falha inesperada do monitor; o log diz qual." }]);
    expect(page.said).toEqual(["error Falha inesperada: a history of its own"]);
  });
});

describe("the actions", () => {
  it("mute, unmute and test card reach the desk, and are logged with the address", async () => {
    const page = await servePage();
    const answers = [await page.call("api/mutes", post(MUTE)), await page.call("api/mutes/m1/end", post({})), await page.call("api/test-card", post({ kind: "relay" }))];
    expect(answers.map(({ status, json }) => [status, actionAnswer.parse(json).ok])).toEqual(Array(3).fill([200, true]));
    const by = "página, 127.0.0.1";
    expect(page.desk.asked).toEqual([`mute${JSON.stringify([MUTE, by])}`, `unmute${JSON.stringify(["m1", by])}`, `sendTestCard${JSON.stringify([{ kind: "relay" }, by])}`]);
    expect(page.said).toEqual([
      "info Silenciar usina 101 (manutenção), pedido de página, 127.0.0.1: feito: Silenciada: UFV Um",
      "info Encerrar o silêncio m1, pedido de página, 127.0.0.1: feito: O silêncio acabou",
      "info Cartão de teste (relay), pedido de página, 127.0.0.1: feito: O Teams aceitou o cartão",
    ]);
  });

  it("one without a body of its own may come with an empty one", async () => {
    const page = await servePage();
    expect((await page.call("api/mutes/m9/end", { method: "POST", headers: JSON_BODY, body: "" })).json).toEqual({ ok: false, text: "O silêncio acabou" });
  });

  it("a machine's is logged as such", async () => {
    const page = await servePage({ web: { token: TOKEN } });
    await page.call("api/test-card", { ...post({ kind: "heartbeat" }), headers: { ...JSON_BODY, authorization: `Bearer ${TOKEN}` } });
    expect(page.said).toEqual(["info Cartão de teste (heartbeat), pedido de API, 127.0.0.1: feito: O Teams aceitou o cartão"]);
  });
});

describe("the machines' view", () => {
  it("health, readiness and metrics", async () => {
    const page = await servePage();
    const answers = await Promise.all(["healthz", "readyz", "metrics"].map((path) => page.call(path)));
    expect(answers.map(({ status, text, headers }) => [status, text, headers["content-type"]])).toEqual([
      [200, "ok\n", "text/plain; charset=utf-8"], [200, "ok\n", "text/plain; charset=utf-8"],
      [200, "# TYPE pvmonitor_up gauge\npvmonitor_up 1\n", "text/plain; version=0.0.4; charset=utf-8"],
    ]);
  });

  it("not ready is 503 with the reason", async () => {
    const page = await servePage({ desk: { ...createInMemoryDesk(), readiness: () => ({ isReady: false, reason: "varredura de relés atrasada" }) } });
    const answer = await page.call("readyz");
    expect([answer.status, answer.text]).toEqual([503, "varredura de relés atrasada\n"]);
  });
});

const openApi = z.object({
  openapi: z.literal("3.1.0"), servers: z.tuple([z.object({ url: z.string() })]),
  paths: z.record(z.string(), z.record(z.enum(["get", "post"]).or(z.string()), z.object({
    summary: z.string().min(3), security: z.array(z.unknown()),
    parameters: z.array(z.object({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean(), schema: z.looseObject({ type: z.string() }) })),
    requestBody: z.unknown().optional(), responses: z.record(z.string(), z.looseObject({ description: z.string() })),
  }))),
});

/** Of the router's own tree, which writes beginnings that routes share only once. */
function routesIn(tree: string): string[] {
  const steps: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", step = "", methods = ""] = /^((?:[│ ] {3})*[├└]── )(\S+)(?: \((.*)\))?$/.exec(line) ?? [];
    if (step === "") return [];
    steps.splice(indent.length / 4 - 1, Infinity, step);
    return methods === "" ? [] : methods.split(", ").map((method) => `${method} ${steps.join("").replace(/:(\w+)/g, "{$1}")}`);
  });
}

describe("the OpenAPI description", () => {
  it("has just the routes that the server has", async () => {
    const page = await servePage();
    const { paths } = openApi.parse((await page.call("api/openapi.json")).json);
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const { server } = await buildApp(webParts({}));
    // The page itself is no API.
    const served = routesIn(server.printRoutes()).filter((route) => !route.endsWith(" /"));
    await server.close();
    expect(described.length).toBeGreaterThan(13);
    expect(described.sort()).toEqual(served.sort());
  });

  it("says the parameters, what is required, and what is open", async () => {
    const page = await servePage({ web: { basePath: "/solar/pv" } });
    const { paths, servers } = openApi.parse((await page.call("api/openapi.json")).json);
    expect(servers).toEqual([{ url: "/solar/pv" }]);
    expect(paths["/api/plants/{id}"]?.["get"]?.parameters.map(({ name, in: place, required }) => [name, place, required])).toEqual([["id", "path", true], ["date", "query", false]]);
    expect(paths["/api/incidents"]?.["get"]?.parameters.find(({ name }) => name === "limit")?.schema).toMatchObject({ type: "integer", minimum: 1, maximum: 5_000 });
    expect(paths["/api/mutes"]?.["post"]?.requestBody).toMatchObject({ content: { "application/json": { schema: { required: ["plantId", "device", "until", "reason"], additionalProperties: false } } } });
    const open = Object.entries(paths).flatMap(([path, methods]) => Object.values(methods).flatMap(({ security }) => (security.length === 0 ? [path] : [])));
    expect(open).toEqual(["/api/session", "/api/session", "/api/session/end", "/healthz", "/readyz"]);
  });
});
