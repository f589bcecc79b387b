// Who may see the page: the token, sessions, guessing, other sites, and names that point to this machine.
import { describe, expect, it } from "vitest";
import { servePage as serve, JSON_BODY, TOKEN, webParts, type Answer, type ServedPage } from "../support/served-page.ts";
import { createWebServer } from "../../src/adapters/web/web-server.ts";
import { createInMemoryDesk, NOON } from "../support/in-memory-desk.ts";
import { HOUR_MS } from "../../src/domain/local-time.ts";

const DATA = ["api/overview", "api/plants/101", "api/incidents", "api/incidents.csv", "api/monitor", "api/mutes", "api/stream", "api/openapi.json", "metrics"];
const signInWith = (page: ServedPage, token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  page.call("api/session", { method: "POST", headers: { ...JSON_BODY, ...headers }, body: JSON.stringify({ token }) });
const withToken = (served: Parameters<typeof serve>[0] = {}): Promise<ServedPage> => serve({ ...served, web: { token: TOKEN, ...served.web } });
const bearer = (token: string): { headers: { authorization: string } } => ({ headers: { authorization: `Bearer ${token}` } });
const wrongToken = (i: number): string => `errada-${String(i).padStart(40, "0")}`;

describe("with a token", () => {
  it("no data and no action without it; health and the session's own state are open", async () => {
    const page = await withToken();
    const answers = await Promise.all(DATA.map((path) => page.call(path)));
    expect(answers.map(({ status, headers }) => [status, headers["www-authenticate"]])).toEqual(DATA.map(() => [401, "Bearer"]));
    const actions = await Promise.all(["api/mutes", "api/mutes/m1/end", "api/test-card"].map((path) => page.call(path, { method: "POST", headers: JSON_BODY, body: "{}" })));
    expect(actions.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(page.desk.asked).toEqual([]);
    const open = await Promise.all(["healthz", "readyz", "api/session"].map((path) => page.call(path)));
    expect(open.map(({ status, text }) => [status, text])).toEqual([[200, "ok\n"], [200, "ok\n"], [200, "{\"isSignedIn\":false,\"isOpen\":false}"]]);
  });

  it("the right one gives a session that scripts cannot read and other sites cannot use; it sees everything", async () => {
    const page = await withToken({ web: { basePath: "/pv" } });
    const answer = await signInWith(page, TOKEN);
    expect([answer.status, answer.json]).toEqual([200, { isSignedIn: true, isOpen: false }]);
    expect(answer.headers["set-cookie"]).toMatch(/^pvmonitor_session=[^;]+; Max-Age=43200; Path=\/pv; HttpOnly; SameSite=Strict$/);
    const cookie = await page.signIn();
    const seen = await Promise.all(DATA.filter((path) => path !== "api/stream").map((path) => page.call(path, { headers: { cookie } })));
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await page.call("api/session", { headers: { cookie } })).json).toEqual({ isSignedIn: true, isOpen: false });
    const out = await page.call("api/session/end", { method: "POST", headers: { ...JSON_BODY, cookie, origin: `http://127.0.0.1:${page.port}` } });
    expect([out.json, out.headers["set-cookie"]]).toEqual([{ isSignedIn: false, isOpen: false }, expect.stringMatching(/^pvmonitor_session=; .*Expires=Thu, 01 Jan 1970/)]);
  });

  it("the cookie is Secure where the proxy on this machine was spoken to by https", async () => {
    const page = await withToken();
    expect((await signInWith(page, TOKEN, { "x-forwarded-proto": "https" })).headers["set-cookie"]).toContain("; Secure");
    expect((await signInWith(page, TOKEN, { "x-forwarded-proto": "http" })).headers["set-cookie"]).not.toContain("Secure");
  });

  it("as a bearer for machines, on each request", async () => {
    const page = await withToken();
    expect(await Promise.all([page.call("metrics", bearer(TOKEN)), page.call("metrics", bearer(`${TOKEN}x`)), page.call("metrics", bearer(TOKEN.slice(0, -1)))]).then((all) => all.map(({ status }) => status)))
      .toEqual([200, 401, 401]);
    expect((await page.call("metrics", { headers: { authorization: `Basic ${TOKEN}` } })).status).toBe(401);
  });

  it.each(["", "x", "9999999999999", `${String(NOON + HOUR_MS)}.assinatura`, `${String(NOON + HOUR_MS)}.`, "a".repeat(4_000), "__proto__", "%00"])("the forged cookie %j opens nothing", async (value) => {
    const page = await withToken();
    expect((await page.call("api/overview", { headers: { cookie: `pvmonitor_session=${value}` } })).status).toBe(401);
  });

  it("a session ends after 12 hours, by the monitor's clock", async () => {
    let now = NOON;
    const page = await withToken({ now: () => now });
    const cookie = await page.signIn();
    now += 12 * HOUR_MS - 1;
    expect((await page.call("api/overview", { headers: { cookie } })).status).toBe(200);
    now += 1;
    expect((await page.call("api/overview", { headers: { cookie } })).status).toBe(401);
  });

  it("lives on while it is used, as on a wall, for 30 days", async () => {
    let now = NOON;
    const page = await withToken({ now: () => now });
    let cookie = await page.signIn();
    let renewals = 0;
    const look = async (): Promise<number> => {
      const { status, headers } = await page.call("api/overview", { headers: { cookie } });
      const [renewed] = [headers["set-cookie"]].flat();
      if (renewed !== undefined) {
        cookie = renewed.split(";")[0] ?? "";
        renewals += 1;
      }
      return status;
    };
    for (; now < NOON + 30 * 24 * HOUR_MS - HOUR_MS; now += HOUR_MS) expect(await look()).toBe(200);
    expect(renewals).toBeGreaterThan(50);
    now += HOUR_MS;
    expect(await look()).toBe(401);
  });

  it("another token ends every session", async () => {
    const cookie = await (await withToken()).signIn();
    const changed = await serve({ web: { token: `${TOKEN}-nova` } });
    expect((await changed.call("api/overview", { headers: { cookie } })).status).toBe(401);
  });
});

