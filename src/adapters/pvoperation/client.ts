// The client of PVOperation: typed readings, or the reason why there are none. It never rejects, and all its time is the Clock's.
import { SECOND_MS } from "../../domain/local-time.ts";
import type { DecodedDay } from "../../domain/reading.ts";
import type { CallOptions, Fetched, PlantApi } from "../../ports/plant-api.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { decodeDayInverter, decodeDayRelay } from "./decode.ts";
import { decodePlantDevices, decodePlants } from "./decode-lists.ts";
import { createExchanges, type Call, type ExchangeDeps } from "./exchanges.ts";
import { holdsTooMuch, isObject, parseJson } from "./fields.ts";
import { STOPPED, unavailable, type Outcome } from "./outcome.ts";
import { readDayInParts } from "./read-day.ts";
import { createSession, type LoginResult } from "./session.ts";

const SHORT_TIMEOUT_MS = 20 * SECOND_MS;
const DAY_TIMEOUT_MS = 30 * SECOND_MS;
/** A call sees its token go stale once, rarely twice; beyond that something is wrong with the account. */
const MOST_ROUNDS = 5;
/** What a header can carry. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

export interface PlantApiDeps extends ExchangeDeps {
  readonly email: string;
  readonly password: string;
  readonly telemetry: Telemetry;
}

export function createPlantApi(deps: PlantApiDeps): PlantApi & { calls(): number } {
  const { email, password } = deps;
  const { exchange, persist, calls } = createExchanges(deps);
  const session = createSession({ authenticate, clock: deps.clock, telemetry: deps.telemetry });

  async function authenticate(options: CallOptions): Promise<LoginResult> {
    const call: Call = {
      method: "POST", path: "/authenticate", body: { username: email, password }, timeoutMs: SHORT_TIMEOUT_MS, isAboutPlant: false,
    };
    const outcome = await persist(async () => {
      const answer = await exchange(call, () => "", (met) => met, options.signal);
      return answer === "again" ? STOPPED : answer;
    }, options);
    return loginResultOf(outcome);
  }

  /** One try with a token, or two: a token that went stale is renewed, once for all calls that meet it. */
  async function withToken(call: Call, options: CallOptions): Promise<Outcome> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const closed = await session.open(options);
      if (closed !== null) return closed;
      const outcome = await exchange(call, session.token, (met, used) => judge(call, met, used), options.signal);
      if (outcome !== "again") return outcome;
    }
    return UNAUTHORIZED;
  }

  function judge(call: Call, outcome: Outcome, used: string): Outcome | "again" {
    if (outcome.kind !== "denied") return outcome;
    if (outcome.status === 403) return unavailable("http-status", "HTTP 403");
    if (call.isAboutPlant && saysInvalidId(outcome.body)) return INVALID_ID;
    return session.refused(used) ? "again" : UNAUTHORIZED;
  }

  async function fetch<T>(call: Call, options: CallOptions, read: (body: Uint8Array) => Fetched<T> | Promise<Fetched<T>>): Promise<Fetched<T>> {
    const outcome = await persist(() => withToken(call, options), options);
    if (outcome.kind === "unavailable") return outcome;
    const fetched = await read(withoutToken(outcome.body, session.token()));
    if (fetched.kind === "complete" || password.length <= SHORT_SECRET) return fetched;
    return { ...fetched, detail: fetched.detail.replaceAll(password, HIDDEN) };
  }

  return {
    login: async (options) => (await session.open(options)) ?? { kind: "complete", value: null },
    plants: (options) => fetch(PLANTS, options, (body) => readJson(body, decodePlants)),
    plantDevices: (plantId, options) => fetch(ofPlant("GET", "/plant_devices", plantId, {}, SHORT_TIMEOUT_MS), options, (body) => readJson(body, decodePlantDevices)),
    dayRelay: (plantId, date, zone, options) =>
      fetch(ofPlant("POST", "/day_relay", plantId, { date }, DAY_TIMEOUT_MS), options, (body) => readDay(body, (json) => decodeDayRelay(json, zone))),
    dayInverter: (plantId, date, zone, options) =>
      fetch(ofPlant("POST", "/day_inverter", plantId, { date }, DAY_TIMEOUT_MS), options, (body) => readDay(body, (json) => decodeDayInverter(json, zone))),
    calls,
  };
}

/** The API's own words may repeat what it was sent. */
const HIDDEN = "•••";
/** So many characters are in any text by chance. */
const SHORT_SECRET = 3;

/** In names, ids and examples of records too, which are shown and kept. */
function withoutToken(body: Uint8Array, token: string | null): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (token === null || token.length <= SHORT_SECRET || !bytes.includes(token)) return body;
  return Buffer.from(bytes.toString("latin1").replaceAll(token, Buffer.from(HIDDEN).toString("latin1")), "latin1");
}

const UNAUTHORIZED = unavailable("unauthorized", "token recusado logo depois do login (HTTP 401)");
const INVALID_ID = unavailable("invalid-id", "a conta não tem acesso a esta usina (Invalid id)");

const PLANTS: Call = { method: "GET", path: "/plants", body: null, timeoutMs: SHORT_TIMEOUT_MS, isAboutPlant: false };

function ofPlant(method: "GET" | "POST", path: string, plantId: string, more: object, timeoutMs: number): Call {
  const id = /^\d{1,15}$/.test(plantId) ? Number(plantId) : plantId;
  return { method, path, body: { id, ...more }, timeoutMs, isAboutPlant: true };
}

function loginResultOf(outcome: Exclude<Outcome, { kind: "passing" }>): LoginResult {
  if (outcome.kind === "denied") return { kind: "refused", detail: `credenciais recusadas (HTTP ${String(outcome.status)})` };
  if (outcome.kind === "unavailable") return outcome.reason === "stopped" ? { kind: "stopped" } : { kind: "failed", detail: outcome.detail };
  const json = parseJson(outcome.body);
  if (json === undefined) return { kind: "failed", detail: "a resposta ao login não é JSON" };
  const token = isObject(json) ? json["token"] : null;
  return typeof token === "string" && TOKEN.test(token) ? { kind: "token", token } : { kind: "refused", detail: "a resposta ao login não traz token" };
}

function readJson<T>(body: Uint8Array, decode: (json: unknown) => Fetched<T>): Fetched<T> {
  const json = parseJson(body);
  if (json !== undefined) return decode(json);
  return holdsTooMuch(body) ? unavailable("too-large", "JSON com mais de 1 milhão de valores") : unavailable("bad-json", describe(body));
}

async function readDay<R>(body: Uint8Array, decode: (json: unknown) => Fetched<DecodedDay<R>>): Promise<Fetched<DecodedDay<R>>> {
  const value = await readDayInParts(body, decode);
  return value === null ? readJson(body, decode) : { kind: "complete", value };
}

const LONGEST_LOOK = 4_096;

function saysInvalidId(body: Uint8Array): boolean {
  return /invalid\s+id/i.test(new TextDecoder().decode(body.subarray(0, LONGEST_LOOK)));
}

function describe(body: Uint8Array): string {
  if (body.byteLength === 0) return "resposta vazia";
  const start = new TextDecoder().decode(body.subarray(0, LONGEST_LOOK)).trimStart();
  if (start.startsWith("<")) return "veio uma página HTML em vez de JSON";
  return `JSON incompleto ou inválido (${String(body.byteLength)} bytes)`;
}
