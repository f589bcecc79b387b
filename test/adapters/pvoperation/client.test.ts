import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { CallOptions, PlantApi, Reason } from "../../../src/ports/plant-api.ts";
import { loggingIn, START, world, type Reply } from "./api-server.ts";

const options: CallOptions = { tries: 3, signal: new AbortController().signal };
const ZONE = "America/Sao_Paulo";
const day = (api: PlantApi, plant = "22873", more: Partial<CallOptions> = {}): ReturnType<PlantApi["dayRelay"]> =>
  api.dayRelay(plant, "2025-07-06", ZONE, { ...options, ...more });

describe("what is sent", () => {
  test("the login once, then each call with its token and body", async () => {
    const { api, asked, clock } = await world(loggingIn(() => ({ body: [] })));
    await api.plants(options);
    await api.plantDevices("22873", options);
    await api.dayRelay("22873", "2025-07-06", ZONE, options);
    await api.dayInverter("22873", "2025-07-06", ZONE, options);
    const seen = asked.map(({ method, path, body, headers }) => [method, path, body, headers["x-access-token"]]);
    expect(seen).toEqual([
      ["POST", "/authenticate", '{"username":"monitor@example.com","password":"s3cret-password"}', undefined],
      ["GET", "/plants", "", "token-1"],
      ["GET", "/plant_devices", '{"id":22873}', "token-1"],
      ["POST", "/day_relay", '{"id":22873,"date":"2025-07-06"}', "token-1"],
      ["POST", "/day_inverter", '{"id":22873,"date":"2025-07-06"}', "token-1"],
    ]);
    for (const { headers } of asked) expect(headers["accept-encoding"]).toBe("gzip");
    expect([api.calls(), clock.waits]).toEqual([5, []]);
  });

  test("readings come back, from a compressed body too", async () => {
    const body = gzipSync(JSON.stringify([{ idrele: 1950, conteudojson: { r59N: true, tsleitura: "2025-07-06 00:05:49" } }, {}]));
    const { api } = await world(loggingIn(() => ({ body, headers: { "content-encoding": "gzip" } })));
    expect(await day(api)).toMatchObject({
      kind: "complete",
      value: { records: 2, readings: [{ device: "1950", at: Date.parse("2025-07-06T00:05:49-03:00"), active: ["r59N"] }], unusable: { count: 1 } },
    });
  });
});

describe("tries", () => {
  const failing = async (reply: Reply, tries = 3): Promise<{ reason: Reason | null; waits: number[]; calls: number }> => {
    const { api, clock, count } = await world(loggingIn(() => reply));
    const fetched = await day(api, "1", { tries });
    return { reason: fetched.kind === "unavailable" ? fetched.reason : null, waits: clock.waits, calls: count("/day_relay") };
  };

  test.each<[Reply, Reason]>([
    [{ status: 408 }, "timeout"], [{ status: 429 }, "throttled"], [{ status: 500 }, "server-error"], [{ status: 503 }, "server-error"], [{ reset: true }, "connection"],
  ])("%j is tried three times, with growing waits", async (reply, reason) => {
    expect(await failing(reply)).toEqual({ reason, waits: [1_000 + 125, 2_000], calls: 3 });
  });

  test("a probe is tried once", async () => {
    expect(await failing({ status: 500 }, 1)).toEqual({ reason: "server-error", waits: [], calls: 1 });
  });

  test.each<[Reply, Reason]>([
    [{ status: 400 }, "http-status"], [{ status: 403 }, "http-status"], [{ status: 404 }, "http-status"], [{ status: 302 }, "http-status"],
    [{ body: "<html>Bad gateway</html>" }, "bad-json"], [{ body: '[{"idrele": 1' }, "bad-json"], [{ body: "" }, "bad-json"],
    [{ body: { message: "x" } }, "wrong-shape"], [{ body: { error: "sem dados" } }, "plant-error"], [{ body: "[".repeat(10_000) }, "bad-json"],
    [{ body: `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}` }, "wrong-shape"],
  ])("%j is not tried again", async (reply, reason) => {
    expect(await failing(reply)).toEqual({ reason, waits: [], calls: 1 });
  });

  test.each([
    ["7", 7_000], ["60", 60_000], ["3600", 60_000], ["0", 1_125], ["-3", 1_125], ["amanhã", 1_125],
    [new Date(START + 40_000).toUTCString(), 40_000], [new Date(START + 900_000).toUTCString(), 60_000], [new Date(START - 900_000).toUTCString(), 1_125],
  ])("Retry-After: %s", async (header, ms) => {
    for (const status of [429, 503]) {
      const { waits } = await failing({ status, headers: { "retry-after": header } }, 2);
      expect(waits).toEqual([ms]);
    }
  });

  test("an answer after a failure counts", async () => {
    let failures = 0;
    const { api } = await world(loggingIn(() => ((failures += 1) < 3 ? { status: 500 } : { body: [] })));
    expect(await day(api)).toMatchObject({ kind: "complete", value: { records: 0 } });
  });

  test("a wait holds no slot", async () => {
    const { api, clock } = await world(loggingIn(({ body }) => (body.includes('"id":1,') ? { status: 429 } : { body: [] })), { concurrency: 1 });
    const stop = new AbortController();
    await api.login(options);
    const sleeping = clock.hold();
    const waiting = day(api, "1", { signal: stop.signal });
    await sleeping;
    expect((await day(api, "2")).kind).toBe("complete");
    stop.abort();
    expect(await waiting).toMatchObject({ reason: "stopped" });
  });
});

