// The client of PVOperation: typed readings, or the reason why there are none. It never rejects, and all its time is the Clock's.
import PQueue from "p-queue";
import { SECOND_MS, type LocalDate } from "../../domain/local-time.ts";
import type { DecodedDay } from "../../domain/reading.ts";
import type { CallOptions, Fetched, PlantApi } from "../../ports/plant-api.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { createDayReader } from "./day-reader.ts";
import { decodeDayInverter, decodeDayRelay, INVERTER_FIELDS, RELAY_FIELDS } from "./decode.ts";
import { decodePlantDevices, decodePlants } from "./decode-lists.ts";
import { createExchanges, type Call, type ExchangeDeps } from "./exchanges.ts";
import { isObject, parseJson } from "./fields.ts";
import { cleanOf, HIDDEN, SHORT_SECRET, withoutToken } from "./hidden-token.ts";
import { outcomeOfFailure, STOPPED, unavailable, type Answer, type Outcome, type Passing } from "./outcome.ts";
import { readJson } from "./read-json.ts";
import { createShapes, type Scanner } from "./scan-records.ts";
import { createSession, type LoginResult } from "./session.ts";

const SHORT_TIMEOUT_MS = 20 * SECOND_MS;
const DAY_TIMEOUT_MS = 30 * SECOND_MS;
/** A call sees its token go stale once, rarely twice; beyond that something is wrong with the account. */
const MOST_ROUNDS = 5;
/** Bodies that wait to be scanned before no further one is asked for: where this machine is slower than the API. */
const MOST_WAITING = 4;
/** What a header can carry. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

export interface PlantApiDeps extends Omit<ExchangeDeps, "hasRoom"> {
  readonly email: string;
  readonly password: string;
  readonly telemetry: Telemetry;
}

export function createPlantApi(deps: PlantApiDeps): PlantApi & { calls(): number } {
  const { email, password } = deps;
  /** One body at a time, and none in a slot: as many as come together would else hold each other up, their slots, and much memory. */
  const scans = new PQueue({ concurrency: 1 });
  const { exchange, persist, calls } = createExchanges({ ...deps, hasRoom: () => scans.onSizeLessThan(MOST_WAITING) });
  const [relayScanner, inverterScanner] = [createShapes(RELAY_FIELDS), createShapes(INVERTER_FIELDS)];
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
  async function withToken(call: Call, options: CallOptions): Promise<Judged> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const closed = await session.open(options);
      if (closed !== null) return closed;
      const outcome = await exchange(call, session.token, (met, used) => judge(call, met, used), options.signal);
      if (outcome !== "again") return outcome;
    }
    return UNAUTHORIZED;
  }

  function judge(call: Call, outcome: Outcome, used: string): Judged | "again" {
    if (outcome.kind !== "denied") return outcome;
    if (outcome.status === 403) return unavailable("http-status", "HTTP 403");
    if (call.isAboutPlant && saysInvalidId(outcome.body)) return INVALID_ID;
    return session.refused(used) ? "again" : UNAUTHORIZED;
  }

  async function list<T>(call: Call, options: CallOptions, decode: (json: unknown) => Fetched<T>): Promise<Fetched<T>> {
    const outcome = await persist(() => withToken(call, options), options);
    return withoutPassword(outcome.kind === "answer" ? readJson(withoutToken(outcome.body, outcome.token), decode) : outcome.kind === "unchanged" ? UNASKED : outcome);
  }

  async function day<R>(
    path: string, plantId: string, date: LocalDate, options: CallOptions, scanner: () => Scanner, decode: (json: unknown) => Fetched<DecodedDay<R>>,
  ): Promise<Fetched<DecodedDay<R>>> {
    const call: Call = { ...ofPlant("POST", path, plantId, { date }, DAY_TIMEOUT_MS), isLong: true, known: options.known ?? null };
    const scan = async ({ content, token, version }: Answer): Promise<Fetched<DecodedDay<R>> | Passing> => {
      const reader = createDayReader(scanner(), decode);
      const cleaner = cleanOf(token, reader.take);
      const failed = await content(cleaner.take);
      if (failed !== null) return outcomeOfFailure(failed);
      cleaner.end();
      const read = await reader.end();
      return read.kind === "complete" ? { ...read, version } : read;
    };
    return withoutPassword(await persist(async () => {
      const outcome = await withToken(call, options);
      if (outcome.kind === "unchanged") return { kind: "complete", value: NO_RECORDS, version: "same" };
      return outcome.kind === "answer" ? scans.add(() => scan(outcome)) : outcome;
    }, options));
  }

  function withoutPassword<T>(fetched: Fetched<T>): Fetched<T> {
    if (fetched.kind === "complete" || password.length <= SHORT_SECRET) return fetched;
    return { ...fetched, detail: fetched.detail.replaceAll(password, HIDDEN) };
  }

  return {
    login: async (options) => (await session.open(options)) ?? { kind: "complete", value: null },
    plants: (options) => list(PLANTS, options, decodePlants),
    plantDevices: (plantId, options) => list(ofPlant("GET", "/plant_devices", plantId, {}, SHORT_TIMEOUT_MS), options, decodePlantDevices),
    dayRelay: (plantId, date, zone, options) => day("/day_relay", plantId, date, options, relayScanner, (json) => decodeDayRelay(json, zone)),
    dayInverter: (plantId, date, zone, options) => day("/day_inverter", plantId, date, options, inverterScanner, (json) => decodeDayInverter(json, zone)),
    calls,
  };
}

/** What is left to say when a refused token was dealt with. */
type Judged = Exclude<Outcome, { kind: "denied" }>;

const UNAUTHORIZED = unavailable("unauthorized", "token recusado logo depois do login (HTTP 401)");
const UNASKED = unavailable("http-status", "HTTP 304");
const NO_RECORDS = { readings: [], records: 0, unusable: { count: 0, example: null }, unknownActive: [] } as const;
const INVALID_ID = unavailable("invalid-id", "a conta não tem acesso a esta usina (Invalid id)");

const PLANTS: Call = { method: "GET", path: "/plants", body: null, timeoutMs: SHORT_TIMEOUT_MS, isAboutPlant: false };

function ofPlant(method: "GET" | "POST", path: string, plantId: string, more: object, timeoutMs: number): Call {
  const id = /^\d{1,15}$/.test(plantId) ? Number(plantId) : plantId;
  return { method, path, body: { id, ...more }, timeoutMs, isAboutPlant: true };
}

function loginResultOf(outcome: Exclude<Outcome, { kind: "passing" }>): LoginResult {
  if (outcome.kind === "denied") return { kind: "refused", detail: `credenciais recusadas (HTTP ${String(outcome.status)})` };
  if (outcome.kind === "unavailable") return outcome.reason === "stopped" ? { kind: "stopped" } : { kind: "failed", detail: outcome.detail };
  const json = outcome.kind === "answer" ? parseJson(outcome.body) : undefined;
  if (json === undefined) return { kind: "failed", detail: "a resposta ao login não é JSON" };
  const token = isObject(json) ? json["token"] : null;
  return typeof token === "string" && TOKEN.test(token) ? { kind: "token", token } : { kind: "refused", detail: "a resposta ao login não traz token" };
}

const LONGEST_LOOK = 4_096;

function saysInvalidId(body: Uint8Array): boolean {
  return /invalid\s+id/i.test(new TextDecoder().decode(body.subarray(0, LONGEST_LOOK)));
}
