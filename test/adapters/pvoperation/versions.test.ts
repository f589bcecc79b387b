// Conditional requests, over real HTTP: what an API names, is sent back; what it does not, is not.
import { describe, expect, test } from "vitest";
import { createPlantApi } from "../../../src/adapters/pvoperation/client.ts";
import type { CallOptions, Fetched, PlantApi, Version } from "../../../src/ports/plant-api.ts";
import { createFullSizeWorld, makeFullSizeBodies } from "../../../src/simulator/full-size.ts";
import { startSimulator } from "../../../src/simulator/http-server.ts";
import { openTransport } from "../http/servers.ts";
import { loggingIn, manualClock, world, type Reply } from "./api-server.ts";

const options: CallOptions = { tries: 1, signal: new AbortController().signal };
const day = (api: PlantApi, known: Version | null = null): ReturnType<PlantApi["dayRelay"]> => api.dayRelay("7", "2025-07-06", "America/Sao_Paulo", { ...options, known });
const RECORD = { idrele: 1, conteudojson: { r59N: false, tsleitura: "2025-07-06 00:05:49" } };
const versionIn = (fetched: Fetched<unknown>): unknown => (fetched.kind === "complete" ? fetched.version : fetched.reason);
const ETAG: Version = { name: "if-none-match", value: 'W/"v1"' };

describe("the version of a day", () => {
  test.each<[string, Record<string, string>, Version | null]>([
    ["an ETag", { etag: 'W/"v1"' }, ETAG],
    ["a date that is well over", { "last-modified": "Sun, 06 Jul 2025 10:00:00 GMT", date: "Sun, 06 Jul 2025 10:01:00 GMT" }, { name: "if-modified-since", value: "Sun, 06 Jul 2025 10:00:00 GMT" }],
    ["not a date of just now: there may be more to come within that second", { "last-modified": "Sun, 06 Jul 2025 10:00:00 GMT", date: "Sun, 06 Jul 2025 10:00:59 GMT" }, null],
    ["not what is no ETag", { etag: "v1" }, null],
    ["nothing", {}, null],
  ])("is %s", async (_, headers, version) => {
    const { api } = await world(loggingIn(() => ({ body: [RECORD], headers })));
    expect(versionIn(await day(api))).toEqual(version);
  });

  test("is sent back, and a 304 is a complete day without records", async () => {
    const { api, asked } = await world(loggingIn(({ headers }) => (headers["if-none-match"] === ETAG.value ? { status: 304, body: "" } : { body: [RECORD], headers: { etag: ETAG.value } })));
    expect(await day(api)).toMatchObject({ kind: "complete", version: ETAG, value: { records: 1 } });
    expect(await day(api, ETAG)).toEqual({ kind: "complete", version: "same", value: { readings: [], records: 0, unusable: { count: 0, example: null }, unknownActive: [] } });
    expect(asked.slice(1).map(({ headers }) => headers["if-none-match"])).toEqual([undefined, ETAG.value]);
  });

  test("is sent again with a new token", async () => {
    const { api, asked } = await world(loggingIn(({ headers }) => (headers["x-access-token"] === "token-1" ? { status: 401, body: "" } : { status: 304, body: "" })));
    expect(versionIn(await day(api, ETAG))).toBe("same");
    expect(asked.filter(({ path }) => path === "/day_relay").map(({ headers }) => headers["if-none-match"])).toEqual([ETAG.value, ETAG.value]);
  });

  test.each<[string, Reply]>([["another version", { body: [RECORD], headers: { etag: '"v2"' } }], ["one that takes no notice", { body: [RECORD] }]])("%s: the day as it is", async (_, reply) => {
    const { api } = await world(loggingIn(() => reply));
    expect(await day(api, ETAG)).toMatchObject({ kind: "complete", value: { records: 1 } });
  });

  test("a 304 that nobody asked for is no day", async () => {
    const { api } = await world(loggingIn(() => ({ status: 304, body: "" })));
    expect([versionIn(await day(api)), versionIn(await api.plants(options))]).toEqual(["http-status", "http-status"]);
  });
});

test("the simulator names versions where it is told to, and honours them", async () => {
  const simulator = await startSimulator({ world: createFullSizeWorld(makeFullSizeBodies({ plants: 1, inverters: 1, date: "2025-07-06" })), validators: true, gzip: true });
  const api = createPlantApi({
    baseUrl: simulator.baseUrl, email: "a@example.com", password: "s3cret-password", concurrency: 1, transport: openTransport(), clock: manualClock(), random: () => 0.5, telemetry: { tell: () => undefined },
  });
  const first = await day(api);
  expect(first).toMatchObject({ kind: "complete", value: { records: 285 }, version: { name: "if-none-match" } });
  const version = first.kind === "complete" && typeof first.version === "object" ? first.version : null;
  expect(versionIn(await day(api, version))).toBe("same");
  await simulator.close();
});
