// What a hostile name, request or client can do to the page's server: nothing but be refused.
import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { problem } from "../../src/api/schemas.ts";
import { LIMITS } from "../../src/adapters/web/web-parts.ts";
import { createInMemoryDesk, NOON } from "../support/in-memory-desk.ts";
import { createPageFolder, JSON_BODY, openSocket, sendRaw, servePage, TOKEN } from "../support/served-page.ts";

const MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>";
const MUTE = { plantId: "101", device: null, until: NOON + 3_600_000, reason: "manutenção" };

describe("names with markup", () => {
  it("go out as JSON that no browser takes for a page", async () => {
    const page = await servePage({ desk: createInMemoryDesk(MARKUP) });
    for (const path of ["api/overview", "api/plants/101"]) {
      const { headers, text } = await page.call(path);
      expect([headers["content-type"], headers["x-content-type-options"]]).toEqual(["application/json; charset=utf-8", "nosniff"]);
      expect(text).toContain(JSON.stringify(MARKUP));
    }
  });

  it("no script, style or picture runs that is not the page's own, and nobody frames it", async () => {
    const page = await servePage({ pageFolder: createPageFolder(), web: { token: TOKEN } });
    const policy = "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';font-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'";
    for (const path of ["", "assets/index-abc123.js", "api/overview", "api/nada", "healthz", "api/session"]) {
      const { headers } = await page.call(path);
      expect([path, headers["content-security-policy"], headers["x-content-type-options"], headers["x-frame-options"], headers["referrer-policy"], headers["x-powered-by"]])
        .toEqual([path, policy, "nosniff", "SAMEORIGIN", "no-referrer", undefined]);
    }
  });
});

it("no data is kept by a cache, nor is a refusal", async () => {
  const page = await servePage({ web: { token: TOKEN } });
  const cookie = await page.signIn();
  for (const path of ["api/overview", "api/plants/101", "api/plants/999", "api/incidents", "api/incidents?x=1", "api/incidents.csv", "api/monitor", "api/mutes", "api/session", "api/openapi.json", "metrics", "healthz", "readyz", "nada"]) {
    const answers = [await page.call(path, { headers: { cookie } }), await page.call(path)];
    expect([path, ...answers.map(({ headers }) => headers["cache-control"])]).toEqual([path, "no-store", "no-store"]);
  }
});