describe("guessing", () => {
  it("five wrong ones a minute from an address, by form or bearer; then not even the right one in the form, but sessions and machines with the token go on", async () => {
    const page = await withToken();
    const cookie = await page.signIn();
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((i % 2 === 0 ? await signInWith(page, wrongToken(i)) : await page.call("metrics", bearer(wrongToken(i)))).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    const refused = [await signInWith(page, TOKEN), await page.call("metrics", bearer(wrongToken(9)))];
    expect(refused.map(({ status, headers }) => [status, Number(headers["retry-after"]) > 0 && Number(headers["retry-after"]) <= 60])).toEqual([[429, true], [429, true]]);
    expect((await page.call("api/overview", { headers: { cookie } })).status).toBe(200);
    expect((await page.call("metrics", bearer(TOKEN))).status).toBe(200);
  });

  it("each is logged with its address and without the token", async () => {
    const page = await withToken();
    for (let i = 0; i < 7; i++) await signInWith(page, wrongToken(i), { "x-forwarded-for": "198.51.100.9" });
    const line = "warn Entrada recusada de 198.51.100.9: senha errada";
    expect(page.said).toEqual([line, line, line, line, `${line}; por um minuto nenhuma outra é aceita`]);
  });

  it("all at once are counted as well", async () => {
    const page = await withToken();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => signInWith(page, wrongToken(i))));
    const counts = Object.groupBy(answers, ({ status }) => status);
    expect([counts[401]?.length, counts[429]?.length]).toEqual([5, 35]);
  });

  it("addresses that change with each try have a bound together: 60", async () => {
    const page = await withToken();
    const statuses = [];
    for (let i = 0; i < 63; i++) statuses.push((await signInWith(page, wrongToken(i), { "x-forwarded-for": i % 2 === 0 ? `198.51.100.${String(i)}` : `<b>${String(i)}</b>` })).status);
    expect(statuses).toEqual([...Array<number>(60).fill(401), 429, 429, 429]);
    expect(page.said.filter((line) => line.includes("<"))).toEqual([]);
    expect(page.said[1]).toBe("warn Entrada recusada de endereço desconhecido: senha errada");
  });
});