describe("refused tokens", () => {
  test("50 calls that meet a 401 cause exactly one login, and all succeed", async () => {
    const { api, count } = await world(loggingIn(({ headers }) => (headers["x-access-token"] === "token-1" ? { status: 401, body: "expired" } : { body: [] })), { concurrency: 8 });
    await api.login(options);
    const fetched = await Promise.all(Array.from({ length: 50 }, (_, n) => day(api, String(n + 1))));
    expect(fetched.filter(({ kind }) => kind === "complete")).toHaveLength(50);
    expect(count("/authenticate")).toBe(2);
    // Those that waited for a slot meanwhile did not try the old token.
    expect(count("/day_relay")).toBeLessThanOrEqual(52);
  });

  test("a token refused right after a login is no reason for another, for a minute", async () => {
    const { api, clock, count } = await world(loggingIn(() => ({ status: 401 })));
    expect(await day(api)).toMatchObject({ kind: "unavailable", reason: "unauthorized" });
    expect(count("/authenticate")).toBe(2);
    clock.advance(59_000);
    expect(await day(api)).toMatchObject({ reason: "unauthorized" });
    expect(count("/authenticate")).toBe(2);
    clock.advance(1_000);
    expect(await day(api)).toMatchObject({ reason: "unauthorized" });
    expect(count("/authenticate")).toBe(3);
    expect(clock.waits).toEqual([]);
  });

  test.each(["Invalid id", '{"message": "invalid  ID"}'])("401 %s is about the plant: no login", async (body) => {
    const { api, count } = await world(loggingIn(() => ({ status: 401, body })));
    expect(await day(api)).toMatchObject({ kind: "unavailable", reason: "invalid-id" });
    expect(await api.plantDevices("1", options)).toMatchObject({ reason: "invalid-id" });
    expect(count("/authenticate")).toBe(1);
  });

  test("the plant list is about no plant", async () => {
    const { api, count } = await world(loggingIn(() => ({ status: 401, body: "Invalid id" })));
    expect(await api.plants(options)).toMatchObject({ reason: "unauthorized" });
    expect(count("/authenticate")).toBe(2);
  });

  test("a login that fails after a 401 keeps all calls back", async () => {
    let logins = 0;
    const { api, count } = await world(({ path }) => {
      if (path !== "/authenticate") return { status: 401 };
      logins += 1;
      return logins === 1 ? { body: { token: "t1" } } : { status: 403 };
    });
    expect(await Promise.all([day(api, "1"), day(api, "2"), day(api, "3")])).toMatchObject(Array(3).fill({ reason: "login-refused" }));
    expect(count("/authenticate")).toBe(2);
  });
});