describe("parameters that are wrong, huge or hostile", () => {
  const huge = "9".repeat(5_000);
  it.each([
    "api/overview?x=1", "api/overview?__proto__=1", "api/overview?constructor[prototype]=1", "healthz?x=1", "api/plants/101?date=ontem", "api/plants/101?date=2025-02-30", "api/plants/101?date=9999-12-31",
    "api/plants/101?date=", "api/plants/101?date=2025-11-20&date=2025-11-21", "api/plants/101?day=2025-11-20", `api/plants/${huge}`, "api/plants/%00", "api/plants/%0d%0aX:%201", "api/plants/%ff", "api/plants/%E2%80%AE1",
    "api/plants/%", "api/incidents?from=-1", "api/incidents?from=1e3", "api/incidents?from=0x10", "api/incidents?from=", "api/incidents?from=NaN", `api/incidents?from=${huge}`, "api/incidents?from=99999999999999",
    "api/incidents?from=2000&to=1000", "api/incidents?from=1000&to=1000", "api/incidents?from=0", "api/incidents?limit=0", "api/incidents?limit=5001", "api/incidents?limit=1.5", "api/incidents?limit=1&limit=2",
    "api/incidents?kind=trafo", `api/incidents?plant=${"1".repeat(65)}`, "api/incidents?plant=", "api/incidents?type=%00", `api/incidents?type=${encodeURIComponent(MARKUP.repeat(3))}`, "api/incidents?plant[]=1",
    `api/incidents.csv?${encodeURIComponent(MARKUP)}=1`, "api/incidents.csv?limit=-1", "metrics?format=json", "api/monitor?since=1", "api/stream?last=1", "api/openapi.json?v=3", "api/mutes?x",
  ])("GET %s is 400 with a reason, and never reaches the desk", async (path) => {
    const page = await servePage();
    const { status, json, text } = await page.call(path);
    expect([status, problem.parse(json).error]).toEqual([400, expect.stringMatching(/^Pedido errado: .{8,400}\.$/)]);
    expect(text).not.toMatch(/[<>]/);
    expect([page.desk.asked, page.said]).toEqual([[], []]);
  });

  it.each([
    ["no object", "api/mutes", "[]"], ["null", "api/mutes", "null"], ["no JSON", "api/mutes", "{"], ["a number", "api/test-card", "1e999"], ["nothing", "api/mutes", ""],
    ["a prototype", "api/test-card", "{\"kind\":\"relay\",\"__proto__\":{\"ok\":true}}"], ["a constructor's prototype", "api/test-card", "{\"kind\":\"relay\",\"constructor\":{\"prototype\":{}}}"],
    ["an unknown kind", "api/test-card", "{\"kind\":\"<script>\"}"], ["one field too many", "api/test-card", `{"kind":"relay","${MARKUP}":1}`], ["a body where none is taken", "api/mutes/m1/end", "{\"x\":1}"],
    ["a time without an end", "api/mutes", JSON.stringify({ ...MUTE, until: Number.MAX_SAFE_INTEGER })], ["half a millisecond", "api/mutes", JSON.stringify({ ...MUTE, until: NOON + 0.5 })],
    ["a text as time", "api/mutes", JSON.stringify({ ...MUTE, until: "amanhã" })], ["no reason", "api/mutes", JSON.stringify({ ...MUTE, reason: "   " })], ["a long reason", "api/mutes", JSON.stringify({ ...MUTE, reason: "a".repeat(301) })],
    ["a reason of two lines", "api/mutes", JSON.stringify({ ...MUTE, reason: "uma\n2025-11-20 - ERROR - falsa" })], ["half a character", "api/mutes", "{\"plantId\":\"101\",\"device\":null,\"until\":1763650800000,\"reason\":\"abc\\ud800\"}"],
    ["text that runs backwards", "api/mutes", JSON.stringify({ ...MUTE, reason: "abc\u202ecba" })], ["no device at all", "api/mutes", JSON.stringify({ ...MUTE, device: undefined })], ["a long token", "api/session", JSON.stringify({ token: "x".repeat(4_097) })],
    ["a token that is none", "api/session", "{\"token\":{\"length\":40}}"], ["deep nesting", "api/mutes", `${"[".repeat(8_000)}${"]".repeat(8_000)}`],
  ])("POST of %s is 400 with a reason", async (_what, path, body) => {
    const page = await servePage();
    const { status, json, text } = await page.call(path, { method: "POST", headers: JSON_BODY, body });
    expect([status, problem.parse(json).error]).toEqual([400, expect.stringMatching(/^Pedido errado: .{8,400}\.$/)]);
    expect(text).not.toMatch(/[<>]/);
    expect([page.desk.asked, page.said]).toEqual([[], []]);
  });

  it("says which field, and what it should be", async () => {
    const page = await servePage();
    const errors = await Promise.all([
      page.call("api/incidents?limit=9999&kind=trafo&x=1"), page.call("api/plants/101?date=2025-02-30"), page.call("api/mutes", { method: "POST", headers: JSON_BODY, body: "{\"plantId\":\"101\",\"device\":\"\",\"reason\":\"a\"}" }),
    ]);
    expect(errors.map(({ json }) => problem.parse(json).error)).toEqual([
      "Pedido errado: kind: não é um dos valores relay, inverter; limit: maior que 5000; não há x aqui.",
      "Pedido errado: date: não é uma data AAAA-MM-DD.",
      "Pedido errado: device: menos de 1 caracteres; until: falta, ou não é um número; reason: menos de 3 caracteres.",
    ]);
  });

  it("a body over 16 KiB is not read: 413; headers over 16 KiB: 431; what is no HTTP: 400", async () => {
    const page = await servePage();
    expect((await page.call("api/mutes", { method: "POST", headers: JSON_BODY, body: JSON.stringify({ ...MUTE, reason: "a".repeat(17_000) }) })).status).toBe(413);
    const answers = await Promise.all([
      `GET /api/plants/${"1".repeat(17_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, "GET  /api/overview HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "POST /api/mutes HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ].map((bytes) => sendRaw(page.port, bytes)));
    expect(answers.map((answer) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]))).toEqual([431, 400, 400, 400]);
    expect(answers.every((answer) => answer.includes("{\"error\":\"Pedido errado"))).toBe(true);
    expect((await page.call("healthz")).status).toBe(200);
  });

  it("whatever comes, nothing breaks: any path, query and body", { timeout: 120_000 }, async () => {
    const page = await servePage({ pageFolder: createPageFolder() });
    const paths = fc.constantFrom("api/overview", "api/plants/", "api/plants/101", "api/incidents", "api/incidents.csv", "api/mutes", "api/mutes/x/end", "api/test-card", "api/session", "assets/", "", "healthz");
    const tail = fc.string({ unit: "binary", maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed()));
    const query = fc.dictionary(fc.constantFrom("from", "to", "plant", "kind", "type", "limit", "date", "__proto__"), fc.oneof(fc.integer().map(String), tail), { maxKeys: 3 });
    await fc.assert(fc.asyncProperty(paths, tail, query, fc.boolean(), fc.jsonValue(), async (path, end, asked, isPost, body) => {
      const search = Object.entries(asked).map(([name, value]) => `${name}=${value}`).join("&");
      const address = `${path}${end}${search === "" ? "" : `?${search}`}`;
      const { status } = await page.call(`/${address.replace(/^\/+/, "")}`, isPost ? { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) } : {});
      expect([200, 400, 403, 404, 413]).toContain(status);
    }), { numRuns: 150 });
    expect(page.said.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});

describe("clients that hold on", () => {
  const limits = { ...LIMITS, headersMs: 300, requestMs: 600, idleMs: 900, checkMs: 100 };

  it.each([
    ["says nothing", ""], ["never ends its headers", "GET /api/overview HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "],
    ["never ends its body", "POST /api/mutes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"],
  ])("one that %s is cut off, byte by byte or not", async (_what, bytes) => {
    const page = await servePage({ limits });
    const socket = openSocket(page.port).resume();
    socket.write(bytes);
    const drip = setInterval(() => socket.write(bytes === "" ? "" : "a"), 50);
    onTestFinished(() => { clearInterval(drip); });
    await once(socket, "close");
    expect((await page.call("healthz")).status).toBe(200);
  });

  it("connections beyond the bound are not taken; the others go on", async () => {
    const page = await servePage({ limits: { ...LIMITS, connections: 3 } });
    const held = Array.from({ length: 3 }, () => openSocket(page.port));
    await Promise.all(held.map((socket) => once(socket, "connect")));
    const refused = openSocket(page.port).resume();
    await once(refused, "close");
    const [first] = held;
    first?.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    if (first !== undefined) expect(String((await once(first, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });
});