describe("an action that another site would have done", () => {
  const send = (page: ServedPage, headers: Record<string, string>): Promise<Answer> => page.call("api/test-card", { method: "POST", headers, body: "{\"kind\":\"relay\"}" });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415], ["a form as text", { "content-type": "text/plain" }, 415], ["a file's form", { "content-type": "multipart/form-data; boundary=x" }, 415],
    ["no type", {}, 415], ["a type that only begins so", { "content-type": "application/jsonp" }, 415],
    ["another origin", { ...JSON_BODY, origin: "https://outro.exemplo" }, 403], ["an origin that hides", { ...JSON_BODY, origin: "null" }, 403],
    ["another port of this machine", { ...JSON_BODY, origin: "http://127.0.0.1:1" }, 403], ["by the browser's word", { ...JSON_BODY, "sec-fetch-site": "cross-site" }, 403],
    ["a sister site", { ...JSON_BODY, "sec-fetch-site": "same-site" }, 403], ["a browser that says nothing", JSON_BODY, 403],
  ])("%s: refused, also with a session", async (_what, headers, status) => {
    const page = await withToken();
    const cookie = await page.signIn();
    expect((await send(page, { ...headers, cookie })).status).toBe(status);
    expect(page.desk.asked).toEqual([]);
  });

  it("our own page's is done: by origin, by the browser's word, also behind a proxy", async () => {
    const page = await withToken();
    const cookie = await page.signIn();
    const own = [
      { origin: `http://127.0.0.1:${String(page.port)}` }, { "sec-fetch-site": "same-origin", origin: "https://monitor.exemplo" }, { origin: "https://monitor.exemplo", "x-forwarded-host": "monitor.exemplo" },
    ];
    for (const headers of own) expect((await send(page, { ...JSON_BODY, cookie, ...headers })).status).toBe(200);
  });

  it("nor signs anyone in, nor reads anything: no other origin is allowed", async () => {
    const page = await withToken();
    expect((await signInWith(page, TOKEN, { origin: "https://outro.exemplo" })).status).toBe(403);
    const asked = await page.call("api/mutes", { method: "OPTIONS", headers: { origin: "https://outro.exemplo", "access-control-request-method": "POST", "access-control-request-headers": "content-type" } });
    expect([asked.status, Object.keys(asked.headers).filter((name) => name.startsWith("access-control"))]).toEqual([404, []]);
  });

  it("also on an open page", async () => {
    const page = await serve();
    expect([(await send(page, { ...JSON_BODY, origin: "https://outro.exemplo" })).status, (await send(page, { "content-type": "text/plain" })).status, (await send(page, JSON_BODY)).status]).toEqual([403, 415, 200]);
  });
});

describe("a name made to point to this machine (DNS rebinding)", () => {
  it.each(["outro.exemplo", "outro.exemplo:8787", "localhost.outro.exemplo", "127.0.0.1.outro.exemplo", "10.0.0.7", "0.0.0.0", "[::]", "", "127.0.0.1@outro.exemplo"])("%j: an open page says nothing", async (host) => {
    const page = await serve();
    const answers = await Promise.all(["api/overview", "", "metrics", "healthz"].map((path) => page.call(path, { headers: { host, "x-forwarded-host": "127.0.0.1" } })));
    expect(answers.map(({ status }) => status)).toEqual([421, 421, 421, 421]);
  });

  it.each(["127.0.0.1", "127.0.0.1:8787", "localhost", "LOCALHOST:8787", "[::1]:8787", "127.8.9.1"])("%j is this machine", async (host) => {
    expect((await (await serve()).call("api/overview", { headers: { host } })).status).toBe(200);
  });

  it("with a token any name will do: the cookie is bound to ours", async () => {
    const page = await withToken();
    expect((await page.call("api/overview", { headers: { host: "monitor.exemplo", ...bearer(TOKEN).headers } })).status).toBe(200);
  });
});

it("an open page knows no sign-in: it is said to be open", async () => {
  const page = await serve();
  expect([(await page.call("api/session")).json, (await signInWith(page, "qualquer")).json]).toEqual([{ isSignedIn: true, isOpen: true }, { isSignedIn: true, isOpen: true }]);
});

it("the token is in no log line and no answer", async () => {
  const page = await withToken();
  const cookie = await page.signIn();
  const answers = await Promise.all([...DATA.filter((path) => path !== "api/stream"), "api/session", "healthz", "readyz"].map((path) => page.call(path, { headers: { cookie } })));
  const texts = [...answers.map(({ text, headers }) => text + JSON.stringify(headers)), ...page.said, cookie];
  expect(texts.filter((text) => text.includes(TOKEN))).toEqual([]);
});

it("a broken server says no secret of its settings", async () => {
  const result = await createWebServer(webParts({ desk: createInMemoryDesk(), web: { token: TOKEN, host: "203.0.113.7" } })).listen();
  expect(JSON.stringify(result)).not.toContain(TOKEN);
});