describe("logins", () => {
  test.each<[Reply]>([
    [{ status: 401 }], [{ status: 403 }], [{ body: {} }], [{ body: { error: "senha" } }], [{ body: { token: "" } }], [{ body: { token: 5 } }],
    [{ body: { token: "a\r\nb" } }], [{ body: [] }],
  ])("%j is a refusal: asked again after 1, 2, 4, 8, 15, 15 min, silent meanwhile", async (reply) => {
    const { api, clock, count, told } = await world(() => reply);
    for (const [n, minutes] of [1, 2, 4, 8, 15, 15].entries()) {
      expect(await day(api)).toMatchObject({ kind: "unavailable", reason: "login-refused" });
      expect(told.at(-1)).toMatchObject({ kind: "login.failed", retryInMs: minutes * 60_000 });
      clock.advance(minutes * 60_000 - 1);
      expect(await api.login(options)).toMatchObject({ reason: "login-refused" });
      expect([count("/authenticate"), told.length]).toEqual([n + 1, n + 1]);
      clock.advance(1);
    }
    expect(count("/day_relay")).toBe(0);
    expect(JSON.stringify(told)).not.toContain("s3cret");
  });

  test("an accepted one ends that, and the waits begin anew", async () => {
    let [accepts, expired] = [false, false];
    const { api, clock, told } = await world(({ path }) => (path === "/authenticate" ? (accepts ? { body: { token: "t" } } : { status: 401 }) : { status: expired ? 401 : 200 }));
    await day(api);
    clock.advance(60_000);
    await day(api);
    clock.advance(120_000);
    accepts = true;
    expect(await day(api)).toMatchObject({ kind: "complete" });
    expect(told).toHaveLength(2);
    [accepts, expired] = [false, true];
    expect(await day(api)).toMatchObject({ reason: "login-refused" });
    expect(told.at(-1)).toMatchObject({ retryInMs: 60_000 });
  });

  test.each<[Reply, number]>([
    [{ status: 500, body: "Too many logins" }, 3], [{ status: 429 }, 3], [{ reset: true }, 3], [{ status: 404 }, 1], [{ body: "<html>" }, 1],
  ])("%j says nothing of the credentials: login-unavailable, and 30 s of silence", async (reply, tries) => {
    const { api, clock, count, told } = await world(() => reply);
    for (const round of [1, 2]) {
      expect(await Promise.all([day(api, "1"), day(api, "2")])).toMatchObject(Array(2).fill({ kind: "unavailable", reason: "login-unavailable" }));
      clock.advance(29_999);
      expect(await day(api)).toMatchObject({ reason: "login-unavailable" });
      expect(count("/authenticate")).toBe(round * tries);
      expect(told.at(-1)).toMatchObject({ kind: "login.failed", retryInMs: 30_000 });
      clock.advance(1);
    }
    expect(count("/day_relay")).toBe(0);
  });

  test("calls that come during a login wait for that one", async () => {
    const { api, count } = await world(loggingIn(() => ({ body: [] })), { concurrency: 1 });
    const fetched = await Promise.all([api.login(options), api.plants(options), day(api, "1"), day(api, "2")]);
    expect(fetched.every(({ kind }) => kind === "complete")).toBe(true);
    expect(count("/authenticate")).toBe(1);
  });
});

describe("stop", () => {
  test("ends calls, places in the queue and waits at once; nothing more is sent", async () => {
    const reached = Promise.withResolvers<null>();
    const never = new Promise<Reply>(() => undefined);
    const { api, clock, asked } = await world(loggingIn(({ body }) => {
      if (body.includes('"id":1,')) return { status: 500 };
      reached.resolve(null);
      return never;
    }), { concurrency: 2 });
    const stop = new AbortController();
    await api.login(options);
    const sleeping = clock.hold();
    const calls = [day(api, "1", { signal: stop.signal })];
    await sleeping;
    for (const plant of ["2", "3", "4", "5"]) calls.push(day(api, plant, { signal: stop.signal }));
    await reached.promise;
    const sent = asked.length;
    const started = performance.now();
    stop.abort();
    expect(await Promise.all(calls)).toMatchObject(Array(5).fill({ kind: "unavailable", reason: "stopped" }));
    expect(performance.now() - started).toBeLessThan(500);
    expect(await day(api, "6", { signal: stop.signal })).toMatchObject({ reason: "stopped" });
    expect(asked.length).toBe(sent);
  });

  test("of a login by one call leaves the others to make their own", async () => {
    const reached = Promise.withResolvers<null>();
    let logins = 0;
    const { api, told } = await world(({ path }) => {
      if (path !== "/authenticate") return { body: [] };
      logins += 1;
      if (logins > 1) return { body: { token: "t" } };
      reached.resolve(null);
      return new Promise<Reply>(() => undefined);
    });
    const stop = new AbortController();
    const stopped = api.login({ tries: 3, signal: stop.signal });
    const other = day(api);
    await reached.promise;
    stop.abort();
    expect(await stopped).toMatchObject({ reason: "stopped" });
    expect(await other).toMatchObject({ kind: "complete" });
    expect(told).toEqual([]);
  });
});

test("the API's own words never show a token or the password", async () => {
  const { api } = await world(loggingIn(() => ({ body: { error: "token-1 de s3cret-password recusado" } })));
  expect(await day(api)).toEqual({ kind: "unavailable", reason: "plant-error", detail: "••• de ••• recusado" });
});
