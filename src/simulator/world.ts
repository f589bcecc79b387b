// The simulated PVOperation and Teams of a scenario: requests in, answers out. Its clock comes from outside;
// the only things it remembers are sessions, accepted cards and counts.
import { parseWallClock, type EpochMs } from "../domain/local-time.ts";
import { deviceListAsGiven, deviceListFrom } from "./device-lists.ts";
import type { Endpoint, RawRecords, Scenario } from "./scenario.ts";
import { isObject, serveRecords, servedText, type RecordKind, type ServedRecords } from "./served-records.ts";
import { json, refusal, type WorldAnswer, type WorldRequest } from "./world-answer.ts";
import { createFaults, faultyAnswer } from "./world-faults.ts";

export interface AcceptedCard {
  readonly at: EpochMs;
  readonly body: string;
}

/** What a front of the world (HTTP, in memory) needs of it. */
export interface AnsweringWorld {
  answer(request: WorldRequest): WorldAnswer;
  teams(body: string): WorldAnswer & { readonly accepted: boolean };
}

export interface World extends AnsweringWorld {
  /** Cards that Teams took, repeated ones too, in order. */
  readonly cards: readonly AcceptedCard[];
  /** Calls so far, by endpoint. */
  readonly calls: ReadonlyMap<Endpoint, number>;
  /** Answers so far that a fault spoilt, by the fault's text. */
  readonly faultsMet: ReadonlyMap<string, number>;
}

export interface WorldOptions {
  readonly now: () => EpochMs;
  /** Only these log in; without them any that are not empty. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Told of each card at the moment Teams takes it. */
  readonly onCard?: (card: AcceptedCard) => void;
}

/** Bodies above it were seen refused, whatever the documentation promises. */
export const TEAMS_MOST_BYTES = 24_000;

const ROUTES: Readonly<Record<string, { readonly endpoint: Exclude<Endpoint, "teams">; readonly methods: readonly string[] }>> = {
  "/authenticate": { endpoint: "authenticate", methods: ["POST"] },
  "/plants": { endpoint: "plants", methods: ["GET"] },
  "/plant_devices": { endpoint: "plant_devices", methods: ["GET", "POST"] },
  "/day_relay": { endpoint: "day_relay", methods: ["POST"] },
  "/day_inverter": { endpoint: "day_inverter", methods: ["POST"] },
  "/day_meteo": { endpoint: "day_meteo", methods: ["POST"] },
};

function parsedBody(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

function textId(id: unknown): string | null {
  return typeof id === "number" || typeof id === "string" ? String(id) : null;
}

interface Asked {
  readonly plant: string | null;
  readonly date: string | null;
}

/** What a client says of the plant and the date; ids count as equal whether they are numbers or strings. */
function askedFor(body: string | null): Asked {
  const asked = parsedBody(body);
  if (!isObject(asked)) return { plant: null, date: null };
  const { id, date } = asked;
  return {
    plant: textId(id),
    date: typeof date === "string" && /^\d{4}-\d\d-\d\d$/.test(date) && parseWallClock(`${date} 00:00`, "UTC") !== null ? date : null,
  };
}

function recordsByPlant(records: RawRecords, kind: RecordKind, zone: string): ReadonlyMap<string, ServedRecords> {
  return new Map(Object.entries(records).map(([id, list]) => [id, serveRecords(list, kind, zone)]));
}

/** The regular service, without faults. */
function createService(scenario: Scenario, { now, credentials }: WorldOptions) {
  const zone = scenario.timezone;
  const plants = scenario.plants.map((plant) => ({ id: isObject(plant) ? textId(plant["id"]) : null, text: servedText(plant) }));
  const ids = new Set(plants.map(({ id }) => id));
  const records = {
    day_relay: recordsByPlant(scenario.day_relay, "relay", zone),
    day_inverter: recordsByPlant(scenario.day_inverter, "inverter", zone),
    day_meteo: recordsByPlant(scenario.day_meteo, "meteo", zone),
  };
  const devices = new Map<string, string>();
  const tokens = new Set<string>();

  function authenticate(body: string | null): WorldAnswer {
    const given = parsedBody(body);
    const { username, password } = isObject(given) ? given : {};
    const known = credentials === undefined
      ? typeof username === "string" && username !== "" && typeof password === "string" && password !== ""
      : username === credentials.username && password === credentials.password;
    if (!known) return refusal(401, "Invalid credentials");
    const token = `simulated-token-${tokens.size + 1}`;
    tokens.add(token);
    return json(200, JSON.stringify({ token }));
  }

  function devicesOf(plant: string): string {
    const known = devices.get(plant);
    if (known !== undefined) return known;
    const given = scenario.plant_devices[plant];
    const made = given === undefined ? deviceListFrom(scenario.day_relay[plant] ?? [], scenario.day_inverter[plant] ?? []) : deviceListAsGiven(given);
    devices.set(plant, made);
    return made;
  }

  function aboutPlant(endpoint: Exclude<Endpoint, "teams" | "authenticate" | "plants">, { plant, date }: Asked): WorldAnswer {
    if (plant === null || !ids.has(plant)) return refusal(401, "Invalid id");
    if (endpoint === "plant_devices") return json(200, devicesOf(plant));
    if (date === null) return refusal(400, "Invalid date");
    return json(200, records[endpoint].get(plant)?.listOf(date, now()) ?? "[]");
  }

  return (endpoint: Exclude<Endpoint, "teams">, { headers, body }: WorldRequest, asked: Asked, without: readonly string[]): WorldAnswer => {
    if (endpoint === "authenticate") return authenticate(body);
    if (!tokens.has(headers["x-access-token"] ?? "")) return refusal(401, "Token is missing or invalid!");
    if (endpoint !== "plants") return aboutPlant(endpoint, asked);
    const listed = plants.filter(({ id }) => id === null || !without.includes(id));
    return json(200, `[${listed.map(({ text }) => text).join(",")}]`);
  };
}

const isGood = (answer: WorldAnswer): boolean => answer.kind === "answer" && answer.status >= 200 && answer.status < 300;

export function createWorld(scenario: Scenario, options: WorldOptions): World {
  const { now, onCard } = options;
  const service = createService(scenario, options);
  const faults = createFaults(scenario, now);
  const calls = new Map<Endpoint, number>();
  const cards: AcceptedCard[] = [];
  const count = (endpoint: Endpoint): void => void calls.set(endpoint, (calls.get(endpoint) ?? 0) + 1);

  function answer(request: WorldRequest): WorldAnswer {
    const route = ROUTES[request.path];
    if (!route?.methods.includes(request.method)) return refusal(404, "Not found");
    const { endpoint } = route;
    count(endpoint);
    const asked = askedFor(request.body);
    const fault = faults.meet(endpoint, asked.plant);
    const faulty = fault === null ? null : faultyAnswer(fault, now());
    if (faulty !== null) return faulty;
    const right = service(endpoint, request, asked, fault?.kind === "partial" ? fault.plants : []);
    if (right.kind === "answer" && right.status === 200 && fault?.kind === "truncated") {
      return { ...right, body: right.body.slice(0, right.body.length >> 1) };
    }
    if (endpoint === "authenticate" && isGood(right)) faults.loggedIn();
    return right;
  }

  function accept(body: string): void {
    const card = { at: now(), body };
    cards.push(card);
    onCard?.(card);
  }

  function teams(body: string): WorldAnswer & { readonly accepted: boolean } {
    count("teams");
    const fault = faults.meet("teams", null);
    const faulty = fault === null ? null : faultyAnswer(fault, now());
    const answered =
      faulty ??
      (Buffer.byteLength(body) > TEAMS_MOST_BYTES ? refusal(413, "Request body too large")
        : isObject(parsedBody(body)) ? json(202, "")
          : refusal(400, "Bad payload"));
    const accepted = fault?.kind === "accepted-then-reset" || (isGood(answered) && fault?.kind !== "body-error");
    if (accepted) accept(body);
    return { ...answered, accepted };
  }

  return { answer, teams, cards, calls, faultsMet: faults.counts };
}
